// A panic is told to the log's listener: where, and none of its words. In the probe's library, which has the core's own
// hook and listener put in by the core's own function: nothing that ships panics on request.
package dev.inkan

import dev.inkan.probe.ProbeListener
import dev.inkan.probe.installProbeLog
import dev.inkan.probe.panicAfterAWait
import dev.inkan.probe.panicAtOnce
import dev.inkan.probe.panicInACall
import dev.inkan.probe.takePanicHook
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.ConcurrentLinkedQueue

internal class PanicReportTest {
    private val heard = ConcurrentLinkedQueue<Triple<String, String, String>>()

    private val listener =
        object : ProbeListener {
            override fun heard(
                level: String,
                target: String,
                message: String,
            ) {
                heard.add(Triple(level, target, message))
            }
        }

    /** All three ways in which a call can panic; each ends as an error, whatever is heard of it. */
    private fun panics(): Unit =
        runBlocking {
            val calls = listOf(suspend { panicAtOnce() }, suspend { panicInACall() }, suspend { panicAfterAWait() })
            for (call in calls) assertTrue(runCatching { call() }.isFailure)
        }

    @Test
    fun `the listener hears the place of a panic, and none of its words`() {
        installProbeLog(listener)
        panics()
        val all = heard.toList()
        val reports = all.filter { it.third.startsWith("panic ") }
        assertEquals(3, reports.size, "$all")
        for ((level, target, message) in reports) {
            assertEquals("Error" to "inkan", level to target)
            assertTrue(Regex("""panic place="bindings/probe/src/runtime\.rs:[0-9]+"""").matches(message), message)
        }
        assertEquals(3, reports.toSet().size, "three places")
        assertTrue(all.none { "on purpose" in it.third }, "$all")

        // The control: it is the hook that reports. Without it the same calls fail alike, and nobody hears where.
        takePanicHook()
        heard.clear()
        panics()
        assertTrue(heard.any { "internal.panic" in it.third }, "the log is heard still: $heard")
        assertTrue(heard.none { "place=" in it.third }, "$heard")
    }
}
