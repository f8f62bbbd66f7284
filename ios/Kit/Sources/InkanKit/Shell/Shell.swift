import Foundation

/// Opens the core.
public protocol CoreDoor: Sendable {
    /// The core over the phone's store, and the condition in which that was found.
    func open() async throws -> (any Ceremonies, StoreReport)
    /// Puts the store aside, so that the next opening makes an empty one.
    func setAside() async throws
}

/// The phone behind the views.
@MainActor public final class Shell {
    /// The page that is to be seen.
    public private(set) var page: Page
    /// Told when the page has changed.
    public var changed: (() -> Void)?
    /// Whether the system asks for the person.
    public private(set) var verifying = false
    /// Over these words, this device and this core.
    public init(words: Words, device: any Device, core: any CoreDoor) {
        page = Page(id: "", bar: .init(title: ""), parts: [])
    }
    /// The app has started.
    public func start() {}
    /// The person did something.
    public func send(_ event: PageEvent) {}
    /// A link was opened.
    public func open(link: String) {}
    /// Whether the person wants no motion.
    public func motion(reduced: Bool) {}
    /// The app came to the front, or left it.
    public func entered(_ phase: Cover.Phase) {}
    /// Somebody rang.
    public func rang(_ payload: Data?) async -> Bool { false }
    /// A notification was tapped.
    public func tapped(_ tap: NotificationTap) async {}
    /// Where the doorbell is.
    public func doorbell(at address: PushAddress?) {}
    /// The system asks for the person, or has asked.
    public func systemAsks(_ asking: Bool) { verifying = asking }
}
extension Words {
    /// Every text.
    public enum Key: String, CaseIterable, Sendable {
        /// Words of bars and notifications.
        case back, buy, sell, deny, open
    }
}
