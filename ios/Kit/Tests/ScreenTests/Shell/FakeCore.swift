// A core, a device and a store that do what a test says.
import Foundation
import InkanKit

/// What the servers say and what was asked of them.
actor FakeServer {
    var accounts: [Account] = []
    var waiting: [Request] = []
    var leftOver: [EnrollmentPreview] = []
    var asked: [String] = []
    /// Where a decision stops until it is let go on.
    private var stopped: CheckedContinuation<Void, Never>?
    private var stops = false
    private var reached: CheckedContinuation<Void, Never>?

    func set(accounts: [Account] = [], waiting: [Request] = [], leftOver: [EnrollmentPreview] = []) {
        self.accounts = accounts
        self.waiting = waiting
        self.leftOver = leftOver
    }

    func note(_ what: String) { asked.append(what) }

    func stopDecisions() { stops = true }

    /// Returns when a decision has stopped.
    func decisionStopped() async {
        if stopped == nil { await withCheckedContinuation { reached = $0 } }
    }

    func goOn() {
        stops = false
        stopped?.resume()
        stopped = nil
    }

    func decide(
        _ decision: Decision, _ account: AccountId, _ challenge: ChallengeId, _ number: String?
    ) async -> Outcome {
        note("\(decision.rawValue) \(challenge) \(number ?? "-")")
        if stops {
            await withCheckedContinuation {
                stopped = $0
                reached?.resume()
                reached = nil
            }
        }
        waiting.removeAll { $0.challenge == challenge }
        return Outcome(
            account: account, challenge: challenge, decision: decision, decidedAt: FakeDevice.begin, logRow: 7,
            logHash: "hash", receipt: "receipt")
    }
}

/// The core over that server. Waits end when they are cancelled, and else never.
struct FakeCore: Ceremonies {
    let server: FakeServer

    private func forever() async throws -> Never {
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    func setLanguage(_ language: Language) throws(InkanError) {}
    func accounts() async throws -> [Account] { await server.accounts }
    func refreshAccount(_ account: AccountId) async throws -> Account {
        guard let known = await server.accounts.first(where: { $0.id == account }) else {
            throw InkanError.invalidInput(.unknownAccount)
        }
        return known
    }
    func beginEnrollment(_ uri: String) async throws -> EnrollmentPreview { throw InkanError.invalidInput(.notOurs) }
    func beginEnrollmentTyped(host: String, code: String) async throws -> EnrollmentPreview {
        throw InkanError.offline()
    }
    func enrollments() async throws -> [EnrollmentPreview] { await server.leftOver }
    func confirmAccount(_ enrollment: AccountId) async throws -> String {
        await server.note("confirm \(enrollment)")
        return "731048"
    }
    func enrollmentStatus(_ enrollment: AccountId, wait: TimeInterval) async throws -> EnrollmentProgress {
        .active(enrollment)
    }
    func abandonEnrollment(_ enrollment: AccountId) async throws { await server.note("abandon \(enrollment)") }
    func inbox(wait: TimeInterval) async throws -> Inbox {
        let requests = await server.waiting
        await server.note(wait > 0 ? "wait" : "look")
        if wait > 0 && requests.isEmpty { try await forever() }
        return Inbox(requests: requests)
    }
    func request(account: AccountId, challenge: ChallengeId) async throws -> Request {
        guard let found = await server.waiting.first(where: { $0.challenge == challenge }) else {
            throw InkanError.refused(Refusal(reason: .notFound))
        }
        return found
    }
    func requestState(account: AccountId, challenge: ChallengeId, wait: TimeInterval) async throws -> ChallengeState {
        await server.note("watch \(challenge)")
        try await forever()
    }
    func openLink(_ link: String) async throws -> Request {
        guard let first = await server.waiting.first else { throw InkanError.invalidInput(.noAccountForLink) }
        return first
    }
    func approve(
        account: AccountId, challenge: ChallengeId, number: String?, shown: Language?
    ) async throws -> Outcome {
        await server.decide(.approve, account, challenge, number)
    }
    func deny(account: AccountId, challenge: ChallengeId, reason: DenyReason) async throws -> Outcome {
        await server.decide(.deny, account, challenge, reason.rawValue)
    }
    func report(account: AccountId, challenge: ChallengeId) async throws -> Outcome {
        await server.decide(.report, account, challenge, nil)
    }
    func sendKept() async throws -> [KeptDecision] { [] }
    func setPush(account: AccountId, push: PushAddress?) async throws {
        await server.note("push \(account) \(push?.token ?? "-")")
    }
    func webPushKeys() async throws -> WebPushKeys { WebPushKeys(p256dh: "", auth: "") }
    func pushReceived(account: AccountId?, payload: PushPayload) async throws -> PushHint {
        throw InkanError.untrusted()
    }
    func pushArrived(_ push: String) async throws {}
    func rename(_ account: AccountId, name: String) async throws { await server.note("rename \(name)") }
    func rotateKeys(_ account: AccountId) async throws {}
    func refreshKeys(_ account: AccountId) async throws {}
    func freeze(_ account: AccountId) async throws {}
    func leave(_ account: AccountId) async throws {}
    func forget(_ account: AccountId) async throws {}
    func history(_ account: AccountId) async throws -> [HistoryEntry] { [] }
}

/// A door behind which that core is.
@MainActor final class FakeDoor: CoreDoor {
    let server: FakeServer
    var refuses: InternalFailure?
    var report = StoreReport()
    private(set) var asides = 0

