/*
 * What a ring does to the notification, and what ends it; and the test of the doorbell at the end of an enrollment. Over a
 * fake core: the real one is rung in flow/RingTest.
 */
package dev.inkan.app.push

import android.app.NotificationManager
import android.content.Intent
import dev.inkan.AccountId
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.Problem
import dev.inkan.PushHint
import dev.inkan.PushPayload
import dev.inkan.app.core.ACCOUNT
import dev.inkan.app.core.CHALLENGE
import dev.inkan.app.core.FakeCore
import dev.inkan.app.core.request
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "ja")
class LookOnRingTest {
    private val app = RuntimeEnvironment.getApplication()
    private val core = FakeCore().apply { push = { PushHint("p1", "c1") } }
    private val bell = Bell()
    private var inFront = false
    private val look = LookOnRing({ core }, { bell }, Notifier({ app }, { Intent("open") }, { Intent("deny") }), { inFront })
    private val payload = PushPayload.Plain(ByteArray(0))
    private val other = ChallengeId("33333333-3333-4333-8333-333333333333")

    // Nothing here waits for another thread: whatever can go on has gone on when `launch` comes back.
    private val scope = CoroutineScope(Dispatchers.Unconfined)

    private class Bell(var there: Boolean = true) : Doorbell {
        val said = mutableListOf<String>()
        var onRegister: () -> Unit = {}

        override fun available() = there

        override suspend fun register(account: AccountId) {
            said += "register $account"
            onRegister()
        }

        override fun unregister(account: AccountId) {
            said += "unregister $account"
        }
    }

    @Before
    fun allowed() = shadowOf(app).grantPermissions(android.Manifest.permission.POST_NOTIFICATIONS)

    @After
    fun end() = scope.cancel()

    private fun shown() = shadowOf(app.getSystemService(NotificationManager::class.java)).getNotification(Notifier.ID)

    private fun ring(account: AccountId? = ACCOUNT): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) { look.rang(account, payload) }

    private fun ends(challenge: ChallengeId) = core.ends.getOrPut(challenge) { CompletableDeferred() }

    @Test
    fun aRingShowsThatSomethingWaitsUntilItHasEndedElsewhere() {
        val ring = ring()
        assertEquals(listOf("arrived p1", "inbox 0s"), core.asked)
        assertEquals("as long as the request lives", 100_000L, shown()?.timeoutAfter)
        assertTrue("it stays with what waits", ring.isActive)
        core.requests = emptyList()
        ends(CHALLENGE).complete(ChallengeState.APPROVED)
        assertTrue(ring.isCompleted)
        assertNull(shown())
    }

    @Test
    fun itStandsWhileAnyOfSeveralWaits() {
        core.requests = listOf(request(), request(other))
        val ring = ring()
        core.requests = listOf(request())
        ends(other).complete(ChallengeState.CANCELLED)
        assertNotNull("the first still waits", shown())
        core.requests = emptyList()
        ends(CHALLENGE).complete(ChallengeState.EXPIRED)
        assertTrue(ring.isCompleted)
        assertNull(shown())
    }

    @Test
    fun theSystemsTimeIsOverWhileItFollows() {
        val ring = ring()
        assertTrue(ring.isActive)
        ring.cancel()
        assertTrue(ring.isCancelled && ring.isCompleted)
        assertEquals("it ends with the request by itself", 100_000L, shown()?.timeoutAfter)
        assertEquals("nothing is asked any more", listOf("arrived p1", "inbox 0s"), core.asked)
    }

    @Test
    fun whatWaitsIsNotThereAnyMore() {
        core.requests = emptyList()
        assertTrue("nothing to follow", ring().isCompleted)
        assertNull(shown())
        // answered on this phone and kept, or ended: neither waits for the person
        core.requests = listOf(request().copy(kept = Decision.DENY), request(other).copy(state = ChallengeState.EXPIRED))
        assertTrue(ring().isCompleted)
        assertNull(shown())
    }

    @Test
    fun aServerThatCannotBeAskedLeavesItAsItIs() {
        core.requests = emptyList()
        core.problems = listOf(Problem(ACCOUNT, InkanException.Offline()))
        assertTrue(ring().isCompleted)
        assertEquals("the first look's time", 120_000L, shown()?.timeoutAfter)
    }

    @Test
    fun aPushThatCannotBeReadCountsForWhatWaits() {
        core.push = { throw InkanException.Internal(InternalFailure.OTHER) }
        val ring = ring(account = null)
        assertEquals("nobody is told that it arrived", listOf("inbox 0s"), core.asked)
        assertNotNull(shown())
        ring.cancel()
        look.settle(dev.inkan.Inbox())
        core.requests = emptyList()
        assertTrue(ring(account = null).isCompleted)
        assertNull("forged, and nothing waits", shown())
    }

    @Test
    fun aRegistrationOfAnAccountThatIsGoneEnds() {
        core.push = { throw InkanException.InvalidInput(InvalidInput.UNKNOWN_ACCOUNT) }
        assertTrue(ring().isCompleted)
        assertNull(shown())
        core.accounts = emptyList()
        runBlocking { look.moved(ACCOUNT, NewAddress.Endpoint("https://push.example/1")) }
        assertEquals(List(2) { "unregister $ACCOUNT" }, bell.said)
        assertEquals(emptyList<String>(), core.asked)
    }

    @Test
    fun whileTheAppIsInFrontItsScreenShowsWhatWaits() {
        inFront = true
        assertTrue("the screen follows", ring().isCompleted)
        assertNull(shown())
        assertEquals(listOf("arrived p1", "inbox 0s"), core.asked)
    }

    @Test
    fun anAddressGoesToTheServerWithTheKeys() {
        runBlocking {
            look.moved(ACCOUNT, NewAddress.Endpoint("https://push.example/1"))
            look.moved(ACCOUNT, null)
        }
        assertEquals(listOf("push at https://push.example/1 key auth", "push at null"), core.asked)
    }

    @Test
    fun theTestOfTheDoorbell() {
        val rings = MutableSharedFlow<Rung>(extraBufferCapacity = 4)
        val test = { longest: kotlin.time.Duration -> runBlocking { DoorbellTest({ bell }, rings, longest).rings(ACCOUNT) } }
        bell.onRegister = {
            // another account's refusal says nothing of this one
            rings.tryEmit(Rung.Refused(AccountId("b"), Refused.FAILED))
            rings.tryEmit(Rung.Arrived("p1"))
        }
        assertTrue(test(1.minutes))
        bell.onRegister = { rings.tryEmit(Rung.Refused(ACCOUNT, Refused.ACTION_REQUIRED)) }
        assertFalse("refused: at once", test(1.minutes))
        bell.onRegister = { rings.tryEmit(Rung.Moved(ACCOUNT, reachable = true)) }
        assertFalse("an address alone is no ring", test(1.milliseconds))
        bell.onRegister = { throw InkanException.Offline() }
        assertFalse("its server cannot be asked: at once", test(1.minutes))
        bell.there = false
        bell.said.clear()
        assertFalse(test(1.minutes))
        assertEquals("there is nothing to register with", emptyList<String>(), bell.said)
    }
}
