// The time, for an app that has a better clock than the system's, and for tests.
package dev.inkan

import java.time.Instant

/** What the time is. One that throws, or says that it is before 1970, is not believed: the system's is read instead. */
public fun interface Clock {
    /** The present. */
    public fun now(): Instant
}
