// Looks at the servers again and again, as long as somebody collects what is found.
package dev.inkan

import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** How long a server is asked to wait: its own limit. */
private val LOOK = 25.seconds

/** How long a look waits while something is shown already; it ends at once with what is shown. */
private val SHOWN = 2.seconds

private val FIRST_PAUSE = 2.seconds
private val LONGEST_PAUSE = 1.minutes

/**
 * Looks, and looks again when the collector has taken what was found. A look waits at the server for the first request
 * to come. While one is there it waits at the server for that one to end, for two seconds. After problems it pauses,
 * doubling up to a minute, as long as they last.
 */
internal fun looks(ceremonies: Ceremonies): Flow<Inbox> =
    flow {
        var pause = Duration.ZERO
        while (true) {
            val inbox = ceremonies.inbox(LOOK)
            emit(inbox)
            val waited = inbox.problems.isEmpty() && ceremonies.waitsFor(inbox.requests.firstOrNull())
            pause = if (waited) Duration.ZERO else (pause * 2).coerceIn(FIRST_PAUSE, LONGEST_PAUSE)
            delay(pause)
        }
    }

/** Waits for a shown request to end. Whether the server could be asked; it says so in the next look. */
private suspend fun Ceremonies.waitsFor(request: Request?): Boolean =
    try {
        request?.let { requestState(it.account, it.challenge, SHOWN) }
        true
    } catch (_: InkanException) {
        false
    }
