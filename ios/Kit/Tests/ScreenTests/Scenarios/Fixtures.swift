// What the scenario table calls by name: accounts, requests, outcomes, errors. `tests/phones/README.md` says how.
import Foundation
import InkanKit

/// Reads fixtures in one language. A fixture is named, and members beside its name replace those of the fixture.
struct Fixtures {
    let table: Node
    let language: Language

    private func resolve(_ kind: String, _ reference: Node) throws -> Node {
        let known = try table.need(kind)
        if case .text(let name) = reference { return try known.need(name) }
        return try known.need(reference.text("of")).replaced(by: reference)
    }

    func account(_ reference: Node) throws -> Account {
        let node = try resolve("accounts", reference)
        return Account(
            id: AccountId(try node.text("id")), server: try node.text("server"),
            relyingParty: try node.text("relying_party"), displayName: try node.text("display_name"),
            deviceName: try node.text("device_name"), state: try node.need("state").one(),
            frozen: try node.flag("frozen"), restrictedUntil: try node["restricted_until"]?.time,
            enrolledAt: try node.time("enrolled_at"), mutedUntil: try node["muted_until"]?.time,
            supportPhone: try node["support_phone"]?.text)
    }

    private func lines(_ node: Node) throws -> [Line] {
        try node.need("lines").list(language.rawValue).map { line in
            let parts = try line.list
            return Line(role: try parts[0].one(), label: try parts[1].text, value: try parts[2].text)
        }
    }

    func request(_ reference: Node) throws -> Request {
        let node = try resolve("requests", reference)
        return Request(
            account: AccountId(try node.text("account")), challenge: ChallengeId(try node.text("challenge")),
            relyingParty: try node.text("relying_party"), operation: try node.need("operation").one(),
            language: language, lines: try lines(node), state: try node.need("state").one(),
            issuedAt: try node.time("issued_at"), expiresAt: try node.time("expires_at"),
            remaining: try node.need("remaining").number, start: try start(node.need("start")),
            returns: try node.flag("returns"), approval: try approval(node.need("approval")),
            warnings: try node["warnings"]?.list.map(warning) ?? [], kept: try node["kept"]?.one())
    }

    private func start(_ node: Node) throws -> Start {
        switch try node.text("kind") {
        case "number": .number(digits: try node.int("digits"))
        case "scan": .scan
        case "link": .link
        case "none": .none
        case let kind: throw Node.Missing(description: "start \(kind)")
        }
    }

    private func approval(_ node: Node) throws -> Approval {
        switch try node.text("kind") {
        case "ready": .ready
        case "number": .number(digits: try node.int("digits"))
        case "scan": .scan
        case "link": .link
        case "blocked": .blocked(try blocked(node))
        case let kind: throw Node.Missing(description: "approval \(kind)")
        }
    }

    private func blocked(_ node: Node) throws -> BlockedReason {
        switch try node.text("why") {
        case "update_needed": .updateNeeded
        case "expired": .expired
        case "ended": .ended
        case "key_invalid": .keyInvalid
        case "suspended": .suspended
        case "frozen": .frozen
        case "waiting": .waiting(until: try node.time("until"))
        case let why: throw Node.Missing(description: "blocked \(why)")
        }
    }

    private func warning(_ node: Node) throws -> Warning {
        switch try node.text("kind") {
        case "several_pending": .severalPending(count: try node.int("count"))
        case "clock_differs": .clockDiffers(seconds: try node.int("seconds"))
        case let kind: throw Node.Missing(description: "warning \(kind)")
        }
    }

    func outcome(_ reference: Node) throws -> Outcome {
        let node = try resolve("outcomes", reference)
        return Outcome(
            account: AccountId(try node.text("account")), challenge: ChallengeId(try node.text("challenge")),
            decision: try node.need("decision").one(), decidedAt: try node.time("decided_at"),
            logRow: try node.int("log_row"), logHash: try node.text("log_hash"), receipt: try node.text("receipt"),
            returnTo: try node["return_to"].map { ReturnAddress(try $0.text) })
    }

    func history(_ reference: Node) throws -> HistoryEntry {
        let node = try resolve("history", reference)
        return HistoryEntry(
            outcome: try outcome(node.need("outcome")), relyingParty: try node.text("relying_party"),
            operation: try node.need("operation").one(), language: language, issuedAt: try node.time("issued_at"),
            lines: try lines(node))
    }

    func preview(_ reference: Node) throws -> EnrollmentPreview {
        let node = try resolve("previews", reference)
        return EnrollmentPreview(
            id: AccountId(try node.text("id")), server: try node.text("server"),
            relyingParty: try node.text("relying_party"), displayName: try node.text("display_name"))
    }

    /// By its stable key; a refusal may say where the challenge stands, and until when.
    func error(_ node: Node) throws -> InkanError {
        let key = try node["key"]?.text ?? node.text
        let parts = key.split(separator: ".", maxSplits: 1).map { Node.text(String($0)) }
        let reason = parts.count > 1 ? parts[1] : .null
        switch try parts[0].text {
        case "offline": return .offline()
        case "server_unavailable": return .serverUnavailable()
        case "untrusted": return .untrusted()
        case "not_recognised": return .notRecognised()
        case "update_needed": return .updateNeeded()
        case "key_invalid": return .keyInvalid()
        case "user_verification": return .userVerification(try reason.one())
        case "invalid_input": return .invalidInput(try reason.one())
        case "internal": return .internal(try reason.one())
        case "refused":
            return .refused(
                Refusal(
                    reason: try reason.one(), state: try node["state"]?.one(), until: try node["until"]?.time))
        case let kind: throw Node.Missing(description: "error \(kind)")
        }
    }

