import Foundation

/// Opens the core.
public protocol CoreDoor: Sendable {
    /// The core over the phone's store, and the condition in which that was found.
    func open() async throws -> (any Ceremonies, StoreReport)
    /// Puts the store aside, so that the next opening makes an empty one.
    func setAside() async throws
}

@MainActor public final class Shell {
    public private(set) var page: Page
    public var changed: (() -> Void)?
    public private(set) var verifying = false
    public init(words: Words, device: any Device, core: any CoreDoor) {
        page = Page(id: "", bar: .init(title: ""), parts: [])
    }
    public func start() {}
    public func send(_ event: PageEvent) {}
    public func open(link: String) {}
    public func motion(reduced: Bool) {}
    public func entered(_ phase: Cover.Phase) {}
    public func rang(_ payload: Data?) async -> Bool { false }
    public func tapped(_ tap: NotificationTap) async {}
    public func doorbell(at address: PushAddress?) {}
    public func systemAsks(_ asking: Bool) { verifying = asking }
}
extension Words { public enum Key: String, CaseIterable, Sendable { case back, buy, sell, deny, open } }
