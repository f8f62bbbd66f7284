/*
 * The connection goes while a request is shown, and comes back: it is said on the page, the request stands, and it can be
 * answered as soon as there is a server again.
 */
package dev.inkan.app.flow

import dev.inkan.Clock
import dev.inkan.Options
import dev.inkan.app.R
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.screens.Ids
import dev.inkan.screens.NoticeKind
import dev.inkan.screens.Part
import dev.inkan.screens.RequestScreen
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.time.Instant

class ConnectionTest : FlowStage() {
    private var passed = 0L

    private fun RequestActivity.notice() =
        page.parts.filterIsInstance<Part.Notice>().firstOrNull { it.kind == NoticeKind.CAUTION }

    /** The look that is under way has failed, its pause passes for the phone and the page, and the next one has ended. */
    private fun looksAgain(activity: RequestActivity) {
        until("a pause", { activity.page }) { activity.driver.state.again != null }
        repeat(PAUSE) {
            passed += 1
            aSecondPasses()
        }
        until("a look", { activity.page }) {
            activity.driver.state.run { watching || again != null || phase is RequestScreen.Phase.Ended }
        }
    }

    @Test
    fun itGoesWhileARequestIsShownAndComesBack() {
        runBlocking { LiveServer.start() }.use { own ->
            begin(Options(extraRoots = listOf(own.root)))
            app.clock = Clock { Instant.now().plusSeconds(passed) }
            val world = Broker(own)
            val account = enrolled(world)
            val asked = runBlocking { world.ask(user) }
            shown(account, asked).use { seat ->
                val activity = seat.activity
                until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
                val before = activity.page
                assertNull("nothing is wrong", activity.notice())
                runBlocking { own.strike() }
                looksAgain(activity)
                assertEquals(app.getString(R.string.offline), activity.notice()?.title)
                assertEquals("the request stands", before.id, activity.page.id)
                assertTrue("and can be answered", activity.offers(Ids.APPROVE) && activity.offers(Ids.DENY))
                runBlocking { own.resume() }
                looksAgain(activity)
                assertNull("it is all well again", activity.notice())
                activity.approves(asked)
                activity.becomes("ended.approved")
            }
            assertEquals("approved", runBlocking { world.state(asked) })
        }
    }

    @Test
    fun itGoesAndTheRequestEndsMeanwhile() {
        runBlocking { LiveServer.start() }.use { own ->
            begin(Options(extraRoots = listOf(own.root)))
            app.clock = Clock { Instant.now().plusSeconds(passed) }
            val world = Broker(own)
            val account = enrolled(world)
            val asked = runBlocking { world.ask(user) }
            shown(account, asked).use { seat ->
                val activity = seat.activity
                until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
                runBlocking { own.strike() }
                looksAgain(activity)
                assertNotNull(activity.notice())
                runBlocking {
                    own.resume()
                    world.ok("DELETE", "/v1/challenges/${asked.challenge}")
                }
                looksAgain(activity)
                activity.becomes("ended.cancelled")
            }
        }
    }

    private companion object {
        /** Seconds from a look that failed to the next one, and one more. */
        const val PAUSE = 6
    }
}
