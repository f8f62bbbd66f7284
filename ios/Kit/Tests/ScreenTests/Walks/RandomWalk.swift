// One walk through one screen: hands, clock and answers in an order that the dice gives, and a look at every page.
import Foundation
import InkanKit

struct RandomWalk<State: Screen> {
    private static var steps: Int { 40 }
    /// Seconds within which a screen looks again by itself.
    private static var patience: TimeInterval { 40 }

    private var screen: State
    private var world: MadeUp
    private var underWay: [Effect] = []
    private(set) var trail: [String] = []
    private var approved = false
    private var closed = false
    private let words: Words

    /// Every second walk is walked in the second language, and so on.
    init(seed: UInt64, _ screen: State, _ words: [Words]) {
        self.screen = screen
        self.words = words[Int(seed % UInt64(words.count))]
        world = MadeUp(seed: seed)
    }

    /// Walks, and tells each fault with the way that led there.
    mutating func go(_ fault: (String, [String]) -> Void) {
        send(.started(now: world.now))
        for _ in 0..<Self.steps where !closed {
            for found in faults() { fault(found, trail) }
            step()
        }
    }

    private mutating func send(_ event: Event) {
        trail.append(String("\(event)".prefix(90)))
        switch event {
        case .decided(let outcome, _): approved = approved || outcome.decision == .approve
        case .historyLoaded(let entries):
            approved = approved || entries.contains { $0.outcome.decision == .approve }
        default: break
        }
        for effect in screen.handle(event) {
            switch effect {
            // Somebody else goes on with these.
            case .close, .go, .openAuthenticator: closed = true
            case .openSystemSettings, .openAppStore: break
            default: underWay.append(effect)
            }
        }
        trail.append(screen.page(words).id)
    }

    private mutating func step() {
        let page = screen.page(words)
        let (taps, fields) = (page.taps, page.fields)
        if world.dice.chance(10) {
            world.now += TimeInterval(world.dice.below(39) + 1)
            send(.tick(now: world.now))
        } else if world.dice.chance(5) {
            if world.state == .pending { world.state = world.dice.one(of: ChallengeState.self) }
        } else if page.films, world.dice.chance(50) {
            send(world.dice.chance(60) ? world.scanned() : world.ofTheCamera())
        } else if !underWay.isEmpty, world.dice.chance(60) {
            finish(underWay.remove(at: world.dice.below(underWay.count)))
        } else if !(taps + fields).isEmpty {
            let chosen = world.dice.below(taps.count + fields.count)
            if chosen < taps.count {
                send(.tapped(taps[chosen]))
            } else {
                send(.typed(field: fields[chosen - taps.count], text: world.dice.chance(80) ? "482913" : ""))
            }
        }
    }

    private mutating func finish(_ effect: Effect) {
        let fails = world.dice.chance(40)
        switch effect {
        case .watchState:
            if fails {
                send(.failed(effect, world.error()))
            } else if world.state == .pending {
                underWay.append(effect)
            } else {
                send(.stateRead(world.state))
            }
        case .openBrowser: if fails { send(.browserFailed) }
        case .askForCamera, .askForNotifications, .lookAtCamera, .lookAtNotifications: send(.permission(given: !fails))
        case .testPush: send(.pushTested(arrived: !fails))
        case .openStore:
            send(fails ? .storeFailed(world.dice.one(of: InternalFailure.self)) : .storeOpened(world.store()))
        default: send(fails ? .failed(effect, world.error()) : result(effect))
        }
    }

    private mutating func result(_ effect: Effect) -> Event {
        switch effect {
        case .loadRequest, .openLink: .requestLoaded(world.request(), account: world.account(), now: world.now)
        case .decide(let decision, _, _, _, _, _): .decided(world.outcome(decision), account: world.account())
        case .loadInbox: world.inbox()
        case .loadAccounts: .accountsLoaded([world.account()])
        case .loadHistory: .historyLoaded(world.history())
        case .loadLeftOver: .leftOver(world.leftOver())
        case .beginEnrollment, .beginTyped: .enrollmentFound(world.preview())
        case .confirmAccount: .codeToShow("731048")
        case .watchEnrollment: .progressed(world.progress())
        default: .done(effect)
        }
    }

