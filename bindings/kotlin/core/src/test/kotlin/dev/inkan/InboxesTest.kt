// How often the flow of inboxes looks, in time that does not pass.
package dev.inkan

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.lang.reflect.Proxy
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

@OptIn(ExperimentalCoroutinesApi::class)
internal class InboxesTest {
    private val account = AccountId("a")
    private val problem = Inbox(problems = listOf(Problem(account, InkanException.Offline())))
    private val request =
        Request(
            account = account,
            challenge = ChallengeId("c"),
            relyingParty = "みほん証券",
            operation = Operation.LOGIN,
            language = Language.JA,
            lines = emptyList(),
            state = ChallengeState.PENDING,
            issuedAt = Instant.EPOCH,
            expiresAt = Instant.EPOCH,
            remaining = Duration.ZERO,
            start = Start.None,
            returns = false,
            approval = Approval.Ready,
        )

    /** Answers looks by [answer]; every other call fails. */
    private class Looks(
        private val scope: TestScope,
        private val state: suspend (Duration) -> ChallengeState = { ChallengeState.PENDING },
        private val answer: suspend (Int) -> Inbox,
    ) : Ceremonies by none {
        val at = mutableListOf<Long>()
        val waits = mutableListOf<Duration>()

        override suspend fun inbox(wait: Duration): Inbox {
            at.add(scope.currentTime / 1000)
            waits.add(wait)
            return answer(at.size)
        }

        override suspend fun requestState(
            account: AccountId,
            challenge: ChallengeId,
            wait: Duration,
        ): ChallengeState = state(wait)

        override val inboxes get() = looks(this)
    }

    private companion object {
        val none: Ceremonies =
            Proxy.newProxyInstance(Ceremonies::class.java.classLoader, arrayOf(Ceremonies::class.java)) { _, method, _ ->
                error("${method.name} is not asked here")
            } as Ceremonies
    }

    @Test
    fun `it looks by long waits, one at a time`() =
        runTest {
            val looks = Looks(this) { Inbox() }
            assertEquals(List(3) { Inbox() }, looks.inboxes.take(3).toList())
            assertEquals(List(3) { 25.seconds }, looks.waits)
        }

    @Test
    fun `nothing is asked before somebody collects, nor after`() =
        runTest {
            val looks =
                Looks(this) {
                    if (it > 1) awaitCancellation()
                    Inbox()
                }
            val inboxes = looks.inboxes
            assertEquals(0, looks.at.size)
            val collector = launch { inboxes.collect {} }
            runCurrent()
            assertEquals(2, looks.at.size)
            collector.cancel()
            runCurrent()
            assertEquals(2, looks.at.size)
        }

    @Test
    fun `after problems it pauses, twice as long each time, and not after the last`() =
        runTest {
            val looks = Looks(this) { if (it <= 7) problem else Inbox() }
            looks.inboxes.first { it.problems.isEmpty() }
            assertEquals(listOf(0L, 2, 6, 14, 30, 62, 122, 182), looks.at)
        }

    @Test
    fun `while something is shown it waits for that to end`() =
        runTest {
            val asked = mutableListOf<Duration>()
            val looks =
                Looks(
                    this,
                    state = {
                        asked.add(it)
                        ChallengeState.APPROVED
                    },
                ) { if (it == 1) Inbox(requests = listOf(request)) else Inbox() }
            assertEquals(listOf(1, 0), looks.inboxes.take(2).toList().map { it.requests.size })
            assertEquals(listOf(2.seconds), asked)
            assertEquals(listOf(0L, 0), looks.at)
        }

    @Test
    fun `a server that goes while something is shown is a problem too`() =
        runTest {
            val looks = Looks(this, state = { throw InkanException.Offline() }) { Inbox(requests = listOf(request)) }
            looks.inboxes.take(3).toList()
            assertEquals(listOf(0L, 2, 6), looks.at)
        }

    @Test
    fun `an error of the phone itself ends it`() =
        runTest {
            val looks = Looks(this) { throw InkanException.Internal(InternalFailure.STORE) }
            val error = runCatching { looks.inboxes.first() }.exceptionOrNull()
            assertInstanceOf(InkanException.Internal::class.java, error)
        }

    @Test
    fun `the collector is not overtaken`() =
        runTest {
            val looks = Looks(this) { Inbox() }
            var taken = 0
            looks.inboxes.take(3).collect { taken += 1.also { assertTrue(looks.at.size == taken + 1) } }
        }
}
