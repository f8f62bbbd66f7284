// How every call goes over to the core and comes back: off the caller's thread, and with an error that an app knows.
package dev.inkan

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import java.nio.charset.CharacterCodingException
import kotlin.coroutines.cancellation.CancellationException
import dev.inkan.ffi.CallException as CoreCallException
import dev.inkan.ffi.Cancellation as CoreCancellation
import dev.inkan.ffi.InkanException as CoreException
import dev.inkan.ffi.InternalException as CorePanic

/**
 * Runs a call on [Dispatchers.Default] and waits for what the core says, even if the caller is cancelled: a cancelled
 * caller asks the core to let go, and only if the core answers that it has does the caller end as cancelled. A call that
 * ended in the same moment has its result or its error.
 */
internal suspend fun <T> crossing(call: suspend (CoreCancellation) -> T): T {
    currentCoroutineContext().ensureActive()
    val cancellation = cancellation()
    val work = CoroutineScope(Dispatchers.Default).async { runCatching { call(cancellation) } }
    try {
        val result =
            try {
                work.await()
            } catch (asked: CancellationException) {
                cancellation.cancel()
                withContext(NonCancellable) { work.await() }.onFailure { if (it is CoreCallException.Cancelled) throw asked }
            }
        return result.getOrElse { throw it.toPublic() }
    } finally {
        cancellation.close()
    }
}

/** The same for a call that waits for nothing. */
internal inline fun <T> crossingNow(call: () -> T): T =
    try {
        call()
    } catch (thrown: Exception) {
        throw thrown.toPublic()
    } catch (thrown: LinkageError) {
        throw thrown.toPublic()
    }

/** The first thing of the library that a call touches. */
private fun cancellation(): CoreCancellation = crossingNow { CoreCancellation() }

/** What the generated code throws, as an app knows it. The rest is a mistake of the caller's and stays what it is. */
internal fun Throwable.toPublic(): Throwable =
    when (this) {
        is CoreCallException.Failed -> error.toPublic()

        is CoreCallException.Cancelled -> CancellationException("cancelled by the core")

        is CoreException -> toPublic()

        // a panic, or an answer that could not be read: its words are for the log, and the core has logged them
        is CorePanic -> InkanException.Internal(InternalFailure.PANIC, message?.lineSequence()?.first().orEmpty())

        // a text with half a character: nothing has gone over
        is CharacterCodingException -> InkanException.InvalidInput(InvalidInput.ARGUMENT, "a text that is no Unicode")

        is LinkageError -> InkanException.Internal(InternalFailure.OTHER, "the native library cannot be used: $this")

        else -> this
    }
