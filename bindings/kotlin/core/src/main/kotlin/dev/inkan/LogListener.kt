// The core's log, for the app's own. It is redacted before it comes here: no name, amount, token or key, and no address
// of mail, pages or the network.
package dev.inkan

/** How much an entry matters. */
public enum class LogLevel {
    /** Something failed that should not. */
    ERROR,

    /** Something is weak or will end. */
    WARN,

    /** What was done. */
    INFO,

    /** Every call. */
    DEBUG,
}

/**
 * One line of the log.
 *
 * @property level how much it matters
 * @property target which part of the core says it
 * @property message what it says, in English
 */
public data class LogEntry(
    val level: LogLevel,
    val target: String,
    val message: String,
)

/** Takes the log. Called from the core's own threads: be quick, and do not call the core from here. */
public fun interface LogListener {
    /** Takes one entry. What is thrown here is dropped. */
    public fun log(entry: LogEntry)
}
