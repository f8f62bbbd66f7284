// What becomes of each effect, by the table that Kotlin's CoreWork is held to as well (tests/phones/work.json).
import Foundation
import Testing

@testable import InkanKit

private struct Row: Sendable {
    let effect: String
    let calls: [String]
    let event: String

    static func all() throws -> [Row] {
        let table = try JSONDecoder().decode(Node.self, from: Repository.data("tests/phones/work.json"))
        return try table.list.map {
            Row(effect: try $0.text("effect"), calls: try $0.texts("calls"), event: try $0.text("event"))
        }
    }

    /// The calls, without what the table says of their answers.
    var plain: [String] {
        calls.map { $0.replacing(" pending", with: "").replacing("?", with: "") }
    }

    func asEffect() throws -> Effect {
        let (account, challenge) = (AccountId("a1"), ChallengeId("c1"))
        switch effect {
        case "open_store": return .openStore
        case "set_store_aside": return .setStoreAside
        case "load_request": return .loadRequest(account, challenge)
        case "open_link": return .openLink("link")
        case "approve": return .decide(.approve, account, challenge, number: "482913")
        case "deny": return .decide(.deny, account, challenge, reason: .changedMind)
        case "report": return .decide(.report, account, challenge)
        case "watch_state": return .watchState(account, challenge)
        case "load_inbox": return .loadInbox(wait: false)
        case "load_inbox waiting": return .loadInbox(wait: true)
        case "load_accounts": return .loadAccounts
        case "load_history": return .loadHistory
        case "load_left_over": return .loadLeftOver
        case "begin_enrollment": return .beginEnrollment("link")
        case "begin_typed": return .beginTyped(host: "host", code: "code")
        case "confirm_account": return .confirmAccount(account)
        case "watch_enrollment": return .watchEnrollment(account)
        case "abandon_enrollment": return .abandonEnrollment(account)
        case "freeze": return .freeze(account)
        case "rename": return .rename(account, name: "name")
        case "renew_keys": return .renewKeys(account)
        case "leave": return .leave(account)
        case "forget": return .forget(account)
        case "refresh": return .refresh(account)
        default: throw Node.Missing(description: "the table has an effect that nobody knows: \(effect)")
        }
    }
}

/// Answers each call as it should, and the one at `failsAt` not.
private actor Table {
    let calls: [String]
    let failsAt: Int?
    let failure: InkanError
    private(set) var asked: [String] = []

    init(_ calls: [String], failsAt: Int? = nil, with failure: InkanError = .offline()) {
        self.calls = calls
        self.failsAt = failsAt
        self.failure = failure
    }

    func note(_ call: String) { asked.append(call) }

    func says<T: Sendable>(_ call: String, _ answer: T) throws -> T {
        asked.append(call)
        if asked.count - 1 == failsAt { throw failure }
        return answer
    }

    func state(_ wait: TimeInterval) throws -> ChallengeState {
        let pending = asked.count < calls.count && calls[asked.count].hasSuffix(" pending")
        return try says("request_state \(Int(wait))", pending ? .pending : .expired)
    }
}

private struct TableCore: Ceremonies {
    let table: Table
    private let preview = EnrollmentPreview(
        id: AccountId("a1"), server: "https://a.example.jp", relyingParty: "みらい証券", displayName: "***0123")

    init(_ table: Table) { self.table = table }

    private func outcome(_ decision: Decision) -> Outcome {
        Outcome(
            account: AccountId("a1"), challenge: ChallengeId("c1"), decision: decision, decidedAt: FakeDevice.begin,
            logRow: 7, logHash: "hash", receipt: "receipt")
    }

