// A phone's surroundings made up for random walks: what effects could bring, good and bad.
import Foundation
import InkanKit

/// A seeded dice (SplitMix64), so that a failing walk can be walked again.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// One of them; there is at least one.
    mutating func oneOf<Thing>(_ first: Thing, _ rest: Thing...) -> Thing {
        rest.isEmpty ? first : ([first] + rest)[below(rest.count + 1)]
    }

    mutating func oneOf<Thing>(_ things: [Thing]) -> Thing { things[below(things.count)] }

    mutating func one<Thing: CaseIterable>(of type: Thing.Type) -> Thing { oneOf(Array(Thing.allCases)) }
}

/// Makes up results by the dice.
struct MadeUp {
    var dice: Dice
    var now = Date(timeIntervalSince1970: 1_795_496_709)
    var state = ChallengeState.pending
    private let id = AccountId("a-1")
    private let challenge = ChallengeId("c-1")
    private let ends: Date

    init(seed: UInt64) {
        dice = Dice(seed: seed)
        ends = now.addingTimeInterval(102)
    }

    mutating func account() -> Account {
        Account(
            id: id, server: "https://auth.example.jp", relyingParty: "みらい証券", displayName: "***0123",
            deviceName: "iPhone", state: dice.one(of: AccountState.self), frozen: dice.chance(20),
            restrictedUntil: dice.chance(20) ? now.addingTimeInterval(86_400) : nil,
            enrolledAt: now.addingTimeInterval(-86_400),
            mutedUntil: dice.chance(50) ? now.addingTimeInterval(1_200) : nil,
            supportPhone: dice.chance(50) ? "0120-000-000" : nil)
    }

    mutating func request() -> Request {
        let start: Start = dice.oneOf(.number(digits: 6), .scan, .link, .none)
        let approval: Approval =
            dice.chance(70) ? dice.oneOf(.ready, .number(digits: 6), .scan, .link) : .blocked(blocked())
        let lines = [
            Line(role: .relyingParty, label: "", value: "みらい証券"), Line(role: .account, label: "口座", value: "***0123"),
            Line(role: .operation, label: "", value: "出金の確認"), Line(role: .amount, label: "金額", value: "¥1,250,000"),
            Line(role: .payee, label: "出金先", value: "見本銀行"),
            Line(role: .origin, label: "アクセス元", value: "Windows / Chrome"),
        ]
        return Request(
            account: id, challenge: challenge, relyingParty: "みらい証券", operation: dice.one(of: InkanKit.Operation.self),
            language: .ja, lines: dice.chance(90) ? lines : [], state: state, issuedAt: ends.addingTimeInterval(-120),
            expiresAt: ends, remaining: max(ends.timeIntervalSince(now), 0), start: start, returns: dice.chance(30),
            approval: approval, warnings: warnings(), kept: dice.chance(10) ? dice.one(of: Decision.self) : nil)
    }

    private mutating func warnings() -> [Warning] {
        (dice.chance(20) ? [.severalPending(count: 2)] : []) + (dice.chance(20) ? [.clockDiffers(seconds: 90)] : [])
    }

    private mutating func blocked() -> BlockedReason {
        dice.oneOf(
            .updateNeeded, .expired, .ended, .keyInvalid, .suspended, .frozen,
            .waiting(until: now.addingTimeInterval(86_400)))
    }

    mutating func error() -> InkanError {
        switch dice.below(10) {
        case 0: .offline()
        case 1: .serverUnavailable()
        case 2: .untrusted()
        case 3: .notRecognised()
        case 4: .updateNeeded()
        case 5: .keyInvalid()
        case 6:
            .refused(
                Refusal(
                    reason: dice.one(of: RefusalReason.self),
                    state: dice.chance(50) ? dice.one(of: ChallengeState.self) : nil))
        case 7: .invalidInput(dice.one(of: InvalidInput.self))
        case 8: .userVerification(dice.one(of: UserVerificationFailure.self))
        default: .internal(dice.one(of: InternalFailure.self))
        }
    }

    mutating func outcome(_ decision: Decision, returns: Bool = true) -> Outcome {
        Outcome(
            account: id, challenge: challenge, decision: decision, decidedAt: now, logRow: 42, logHash: "hash",
            receipt: "receipt", returnTo: returns && dice.chance(30) ? ReturnAddress("https://example.jp/") : nil)
    }

    func preview(_ number: Int = 1) -> EnrollmentPreview {
        EnrollmentPreview(
            id: AccountId("a-\(number)"), server: "https://auth.example.jp", relyingParty: "みらい証券",
            displayName: "***0123")
    }

    mutating func leftOver() -> [EnrollmentPreview] { (0..<dice.oneOf(0, 0, 1, 2)).map { preview($0 + 1) } }

    mutating func scanned() -> Event {
        let server = "https://auth.example.jp"
        return .scanned(
            text: "\(server)/c",
            code: dice.oneOf(
                .enrollment(server: server), .otherVersion, .notOurs,
                .challenge(server: server, challenge: challenge, kind: .scan),
                .challenge(server: server, challenge: ChallengeId("c-2"), kind: .scan)))
    }

    mutating func ofTheCamera() -> Event {
        dice.oneOf(CameraTrouble.allCases.map { Event.cameraTroubled($0) } + [.cameraBack])
    }

    mutating func progress() -> EnrollmentProgress {
        dice.oneOf([.claimed, .active(id)] + EnrollmentFailure.allCases.map { EnrollmentProgress.failed($0) })
    }

    mutating func inbox() -> Event {
        let requests = dice.chance(60) ? [request()] : []
        let problems = dice.chance(30) ? [Problem(account: id, error: error())] : []
        return .inboxLoaded(
            Inbox(requests: requests, problems: problems), accounts: dice.chance(80) ? [account()] : [], now: now)
    }

    mutating func history() -> [HistoryEntry] {
        guard dice.chance(60) else { return [] }
        return [
            HistoryEntry(
                outcome: outcome(dice.one(of: Decision.self), returns: false), relyingParty: "みらい証券",
                operation: .order, language: .ja, issuedAt: now, lines: request().lines)
        ]
    }

    mutating func store() -> StoreReport {
        dice.oneOf(
            StoreReport(created: true), StoreReport(quarantined: "old", emptied: true), StoreReport(damagedRecords: 2))
    }
}
