// What the core writes, counted by the words of its log: each commit is told, and how often it has waited for the disk.
package dev.inkan.walks.bench

import dev.inkan.LogEntry
import dev.inkan.LogListener
import java.util.concurrent.atomic.AtomicLong

private val WRITTEN = Regex("written waits=([0-9]+)")

/** Hears it. Being told costs time, so that what is counted is not what is measured. */
internal class Writes : LogListener {
    val commits = AtomicLong()
    val waits = AtomicLong()

    override fun log(entry: LogEntry) {
        val found = WRITTEN.matchEntire(entry.message) ?: return
        commits.incrementAndGet()
        waits.addAndGet(found.groupValues[1].toLong())
    }
}
