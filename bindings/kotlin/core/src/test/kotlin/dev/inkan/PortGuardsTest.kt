// A transport, a clock and a log listener throw what they should not. Beside each, what happens without the guard.
package dev.inkan

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.ConnectException
import java.net.SocketTimeoutException
import java.time.Instant
import javax.net.ssl.SSLHandshakeException
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.Duration.Companion.milliseconds
import dev.inkan.ffi.Clock as CoreClock
import dev.inkan.ffi.ClockException as CoreClockException
import dev.inkan.ffi.Transport as CoreTransport

internal class PortGuardsTest {
    private fun keyOf(send: suspend () -> Nothing): String =
        runBlocking {
            authenticator(Options(transport = { send() })).use { app ->
                (runCatching { app.beginEnrollment(LINK) }.exceptionOrNull() as InkanException).key
            }
        }

    @Test
    fun `whatever a transport throws is an error with a key`() {
        assertEquals("offline", keyOf { throw TransportException.Offline() })
        assertEquals("offline", keyOf { throw ConnectException("refused") })
        assertEquals("offline", keyOf { throw IOException("reset") })
        assertEquals("untrusted", keyOf { throw SSLHandshakeException("who is that") })
        assertEquals("untrusted", keyOf { throw TransportException.PinMismatch() })
        val timedOut = keyOf { throw TransportException.TimedOut() }
        assertEquals(timedOut, keyOf { throw SocketTimeoutException() })
        assertEquals(timedOut, keyOf { withTimeout(1.milliseconds) { awaitCancellation() } })
        val unexpected = keyOf { throw TransportException.Unexpected("?") }
        assertEquals(unexpected, keyOf { TODO() })
        assertEquals(unexpected, keyOf { throw StackOverflowError() })
        assertEquals(unexpected, keyOf { throw CancellationException("mine") })
        assertEquals(unexpected, keyOf { error("?") })
    }

    private suspend fun secondsUntilRefused(transport: CoreTransport): Long {
        val started = System.nanoTime()
        val error =
            crossingFailure { cancellation ->
                val store = dev.inkan.ffi.InkanStore.open(emptyFolder().path, SoftwareKeyVault(null).core, null, cancellation)
                val options = dev.inkan.ffi.Options(null, emptyList())
                dev.inkan.ffi.Authenticator.open(store, PROFILE.toCore(), options, transport, cancellation).use { app ->
                    app.beginEnrollment(LINK, cancellation)
                }
            }
        assertTrue(error is InkanException, "$error")
        return (System.nanoTime() - started) / 1_000_000_000
    }

    private suspend fun crossingFailure(call: suspend (dev.inkan.ffi.Cancellation) -> Any?): Throwable? =
        runCatching { crossing(call) }.exceptionOrNull()

    /** Without the guard nobody answers: twenty seconds later the core's deadline does. */
    @Test
    fun `control, an error without the guard waits for the deadline`(): Unit =
        runBlocking {
            val bare =
                object : CoreTransport {
                    override suspend fun send(request: dev.inkan.ffi.HttpRequest): dev.inkan.ffi.HttpResponse = TODO()
                }
            assertTrue(withoutUncaught { secondsUntilRefused(bare) } >= 15)
            assertTrue(secondsUntilRefused(TransportGuard { TODO() }) < 15)
        }

    @Test
    fun `an answer that is none is refused`(): Unit =
        runBlocking {
            for (status in listOf(-1, 0, 99, 600, 70_000, 65_736)) {
                val transport = Transport { HttpResponse(status, emptyList(), ByteArray(0)) }
                authenticator(Options(transport = transport)).use { app ->
                    val error = runCatching { app.beginEnrollment(LINK) }.exceptionOrNull()
                    assertTrue(error is InkanException, "$status: $error")
                }
            }
        }

    @Test
    fun `a caller that goes away takes the transport's work with it`(): Unit =
        runBlocking {
            val (sent, ended) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
            val transport =
                Transport {
                    try {
                        sent.complete(Unit)
                        awaitCancellation()
                    } finally {
                        ended.complete(Unit)
                    }
                }
            authenticator(Options(transport = transport)).use { app ->
                coroutineScope {
                    val call = launch { app.beginEnrollment(LINK) }
                    sent.await()
                    call.cancelAndJoin()
                }
            }
            ended.await()
        }

    private class ClockThatThrows : Clock {
        override fun now(): Instant = TODO()
    }

    @Test
    fun `a clock that throws is not believed`(): Unit =
        runBlocking {
            assertThrows(CoreClockException.Unexpected::class.java) { ClockGuard(ClockThatThrows()).now() }
            authenticator(clock = ClockThatThrows()).use { assertEquals(emptyList<Account>(), it.accounts()) }
            assertTrue(Log.entries.any { "the shell's clock failed" in it.message && "NotImplementedError" in it.message })
        }

    @Test
    fun `a clock of another age is not believed`(): Unit =
        runBlocking {
            assertEquals(0uL, ClockGuard { Instant.parse("1969-12-31T23:59:59Z") }.now())
            assertEquals(1000uL, ClockGuard { Instant.ofEpochSecond(1) }.now())
            assertThrows(CoreClockException.Unexpected::class.java) { ClockGuard { Instant.MAX }.now() }
        }

    /** Without the guard it is 1970, which looks like an answer. */
    @Test
    fun `control, a clock without the guard answers nothing and that is zero`(): Unit =
        runBlocking {
            val bare =
                object : CoreClock {
                    override fun now(): ULong = TODO()
                }
            Log.entries.clear()
            withoutUncaught {
                crossing {
                    dev.inkan.ffi.InkanStore
                        .open(emptyFolder().path, SoftwareKeyVault(null).core, bare, it)
                        .use { store -> store.release() }
                }
            }
            assertTrue(Log.entries.any { "the shell's clock failed" in it.message && "Ok(0)" in it.message }, "${Log.entries}")
        }

    @Test
    fun `a listener that throws changes nothing`(): Unit =
        runBlocking {
            Log.throws = true
            try {
                authenticator().use { assertEquals(emptyList<Account>(), it.accounts()) }
            } finally {
                Log.throws = false
            }
        }

    @Test
    fun `there is one listener in a process`() {
        Log.install()
        val again = assertThrows(InkanException.Internal::class.java) { Authenticator.installLog({}, LogLevel.INFO) }
        assertEquals("internal.other", again.key)
    }

    @Test
    fun `the log tells no secret of a link`(): Unit =
        runBlocking {
            Log.entries.clear()
            val transport = Transport { throw TransportException.Offline() }
            authenticator(Options(transport = transport)).use { runCatching { it.beginEnrollment(LINK) } }
            assertTrue(Log.entries.any { it.level == LogLevel.INFO && "begin_enrollment" in it.message }, "${Log.entries}")
            assertTrue(Log.entries.none { "A".repeat(43) in it.message }, "${Log.entries}")
        }

    init {
        Log.install()
    }
}
