// What a caller gets of a call, above all of one that it has cancelled.
package dev.inkan

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.Duration.Companion.milliseconds
import dev.inkan.ffi.CallException as CoreCallException
import dev.inkan.ffi.InkanException as CoreException
import dev.inkan.ffi.InternalException as CorePanic

internal class CrossingTest {
    /** A caller that is cancelled in the middle of a call: what the call answers afterwards, and what the caller gets. */
    private fun <T> cancelled(answer: () -> T): Result<T> =
        runBlocking {
            val result = CompletableDeferred<Result<T>>()
            val (inside, mayEnd) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
            coroutineScope {
                val caller =
                    launch {
                        result.complete(
                            runCatching {
                                crossing {
                                    inside.complete(Unit)
                                    mayEnd.await()
                                    answer()
                                }
                            },
                        )
                    }
                inside.await()
                caller.cancel()
                yield()
                // the language says that the caller is cancelled; the core has not answered yet
                assertTrue(caller.isCancelled)
                assertFalse(result.isCompleted)
                mayEnd.complete(Unit)
            }
            result.await()
        }

    @Test
    fun `the core says that it was cancelled`() {
        val result = cancelled<Unit> { throw CoreCallException.Cancelled() }
        assertInstanceOf(CancellationException::class.java, result.exceptionOrNull())
    }

    @Test
    fun `cancelled too late, a call has its result`() {
        assertEquals(Result.success("done"), cancelled { "done" })
    }

    @Test
    fun `cancelled too late, a call has its error`() {
        val result = cancelled<Unit> { throw CoreCallException.Failed(CoreException.Offline("gone")) }
        assertEquals(InkanException.Offline("gone"), result.exceptionOrNull())
    }

    @Test
    fun `a caller that was cancelled before begins nothing`() =
        runBlocking {
            var begun = false
            launch {
                cancel()
                crossing { begun = true }
            }.join()
            assertFalse(begun)
        }

    @Test
    fun `a caller's time-out stays the caller's`() {
        assertThrows(TimeoutCancellationException::class.java) {
            runBlocking {
                val asked = CompletableDeferred<Unit>()
                withTimeout(1.milliseconds) {
                    // it goes on until it is asked to let go, whatever becomes of the caller
                    launch(start = CoroutineStart.UNDISPATCHED) { noteCancellation(asked) }
                    crossing<Unit> {
                        asked.await()
                        throw CoreCallException.Cancelled()
                    }
                }
            }
        }
    }

    private suspend fun noteCancellation(asked: CompletableDeferred<Unit>) {
        try {
            awaitCancellation()
        } finally {
            asked.complete(Unit)
        }
    }

    @Test
    fun `a panic past the wrapper is an error, and its backtrace goes nowhere`() {
        val panic = assertThrows(InkanException.Internal::class.java) { runBlocking { crossing { throw CorePanic("a\nb") } } }
        assertEquals("internal.panic", panic.key)
        assertEquals("a", panic.detail)
        assertThrows(InkanException.Internal::class.java) { crossingNow { throw CorePanic("a") } }
    }

    @Test
    fun `a library that is not there is an error and no crash`() {
        val error = assertThrows(InkanException.Internal::class.java) { crossingNow { throw UnsatisfiedLinkError("no") } }
        assertEquals("internal.other", error.key)
    }

    @Test
    fun `a mistake of the caller's stays what it is`() {
        assertThrows(IllegalStateException::class.java) { runBlocking { crossing { error("closed") } } }
    }

    @Test
    fun `a call runs on none of the caller's threads`() =
        runBlocking {
            val own = Thread.currentThread()
            val used = withContext(Dispatchers.Unconfined) { crossing { Thread.currentThread() } }
            assertTrue(used !== own, "$used")
        }
}
