// How a request ended.

/// How a request ended.
public enum Ending: Hashable, Sendable {
    /// Approved here, by its receipt.
    case approved(Outcome)
    /// Approved; the browser could not be opened.
    case returnFailed(Outcome)
    /// Denied here.
    case denied(Outcome)
    /// Reported here. `approved`: it had been approved before, or may have been: what it was about may have been carried
    /// out.
    case reported(Outcome, approved: Bool)
    /// Reported, and all approvals are stopped.
    case frozen
    /// Its time ran out.
    case expired
    /// A wrong number was typed here.
    case numberWrong
    /// The page took it back.
    case cancelled
    /// A newer one of the same page took its place.
    case superseded
    /// There is no such request for this phone.
    case notFound
    /// Another phone answered; nothing: how is not known.
    case elsewhere(ChallengeState?)

    /// The ending that a state is.
    public static func of(_ state: ChallengeState) -> Ending {
        switch state {
        case .expired: .expired
        case .cancelled: .cancelled
        case .superseded: .superseded
        case .pending: .notFound
        case .approved, .denied, .reported, .failed: .elsewhere(state)
        }
    }

    /// Where the browser is to go.
    public var address: ReturnAddress? {
        if case .approved(let outcome) = self { outcome.returnTo } else { nil }
    }

    /// Whether what was asked may have been carried out.
    var mayBeDone: Bool {
        switch self {
        case .approved, .returnFailed: true
        case .elsewhere(let state): state == nil || state == .approved
        default: false
        }
    }
}

extension ChallengeState {
    /// The decision that may have brought a challenge to this state, if one can.
    var decision: Decision? {
        switch self {
        case .approved: .approve
        case .denied: .deny
        case .reported: .report
        default: nil
        }
    }
}
