// The core's errors in the types of this package: one table, exhaustive.
import Foundation
internal import InkanCore

extension InkanError {
    init(_ core: InkanCore.InkanError) {
        switch core {
        case .Offline(let detail): self = .offline(detail: detail)
        case .ServerUnavailable(let detail): self = .serverUnavailable(detail: detail)
        case .Untrusted(let detail): self = .untrusted(detail: detail)
        case .NotRecognised(let detail): self = .notRecognised(detail: detail)
        case .Refused(let refusal, let detail): self = .refused(Refusal(refusal), detail: detail)
        case .InvalidInput(let input, let detail): self = .invalidInput(InvalidInput(input), detail: detail)
        case .UpdateNeeded(let detail): self = .updateNeeded(detail: detail)
        case .UserVerification(let why, let detail):
            self = .userVerification(UserVerificationFailure(why), detail: detail)
        case .KeyInvalid(let detail): self = .keyInvalid(detail: detail)
        case .Internal(let why, let detail): self = .internal(InternalFailure(why), detail: detail)
        }
    }
}

extension Refusal {
    init(_ core: InkanCore.Refusal) {
        let reason: RefusalReason =
            switch core.reason {
            case .alreadyDecided: .alreadyDecided
            case .expired: .expired
            case .numberWrong: .numberWrong
            case .startNeeded: .startNeeded
            case .userLocked: .userLocked
            case .deviceWaiting: .deviceWaiting
            case .numberNeeded: .numberNeeded
            case .hashMismatch: .hashMismatch
            case .returnHashNeeded: .returnHashNeeded
            case .notFound: .notFound
            case .tooManyRequests: .tooManyRequests
            }
        self.init(reason: reason, state: core.state.map(ChallengeState.init), until: core.until.map(date))
    }
}

extension InvalidInput {
    init(_ core: InkanCore.InvalidInput) {
        switch core {
        case .notOurs: self = .notOurs
        case .serverNotAllowed: self = .serverNotAllowed
        case .serverName: self = .serverName
        case .unknownAccount: self = .unknownAccount
        case .unknownEnrollment: self = .unknownEnrollment
        case .noAccountForLink: self = .noAccountForLink
        case .notShown: self = .notShown
        case .number: self = .number
        case .startFirst: self = .startFirst
        case .expired: self = .expired
        case .step: self = .step
        case .name: self = .name
        case .argument: self = .argument
        }
    }
}

extension UserVerificationFailure {
    init(_ core: InkanCore.UserVerificationFailure) {
        switch core {
        case .cancelled: self = .cancelled
        case .notVerified: self = .notVerified
        case .locked: self = .locked
        }
    }
}

extension InternalFailure {
    init(_ core: InkanCore.InternalFailure) {
        switch core {
        case .store: self = .store
        case .storeFull: self = .storeFull
        case .storeKeyMissing: self = .storeKeyMissing
        case .storeKeyUnavailable: self = .storeKeyUnavailable
        case .storeNewer: self = .storeNewer
        case .storeInUse: self = .storeInUse
        case .vault: self = .vault
        case .panic: self = .panic
        case .other: self = .other
        }
    }
}
