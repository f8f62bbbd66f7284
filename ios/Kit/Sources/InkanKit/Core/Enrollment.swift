// From a code on a page to an account.

/// Whose account an enrollment would be, to be asked before anything is promised.
public struct EnrollmentPreview: Hashable, Sendable, Identifiable {
    /// Names the enrollment, and afterwards the account.
    public let id: AccountId
    /// The device host.
    public let server: String
    /// Who asks, as customers read it.
    public let relyingParty: String
    /// The customer's name there, usually masked.
    public let displayName: String

    /// A preview of these parts, for tests and previews.
    public init(id: AccountId, server: String, relyingParty: String, displayName: String) {
        self.id = id
        self.server = server
        self.relyingParty = relyingParty
        self.displayName = displayName
    }
}

/// How far an enrollment has come.
public enum EnrollmentProgress: Hashable, Sendable {
    /// The six digits have not been typed into the page yet.
    case claimed
    /// Done: the account is there.
    case active(AccountId)
    /// It came to nothing; its keys are deleted. Begin with a new code.
    case failed(EnrollmentFailure)
}

/// Why an enrollment came to nothing.
public enum EnrollmentFailure: String, CaseIterable, Hashable, Sendable {
    /// Cancelled, refused, or its time is over.
    case ended
    /// The server's record of this device is not this phone's: somebody stands between.
    case foreignRecord = "foreign_record"
}