    // MARK: What may never be

    private func faults() -> [String] {
        var found = faults(of: screen.page(words))
        var answers: [ChallengeId: Int] = [:]
        for case .decide(_, _, let challenge, _, _, _) in underWay { answers[challenge, default: 0] += 1 }
        if answers.values.contains(where: { $0 > 1 }) { found.append("two answers to one request are under way") }
        for effect in underWay where effect.isOnce && underWay.filter({ $0 == effect }).count > 1 {
            found.append("twice under way: \(effect)")
        }
        return found
    }

    private func faults(of page: Page) -> [String] {
        var found: [String] = []
        let taps = page.taps
        func note(_ isSo: Bool, _ fault: String) { if isSo { found.append("\(page.id): \(fault)") } }
        func isUnderWay(_ isIt: (Effect) -> Bool) -> Bool { underWay.contains(where: isIt) }
        note(taps.isEmpty && underWay.isEmpty, "nothing to touch and nothing under way")
        note(page.actions.contains(where: \.busy) && underWay.isEmpty, "busy with nothing")
        note(page.actions.filter { $0.style == .filled }.count > 1, "two filled buttons")
        note(page.id.hasPrefix("ended.approved") && !approved, "success without a receipt")
        let waits = page.id.hasPrefix("request.") && page.id != "request.sending" && taps.contains("approve")
        note(waits && !isUnderWay(\.looks) && !comesBack, "can be approved, and nobody watches whether it has ended")
        note(page.id == "request.verifying" && underWay.isEmpty, "nothing is verified")
        let kept = page.id == "request.kept"
        note(kept && !isUnderWay { $0.looks || $0.isDecision } && !comesBack, "nobody sends what is kept")
        let watched = isUnderWay { if case .watchEnrollment = $0 { true } else { false } }
        note(page.id == "enroll.code" && !watched && !comesBack, "nobody waits for the digits")
        let looked = isUnderWay { if case .loadInbox = $0 { true } else { false } }
        note(page.id.hasPrefix("inbox") && !looked && !comesBack, "nobody looks any more")
        note(underWay.filter { $0 == .loadInbox(wait: true) }.count > 1, "two waits for the list")
        return found
    }

    /// Whether the clock alone makes it look again.
    private var comesBack: Bool {
        var later = screen
        let effects = later.handle(.tick(now: world.now.addingTimeInterval(Self.patience)))
        return !effects.isEmpty || later.page(words).id.hasPrefix("ended")
    }
}

extension Effect {
    fileprivate var isDecision: Bool { if case .decide = self { true } else { false } }

    fileprivate var isOnce: Bool {
        switch self {
        case .freeze, .rename, .leave, .renewKeys: true
        default: false
        }
    }

    fileprivate var looks: Bool {
        switch self {
        case .watchState, .loadRequest, .openLink, .loadHistory: true
        default: false
        }
    }
}

extension Page {
    /// What can be touched.
    fileprivate var taps: [String] {
        var buttons = actions
        var rows: [String] = []
        for part in parts {
            if case .inline(let links) = part { buttons += links }
            if case .rows(let found) = part { rows += found.map(\.id) }
        }
        return buttons.filter { !$0.busy }.map(\.id) + rows + (bar.back ? ["back"] : [])
    }

    fileprivate var fields: [String] {
        parts.compactMap { part in
            switch part {
            case .field(let id, _, _, _, _, _), .digits(let id, _, _, _, _): id
            default: nil
            }
        }
    }

    fileprivate var films: Bool { parts.contains { if case .camera = $0 { true } else { false } } }
}
