// The whole app but its views, over the real core and a real server: from a link to a first approval, page by page.
import Foundation
import TestWorld
import Testing

@testable import InkanKit

/// The core of a phone that is open already.
@MainActor private final class OpenDoor: CoreDoor {
    let phone: Phone

    init(_ phone: Phone) {
        self.phone = phone
    }

    func openStore() async throws -> StoreReport { StoreReport() }
    func setStoreAside() async throws {}
    func openAuthenticator() async throws -> any Ceremonies { phone.app }
    func recognise(_ text: String) throws(InkanError) -> ScannedCode { try Authenticator.recognise(text) }
}

/// A device without a doorbell, in the real time.
@MainActor private final class PlainDevice: Device {
    var now: Date { Date() }
    var chosenLanguage: Language? = .ja
    let (version, name, licences, log) = ("0.1.0", "わたしの電話", "", "")
    private(set) var browsed: [String] = []

    func words(_ language: Language?) -> Words { Words(language: language ?? .ja, zone: .gmt) { _, _ in nil } }
    func askForCamera() async -> Bool { true }
    func mayFilm() -> Bool { true }
    func askForNotifications() async -> Bool { false }
    func mayNotify() async -> Bool { false }
    func registerForDoorbell() {}
    func openBrowser(_ address: String) async -> Bool {
        browsed.append(address)
        return true
    }
    func dial(_ number: String) async {}
    func openSettings() async {}
    func openShop() async {}
    func pageChanged() {}
    func announce(_ text: String) {}
    func removeNotifications() {}
    func pause(seconds: Int) async throws { try await Task.sleep(for: .seconds(seconds)) }
}

/// An app, its person and its clock.
@MainActor private final class App {
    let shell: Shell
    let device = PlainDevice()
    private var clock: Task<Void, Never>?

    init(_ phone: Phone) {
        shell = Shell(device: device, door: OpenDoor(phone))
        clock = Task { [shell] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                shell.tick()
            }
        }
        shell.start()
        shell.entered(.active)
    }

    func close() {
        clock?.cancel()
        shell.entered(.background)
    }

    /// Returns when a page is there for which that holds.
    @discardableResult func reach(_ holds: @escaping @MainActor (Page) -> Bool) async -> Page {
        if holds(shell.page) { return shell.page }
        return await withCheckedContinuation { (continuation: CheckedContinuation<Page, Never>) in
            shell.changed = { [shell] in
                guard holds(shell.page) else { return }
                shell.changed = nil
                continuation.resume(returning: shell.page)
            }
        }
    }

    @discardableResult func reach(_ id: String) async -> Page { await reach { $0.id == id } }

    func tap(_ id: String) { shell.send(.tapped(id)) }

    /// Opens the request that waits.
    func openTheOne(_ asked: Asked) async {
        let row = { (page: Page) in
            page.parts.flatMap(\.rowIds).first { $0.hasSuffix(asked.challenge.value) }
        }
        let page = await reach { row($0) != nil }
        if let row = row(page) { tap(row) }
    }
}

extension Page.Part {
    fileprivate var rowIds: [String] { if case .rows(let rows) = self { rows.map(\.id) } else { [] } }
    fileprivate var digits: String? { if case .code(let groups, _) = self { groups.joined() } else { nil } }
}

@MainActor @Suite(.timeLimit(.minutes(2))) struct ShellWalks {
    @Test func fromALinkToAnApproval() async throws {
        let server = try await World.shared()
        let (broker, user) = (Broker(server), World.customer())
        let phone = try await Phone.make(server)
        let app = App(phone)
        await app.reach("welcome")

        let begun = try await broker.begin(user, by: "identity_proof")
        app.shell.open(link: begun.uri)
        await app.reach("enroll.yours")
        app.tap("yes")
        let code = try #require(await app.reach("enroll.code").parts.compactMap(\.digits).first)
        #expect(try await broker.confirm(begun, digits: code).status == 200)
        await app.reach("enroll.name")
        app.tap("save_name")
        await app.reach("enroll.notify")
        app.tap("allow")
        await app.reach("enroll.done.without")
        app.tap("close")
        await app.reach("inbox.empty")

        let asked = try await broker.ask(user)
        await app.openTheOne(asked)
        await app.reach("request.number")
        app.shell.send(.typed(field: "number", text: try #require(asked.number)))
        app.tap("approve")
        await app.reach("ended.approved")
        #expect(try await broker.redeem(asked).json["tier"].text == "number")
        app.tap("close")
        await app.reach("inbox.empty")
        app.close()

        // The app is killed and comes back: what was decided is in the history.
        let again = App(phone)
        await again.reach("inbox.empty")
        again.tap("nav_history")
        let history = await again.reach("history")
        #expect(history.parts.flatMap(\.rowIds) == ["entry:approve:\(asked.challenge)"])
        again.close()
    }

    @Test func aDeclineAReportAndAWrongNumber() async throws {
        let (_, broker, user, phone, _) = try await World.enrolled()
        let app = App(phone)
        await app.reach("inbox.empty")

        let declined = try await broker.ask(user)
        await app.openTheOne(declined)
        await app.reach("request.number")
        app.tap("deny")
        app.tap("deny_mine")
        await app.reach("ended.denied")
        app.tap("close")

        let wrong = try await broker.ask(user)
        await app.openTheOne(wrong)
        await app.reach("request.number")
        let digits = try #require(wrong.number)
        let other = String(digits.reversed()) == digits ? "000000" : String(digits.reversed())
        app.shell.send(.typed(field: "number", text: other))
        app.tap("approve")
        await app.reach("ended.number_wrong")
        app.tap("close")

        let foreign = try await broker.ask(user)
        await app.openTheOne(foreign)
        await app.reach("request.number")
        app.tap("report")
        await app.reach("ended.reported")
        app.tap("freeze")
        await app.reach("ended.frozen")
        app.close()
    }
}
