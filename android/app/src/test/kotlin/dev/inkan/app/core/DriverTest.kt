/*
 * The driver over a machine that counts: what is begun how often, what ends with the window, what waits for one.
 */
package dev.inkan.app.core

import android.os.Looper
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.Inbox
import dev.inkan.screens.Bar
import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import dev.inkan.screens.Page
import dev.inkan.screens.Screen
import dev.inkan.screens.Step
import dev.inkan.screens.Words
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

/** Wants [wants] at each tap and [after] at each inbox that comes of it, and counts those. */
private data class Counting(
    val wants: List<Effect>,
    val after: List<Effect> = emptyList(),
    val looked: Int = 0,
    val read: Int = 0,
) : Screen<Counting> {
    override fun handle(event: Event): Step<Counting> = when (event) {
        is Event.Tapped -> Step(this, wants)
        is Event.InboxLoaded -> Step(copy(looked = looked + 1), after)
        is Event.StateRead -> Step(copy(read = read + 1))
        else -> Step(this)
    }

    override fun page(words: Words) = Page("counting", Bar("", back = false, time = null), emptyList(), emptyList(), false, null)
}

@RunWith(RobolectricTestRunner::class)
class DriverTest {
    /** Each run of an effect, until a test ends it. */
    private val runs = mutableListOf<Pair<Effect, CompletableDeferred<Event?>>>()
    private val cancelled = mutableListOf<Effect>()
    private val work =
        Work { effect ->
            val end = CompletableDeferred<Event?>().also { runs += effect to it }
            try {
                end.await()
            } catch (gone: CancellationException) {
                cancelled += effect
                throw gone
            }
        }

    private fun driver(vararg wants: Effect) = Driver(Counting(wants.toList()), work).apply { attach(Nobody()) }

    private fun settle() = shadowOf(Looper.getMainLooper()).idle()

    private fun Driver<*>.tap() = handle(Event.Tapped("again")).also { settle() }

    private val inbox = Event.InboxLoaded(Inbox(), emptyList(), NOW)

    @Test
    fun twoEqualLooksAreBothDoneAndBothBringTheirEvent() {
        val driver = driver(Effect.LoadInbox(wait = false))
        driver.tap()
        driver.tap()
        // the machine counts what it asked for: one that were left out would leave it waiting for ever
        assertEquals(2, runs.size)
        runs.forEach { (_, end) -> end.complete(inbox) }
        settle()
        assertEquals(2, driver.state.looked)
    }

    @Test
    fun anEqualWaitThatIsUnderWayIsNotBegunTwice() {
        val waits = listOf(Effect.LoadInbox(wait = true), Effect.WatchState(ACCOUNT, CHALLENGE), Effect.WatchEnrollment(ACCOUNT))
        val driver = driver(*waits.toTypedArray())
        driver.tap()
        driver.tap()
        assertEquals("each once, and the three beside each other", waits, runs.map { it.first })
        runs[0].second.complete(inbox)
        runs[1].second.complete(Event.StateRead(ChallengeState.EXPIRED))
        settle()
        driver.tap()
        // what has ended may be begun anew; the third is still under way
        assertEquals(waits + waits.take(2), runs.map { it.first })
        assertEquals(1 to 1, driver.state.run { looked to read })
    }

    @Test
    fun whatWatchesEndsWithTheWindowAndNothingElseDoes() {
        val (look, wait) = Effect.LoadInbox(wait = false) to Effect.LoadInbox(wait = true)
        val driver = Driver(Counting(listOf(look, wait)), work)
        val window = Nobody()
        driver.attach(window)
        driver.tap()
        driver.detach(window)
        settle()
        assertEquals(listOf<Effect>(wait), cancelled)
        runs.first().second.complete(inbox)
        settle()
        assertEquals("the look goes on without a window", 1, driver.state.looked)
        driver.attach(window)
        driver.tap()
        assertEquals("after the next start it waits anew", 2, runs.count { it.first == wait })
        driver.close()
        settle()
        assertEquals("the second look is not waited for by anybody, and ends by itself", listOf<Effect>(wait, wait), cancelled)
    }

    @Test
    fun theEndLetsGoOfWaitsAndNotOfDecisions() {
        val (wait, decision) = Effect.WatchState(ACCOUNT, CHALLENGE) to Effect.Decide(Decision.APPROVE, ACCOUNT, CHALLENGE)
        val driver = driver(wait, decision)
        driver.tap()
        driver.close()
        settle()
        assertEquals(listOf<Effect>(wait), cancelled)
        assertFalse("it is still sent", driver.isOver)
        runs.last().second.complete(inbox)
        settle()
        assertTrue(driver.isOver)
        // what comes after the end changes nothing
        assertEquals(0, driver.state.looked)
        driver.tap()
        assertEquals(2, runs.size)
    }

    @Test
    fun whoGivesWayIsNotShownAndItsDecisionComesToItsEnd() {
        val (wait, decision) = Effect.WatchState(ACCOUNT, CHALLENGE) to Effect.Decide(Decision.APPROVE, ACCOUNT, CHALLENGE)
        val window = Nobody()
        val first =
            Driver(
                Counting(listOf(wait, decision), after = listOf(Effect.Dial("1"), wait)),
                work,
            ).apply { attach(window) }
        first.tap()
        val second = Driver(Counting(listOf(wait)), work, first).apply { attach(window) }
        settle()
        assertEquals("it waits for nothing any more", listOf<Effect>(wait), cancelled)
        second.tap()
        val shown = window.shown
        val later = Nobody()
        second.detach(window)
        second.attach(later)
        runs.single { it.first == decision }.second.complete(inbox)
        settle()
        assertEquals("it has come to its end", 1, first.state.looked)
        assertEquals("which is not shown", shown, window.shown)
        assertEquals(1, later.shown)
        assertEquals("what takes a window gets the one that is there", listOf<Effect>(Effect.Dial("1")), later.ran)
        assertEquals("and nobody waits behind a screen", 2, runs.count { it.first == wait })
        assertTrue(first.isOver)
        second.close()
        settle()
        assertTrue(second.isOver)
    }

    @Test
    fun ofTwoReadingsOfARequestTheNewerCounts() {
        val driver = driver(Effect.LoadRequest(ACCOUNT, CHALLENGE))
        driver.tap()
        driver.tap()
        assertEquals(2, runs.size)
        assertEquals("the older is in another language, it may be", 1, cancelled.size)
        // whichever comes last
        runs.reversed().forEach { (_, end) -> end.complete(inbox) }
        settle()
        assertEquals(1, driver.state.looked)
    }

    @Test
    fun whatTakesAWindowWaitsForOne() {
        val driver = Driver(Counting(listOf(Effect.Close)), work)
        driver.tap()
        val window = Nobody()
        assertEquals(emptyList<Effect>(), window.ran)
        driver.attach(window)
        assertEquals(listOf<Effect>(Effect.Close), window.ran)
        assertEquals("it is not the core's", 0, runs.size)
    }

    private class Nobody : Window<Counting> {
        val ran = mutableListOf<Effect>()

        var shown = 0

        override fun show(state: Counting) {
            shown += 1
        }

        override fun run(effect: Effect): Boolean = true.also { ran += effect }
    }
}
