// What waits, over all accounts.
import Foundation

/// The home screen.
///
///     started ─▶ loadInbox(now) ─▶ inboxLoaded ─▶ nothing there: loadInbox(wait) ─▶ inboxLoaded …
///                     ▲                   └─▶ something there, or a problem: a pause, by the clock
///                     └──────────────────────────┘
///
/// The list is fetched whenever the app comes to the front, and looked at again as long as it stands there: a wait at the
/// server ends at once where something is shown already, so that then the clock paces it. What becomes of answers that
/// were kept is said until the screen is left.
public struct HomeScreen: Screen {
    var inbox: Inbox?
    var accounts: [Account] = []
    var failure: InkanError?
    var denying = 0
    var loadedAt = Date(timeIntervalSince1970: 0)
    var now = Date(timeIntervalSince1970: 0)
    /// How many looks are under way.
    var looks = 0
    /// When to look again.
    var again: Date?
    var settled: [KeptDecision] = []
    /// An approval that was kept is through, and its browser could not be opened.
    var notReturned = false

    /// A screen that has not looked yet.
    public init() {}

    /// Moves on.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started(let now): return started(now)
        case .tick(let now): return tick(now)
        case .inboxLoaded(let inbox, let accounts, let now): return loaded(inbox, accounts, now)
        case .failed(let what, let error): return failed(what, error)
        case .decided:
            denying = max(denying - 1, 0)
            return look()
        case .browserFailed:
            notReturned = true
            return []
        case .tapped(let id): return tapped(id)
        default: return []
        }
    }

    /// What is shown of it.
    public func page(_ words: Words) -> Page { HomePage(state: self, words: words).draw() }

    private mutating func started(_ now: Date) -> [Effect] {
        var anew = HomeScreen()
        anew.inbox = inbox
        anew.accounts = accounts
        anew.denying = denying
        anew.loadedAt = loadedAt
        anew.now = now
        self = anew
        return look()
    }

    private mutating func look(wait: Bool = false) -> [Effect] {
        looks += 1
        again = nil
        return [.loadInbox(wait: wait)]
    }

    private mutating func loaded(_ inbox: Inbox, _ accounts: [Account], _ now: Date) -> [Effect] {
        for kept in inbox.settled {
            // What is known of the same answer already gives way, in its place.
            let known = settled.firstIndex {
                $0.account == kept.account && $0.challenge == kept.challenge && $0.decision == kept.decision
            }
            if let known { settled[known] = kept } else { settled.append(kept) }
        }
        self.inbox = inbox
        self.accounts = accounts
        failure = nil
        loadedAt = now
        self.now = now
        looks = max(looks - 1, 0)
        return inbox.settled.compactMap { $0.outcome?.returnTo }.map { .openBrowser($0) } + next()
    }

    /// The last look that is under way decides when the next one begins.
    private mutating func next() -> [Effect] {
        if looks > 0 || (accounts.isEmpty && failure == nil) { return [] }
        guard let inbox, inbox.problems.isEmpty, failure == nil else {
            again = now.addingTimeInterval(5)
            return []
        }
        if inbox.requests.isEmpty { return look(wait: true) }
        again = now.addingTimeInterval(3)
        return []
    }

    /// When a request of this list ends, by this phone's clock.
    func endOf(_ request: Request) -> Date { loadedAt.addingTimeInterval(request.remaining) }

    /// What is over goes from the list, and the list is fetched anew.
    private mutating func tick(_ later: Date) -> [Effect] {
        now = later
        let rest = (inbox?.requests ?? []).filter { $0.kept != nil || later < endOf($0) }
        let over = rest.count != inbox?.requests.count ?? 0
        inbox = inbox.map { Inbox(settled: $0.settled, requests: rest, problems: $0.problems) }
        let due = again.map { later >= $0 } ?? false
        return over || due ? look() : []
    }

    private mutating func failed(_ what: Effect, _ error: InkanError) -> [Effect] {
        switch what {
        case .loadInbox:
            failure = error
            inbox = inbox ?? Inbox()
            looks = max(looks - 1, 0)
            return next()
        case .decide:
            denying = max(denying - 1, 0)
            failure = error
            return look()
        default: return []
        }
    }

    private mutating func tapped(_ id: String) -> [Effect] {
        switch id {
        case Ids.navHistory: return [.go(.history)]
        case Ids.navSettings: return [.go(.settings)]
        case Ids.enroll: return [.go(.enrollment)]
        case Ids.retry:
            failure = nil
            return look()
        case Ids.update: return [.openAppStore]
        case Ids.denyAll: return denyAll()
        case Ids.back: return [.close]
        default:
            let request = inbox?.requests.first { Self.rowId($0) == id }
            return request.map { [.go(.ofRequest($0.account, $0.challenge))] } ?? []
        }
    }

    private mutating func denyAll() -> [Effect] {
        let waiting = (inbox?.requests ?? []).filter { $0.kept == nil }
        guard denying == 0 else { return [] }
        denying = waiting.count
        return waiting.map { .decide(.deny, $0.account, $0.challenge, reason: .other) }
    }

    static func rowId(_ request: Request) -> String { "request:\(request.account):\(request.challenge)" }
}
