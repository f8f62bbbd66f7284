/*
 * "Decline" in the notification, over the real core and server: what waits is asked for after the tap, whatever the app has
 * seen before, and the person is asked whether it was their own before anything is sent.
 */
package dev.inkan.app.flow

import android.app.NotificationManager
import android.content.Intent
import dev.inkan.ChallengeId
import dev.inkan.app.R
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.home.MainActivity
import dev.inkan.app.push.LookOnRing
import dev.inkan.app.push.Notifier
import dev.inkan.screens.Ids
import dev.inkan.walks.Asked
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

@Config(application = RingApplication::class)
class NotificationTest : FlowStage() {
    @Before
    fun notificationsAreAllowed() = shadowOf(app).grantPermissions(android.Manifest.permission.POST_NOTIFICATIONS)

    /** What the system starts when the notification's "decline" is tapped; the notification is the app's own. */
    private fun declined(): Intent {
        val look = (app as RingApplication).pushing.ringing as LookOnRing
        look.settle(runBlocking { ceremonies.inbox() }, announce = true)
        val shown = shadowOf(app.getSystemService(NotificationManager::class.java)).getNotification(Notifier.ID)
        val button = shown.actions.single { it.title == app.getString(R.string.notification_deny) }
        return shadowOf(button.actionIntent).savedIntent
    }

    private fun front(by: Intent) = Seat(MainActivity::class.java, by)

    private fun cancelled(asked: Asked) = runBlocking { broker.ok("DELETE", "/v1/challenges/${asked.challenge}") }

    /** The app has led to a request, whose page asks whose it was: it is declined there. */
    private fun isAskedAndDeclined(asked: Asked) = Seat(RequestActivity::class.java, led()).use { seat ->
        seat.activity.becomes("request.asking")
        assertEquals(asked.challenge, seat.activity.driver.state.challenge)
        assertEquals("nothing is sent by the tap", "pending", state(asked))
        seat.activity.tapped(Ids.DENY_MINE)
        seat.activity.becomes("ended.denied")
        assertEquals("denied", state(asked))
    }

    private fun MainActivity.hasHeard() = until("the tap was heard", { page }) { !declines }

    @Test
    fun theAppWasNotRunning() {
        enrolled()
        val asked = asked()
        val tap = declined()
        killed()
        begin()
        front(tap).use {
            isAskedAndDeclined(asked)
            // the process ends, and the person comes back by the recent apps: that tap was answered
            it.die()
            it.activity.becomes("inbox.empty")
            val later = asked()
            it.activity.becomes("inbox.one")
            assertNull("nothing is asked of it", shadowOf(app).nextStartedActivity)
            assertEquals("pending", state(later))
        }
    }

    /** The system says so to an activity that stood in the background before it starts or after. */
    private fun withAnOldList(old: (Seat<MainActivity>) -> Unit) = listOf(true, false).forEach { early ->
        enrolled()
        front().use { list ->
            old(list)
            list.isLeft()
            val asked = asked()
            list.isBack(declined(), early)
            isAskedAndDeclined(asked)
        }
        anotherPhone()
    }

    @Test
    fun theListInTheBackgroundWasEmpty() = withAnOldList { it.activity.becomes("inbox.empty") }

    @Test
    fun theListInTheBackgroundHadARequestThatHasEnded() = withAnOldList { list ->
        val ended = askedToSignIn()
        list.isLeft()
        list.isBack()
        list.activity.becomes("inbox.one")
        assertEquals(listOf(ended.challenge), listed(list))
        cancelled(ended)
    }

    private fun listed(list: Seat<MainActivity>): List<ChallengeId> = list.activity.driver.state.home.inbox
        ?.requests
        .orEmpty()
        .map { it.challenge }

    @Test
    fun theListIsLookedAt() {
        enrolled()
        val asked = asked()
        front().use { list ->
            list.activity.becomes("inbox.one")
            list.isLedTo(declined())
            // a rotation in the middle takes nothing away
            list.rotate()
            isAskedAndDeclined(asked)
            list.activity.hasHeard()
        }
    }

    @Test
    fun withTwoNobodyKnowsWhichWasMeant() {
        enrolled()
        val (first, second) = asked() to askedToSignIn()
        front(declined()).use { list ->
            list.activity.becomes("inbox.several")
            list.activity.hasHeard()
            assertNull("nothing is asked of either", shadowOf(app).nextStartedActivity)
            cancelled(first)
            // one is left, and no wish is left over
            list.isLeft()
            list.isBack()
            list.activity.becomes("inbox.one")
            assertNull(shadowOf(app).nextStartedActivity)
            assertEquals("pending", state(second))
        }
    }

    @Test
    fun whatWasMeantHasEnded() {
        enrolled()
        val asked = asked()
        val tap = declined()
        cancelled(asked)
        front(tap).use { list ->
            list.activity.becomes("inbox.empty")
            list.activity.hasHeard()
            assertNull(shadowOf(app).nextStartedActivity)
        }
    }

    @Test
    fun theRequestIsLookedAtAlready() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            front(declined()).use { seat.isLedTo(led()) }
            seat.activity.becomes("request.asking")
            assertEquals("pending", state(asked))
        }
    }
}
