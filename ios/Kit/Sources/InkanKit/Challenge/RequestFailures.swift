// What becomes of a request's screen when something that it wanted did not work.
import Foundation

extension RequestScreen {
    mutating func failed(_ what: Effect, _ error: InkanError) -> [Effect] {
        switch what {
        case .decide(let decision, _, _, _, _, _): return notDecided(decision, error)
        case .freeze:
            if freezing {
                freezing = false
                failure = error
            }
        case .loadRequest: return notLoaded(error, opening: false)
        case .openLink: return notLoaded(error, opening: true)
        case .watchState:
            watching = false
            later()
        // Without the history nobody can say that it was this phone.
        case .loadHistory: if let looking { end(.of(looking)) }
        default: break
        }
        return []
    }

    private mutating func later() { again = now.addingTimeInterval(5) }

    private mutating func notLoaded(_ error: InkanError, opening: Bool) -> [Effect] {
        if phase.isSending || phase.isEnded || looking != nil { return [] }
        if case .refused(let refusal, _) = error {
            if refusal.reason == .notFound || refusal.reason == .expired {
                end(refusal.reason == .notFound ? .notFound : .expired)
                return []
            }
            if let news = refusal.state, news != .pending { return settle(news) }
        }
        if request == nil || error.isFinal {
            phase = .stuck(error)
            self.opening = opening
            return []
        }
        if !waits { phase = .shown }
        failure = error
        self.opening = opening
        if error.passes {
            later()
            return []
        }
        return watch()
    }

    private mutating func notDecided(_ decision: Decision, _ error: InkanError) -> [Effect] {
        if case .sending(_, _, let from) = phase {
            trying = false
            guard from.isEnded else { return answered(decision, error) }
            phase = from
            failure = error
            return []
        }
        guard trying else { return [] }
        trying = false
        // Behind the page: it stays as it is, be it the scanner.
        guard error.passes else { return answered(decision, error) }
        later()
        return []
    }

    private mutating func answered(_ decision: Decision, _ error: InkanError) -> [Effect] {
        let before = self
        phase = .shown
        failure = error
        opening = false
        if error.passes {
            request = request?.with(kept: decision)
            later()
            return []
        }
        switch error {
        case .keyInvalid: return block(.keyInvalid)
        case .updateNeeded: return block(.updateNeeded)
        case .refused(let refusal, _):
            request = request?.with(kept: nil)
            return refused(refusal, error)
        case .invalidInput(.expired, _): end(.expired)
        case .invalidInput(.number, _), .invalidInput(.startFirst, _):
            early = true
            failure = nil
            return watch()
        case .userVerification: return watch()
        case .internal(let why, _) where why != .storeFull: return watch()
        default:
            self = before
            phase = .stuck(error)
        }
        return []
    }

    private mutating func refused(_ refusal: Refusal, _ error: InkanError) -> [Effect] {
        switch refusal.reason {
        case .alreadyDecided:
            switch refusal.state {
            case nil, .pending: end(.elsewhere(nil))
            case .some(let state): end(.of(state))
            }
        case .expired: end(.expired)
        case .numberWrong: end(.numberWrong)
        case .notFound: end(.notFound)
        case .userLocked: return block(.frozen)
        case .deviceWaiting: return refusal.until.map { block(.waiting(until: $0)) } ?? watch()
        case .numberNeeded:
            early = true
            failure = nil
            return watch()
        case .hashMismatch, .returnHashNeeded: phase = .stuck(error)
        case .startNeeded, .tooManyRequests: return watch()
        }
        return []
    }

    private mutating func block(_ why: BlockedReason) -> [Effect] {
        request = request.map { $0.with(approval: .blocked(why), kept: $0.kept) }
        failure = nil
        return watch()
    }
}

extension InkanError {
    /// What was shown cannot stand any longer.
    fileprivate var isFinal: Bool {
        switch self {
        case .untrusted, .notRecognised, .updateNeeded: true
        default: false
        }
    }
}

extension Request {
    fileprivate func with(approval: Approval? = nil, kept: Decision?) -> Request {
        Request(
            account: account, challenge: challenge, relyingParty: relyingParty, operation: operation,
            language: language, lines: lines, state: state, issuedAt: issuedAt, expiresAt: expiresAt,
            remaining: remaining, start: start, returns: returns, approval: approval ?? self.approval,
            warnings: warnings, kept: kept)
    }
}
