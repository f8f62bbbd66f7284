// The time, for an app that has a better clock than the system's, and for tests.
import Foundation

/// What the time is. A time before 1970 or after the year 9999 is taken for the nearest of these.
public protocol Clock: Sendable {
    /// The present.
    func now() -> Date
}
