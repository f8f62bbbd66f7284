// The log of this process: there is one listener, for all tests.
package dev.inkan

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicBoolean

internal object Log : LogListener {
    val entries = ConcurrentLinkedQueue<LogEntry>()

    @Volatile
    var throws = false

    private val installed = AtomicBoolean()

    fun install() {
        if (installed.compareAndSet(false, true)) Authenticator.installLog(this, LogLevel.DEBUG)
    }

    override fun log(entry: LogEntry) {
        if (throws) throw AssertionError("a listener that fails")
        entries.add(entry)
    }
}
