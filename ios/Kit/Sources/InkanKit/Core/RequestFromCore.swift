// Requests and what became of them, from the core's types. As `FromCore.swift`: exhaustive, one table for each type.
import Foundation
internal import InkanCore

extension Operation {
    init(_ core: InkanCore.Operation) {
        switch core {
        case .login: self = .login
        case .order: self = .order
        case .withdrawal: self = .withdrawal
        case .payoutAccountChange: self = .payoutAccountChange
        case .contactChange: self = .contactChange
        case .settingsChange: self = .settingsChange
        case .deviceAdd: self = .deviceAdd
        case .other: self = .other
        }
    }
}

extension Line {
    init(_ core: InkanCore.Line) {
        let role: LineRole =
            switch core.role {
            case .relyingParty: .relyingParty
            case .account: .account
            case .operation: .operation
            case .amount: .amount
            case .buy: .buy
            case .sell: .sell
            case .payee: .payee
            case .newPayee: .newPayee
            case .fact: .fact
            case .origin: .origin
            case .reason: .reason
            }
        self.init(role: role, label: core.label, value: core.value)
    }
}

extension ChallengeState {
    init(_ core: InkanCore.ChallengeState) {
        switch core {
        case .pending: self = .pending
        case .approved: self = .approved
        case .denied: self = .denied
        case .reported: self = .reported
        case .failed: self = .failed
        case .expired: self = .expired
        case .cancelled: self = .cancelled
        case .superseded: self = .superseded
        }
    }
}

extension Start {
    init(_ core: InkanCore.Start) {
        switch core {
        case .number(let digits): self = .number(digits: Int(digits))
        case .scan: self = .scan
        case .link: self = .link
        case .none: self = .none
        }
    }
}

extension Approval {
    init(_ core: InkanCore.Approval) {
        switch core {
        case .ready: self = .ready
        case .number(let digits): self = .number(digits: Int(digits))
        case .scan: self = .scan
        case .link: self = .link
        case .blocked(let why): self = .blocked(BlockedReason(why))
        }
    }
}

extension BlockedReason {
    init(_ core: InkanCore.Blocked) {
        switch core {
        case .updateNeeded: self = .updateNeeded
        case .expired: self = .expired
        case .ended: self = .ended
        case .keyInvalid: self = .keyInvalid
        case .suspended: self = .suspended
        case .frozen: self = .frozen
        case .waiting(let until): self = .waiting(until: date(until))
        }
    }
}

extension Warning {
    init(_ core: InkanCore.Warning) {
        switch core {
        case .severalPending(let count): self = .severalPending(count: Int(clamping: count))
        case .clockDiffers(let seconds): self = .clockDiffers(seconds: Int(clamping: seconds))
        }
    }
}

extension Decision {
    init(_ core: InkanCore.Decision) {
        switch core {
        case .approve: self = .approve
        case .deny: self = .deny
        case .report: self = .report
        }
    }
}

extension DenyReason {
    var core: InkanCore.DenyReason {
        switch self {
        case .changedMind: .changedMind
        case .other: .other
        }
    }
}

extension Request {
    init(_ core: InkanCore.Request) {
        self.init(
            account: AccountId(core.account), challenge: ChallengeId(core.challenge), relyingParty: core.relyingParty,
            operation: Operation(core.operation), language: Language(core.locale), lines: core.lines.map(Line.init),
            state: ChallengeState(core.state), issuedAt: date(core.issuedAt), expiresAt: date(core.expiresAt),
            remaining: core.remaining, start: Start(core.start), returns: core.returns,
            approval: Approval(core.approval), warnings: core.warnings.map(Warning.init),
            kept: core.kept.map(Decision.init))
    }
}

extension Outcome {
    init(_ core: InkanCore.Outcome) {
        self.init(
            account: AccountId(core.account), challenge: ChallengeId(core.challenge),
            decision: Decision(core.decision), decidedAt: date(core.decidedAt), logRow: Int(clamping: core.log.row),
            logHash: core.log.hash, receipt: core.receipt, mutedUntil: core.mutedUntil.map(date),
            returnTo: core.returnTo.map(ReturnAddress.init))
    }
}

extension KeptDecision {
    init(_ core: InkanCore.KeptDecision) {
        let missing = InkanError.internal(.other, detail: "a kept decision with neither outcome nor error")
        let result: Result<Outcome, InkanError> =
            if let outcome = core.outcome { .success(Outcome(outcome)) } else {
                .failure(core.error.map(InkanError.init) ?? missing)
            }
        self.init(
            account: AccountId(core.account), challenge: ChallengeId(core.challenge),
            decision: Decision(core.decision), result: result)
    }
}

extension Inbox {
    init(_ core: InkanCore.Inbox) {
        self.init(
            settled: core.settled.map(KeptDecision.init), requests: core.requests.map(Request.init),
            problems: core.problems.map { Problem(account: AccountId($0.account), error: InkanError($0.error)) })
    }
}

extension HistoryEntry {
    init(_ core: InkanCore.HistoryEntry) {
        self.init(
            outcome: Outcome(core.outcome), relyingParty: core.relyingParty, operation: Operation(core.operation),
            language: Language(core.locale), issuedAt: date(core.issuedAt), lines: core.lines.map(Line.init))
    }
}
