// What went wrong, for a person: what happened, what did not happen, what to do.

/// What happened and what to do; what did not happen depends on what was asked for.
struct Trouble: Hashable, Sendable {
    let what: Words.Key
    let next: Words.Key

    init(_ what: Words.Key, _ next: Words.Key) {
        self.what = what
        self.next = next
    }
}

extension InkanError {
    /// `opening`: it was asked by a scanned code or an opened link, which grows old and works for one phone.
    func trouble(opening: Bool) -> Trouble {
        if opening, case .refused(let refusal, _) = self, refusal.reason == .startNeeded {
            return Trouble(.codeOld, .codeOldNext)
        }
        return trouble
    }

    var trouble: Trouble {
        switch self {
        case .offline: Trouble(.offline, .offlineNext)
        case .serverUnavailable: Trouble(.unavailable, .unavailableNext)
        case .untrusted: Trouble(.untrusted, .untrustedNext)
        case .notRecognised: Trouble(.notRecognised, .notRecognisedNext)
        case .updateNeeded: Trouble(.updateNeeded, .updateNeededNext)
        case .keyInvalid: Trouble(.keyInvalid, .keyInvalidNext)
        case .userVerification(let why, _): why.trouble
        case .invalidInput(let input, _): input.trouble
        case .refused(let refusal, _): refusal.reason.trouble
        case .internal(let why, _): why.trouble
        }
    }
}

extension InkanError {
    /// Mends itself by waiting. A decision that was signed is kept meanwhile.
    var passes: Bool {
        switch self {
        case .offline, .serverUnavailable: true
        case .refused(let refusal, _): refusal.reason == .tooManyRequests
        default: false
        }
    }
}

extension UserVerificationFailure {
    fileprivate var trouble: Trouble {
        switch self {
        case .cancelled: Trouble(.verificationCancelled, .verificationNext)
        case .notVerified: Trouble(.verification, .verificationNext)
        case .locked: Trouble(.verificationLocked, .verificationLockedNext)
        }
    }
}

extension InvalidInput {
    fileprivate var trouble: Trouble {
        switch self {
        case .notOurs: Trouble(.notOurs, .notOursNext)
        case .serverNotAllowed: Trouble(.serverNotAllowed, .serverNotAllowedNext)
        case .serverName: Trouble(.badServer, .badServerNext)
        case .noAccountForLink: Trouble(.noAccountForLink, .noAccountForLinkNext)
        case .number: Trouble(.badNumber, .badNumberNext)
        case .startFirst: Trouble(.startNeeded, .startNeededNext)
        case .expired: Trouble(.expiredSentence, .againNext)
        case .name: Trouble(.badName, .badNameNext)
        case .unknownAccount, .unknownEnrollment, .notShown, .step, .argument: Trouble(.outOfStep, .outOfStepNext)
        }
    }
}

extension RefusalReason {
    fileprivate var trouble: Trouble {
        switch self {
        case .alreadyDecided: Trouble(.alreadyDecided, .againNext)
        case .expired: Trouble(.expiredSentence, .againNext)
        case .numberWrong: Trouble(.numberWrong, .againNext)
        case .startNeeded: Trouble(.startNeeded, .startNeededNext)
        case .userLocked: Trouble(.locked, .lockedNext)
        case .deviceWaiting: Trouble(.waiting, .waitingNext)
        case .numberNeeded: Trouble(.badNumber, .badNumberNext)
        case .hashMismatch: Trouble(.hashMismatch, .untrustedNext)
        case .returnHashNeeded: Trouble(.updateNeeded, .updateNeededNext)
        case .notFound: Trouble(.unknownRequestSentence, .unknownRequestNext)
        case .tooManyRequests: Trouble(.tooMany, .unavailableNext)
        }
    }
}

extension InternalFailure {
    /// Of the phone itself.
    var trouble: Trouble {
        switch self {
        case .store: Trouble(.storeFailed, .storeFailedNext)
        case .storeFull: Trouble(.storeFull, .storeFullNext)
        case .storeKeyMissing: Trouble(.storeKeyMissing, .storeKeyMissingNext)
        case .storeKeyUnavailable: Trouble(.storeKeyUnavailable, .storeKeyUnavailableNext)
        case .storeNewer: Trouble(.storeNewer, .updateNeededNext)
        case .storeInUse: Trouble(.storeInUse, .storeInUseNext)
        case .vault: Trouble(.vaultFailed, .vaultFailedNext)
        case .panic, .other: Trouble(.internal, .internalNext)
        }
    }
}

extension Operation {
    /// What did not happen.
    var didNotHappen: Words.Key {
        switch self {
        case .login: .nothingLogin
        case .order: .nothingOrder
        case .withdrawal: .nothingWithdrawal
        case .payoutAccountChange: .nothingPayout
        case .contactChange: .nothingContact
        case .settingsChange: .nothingSettings
        case .deviceAdd: .nothingDevice
        case .other: .nothingOther
        }
    }
}
