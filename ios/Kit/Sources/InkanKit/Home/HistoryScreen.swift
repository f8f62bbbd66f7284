// What this phone has decided, with the receipts.
import Foundation

/// The history: a list, and each entry with its receipt.
///
///     list ─▶ entry ─▶ reporting ─▶ reported (what was done; stop the account) ─▶ list
///               ▲          │ not sent
///               └──────────┘
///
/// What was decided can be reported for 30 days; `report` is the request's screen that does it.
public struct HistoryScreen: Screen {
    var entries: [HistoryEntry]?
    /// The row that is open.
    var open: String?
    var failure: InkanError?
    var report: RequestScreen?

    /// A screen that has not looked yet.
    public init() {}

    var entry: HistoryEntry? { (entries ?? []).first { Self.row(of: $0) == open } }

    /// The report is taken, and its page is shown.
    var reported: RequestScreen? { report?.phase.isEnded == true ? report : nil }

    /// Moves on.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started: return [.loadHistory]
        case .historyLoaded(let entries):
            self.entries = entries
            if open == nil { failure = nil }
            return []
        case .failed(.loadHistory, let error):
            failure = error
            entries = entries ?? []
            return []
        case .tapped(let id) where report == nil: return tapped(id)
        default: return reporting(event)
        }
    }

    /// What is shown of it.
    public func page(_ words: Words) -> Page {
        reported?.page(words) ?? HistoryPage(state: self, words: words).draw()
    }

    private mutating func tapped(_ id: String) -> [Effect] {
        switch id {
        case Ids.back:
            if entry == nil { return [.close] }
            open = nil
            failure = nil
        case Ids.retry:
            failure = nil
            return [.loadHistory]
        case Ids.report:
            guard let entry, !isReported(entry) else { return [] }
            return begin(entry)
        default:
            if (entries ?? []).contains(where: { Self.row(of: $0) == id }) {
                open = id
                failure = nil
            }
        }
        return []
    }

    private mutating func begin(_ entry: HistoryEntry) -> [Effect] {
        let outcome = entry.outcome
        var screen = RequestScreen(account: outcome.account, challenge: outcome.challenge)
        screen.phase = .ended(outcome.decision == .approve ? .approved(outcome) : .denied(outcome))
        screen.request = entry.asRequest
        report = screen
        failure = nil
        return reporting(.tapped(Ids.report))
    }

    private mutating func reporting(_ event: Event) -> [Effect] {
        guard var screen = report else { return [] }
        let effects = screen.handle(event)
        if effects.contains(.close) {
            report = nil
            open = nil
            return [.loadHistory]
        }
        switch screen.phase {
        case .ended(.approved), .ended(.denied):
            report = nil
            failure = screen.failure
        default: report = screen
        }
        return effects
    }

    /// A report is an entry of its own beside the decision that it is about.
    func isReported(_ entry: HistoryEntry) -> Bool {
        (entries ?? []).contains {
            $0.outcome.decision == .report && $0.outcome.challenge == entry.outcome.challenge
                && $0.outcome.account == entry.outcome.account
        }
    }

    /// The id of an entry's row: a challenge can have several entries.
    static func row(of entry: HistoryEntry) -> String {
        "entry:\(entry.outcome.decision.rawValue):\(entry.outcome.challenge)"
    }
}

extension HistoryEntry {
    fileprivate var asRequest: Request {
        Request(
            account: outcome.account, challenge: outcome.challenge, relyingParty: relyingParty, operation: operation,
            language: language, lines: lines, state: outcome.decision == .approve ? .approved : .denied,
            issuedAt: issuedAt, expiresAt: outcome.decidedAt, remaining: 0, start: .none, returns: false,
            approval: .blocked(.ended))
    }
}