    func setLanguage(_ language: Language) throws(InkanError) {}
    func accounts() async throws -> [Account] { try await table.says("accounts", [anAccount()]) }
    func refreshAccount(_ account: AccountId) async throws -> Account {
        try await table.says("refresh_account", anAccount())
    }
    func beginEnrollment(_ uri: String) async throws -> EnrollmentPreview {
        try await table.says("begin_enrollment", preview)
    }
    func beginEnrollmentTyped(host: String, code: String) async throws -> EnrollmentPreview {
        try await table.says("begin_enrollment_typed", preview)
    }
    func enrollments() async throws -> [EnrollmentPreview] { try await table.says("enrollments", []) }
    func confirmAccount(_ enrollment: AccountId) async throws -> String {
        try await table.says("confirm_account", "731048")
    }
    func enrollmentStatus(_ enrollment: AccountId, wait: TimeInterval) async throws -> EnrollmentProgress {
        try await table.says("enrollment_status \(Int(wait))", .claimed)
    }
    func abandonEnrollment(_ enrollment: AccountId) async throws { try await table.says("abandon_enrollment", ()) }
    func inbox(wait: TimeInterval) async throws -> Inbox {
        try await table.says("inbox \(Int(wait))", Inbox(requests: []))
    }
    func request(account: AccountId, challenge: ChallengeId) async throws -> Request {
        try await table.says("request", aRequest())
    }
    func requestState(account: AccountId, challenge: ChallengeId, wait: TimeInterval) async throws -> ChallengeState {
        try await table.state(wait)
    }
    func openLink(_ link: String) async throws -> Request { try await table.says("open_link", aRequest()) }
    func approve(
        account: AccountId, challenge: ChallengeId, number: String?, shown: Language?
    ) async throws -> Outcome {
        try await table.says("approve", outcome(.approve))
    }
    func deny(account: AccountId, challenge: ChallengeId, reason: DenyReason) async throws -> Outcome {
        try await table.says("deny", outcome(.deny))
    }
    func report(account: AccountId, challenge: ChallengeId) async throws -> Outcome {
        try await table.says("report", outcome(.report))
    }
    func sendKept() async throws -> [KeptDecision] { try await table.says("send_kept", []) }
    func setPush(account: AccountId, push: PushAddress?) async throws { try await table.says("set_push", ()) }
    func webPushKeys() async throws -> WebPushKeys {
        try await table.says("web_push_keys", WebPushKeys(p256dh: "", auth: ""))
    }
    func pushReceived(account: AccountId?, payload: PushPayload) async throws -> PushHint {
        throw InkanError.untrusted()
    }
    func pushArrived(_ push: String) async throws { try await table.says("push_arrived", ()) }
    func rename(_ account: AccountId, name: String) async throws { try await table.says("rename", ()) }
    func rotateKeys(_ account: AccountId) async throws { try await table.says("rotate_keys", ()) }
    func refreshKeys(_ account: AccountId) async throws { try await table.says("refresh_keys", ()) }
    func freeze(_ account: AccountId) async throws { try await table.says("freeze", ()) }
    func leave(_ account: AccountId) async throws { try await table.says("leave", ()) }
    func forget(_ account: AccountId) async throws { try await table.says("forget", ()) }
    func history(_ account: AccountId) async throws -> [HistoryEntry] { try await table.says("history", []) }
}

@MainActor private final class TableDoor: CoreDoor {
    let table: Table

    init(_ table: Table) { self.table = table }

    func openStore() async throws -> StoreReport { try await table.says("open_store", StoreReport()) }
    func setStoreAside() async throws { try await table.says("set_store_aside", ()) }
    func openAuthenticator() async throws -> any Ceremonies { TableCore(table) }
    func recognise(_ text: String) throws(InkanError) -> ScannedCode { .notOurs }
}

@MainActor @Suite struct WorkTests {
    /// One of each kind.
    private static let failures: [InkanError] = [
        .offline(), .serverUnavailable(), .untrusted(), .notRecognised(), .refused(Refusal(reason: .tooManyRequests)),
        .invalidInput(.number), .updateNeeded(), .userVerification(.cancelled), .keyInvalid(), .internal(.storeFull),
    ]

    private func run(_ row: Row, _ table: Table) async throws -> [Event] {
        let device = FakeDevice()
        device.paused = { await table.note("pause \($0)") }
        let runner = Runner(device: device, door: TableDoor(table), bell: Bell())
        _ = await runner.run(.openAuthenticator)
        return await runner.run(try row.asEffect())
    }

    /// The name of an event, as the table has it.
    private func name(_ event: Event) -> String {
        String(describing: event).prefix { $0 != "(" }
            .map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
    }

    @Test func whatIsAskedAndWhatComesOfIt() async throws {
        let rows = try Row.all()
        #expect(rows.count > 20)
        for row in rows {
            let table = Table(row.calls)
            let events = try await run(row, table)
            #expect(await table.asked == row.plain, "\(row.effect)")
            #expect(events.map(name) == [row.event], "\(row.effect)")
        }
    }

    @Test func everyFailureOfEveryCallReachesTheScreen() async throws {
        for row in try Row.all() {
            let effect = try row.asEffect()
            for (number, call) in row.calls.enumerated() where !call.hasPrefix("pause") {
                for failure in Self.failures {
                    let table = Table(row.calls, failsAt: number, with: failure)
                    let events = try await run(row, table)
                    let what = Comment(rawValue: "\(row.effect): \(call) fails with \(failure.key)")
                    if call.hasSuffix("?") {
                        // What was done is done, whether or not whose it is can be said.
                        #expect(events.map(name) == [row.event], what)
                    } else if effect == .openStore, case .internal(let why, _) = failure {
                        #expect(events == [.storeFailed(why)], what)
                    } else {
                        #expect(events == [.failed(effect, failure)], what)
                    }
                    #expect(await table.asked.count == number + 1, what)
                }
            }
        }
    }
}
