// A defect in the core ends the call and not the app. The calls that panic are in the probe, behind the core's own wrapper.
package dev.inkan

import dev.inkan.probe.InternalException
import dev.inkan.probe.ProbeCancellation
import dev.inkan.probe.ProbeException
import dev.inkan.probe.panicAfterAWait
import dev.inkan.probe.panicAtOnce
import dev.inkan.probe.panicInACall
import dev.inkan.probe.waitForEver
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

internal class PanicTest {
    @Test
    fun `a panic in a call has its key, and none of its words`(): Unit =
        runBlocking {
            for (call in listOf(suspend { panicInACall() }, suspend { panicAfterAWait() })) {
                val error = runCatching { call() }.exceptionOrNull() as ProbeException.Failed
                assertEquals("internal.panic", error.key)
                assertFalse("on purpose" in error.detail, error.detail)
            }
        }

    @Test
    fun `a panic past the wrapper is the generated code's own exception`() {
        // which the façade takes for the same, see CrossingTest
        assertThrows(InternalException::class.java) { panicAtOnce() }
        assertEquals(InternalException::class.java.simpleName, dev.inkan.ffi.InternalException::class.java.simpleName)
    }

    @Test
    fun `the core goes on afterwards`(): Unit =
        runBlocking {
            repeat(100) { runCatching { panicInACall() } }
            authenticator().use { assertEquals(emptyList<Account>(), it.accounts()) }
        }

    @Test
    fun `a call that waits for ever says that it was cancelled`(): Unit =
        runBlocking {
            val cancellation = ProbeCancellation()
            val waiting = async(start = CoroutineStart.UNDISPATCHED) { runCatching { waitForEver(cancellation) } }
            cancellation.cancel()
            assertInstanceOf(ProbeException.Cancelled::class.java, waiting.await().exceptionOrNull())
        }
}
