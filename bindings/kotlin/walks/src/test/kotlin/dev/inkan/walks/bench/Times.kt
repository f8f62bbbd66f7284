// Measured times, and how they are printed.
package dev.inkan.walks.bench

import java.util.Locale

private const val NANOS_PER_MILLI = 1e6
private const val MEDIAN = 0.5
private const val SLOWEST = 0.99

/** Times in nanoseconds, in the order in which they were taken. */
internal class Times {
    private val all = mutableListOf<Long>()

    fun add(nanos: Long) {
        all.add(nanos)
    }

    /** p50 / p99 in milliseconds. */
    fun shown(): String = "${at(MEDIAN)} / ${at(SLOWEST)} ms"

    /** The first of all: of a process in which nothing has been called and compiled yet. */
    fun first(): String = millis(all.first())

    private fun at(quantile: Double): String = all.sorted().let { millis(it[((it.size - 1) * quantile).toInt()]) }
}

private fun millis(nanos: Long): String = String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI)

/** A count in each of so many decisions. */
internal fun each(
    count: Long,
    decisions: Int,
): String = String.format(Locale.ROOT, "%.2f", count.toDouble() / decisions)
