// Names of things. Each is a type of its own, so that none is taken for another.

/// Names an account on this phone, and before that the enrollment it comes from. Made on the phone; no server knows it.
public struct AccountId: Hashable, Sendable, CustomStringConvertible {
    /// The text of a UUID.
    public let value: String

    /// The id of that text.
    public init(_ value: String) {
        self.value = value
    }

    /// The text.
    public var description: String { value }
}

/// Names a request, at its server.
public struct ChallengeId: Hashable, Sendable, CustomStringConvertible {
    /// The text of a UUID.
    public let value: String

    /// The id of that text.
    public init(_ value: String) {
        self.value = value
    }

    /// The text.
    public var description: String { value }
}
