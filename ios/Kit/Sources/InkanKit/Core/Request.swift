// A request as it is shown: verified, rendered, and judged.
import Foundation

/// What is asked for. Where Foundation is imported as well, the name in full is `InkanKit.Operation`.
public enum Operation: String, CaseIterable, Hashable, Sendable {
    /// Signing in.
    case login
    /// An order to buy or sell.
    case order
    /// A payment out.
    case withdrawal
    /// Another account for payments out.
    case payoutAccountChange = "payout_account_change"
    /// Another address, telephone number or mail address.
    case contactChange = "contact_change"
    /// Another setting.
    case settingsChange = "settings_change"
    /// Another phone.
    case deviceAdd = "device_add"
    /// Anything else.
    case other
}

/// What a line is, so that a screen can set it apart. The texts come from the core and are never changed.
public enum LineRole: String, CaseIterable, Hashable, Sendable {
    /// Who asks.
    case relyingParty = "relying_party"
    /// Whose account.
    case account
    /// The heading.
    case operation
    /// The large figure: the amount.
    case amount
    /// Buying.
    case buy
    /// Selling.
    case sell
    /// Who is paid; `newPayee` follows it where the payee is new.
    case payee
    /// A badge: the payee is new.
    case newPayee = "new_payee"
    /// Any other detail.
    case fact
    /// Where the request came from, and when.
    case origin
    /// Why it was asked.
    case reason
}

/// One line shown. Both texts are part of what is signed.
public struct Line: Hashable, Sendable {
    /// What it is.
    public let role: LineRole
    /// Its name; empty for some roles.
    public let label: String
    /// What it says.
    public let value: String

    /// A line of these parts, for tests and previews.
    public init(role: LineRole, label: String, value: String) {
        self.role = role
        self.label = label
        self.value = value
    }
}

/// Where a challenge stands at its server. News, not authority.
public enum ChallengeState: String, CaseIterable, Hashable, Sendable {
    /// Waits for an answer.
    case pending
    /// Approved.
    case approved
    /// Denied.
    case denied
    /// Reported: "this was not me".
    case reported
    /// Ended by a wrong number.
    case failed
    /// Its time ran out.
    case expired
    /// Taken back by the page.
    case cancelled
    /// Replaced by a newer one of the same page.
    case superseded
}

/// How page and phone are tied together.
public enum Start: Hashable, Sendable {
    /// The page shows a number, which is typed here.
    case number(digits: Int)
    /// The page shows a code, which is scanned.
    case scan
    /// A link on this phone opens the app.
    case link
    /// Not at all.
    case none
}

/// Whether a request can be approved, and what it takes. Deny and report always can.
public enum Approval: Hashable, Sendable {
    /// A tap and the user's verification.
    case ready
    /// So many digits, as the page shows them.
    case number(digits: Int)
    /// The page's code has to be scanned first.
    case scan
    /// The page on this phone has to open the app first.
    case link
    /// Not here, or not now.
    case blocked(BlockedReason)
}

/// Why a request cannot be approved.
public enum BlockedReason: Hashable, Sendable {
    /// This version cannot show it: update the app.
    case updateNeeded
    /// Its time is over.
    case expired
    /// It has ended, see `Request.state`.
    case ended
    /// The approval key is gone: enroll again.
    case keyInvalid
    /// The server has suspended this device: enroll again.
    case suspended
    /// The customer's approvals are stopped.
    case frozen
    /// A new device; it may not approve this before then.
    case waiting(until: Date)
}

/// What the customer should know beside a request.
public enum Warning: Hashable, Sendable {
    /// So many wait in this account: those that are not one's own should be denied.
    case severalPending(count: Int)
    /// The phone's clock differs from the server's by so many seconds; positive: the phone is behind.
    case clockDiffers(seconds: Int)
}

/// A request that waits for an answer, or has ended.
public struct Request: Hashable, Sendable {
    /// Whose account.
    public let account: AccountId
    /// Which challenge.
    public let challenge: ChallengeId
    /// Who asks.
    public let relyingParty: String
    /// What is asked for.
    public let operation: Operation
    /// The language of the lines.
    public let language: Language
    /// What is shown and signed, in this order. Empty if this version cannot show it.
    public let lines: [Line]
    /// Where it stands.
    public let state: ChallengeState
    /// When it was made, by the server's clock.
    public let issuedAt: Date
    /// When it ends, by the server's clock.
    public let expiresAt: Date
    /// How many seconds that is from now on, by the corrected clock.
    public let remaining: TimeInterval
    /// How page and phone are tied together.
    public let start: Start
    /// Whether it brings the browser back afterwards.
    public let returns: Bool
    /// Whether it can be approved, and what it takes.
    public let approval: Approval
    /// What the customer should be told beside it.
    public let warnings: [Warning]
    /// A decision that is signed and kept, for the server could not be reached.
    public let kept: Decision?

    /// A request of these parts, for tests and previews.
    public init(
        account: AccountId, challenge: ChallengeId, relyingParty: String, operation: Operation, language: Language,
        lines: [Line], state: ChallengeState, issuedAt: Date, expiresAt: Date, remaining: TimeInterval, start: Start,
        returns: Bool, approval: Approval, warnings: [Warning] = [], kept: Decision? = nil
    ) {
        self.account = account
        self.challenge = challenge
        self.relyingParty = relyingParty
        self.operation = operation
        self.language = language
        self.lines = lines
        self.state = state
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.remaining = remaining
        self.start = start
        self.returns = returns
        self.approval = approval
        self.warnings = warnings
        self.kept = kept
    }
}
