// What was decided, and the proof of it.
import Foundation

/// What a customer can say to a request.
public enum Decision: String, CaseIterable, Hashable, Sendable {
    /// Yes.
    case approve
    /// "It was me, and I do not want it any more."
    case deny
    /// "This was not me."
    case report
}

/// Why a customer denies.
public enum DenyReason: String, CaseIterable, Hashable, Sendable {
    /// Another mind since.
    case changedMind = "changed_mind"
    /// Anything else.
    case other
}

/// The address that the browser is to open after an approval of tier `returned`. It holds a token for the browser and
/// for nobody else, so that neither its description nor its mirror tells anything.
public struct ReturnAddress: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let url: String

    /// The address of that text.
    public init(_ url: String) {
        self.url = url
    }

    /// The address, to be opened once, in the system's browser.
    public func exposeURL() -> String { url }

    /// Tells nothing.
    public var description: String { "ReturnAddress" }
    /// Tells nothing.
    public var debugDescription: String { "ReturnAddress" }
    /// Tells nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A decision that the server has taken, proved by its receipt.
public struct Outcome: Hashable, Sendable {
    /// Whose account.
    public let account: AccountId
    /// Which challenge.
    public let challenge: ChallengeId
    /// What was decided.
    public let decision: Decision
    /// When, by the server's clock.
    public let decidedAt: Date
    /// The row of the server's log.
    public let logRow: Int
    /// The hash of that row, base64url.
    public let logHash: String
    /// The receipt (`inkan-receipt+jwt`), verified.
    public let receipt: String
    /// After a report: until then the server rings for none of this customer's requests.
    public let mutedUntil: Date?
    /// Tier `returned`, approved: the address that the browser is to open now.
    public let returnTo: ReturnAddress?

    /// An outcome of these parts, for tests and previews.
    public init(
        account: AccountId, challenge: ChallengeId, decision: Decision, decidedAt: Date, logRow: Int, logHash: String,
        receipt: String, mutedUntil: Date? = nil, returnTo: ReturnAddress? = nil
    ) {
        self.account = account
        self.challenge = challenge
        self.decision = decision
        self.decidedAt = decidedAt
        self.logRow = logRow
        self.logHash = logHash
        self.receipt = receipt
        self.mutedUntil = mutedUntil
        self.returnTo = returnTo
    }
}

/// What became of a decision that was signed and kept while the server could not be reached.
public struct KeptDecision: Hashable, Sendable {
    /// Whose account.
    public let account: AccountId
    /// Which challenge.
    public let challenge: ChallengeId
    /// What was decided on the phone.
    public let decision: Decision
    /// The outcome, or nothing.
    public let outcome: Outcome?
    /// Why there is no outcome. After `.offline` the decision is still kept.
    public let problem: InkanError?

    /// A kept decision that has been taken, or not.
    public init(account: AccountId, challenge: ChallengeId, decision: Decision, result: Result<Outcome, InkanError>) {
        self.account = account
        self.challenge = challenge
        self.decision = decision
        switch result {
        case .success(let outcome):
            self.outcome = outcome
            problem = nil
        case .failure(let error):
            outcome = nil
            problem = error
        }
    }
}

/// A decision of the past. Its outcome has no return address.
public struct HistoryEntry: Hashable, Sendable {
    /// The decision and its receipt.
    public let outcome: Outcome
    /// Who asked.
    public let relyingParty: String
    /// What was asked for.
    public let operation: Operation
    /// The language in which it was shown.
    public let language: Language
    /// When it was asked, by the server's clock.
    public let issuedAt: Date
    /// What was shown.
    public let lines: [Line]

    /// An entry of these parts, for tests and previews.
    public init(
        outcome: Outcome, relyingParty: String, operation: Operation, language: Language, issuedAt: Date, lines: [Line]
    ) {
        self.outcome = outcome
        self.relyingParty = relyingParty
        self.operation = operation
        self.language = language
        self.issuedAt = issuedAt
        self.lines = lines
    }
}
