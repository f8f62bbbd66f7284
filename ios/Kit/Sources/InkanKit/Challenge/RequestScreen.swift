// One request: shown, answered, ended.
import Foundation

/// A request's screen.
///
///     verifying ─▶ shown ─▶ sending ─▶ ended (approved, denied, reported, and what others made of it)
///         │         │ ▲        │         ▲ │
///         │         ▼ │        │         │ └─▶ sending (a late report) ─▶ ended
///         │       asking       ├─▶ shown: kept, refused for now, not verified …
///         │       scanning     └─▶ stuck
///         ├─▶ looking: it has ended; the history says whether it was this phone ─▶ ended
///         └─▶ stuck (cannot be verified, not recognised …)
///
/// Nothing says success before the receipt. A decision that is under way is never taken back by a tap. Where the server
/// cannot be reached the answer is kept, and sent again by itself as long as the screen stands; the deadline runs on.
///
/// After the app was killed a screen begins anew with the ids, or with `link`: everything else is in the core.
public struct RequestScreen: Screen {
    /// Where it stands.
    public indirect enum Phase: Hashable, Sendable {
        /// It is fetched and verified.
        case verifying
        /// It waits for an answer.
        case shown
        /// Was it you?
        case asking
        /// The page's code is to be scanned.
        case scanning(refused: Bool = false, foreign: Bool = false, trouble: CameraTrouble? = nil)
        /// An answer is under way. `tap` is the button that began it, on the page of `from`.
        case sending(Decision, tap: String, from: Phase)
        /// It has ended.
        case ended(Ending)
        /// Nothing can be done here.
        case stuck(InkanError)

        var isScanning: Bool { if case .scanning = self { true } else { false } }
        var isEnded: Bool { if case .ended = self { true } else { false } }
        var isSending: Bool { if case .sending = self { true } else { false } }
        var isStuck: Bool { if case .stuck = self { true } else { false } }
        var ending: Ending? { if case .ended(let ending) = self { ending } else { nil } }
    }

    /// Whose account.
    public internal(set) var account: AccountId
    /// Which challenge.
    public internal(set) var challenge: ChallengeId
    var phase = Phase.verifying
    var request: Request?
    var owner: Account?
    var number = ""
    /// Approve was pressed before what it takes was there.
    var early = false
    var failure: InkanError?
    /// The link that this screen began with, if it was opened by one.
    var link: String?
    /// It was opened to be declined, from the notification.
    var declines: Bool
    /// When the request ends, by this phone's clock.
    var ends: Date?
    var begun: Date?
    var now = Date(timeIntervalSince1970: 0)
    /// `failure` came from a scanned code or an opened link.
    var opening = false
    /// Somebody waits for news of it.
    var watching = false
    /// What is kept is being sent, behind the page.
    var trying = false
    /// When to look, or to send what is kept, once more.
    var again: Date?
    /// Where the server says it stands, while the history is looked into.
    var looking: ChallengeState?
    var freezing = false
    /// The seconds left that are to be said aloud now.
    var said: Int?

    /// A screen that has not looked yet.
    public init(account: AccountId, challenge: ChallengeId, link: String? = nil, declines: Bool = false) {
        self.account = account
        self.challenge = challenge
        self.link = link
        self.declines = declines
    }

    /// It stands on the screen and waits for an answer.
    var waits: Bool { phase == .shown || phase == .asking || phase.isScanning }

