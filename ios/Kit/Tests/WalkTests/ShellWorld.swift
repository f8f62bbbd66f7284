// The whole app but its views, over the real core and a real server: a store in a folder, a person, a device and a clock.
import Foundation
import TestWorld
import Testing

@testable import InkanKit

/// The core over a store in a folder, as the app opens it.
@MainActor final class StoreDoor: CoreDoor {
    let parts: Phone.Parts
    /// By how much the phone's clock is wrong.
    let skew: TimeInterval
    private var store: InkanStore?
    let held = Held()

    init(_ parts: Phone.Parts, skew: TimeInterval = 0) {
        self.parts = parts
        self.skew = skew
    }

    func openStore() async throws -> StoreReport {
        let opened = try await InkanStore.open(
            folder: parts.records, vault: try parts.vault(), clock: skew == 0 ? nil : WrongClock(skew: skew))
        store = opened
        held.store = opened
        return opened.report
    }

    func setStoreAside() async throws {
        store = nil
        _ = try await InkanStore.setAside(folder: parts.records)
    }

    func openAuthenticator() async throws -> any Ceremonies {
        let store = try Required.value(store, "a store that is open")
        let app = try await Authenticator.open(
            store: store,
            profile: Profile(
                name: "わたしの電話", model: "iPhone 18", os: "iOS 27.0", appVersion: "1.0.0", language: .ja),
            options: .init(extraRoots: [parts.server.root]))
        held.app = app
        return app
    }

    func recognise(_ text: String) throws(InkanError) -> ScannedCode { try Authenticator.recognise(text) }
}

/// What a process holds of the store.
@MainActor final class Held {
    weak var store: InkanStore?
    weak var app: Authenticator?

    var isHeld: Bool { store != nil || app != nil }
}

private struct WrongClock: InkanKit.Clock {
    let skew: TimeInterval
    func now() -> Date { Date().addingTimeInterval(skew) }
}

/// A device without a doorbell. Its time is the real one, or wrong by so much.
@MainActor final class PlainDevice: Device {
    private let skew: TimeInterval
    var now: Date { Date().addingTimeInterval(skew) }
    var chosenLanguage: Language? = .ja
    let version = "0.1.0"
    let name = "わたしの電話"
    let licences = ""
    let log = ""
    let shopNumber: String? = nil
    let camera = CameraPermission.allowed
    private(set) var opened: [String] = []

    init(skew: TimeInterval) {
        self.skew = skew
    }

    func words(_ language: Language?) -> Words { Sentences.words(language ?? .ja) }
    func requestCamera() async -> Bool { true }
    func askForNotifications() async -> Bool { false }
    func mayNotify() async -> Bool { false }
    func registerForDoorbell() {}
    func open(_ url: URL) async -> Bool {
        opened.append(url.absoluteString)
        return true
    }
    func openSettings() async {}
    func pageChanged() {}
    func announce(_ text: String) {}
    func removeNotifications() {}
    func pause(seconds: Int) async throws { try await Task.sleep(for: .seconds(seconds)) }
}

/// The catalogue, as the app reads it.
enum Sentences {
    private static let all = Result {
        let file = URL(filePath: #filePath).appending(path: "../../../../App/Localizable.xcstrings").standardized
        return try JSONDecoder().decode(Json.self, from: Data(contentsOf: file))["strings"]
    }

    static func words(_ language: Language) -> Words {
        let all = try? all.get()
        return Words(language: language, zone: .gmt) { key, _ in
            all?[key]["localizations"][language.rawValue]["stringUnit"]["value"].text
        }
    }
}

/// An app that has been started, its person and its clock.
@MainActor final class App {
    let shell: Shell
    let device: PlainDevice
    let door: StoreDoor
    let person: Person
    private var clock: Task<Void, Never>?
    private var waiting: CheckedContinuation<Page, Never>?

    /// The app begins over what is on the disk of a phone.
    init(_ parts: Phone.Parts, skew: TimeInterval = 0) {
        (device, door, person) = (PlainDevice(skew: skew), StoreDoor(parts, skew: skew), parts.person)
        shell = Shell(device: device, door: door)
        clock = Task { [shell] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                shell.tick()
            }
        }
        shell.start()
        shell.entered(.active)
    }

    /// A phone on which nothing has been done yet.
    static func fresh(_ server: LiveServer, skew: TimeInterval = 0) throws -> App {
        App(try Phone.Parts(temporaryFolder(), server), skew: skew)
    }

    /// A phone that has been enrolled by its own pages.
    static func enrolled(_ broker: Broker, _ user: String, skew: TimeInterval = 0) async throws -> App {
        let app = try fresh(broker.server, skew: skew)
        try await app.enroll(broker, user)
        return app
    }

