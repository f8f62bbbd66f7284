/*
 * Tier `returned`: a link from the phone's own browser, an approval, and the browser goes on with what only this phone could
 * give it.
 */
package dev.inkan.app.flow

import android.content.Intent
import dev.inkan.Options
import dev.inkan.app.R
import dev.inkan.app.core.ScreenActivity
import dev.inkan.app.home.MainActivity
import dev.inkan.screens.Ids
import dev.inkan.walks.Asked
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.RETURN_URL
import dev.inkan.walks.SESSION
import dev.inkan.walks.get
import dev.inkan.walks.json
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

internal class ReturnedTest : SpokenStage() {
    private fun returning(world: Broker = broker): Asked =
        runBlocking { world.ask(user, json("start" to "link", "return_url" to RETURN_URL, "minimum_tier" to "returned")) }

    /** What the system was asked to open for a browser, if it was. */
    private fun browser(): Intent? =
        generateSequence { shadowOf(app).nextStartedActivity }.firstOrNull { it.action == Intent.ACTION_VIEW }

    /** The one-time token that the browser carries to the page, by an intent that any browser and no other app takes. */
    private fun tokenOf(intent: Intent?, asked: Asked): String {
        checkNotNull(intent) { "no browser was opened" }
        val url = intent.dataString.orEmpty()
        val before = "$RETURN_URL#c=${asked.challenge}&r="
        assertTrue("not the registered page with the request's id", url.startsWith(before))
        assertEquals(setOf(Intent.CATEGORY_BROWSABLE), intent.categories)
        assertNull("it goes to the person's own browser", intent.component)
        assertNotEquals(0, intent.flags and Intent.FLAG_ACTIVITY_NEW_TASK)
        assertNull("nothing beside the address", intent.extras)
        return url.removePrefix(before).also { assertTrue("a token of 256 bits", it.length >= TOKEN) }
    }

    private fun redeems(asked: Asked, token: String, world: Broker = broker) {
        val without = runBlocking { world.redeem(asked, "session" to SESSION) }
        assertNotEquals("an approval alone is not enough: $without", 200, without.status)
        val reply = runBlocking { world.redeem(asked, "session" to SESSION, "return_token" to token) }
        assertEquals("$reply", 200, reply.status)
        assertEquals("returned", reply.json["tier"].text)
    }

    private fun ScreenActivity<*>.approvesAndReturns(): Intent? {
        tapWhenOffered(Ids.APPROVE)
        becomes("ended.approved.returning")
        return browser()
    }

    @Test
    fun theBrowserGetsTheWayBackAndThePageRedeems() {
        enrolled()
        val asked = returning()
        byLink(asked.link).use { seat ->
            val token = tokenOf(seat.activity.approvesAndReturns(), asked)
            // whoever closed the browser by accident goes once more, with the same
            seat.activity.tapped(Ids.RETURN)
            assertEquals(token, tokenOf(browser(), asked))
            redeems(asked, token)
            seat.says("ended.approved.returning", R.string.approved, R.string.approved_returning)
            assertNull("who only turns the phone stays here", browser())
        }
        assertEquals(1, person.prompts.size)
    }

    @Test
    fun theProcessEndsBeforeTheBrowserIsOpened() {
        enrolled()
        val asked = returning()
        byLink(asked.link).use { seat ->
            seat.activity.tapWhenOffered(Ids.APPROVE)
            seat.activity.becomes("ended.approved.returning")
            // what was asked of the system dies with the process that asked
            val lost = tokenOf(browser(), asked)
            person.prompts.clear()
            seat.die()
            seat.activity.becomes("ended.approved.returning")
            val token = tokenOf(browser(), asked)
            assertEquals("what was signed is what comes back", lost, token)
            redeems(asked, token)
        }
        assertTrue("and nobody was asked again", person.prompts.isEmpty())
    }

    @Test
    fun theProcessEndsAndThePageIsWhereThePersonBeginsAnew() {
        enrolled()
        val asked = returning()
        val token = byLink(asked.link).use { tokenOf(it.activity.approvesAndReturns(), asked) }
        killed()
        begin()
        byLink(asked.link).use { seat ->
            seat.activity.becomes("ended.approved.returning")
            assertEquals(token, tokenOf(browser(), asked))
        }
        redeems(asked, token)
    }

    @Test
    fun anAnswerThatWasKeptBringsTheBrowserWhenItIsThrough() {
        runBlocking { LiveServer.start() }.use { own ->
            val options = Options(extraRoots = listOf(own.root))
            begin(options)
            val world = Broker(own)
            enrolled(world)
            val asked = returning(world)
            byLink(asked.link).use { seat ->
                until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
                runBlocking { own.strike() }
                seat.activity.tapped(Ids.APPROVE)
                until("kept", { seat.activity.page }) { seat.activity.offers(Ids.RESEND) }
            }
            assertNull("nothing says success before the receipt", browser())
            killed()
            runBlocking { own.resume() }
            begin(options)
            // by the launcher: what was kept goes out from the list
            Seat(MainActivity::class.java, Intent(app, MainActivity::class.java)).use { seat ->
                var opened: Intent? = null
                until("the browser", { seat.activity.page }) { browser().also { opened = it } != null }
                redeems(asked, tokenOf(opened, asked), world)
                until("what became of it", { seat.activity.page }) {
                    app.getString(R.string.settled_approve) in texts(seat.activity)
                }
            }
        }
    }

    @Test
    fun withoutABrowserItSaysWhatToDo() {
        enrolled()
        val asked = returning()
        // as the system does where nothing takes an intent
        shadowOf(app).checkActivities(true)
        byLink(asked.link).use { seat ->
            seat.activity.tapWhenOffered(Ids.APPROVE)
            seat.says("ended.return_failed", R.string.approved, R.string.approved_return_failed)
        }
        assertNull(browser())
        assertEquals("it is approved all the same", "approved", state(asked))
        shadowOf(app).checkActivities(false)
        // once there is a browser, the link leads on
        byLink(asked.link).use { seat ->
            seat.activity.becomes("ended.approved.returning")
            redeems(asked, tokenOf(browser(), asked))
        }
    }

    private companion object {
        /** Characters of base64url for 32 bytes. */
        const val TOKEN = 43
    }
}
