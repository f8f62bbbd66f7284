// What a scanned code or an opened link is, before anything is done with it.

/// How a code of a challenge came to the phone.
public enum LinkKind: String, CaseIterable, Hashable, Sendable {
    /// Scanned from another screen.
    case scan
    /// Opened on this phone.
    case open
}

/// A text that was scanned or opened, told apart without asking a server.
public enum ScannedCode: Hashable, Sendable {
    /// Begins an enrollment at that server.
    case enrollment(server: String)
    /// Starts a challenge.
    case challenge(server: String, challenge: ChallengeId, kind: LinkKind)
    /// Ours, of a version that is not known here: update the app.
    case otherVersion
    /// Anything else.
    case notOurs
}