    init(_ server: FakeServer) {
        self.server = server
    }

    func openStore() async throws -> StoreReport {
        if let refuses { throw InkanError.internal(refuses) }
        return report
    }

    func setStoreAside() async throws {
        asides += 1
        refuses = nil
    }

    func openAuthenticator() async throws -> any Ceremonies { FakeCore(server: server) }

    func recognise(_ text: String) throws(InkanError) -> ScannedCode {
        switch text {
        case "challenge": .challenge(server: "https://a.example.jp", challenge: ChallengeId("c1"), kind: .open)
        case "enrollment": .enrollment(server: "https://a.example.jp")
        default: .notOurs
        }
    }
}

/// A phone that notes what it was asked.
@MainActor final class FakeDevice: Device {
    nonisolated static let begin = Date(timeIntervalSince1970: 1_795_496_700)
    var now = FakeDevice.begin
    var chosenLanguage: Language?
    var allows = true
    var camera = CameraPermission.allowed
    /// Whether the system takes addresses.
    var takes = true
    var shopNumber: String?
    private(set) var said: [String] = []
    private(set) var did: [String] = []

    let version = "0.1.0"
    let name = "iPhone"
    let licences = "licences"
    let log = ""

    func words(_ language: Language?) -> Words {
        let language = language ?? .ja
        let texts = (try? Catalogue.read("Localizable").texts(language)) ?? [:]
        return Words(language: language, zone: .gmt) { key, _ in texts[key] }
    }

    func requestCamera() async -> Bool {
        did.append("camera")
        return allows
    }
    func askForNotifications() async -> Bool { allows }
    func mayNotify() async -> Bool { allows }
    func registerForDoorbell() { did.append("register") }
    func open(_ url: URL) async -> Bool {
        did.append("open \(url)")
        return takes
    }
    func openSettings() async { did.append("settings") }
    func pageChanged() { did.append("page") }
    func announce(_ text: String) { said.append(text) }
    func removeNotifications() { did.append("remove") }
    /// Who is told of a pause that is over at once; nobody: it is never over.
    var paused: ((Int) async -> Void)?
    func pause(seconds: Int) async throws {
        guard let paused else { return try await Task.sleep(for: .seconds(3600)) }
        await paused(seconds)
    }
}

/// A request that waits for six digits.
func aRequest(_ challenge: String = "c1", kept: Decision? = nil) -> Request {
    Request(
        account: AccountId("a1"), challenge: ChallengeId(challenge), relyingParty: "みらい証券", operation: .withdrawal,
        language: .ja, lines: [Line(role: .operation, label: "操作", value: "出金の確認")], state: .pending,
        issuedAt: FakeDevice.begin, expiresAt: FakeDevice.begin.addingTimeInterval(120), remaining: 120,
        start: .number(digits: 6), returns: false, approval: .number(digits: 6), kept: kept)
}

/// An account of the same customer.
func anAccount() -> Account {
    Account(
        id: AccountId("a1"), server: "https://a.example.jp", relyingParty: "みらい証券", displayName: "***0123",
        deviceName: "iPhone", state: .active, frozen: false, restrictedUntil: nil, enrolledAt: FakeDevice.begin)
}
