// The core's log, for the app's own. It holds nothing personal, and what could be a link, an address of mail or of
// the network, a number, a token or a key in the words of a platform or a library is taken out before it comes here.

/// How much an entry matters.
public enum LogLevel: String, CaseIterable, Hashable, Sendable {
    /// Something failed that should not.
    case error
    /// Something is weak or will end.
    case warn
    /// What was done.
    case info
    /// Every call.
    case debug
}

/// One line of the log.
public struct LogEntry: Hashable, Sendable {
    /// How much it matters.
    public let level: LogLevel
    /// Which part of the core says it.
    public let target: String
    /// What it says, in English.
    public let message: String

    /// An entry of these parts, for tests.
    public init(level: LogLevel, target: String, message: String) {
        self.level = level
        self.target = target
        self.message = message
    }
}

/// Takes the log. Called from the core's own threads: be quick, and do not call the core from here.
public protocol LogListener: Sendable {
    /// Takes one entry.
    func log(_ entry: LogEntry)
}