    /// Moves on.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started(let now): return started(now)
        case .tick(let now): return tick(now)
        case .requestLoaded(let request, let account, let now): return loaded(request, account, now)
        case .typed(_, let text): typed(text)
        case .tapped(let id): return tapped(id)
        case .scanned(let text, let code): return scanned(text, code)
        case .permission(let given): permitted(given)
        case .cameraTroubled(let why): sees(why)
        case .cameraBack: sees(nil)
        case .decided(let outcome, let account): return decided(outcome, account)
        case .stateRead(let state): return read(state)
        case .historyLoaded(let entries): return looked(entries)
        case .done(.freeze): frozen()
        case .failed(let what, let error): return failed(what, error)
        case .browserFailed: browserFailed()
        default: break
        }
        return []
    }

    /// What is shown of it.
    public func page(_ words: Words) -> Page { RequestPage(self, words).draw() }

    func load() -> Effect {
        if request == nil, let link { return .openLink(link) }
        return .loadRequest(account, challenge)
    }

    private mutating func started(_ now: Date) -> [Effect] {
        self.now = now
        watching = false
        again = nil
        said = nil
        if looking != nil { return [.loadHistory] }
        switch phase {
        case .verifying, .shown, .asking: return [load()]
        case .stuck:
            phase = .verifying
            return [load()]
        case .scanning(let refused, let foreign, _):
            phase = .scanning(refused: refused, foreign: foreign)
            watching = true
            // Who has refused is not asked again and again: it may have been allowed in the system's settings.
            return [refused ? .lookAtCamera : .askForCamera, .watchState(account, challenge)]
        case .sending, .ended: return []
        }
    }

    private mutating func tick(_ now: Date) -> [Effect] {
        let before = self.now
        self.now = now
        said = waits ? ends.flatMap { passedMark(before: before, now: now, end: $0) } : nil
        let kept = request?.kept
        if let ends, now >= ends, waits, kept == nil {
            end(.expired)
            return []
        }
        guard let again, now >= again, waits else { return [] }
        if let kept { return tryAgain(kept) }
        self.again = nil
        return [.loadRequest(account, challenge)]
    }

    private mutating func loaded(_ request: Request, _ account: Account?, _ now: Date) -> [Effect] {
        if phase.isSending || phase.isEnded || looking != nil { return [] }
        let declined = declines
        self.account = request.account
        challenge = request.challenge
        if !waits || request.kept != nil { phase = .shown }
        declines = false
        self.request = request
        owner = account ?? owner
        failure = nil
        opening = false
        let ends = now.addingTimeInterval(request.remaining)
        self.ends = ends
        begun = ends.addingTimeInterval(-request.expiresAt.timeIntervalSince(request.issuedAt))
        self.now = now
        again = nil
        if let kept = request.kept { return trying ? [] : tryAgain(kept) }
        if request.state != .pending { return settle(request.state) }
        if declined { phase = .asking }
        return watch()
    }

    mutating func tryAgain(_ kept: Decision) -> [Effect] {
        trying = true
        again = nil
        return [.decide(kept, account, challenge)]
    }

    private mutating func frozen() {
        guard freezing else { return }
        end(.frozen)
        freezing = false
    }

    private mutating func decided(_ outcome: Outcome, _ account: Account?) -> [Effect] {
        owner = account ?? owner
        // An approval of the past, asked after, while a report of it is already under way.
        if case .sending(let decision, _, _) = phase, decision != outcome.decision { return [] }
        switch outcome.decision {
        case .approve:
            end(.approved(outcome))
            return outcome.returnTo.map { [.openBrowser($0)] } ?? []
        case .deny: end(.denied(outcome))
        case .report: end(.reported(outcome, approved: mayBeDone))
        }
        return []
    }

    private var mayBeDone: Bool {
        if case .sending(_, _, .ended(let before)) = phase { return before.mayBeDone }
        return request?.state == .approved
    }

    private mutating func browserFailed() {
        if case .ended(.approved(let outcome)) = phase { end(.returnFailed(outcome)) }
    }

    /// News of the challenge. What is being sent learns it from its answer.
    private mutating func read(_ news: ChallengeState) -> [Effect] {
        watching = false
        guard waits, looking == nil else { return [] }
        if let kept = request?.kept { return trying ? [] : tryAgain(kept) }
        return news == .pending ? watch() : settle(news)
    }

    private mutating func looked(_ entries: [HistoryEntry]) -> [Effect] {
        guard let state = looking else { return [] }
        // A link does not say whose it is before it was proved.
        let isKnown = !account.value.isEmpty
        let own = entries.map(\.outcome).first {
            $0.challenge == challenge && ($0.account == account || !isKnown) && $0.decision == state.decision
        }
        if let own {
            account = own.account
            return decided(own, nil) + askAfter(own)
        }
        end(.of(state))
        return []
    }

    /// Where this phone had approved, the process may have ended before the browser was opened, and the history does not
    /// hold the way back. The same decision again signs nothing, and brings it for as long as it can be used.
    private func askAfter(_ own: Outcome) -> [Effect] {
        own.decision == .approve ? [.decide(own.decision, account, challenge)] : []
    }

    mutating func end(_ ending: Ending) {
        phase = .ended(ending)
        failure = nil
        number = ""
        early = false
        looking = nil
        trying = false
        again = nil
        said = nil
    }

    /// Whoever waits for an answer is told when somebody else gives it.
    mutating func watch() -> [Effect] {
        if watching { return [] }
        watching = true
        return [.watchState(account, challenge)]
    }

    /// It has ended. If this phone may have done it, the history says so: an answer is also given by a notification.
    mutating func settle(_ state: ChallengeState) -> [Effect] {
        if state.decision == nil {
            end(.of(state))
            return []
        }
        phase = .verifying
        looking = state
        return [.loadHistory]
    }
}