    func code(_ node: Node) throws -> ScannedCode {
        switch try node.text("kind") {
        case "enrollment": .enrollment(server: try node.text("server"))
        case "challenge":
            .challenge(
                server: try node.text("server"), challenge: ChallengeId(try node.text("challenge")),
                kind: try node.need("how").one())
        case "other_version": .otherVersion
        case "not_ours": .notOurs
        case let kind: throw Node.Missing(description: "code \(kind)")
        }
    }

    func inbox(_ node: Node) throws -> Inbox {
        Inbox(
            settled: try node["settled"]?.list.map(kept) ?? [], requests: try node["requests"]?.list.map(request) ?? [],
            problems: try node["problems"]?.list.map { problem in
                Problem(account: AccountId(try problem.text("account")), error: try error(problem.need("error")))
            } ?? [])
    }

    private func kept(_ node: Node) throws -> KeptDecision {
        let result: Result<Outcome, InkanError> =
            if let outcome = node["outcome"] {
                .success(try self.outcome(outcome))
            } else {
                .failure(try error(node.need("problem")))
            }
        return KeptDecision(
            account: AccountId(try node.text("account")), challenge: ChallengeId(try node.text("challenge")),
            decision: try node.need("decision").one(), result: result)
    }

    func report(_ node: Node) throws -> StoreReport {
        StoreReport(
            quarantined: try node["quarantined"]?.text, emptied: try node["emptied"]?.flag ?? false,
            damagedRecords: Int(try node["damaged_records"]?.number ?? 0),
            lostCommits: Int(try node["lost_commits"]?.number ?? 0))
    }

    func progress(_ node: Node) throws -> EnrollmentProgress {
        switch try node.text("kind") {
        case "claimed": .claimed
        case "active": .active(AccountId(try node.text("account")))
        case "failed": .failed(try node.need("why").one())
        case let kind: throw Node.Missing(description: "progress \(kind)")
        }
    }

    /// An event. `done` and `failed` belong to the newest effect whose name they carry; `asked` finds it.
    func event(_ node: Node, asked: (String) throws -> Effect) throws -> Event {
        switch try node.text("kind") {
        case "started": .started(now: try node.time("now"))
        case "tick": .tick(now: try node.time("now"))
        case "tapped": .tapped(try node.text("id"))
        case "typed": .typed(field: try node.text("field"), text: try node.text("text"))
        case "switched": .switched(try node.text("id"), on: try node.flag("on"))
        case "scanned": .scanned(text: try node.text("text"), code: try code(node.need("code")))
        case "request_loaded":
            .requestLoaded(
                try request(node.need("request")), account: try node["account"].map(account), now: try node.time("now"))
        case "decided": .decided(try outcome(node.need("outcome")), account: try node["account"].map(account))
        case "state_read": .stateRead(try node.need("state").one())
        case "inbox_loaded":
            .inboxLoaded(
                try inbox(node.need("inbox")), accounts: try node.list("accounts").map(account),
                now: try node.time("now"))
        case "accounts_loaded": .accountsLoaded(try node.list("accounts").map(account))
        case "history_loaded": .historyLoaded(try node.list("entries").map(history))
        case "enrollment_found": .enrollmentFound(try preview(node.need("preview")))
        case "left_over": .leftOver(try node.list("previews").map(preview))
        case "code_to_show": .codeToShow(try node.text("digits"))
        case "progressed": .progressed(try progress(node.need("progress")))
        case "permission": .permission(given: try node.flag("given"))
        case "camera_troubled": .cameraTroubled(try node.need("why").one())
        case "camera_back": .cameraBack
        case "push_tested": .pushTested(arrived: try node.flag("arrived"))
        case "done": .done(try asked(node.text("what")))
        case "failed": .failed(try asked(node.text("what")), try error(node.need("error")))
        case "browser_failed": .browserFailed
        case "store_opened": .storeOpened(try report(node.need("report")))
        case "store_failed": .storeFailed(try node.need("why").one())
        case let kind: throw Node.Missing(description: "event \(kind)")
        }
    }

    /// The state in which a scenario begins.
    func screen(_ kind: String, given: Node?) throws -> any Screen {
        let given = given ?? .object([:])
        switch kind {
        case "request":
            return RequestScreen(
                account: AccountId(try given.text("account")), challenge: ChallengeId(try given.text("challenge")),
                link: try given["link"]?.text, declines: try given["declines"]?.flag ?? false)
        case "home": return HomeScreen()
        case "history": return HistoryScreen()
        case "enroll": return EnrollScreen(link: try given["link"]?.text, name: try given["name"]?.text ?? "")
        case "settings":
            return SettingsScreen(
                version: try given["version"]?.text ?? "", licences: try given["licences"]?.text ?? "",
                log: try given["log"]?.text ?? "")
        case "start": return StartScreen()
        default: throw Node.Missing(description: "screen \(kind)")
        }
    }
}
