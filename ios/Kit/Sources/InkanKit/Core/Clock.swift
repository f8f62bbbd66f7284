// The time, for an app that has a better clock than the system's, and for tests.
import Foundation

/// What the time is. Where it says a time before 1970, or none at all, the system's clock is believed.
public protocol Clock: Sendable {
    /// The present.
    func now() -> Date
}
