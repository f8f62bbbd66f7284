/*
 * Two requests at once: each is answered for itself, an answer that is on its way is not lost to the other, and a newer one
 * about the same takes the older one's place.
 */
package dev.inkan.app.flow

import android.content.Intent
import dev.inkan.AccountId
import dev.inkan.Decision
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.platform.Away
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Asked
import dev.inkan.walks.RETURN_URL
import dev.inkan.walks.SESSION
import dev.inkan.walks.json
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import kotlin.time.Duration.Companion.seconds

class TwoRequestsTest : FlowStage() {
    private val away = Away()

    private fun decided(account: AccountId) =
        runBlocking { ceremonies.history(account) }.associate { it.outcome.challenge to it.outcome.decision }

    /** The system's dialog stands over the page of an answer: it is on its way as long as [away] is not back. */
    private fun theDialogStands() = runBlocking { withTimeout(30.seconds) { away.asked.await() } }

    private fun Seat<RequestActivity>.isBeingApproved(asked: Asked) {
        person.away = away
        activity.approves(asked)
        theDialogStands()
        activity.becomes("request.sending")
    }

    private fun thePersonIsBack() {
        person.away = null
        away.back.complete(Unit)
    }

    private fun to(account: AccountId, asked: Asked): Intent = RequestActivity.of(app, account, asked.challenge)

    private fun Seat<RequestActivity>.isDeclined() {
        activity.tapWhenOffered(Ids.DENY)
        activity.tapWhenOffered(Ids.DENY_MINE)
        activity.becomes("ended.denied")
    }

    @Test
    fun oneIsApprovedAndTheOtherDeclined() {
        val account = enrolled()
        val (first, second) = asked() to askedToSignIn()
        front().use { list ->
            until("both", { list.activity.page }) { list.activity.page.id == "inbox.several" }
            val rows = list.activity.page.parts.filterIsInstance<Part.Rows>().flatMap { it.rows }
            assertEquals(2, rows.size)
            list.activity.tapped(rows.single { first.challenge.value in it.id }.id)
            Seat(RequestActivity::class.java, led()).use { seat ->
                seat.activity.approves(first)
                seat.activity.becomes("ended.approved")
                assertEquals("the other was not touched", "pending", state(second))
                seat.isLedTo(to(account, second))
                seat.isDeclined()
            }
            list.isLeft()
            list.isBack()
            until("nothing waits", { list.activity.page }) { list.activity.page.id == "inbox.empty" }
        }
        assertEquals("approved" to "denied", state(first) to state(second))
        assertEquals(
            mapOf(first.challenge to Decision.APPROVE, second.challenge to Decision.DENY),
            decided(account),
        )
    }

    @Test
    fun anotherArrivesWhileAnAnswerIsOnItsWay() {
        val account = enrolled()
        val (first, second) = asked() to askedToSignIn()
        shown(account, first).use { seat ->
            seat.isBeingApproved(first)
            seat.isLedTo(to(account, second))
            until("the second", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            assertEquals(
                "nothing of the first is in it",
                "",
                seat.activity.page.parts.filterIsInstance<Part.Digits>().single().value,
            )
            assertEquals("pending", state(first))
            thePersonIsBack()
            until("the first was sent", { seat.activity.page }) { state(first) == "approved" }
            assertTrue("the second is still what is shown: ${seat.activity.page.id}", seat.activity.offers(Ids.APPROVE))
            seat.isDeclined()
        }
        assertEquals("approved" to "denied", state(first) to state(second))
        assertEquals(
            mapOf(first.challenge to Decision.APPROVE, second.challenge to Decision.DENY),
            decided(account),
        )
        assertEquals("the person was asked once, for the one that they approved", 1, person.prompts.size)
    }

    @Test
    fun theBrowserOfTheFirstOpensOverTheSecond() {
        val account = enrolled()
        val first =
            runBlocking {
                broker.ask(
                    user,
                    json(
                        "start" to "link",
                        "return_url" to RETURN_URL,
                        "minimum_tier" to "returned",
                    ),
                )
            }
        val second = askedToSignIn()
        byLink(first.link).use { seat ->
            person.away = away
            seat.activity.tapWhenOffered(Ids.APPROVE)
            theDialogStands()
            seat.isLedTo(to(account, second))
            until("the second", { seat.activity.page }) { seat.activity.page.id == "request.number" }
            // the window that it is to open from is another one by then
            seat.rotate()
            thePersonIsBack()
            val browser = checkNotNull(led().dataString)
            assertTrue(browser, browser.startsWith("$RETURN_URL#c=${first.challenge}&r="))
            assertEquals("request.number", seat.activity.page.id)
            val token = browser.substringAfter("&r=")
            assertEquals(200, runBlocking { broker.redeem(first, "session" to SESSION, "return_token" to token) }.status)
        }
        assertEquals("approved" to "pending", state(first) to state(second))
    }

    @Test
    fun theActivityIsTakenAwayWhileAnAnswerIsOnItsWay() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            seat.isBeingApproved(asked)
            seat.isTakenAway {
                assertEquals("pending", state(asked))
                thePersonIsBack()
            }
            assertEquals("it was sent to its end with nobody looking", "approved", state(asked))
            seat.activity.becomes("ended.approved")
        }
        assertEquals(1, person.prompts.size)
    }

    @Test
    fun aNewerOneTakesThePlaceOfTheOneThatIsShown() {
        val account = enrolled()
        val older = asked()
        shown(account, older).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            val newer = asked()
            seat.activity.becomes("ended.superseded")
            seat.isLedTo(to(account, newer))
            seat.activity.approves(newer)
            seat.activity.becomes("ended.approved")
            assertEquals("superseded" to "approved", state(older) to state(newer))
        }
        assertEquals(1, person.prompts.size)
    }

    @Test
    fun aNewerOneTakesThePlaceOfTheOneThatIsOnItsWay() {
        val account = enrolled()
        val older = asked()
        shown(account, older).use { seat ->
            seat.isBeingApproved(older)
            val newer = asked()
            thePersonIsBack()
            seat.activity.becomes("ended.superseded")
            assertEquals("superseded" to "pending", state(older) to state(newer))
        }
        assertTrue("nothing was decided", decided(account).isEmpty())
    }
}
