import Foundation

/// The last lines of the core's log, for the page that shows them. They are redacted before they come here.
public final class LogBook: LogListener, @unchecked Sendable {
    // Called from the core's threads: the lock guards every access, so that `@unchecked` is true.
    private let lock = NSLock()
    private var lines: [String] = []
    private let most: Int

    /// A book that keeps so many lines.
    public init(most: Int = 500) {
        self.most = most
    }

    /// Takes an entry; the oldest goes where there is no room.
    public func log(_ entry: LogEntry) {
        lock.withLock {
            lines.append("\(entry.level.rawValue) \(entry.target): \(entry.message)")
            if lines.count > most { lines.removeFirst(lines.count - most) }
        }
    }

    /// What it holds, the newest last.
    public var text: String { lock.withLock { lines.joined(separator: "\n") } }
}