    /// One life of the process, over what is on the disk. Returns when nobody holds the store any more.
    static func during<Value: Sendable>(
        _ parts: Phone.Parts, skew: TimeInterval = 0, _ body: @MainActor (App) async throws -> Value
    ) async throws -> Value {
        let (value, held) = try await live(parts, skew, body)
        // A look now and then: whoever only yields the main actor keeps it busy, and nobody else comes to let go.
        while held.isHeld { try await Task.sleep(for: .milliseconds(5)) }
        return value
    }

    private static func live<Value: Sendable>(
        _ parts: Phone.Parts, _ skew: TimeInterval, _ body: @MainActor (App) async throws -> Value
    ) async throws -> (Value, Held) {
        let app = App(parts, skew: skew)
        let value = try await body(app)
        app.close()
        await app.clock?.value
        await app.shell.settle()
        return (value, app.door.held)
    }

    /// From welcome to the list, by a link.
    func enroll(_ broker: Broker, _ user: String, by method: String = "identity_proof") async throws {
        await reach("welcome")
        let begun = try await broker.begin(user, by: method)
        shell.open(link: begun.uri)
        await reach("enroll.yours")
        try await goOn(broker, begun)
    }

    /// From "is this yours?" to the list. Returns the six digits.
    @discardableResult func goOn(_ broker: Broker, _ begun: Begun) async throws -> String {
        tap("yes")
        let digits = try Required.value(await reach("enroll.code").digits, "six digits")
        let reply = try await broker.confirm(begun, digits: digits)
        guard reply.status == 200 else { throw Required(description: "confirm: \(reply)") }
        await reach("enroll.name")
        tap("save_name")
        await reach("enroll.notify")
        tap("allow")
        await reach("enroll.done.without")
        tap("close")
        await reach { $0.id.hasPrefix("inbox.") && $0.id != "inbox.loading" }
        return digits
    }

    /// Returns when a page is there for which that holds. When the test's time is over, it says which one was there.
    @discardableResult func reach(_ holds: @escaping @MainActor (Page) -> Bool) async -> Page {
        if holds(shell.page) { return shell.page }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Page, Never>) in
                waiting = continuation
                shell.changed = { [weak self] in
                    guard let self, holds(shell.page) else { return }
                    reached()
                }
                if Task.isCancelled { giveUp() }
            }
        } onCancel: {
            Task { @MainActor in self.giveUp() }
        }
    }

    private func giveUp() {
        guard waiting != nil else { return }
        Issue.record("never: the page is \(shell.page.id): \(shell.page.sentences)")
        reached()
    }

    private func reached() {
        shell.changed = nil
        waiting?.resume(returning: shell.page)
        waiting = nil
    }

    @discardableResult func reach(_ id: String) async -> Page { await reach { $0.id == id } }

    func tap(_ id: String) { shell.send(.tapped(id)) }

    func type(_ field: String, _ text: String) { shell.send(.typed(field: field, text: text)) }

    /// Opens the request that waits.
    func openTheOne(_ asked: Asked) async {
        await openRow { $0.hasSuffix(asked.challenge.value) }
    }

    /// Opens the first row of that kind.
    func openRow(_ isIt: @escaping (String) -> Bool) async {
        let page = await reach { $0.rowIds.contains(where: isIt) }
        if let row = page.rowIds.first(where: isIt) { tap(row) }
    }

    /// From the list to the request with its number typed.
    func openAndType(_ asked: Asked) async {
        await openTheOne(asked)
        await reach("request.number")
        type("number", asked.number)
    }

    /// Whether the page in sight says that, word for word.
    func says(_ keys: Words.Key...) -> Bool {
        let texts = shell.page.sentences
        return keys.allSatisfy { key in texts.contains { $0.contains(shell.words.text(key)) } }
    }

    func offers(_ id: String) -> Bool { shell.page.offers(id) }

    func close() {
        clock?.cancel()
        shell.entered(.background)
    }
}

extension Page {
    var rowIds: [String] { parts.flatMap { if case .rows(let rows) = $0 { rows.map(\.id) } else { [String]() } } }

    var digits: String? {
        parts.lazy.compactMap { if case .code(let groups, _) = $0 { groups.joined() } else { nil } }.first
    }

    /// What it says in titles, texts, notes and notices.
    var sentences: [String] {
        parts.flatMap { part -> [String] in
            switch part {
            case .title(let text), .text(let text), .note(let text): [text]
            case .notice(_, let title, let text): [title ?? "", text]
            case .reasons(let texts): texts
            default: []
            }
        }
    }

    func offers(_ id: String) -> Bool {
        let within = parts.flatMap { if case .inline(let buttons) = $0 { buttons } else { [Page.Button]() } }
        return (actions + within).contains { $0.id == id && !$0.busy }
    }
}
