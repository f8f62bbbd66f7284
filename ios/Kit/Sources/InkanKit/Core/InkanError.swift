// What can go wrong, in ten kinds. `key` is stable and names the text that a person reads; `detail` is for the log alone.
// A wait that was cancelled is none of them: it throws `CancellationError`, and only after the core has said so.
import Foundation

/// Why a ceremony did not end as asked.
public enum InkanError: Error, Hashable, Sendable {
    /// No connection. What was signed is kept; the deadline runs on.
    case offline(detail: String = "")
    /// The server is there and cannot, or says what this version does not understand.
    case serverUnavailable(detail: String = "")
    /// Signature, key, pin or hash is not what it has to be: nothing was used.
    case untrusted(detail: String = "")
    /// The server does not recognise this device: offer to enroll again, delete nothing.
    case notRecognised(detail: String = "")
    /// News from the server.
    case refused(Refusal, detail: String = "")
    /// What was asked cannot be done as asked.
    case invalidInput(InvalidInput, detail: String = "")
    /// The app is too old for this.
    case updateNeeded(detail: String = "")
    /// The person cancelled, was not recognised, or the sensor is locked: try again.
    case userVerification(UserVerificationFailure, detail: String = "")
    /// The key is gone: enroll again.
    case keyInvalid(detail: String = "")
    /// The phone itself failed.
    case `internal`(InternalFailure, detail: String = "")

    /// Stable key for message catalogues and logs: `offline`, `refused.already_decided`, …
    public var key: String {
        switch self {
        case .offline: "offline"
        case .serverUnavailable: "server_unavailable"
        case .untrusted: "untrusted"
        case .notRecognised: "not_recognised"
        case .refused(let refusal, _): "refused.\(refusal.reason.rawValue)"
        case .invalidInput(let input, _): "invalid_input.\(input.rawValue)"
        case .updateNeeded: "update_needed"
        case .userVerification(let why, _): "user_verification.\(why.rawValue)"
        case .keyInvalid: "key_invalid"
        case .internal(let why, _): "internal.\(why.rawValue)"
        }
    }

    /// What happened, in English, for the log alone. Nothing personal.
    public var detail: String {
        switch self {
        case .offline(let detail), .serverUnavailable(let detail), .untrusted(let detail), .notRecognised(let detail),
            .updateNeeded(let detail), .keyInvalid(let detail), .refused(_, let detail), .invalidInput(_, let detail),
            .userVerification(_, let detail), .internal(_, let detail):
            detail
        }
    }

    /// Every key there is, in the order of the kinds.
    public static var allKeys: [String] {
        let refusals = RefusalReason.allCases.map { Self.refused(Refusal(reason: $0)) }
        let inputs = InvalidInput.allCases.map { Self.invalidInput($0) }
        let verifications = UserVerificationFailure.allCases.map { Self.userVerification($0) }
        let failures = InternalFailure.allCases.map { Self.internal($0) }
        let first: [Self] = [.offline(), .serverUnavailable(), .untrusted(), .notRecognised()]
        return (first + refusals + inputs + [.updateNeeded()] + verifications + [.keyInvalid()] + failures).map(\.key)
    }
}

extension InkanError: LocalizedError {
    /// The key: whoever shows an error without its text shows nothing personal.
    public var errorDescription: String? { key }
}

/// A refusal, as read from the server after it was said.
public struct Refusal: Hashable, Sendable {
    /// What the server said.
    public let reason: RefusalReason
    /// Where the challenge stands, read again afterwards, where that was possible.
    public let state: ChallengeState?
    /// Until then there is no use in trying again, where the server says so.
    public let until: Date?

    /// A refusal of these parts.
    public init(reason: RefusalReason, state: ChallengeState? = nil, until: Date? = nil) {
        self.reason = reason
        self.state = state
        self.until = until
    }
}

/// Refusals that a phone knows, by the codes of `docs/errors.md`.
public enum RefusalReason: String, CaseIterable, Hashable, Sendable {
    /// Another answer was first, or it ended.
    case alreadyDecided = "already_decided"
    /// Too late.
    case expired
    /// The typed number was wrong: the challenge has ended.
    case numberWrong = "number_wrong"
    /// To be scanned or opened by this phone first.
    case startNeeded = "start_needed"
    /// The customer's approvals are stopped.
    case userLocked = "user_locked"
    /// This device has to wait before it may approve this.
    case deviceWaiting = "device_waiting"
    /// The number is missing or malformed; still pending.
    case numberNeeded = "number_needed"
    /// Challenge or display hash differs; still pending.
    case hashMismatch = "hash_mismatch"
    /// The hash of the return token is missing; still pending.
    case returnHashNeeded = "return_hash_needed"
    /// No such challenge for this device.
    case notFound = "not_found"
    /// Too many tries; later again.
    case tooManyRequests = "too_many_requests"
}

/// What was asked cannot be done as asked.
public enum InvalidInput: String, CaseIterable, Hashable, Sendable {
    /// A code or link that is none of ours.
    case notOurs = "not_ours"
    /// Not one of the servers that this build takes.
    case serverNotAllowed = "server_not_allowed"
    /// Neither a host name nor `https://host[:port]`.
    case serverName = "server_name"
    /// No account under that id.
    case unknownAccount = "unknown_account"
    /// No enrollment under that id.
    case unknownEnrollment = "unknown_enrollment"
    /// The link is for a server or challenge of none of the accounts.
    case noAccountForLink = "no_account_for_link"
    /// An approval of what was never shown on this phone.
    case notShown = "not_shown"
    /// Other characters than digits, or another count than asked.
    case number
    /// The page's code or link has to be used before an approval.
    case startFirst = "start_first"
    /// Its time is over by the server's clock.
    case expired
    /// The enrollment is not at this step.
    case step
    /// A name that cannot be shown.
    case name
    /// An argument that is not of its form, for instance an id.
    case argument
}

/// Why the person was not verified.
public enum UserVerificationFailure: String, CaseIterable, Hashable, Sendable {
    /// The person closed the system's dialog.
    case cancelled
    /// The system did not recognise the person.
    case notVerified = "not_verified"
    /// The device is locked, or locked out after failures; later it may work.
    case locked
}

/// What of the phone itself failed.
public enum InternalFailure: String, CaseIterable, Hashable, Sendable {
    /// The store could not be read or written, or is damaged.
    case store
    /// The device has no room left.
    case storeFull = "store_full"
    /// The key that opens the store is gone for good.
    case storeKeyMissing = "store_key_missing"
    /// The key that opens the store cannot be had now, for example because the device is locked.
    case storeKeyUnavailable = "store_key_unavailable"
    /// A newer version of the app wrote the store.
    case storeNewer = "store_newer"
    /// The store is open elsewhere.
    case storeInUse = "store_in_use"
    /// The key vault.
    case vault
    /// The core ended in a panic. Report it, with the log.
    case panic
    /// Anything else.
    case other
}
