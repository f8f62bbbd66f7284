// What one look at all servers found.

/// What went wrong with one account.
public struct Problem: Hashable, Sendable {
    /// Whose account.
    public let account: AccountId
    /// What went wrong.
    public let error: InkanError

    /// A problem of these parts.
    public init(account: AccountId, error: InkanError) {
        self.account = account
        self.error = error
    }
}

/// What waits in all accounts.
public struct Inbox: Hashable, Sendable {
    /// What became of decisions that were kept.
    public let settled: [KeptDecision]
    /// What waits for an answer.
    public let requests: [Request]
    /// What went wrong, account by account. The others are complete.
    public let problems: [Problem]

    /// An inbox of these parts.
    public init(settled: [KeptDecision] = [], requests: [Request] = [], problems: [Problem] = []) {
        self.settled = settled
        self.requests = requests
        self.problems = problems
    }
}
