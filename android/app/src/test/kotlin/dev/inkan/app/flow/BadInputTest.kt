/*
 * What is wrong in the world or in the phone, over the real core and server: a page of its own says so, nothing is lost,
 * and the person can go on.
 */
package dev.inkan.app.flow

import dev.inkan.Clock
import dev.inkan.Options
import dev.inkan.app.R
import dev.inkan.app.core.ScreenActivity
import dev.inkan.app.home.MainActivity
import dev.inkan.app.look.ButtonView
import dev.inkan.app.look.all
import dev.inkan.screens.Ids
import dev.inkan.walks.Phone
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import java.time.Duration
import java.time.Instant

internal class BadInputTest : SpokenStage() {
    /** The page of a code that leads nowhere, and what it says. */
    private fun refused(text: String): Pair<String, List<String>> = enrolling(text).use { seat ->
        until("a failure of $text", { seat.activity.page }) { seat.activity.page.id.startsWith("enroll.failed") }
        assertTrue("${seat.activity.page}", !seat.activity.offers(Ids.YES))
        assertTrue("what did not happen", app.getString(R.string.nothing_enrolled) in texts(seat.activity))
        seat.activity.page.id to texts(seat.activity)
    }

    private fun forged(text: String, secret: String): String {
        val forged = text.replace(Regex("$secret=[^&]*")) { "$secret=" + "A".repeat(it.value.length - secret.length - 1) }
        assertNotEquals(text, forged)
        return forged
    }

    @Test
    fun codesThatLeadNowhere() {
        val uri = begun().uri
        begin(Options(allowedServers = listOf("https://inkan.example"), extraRoots = listOf(server.root)))
        val notAllowed = refused(uri)
        assertEquals("enroll.failed.server_not_allowed", notAllowed.first)
        val notOurs = refused("https://inkan.example/nothing")
        assertEquals("enroll.failed.not_ours", notOurs.first)
        val other = refused(uri.replace("v=1", "v=2"))
        assertEquals("enroll.failed.other_version", other.first)
        killed()
        begin()
        val forged = refused(forged(uri, "s"))
        assertEquals("enroll.failed.expired", forged.first)
        val pages = listOf(notAllowed, notOurs, other, forged)
        assertEquals("each says something of its own: $pages", pages.size, pages.map { it.second }.toSet().size)
        // the forged one has used nothing up: the right one goes
        enrolling(uri).use { seat -> until("whose it is", { seat.activity.page }) { seat.activity.offers(Ids.YES) } }
    }

    @Test
    fun scannedCodesThatLeadNowhere() {
        val uri = begun().uri
        val codes =
            mapOf(
                "https://example.com/" to "enroll.failed.not_ours",
                uri.replace("v=1", "v=2") to "enroll.failed.other_version",
            )
        for ((text, page) in codes) {
            enrolling().use { seat ->
                seat.activity.tapWhenOffered(Ids.SCAN)
                seat.activity.onRequestPermissionsResult(1, arrayOf(android.Manifest.permission.CAMERA), intArrayOf(0))
                seat.activity.scanned(text)
                seat.activity.becomes(page)
            }
        }
    }

    @Test
    fun aForgedLinkOfARequest() {
        enrolled()
        val asked = asked("link")
        byLink(forged(asked.link, "t")).use { seat ->
            // the server says no more of it than of an old one: who forges learns nothing, and the page's own link goes on
            seat.says("request.stuck.refused", R.string.code_old, R.string.nothing_answered, R.string.code_old_next)
            assertEquals("nothing to be done with it", listOf(Ids.CLOSE), seat.activity.page.actions.map { it.id })
        }
        assertEquals("it has used nothing up", "pending", state(asked))
        byLink(asked.link).use { it.activity.apply { tapWhenOffered(Ids.APPROVE) }.becomes("ended.approved") }
    }

    @Test
    fun theTimeOfARequestRunsOut() {
        val account = enrolled()
        val asked = runBlocking { broker.ask(user, JsonObject(mapOf("expires_in" to JsonPrimitive(SHORTEST)))) }
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            // the phone's own clock stands still: it is the server's word
            seat.activity.becomes("ended.expired")
        }
        assertEquals("expired", state(asked))
        shown(account, asked).use { it.activity.becomes("ended.expired") }
        assertTrue(runBlocking { ceremonies.history(account) }.isEmpty())
    }

    @Test
    fun anotherPhoneAnswers() {
        val account = enrolled()
        runBlocking { Phone.make(server, "二台目") }.use { other ->
            val second = runBlocking { other.enroll(broker, user) }
            val asked = asked()
            shown(account, asked).use { seat ->
                until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
                runBlocking {
                    other.shown(asked)
                    other.app.approve(second, asked.challenge, asked.number)
                }
                seat.activity.becomes("ended.elsewhere.approved")
                assertTrue("a stranger's approval can be reported", seat.activity.offers(Ids.REPORT))
            }
            assertEquals("nobody was asked here", 0, person.prompts.size)
        }
    }

    // --- the phone's own state ---

    /** Flips bytes in the middle of every file that the store has written. */
    private fun damage() = store().resolve("data").walk().filter { it.isFile && it.length() > 0 }.forEach { file ->
        val bytes = file.readBytes()
        for (at in bytes.indices step 7) bytes[at] = (bytes[at].toInt() xor 0x5a).toByte()
        file.writeBytes(bytes)
    }

    private fun ScreenActivity<*>.tellsOfDamage() = until("damage is told", { page }) {
        page.id == "start.emptied" ||
            page.id == "start.damaged"
    }

    @Test
    fun aDamagedStoreIsToldBeforeAnything() {
        val account = enrolled()
        val asked = asked()
        killed()
        damage()
        begin()
        // past the front door: by a link, by a notification's list
        for (past in listOf({ enrolling(begun().uri) }, { shown(account, asked) })) {
            past().use { seat ->
                val way = { shadowOf(app).peekNextStartedActivity()?.component?.className }
                until("to the front door", { seat.activity.page }) { way() == MainActivity::class.java.name }
                assertNull("nothing is open", app.core.ceremonies)
                shadowOf(app).clearNextStartedActivities()
            }
        }
        front().use { seat ->
            seat.activity.tellsOfDamage()
            val told = texts(seat.activity)
            for (blow in Blow.entries) {
                seat.suffers(blow)
                seat.activity.tellsOfDamage()
                assertEquals("after the end of the process it says the same", told, texts(seat.activity))
                assertNull("nothing is open", app.core.ceremonies)
            }
            seat.activity.tapped(Ids.CONTINUE)
            until("what is left", { seat.activity.page }) { !seat.activity.page.id.startsWith("start") }
            seat.die()
            until("what is left", { seat.activity.page }) { seat.activity.page.id != "start" }
            assertTrue("it was told: ${seat.activity.page}", !seat.activity.page.id.startsWith("start"))
        }
        assertTrue("kept for whoever helps", store().walk().any { "quarantine" in it.name })
        assertEquals("pending", state(asked))
    }

    @Test
    fun theKeyOfTheStoreIsGone() {
        enrolled()
        killed()
        keystore.delete(STORE_KEY)
        begin()
        front().use { seat ->
            seat.activity.becomes("start.store_key_missing")
            seat.die()
            seat.activity.becomes("start.store_key_missing")
            assertNull(app.core.ceremonies)
            seat.activity.tapped(Ids.SET_ASIDE)
            seat.activity.becomes("welcome")
        }
        assertTrue("kept for whoever helps", store().walk().any { "quarantine" in it.name })
        // and the phone can be enrolled again
        enrolled()
    }

    @Test
    fun aClockThatIsADayWrong() {
        for (wrong in listOf(Duration.ofDays(1), Duration.ofDays(-1))) {
            anotherPhone()
            begin(clock = Clock { Instant.now().plus(wrong) })
            val account = enrolled()
            val asked = asked()
            shown(account, asked).use { seat ->
                until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
                val said = app.getString(R.string.clock_differs, "\n").split("\n")
                assertTrue("$wrong: ${seat.activity.page}", texts(seat.activity).any { text -> said.all { it in text } })
                val left = checkNotNull(seat.activity.page.bar.time).fraction
                assertTrue("by the server's clock there is $left left", left > 0.5 && left <= 1.0)
                seat.activity.approves(asked)
                seat.activity.becomes("ended.approved")
            }
            assertEquals(200, runBlocking { broker.redeem(asked) }.status)
        }
    }

    @Test
    fun lettersTwiceAsLarge() {
        RuntimeEnvironment.setFontScale(2f)
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            val activity = seat.activity
            until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
            assertEquals(2f, activity.resources.configuration.fontScale)
            activity.typed(Ids.NUMBER, asked.number)
            val button = activity.view.all().filterIsInstance<ButtonView>().single { it.text.toString() == approve(activity) }
            assertTrue("its words are not cut", (0 until button.lineCount).all { button.layout.getEllipsisCount(it) == 0 })
            assertTrue("it is on the screen", button.isShown && button.getGlobalVisibleRect(android.graphics.Rect()))
            button.performClick()
            activity.becomes("ended.approved")
        }
    }

    private fun approve(activity: ScreenActivity<*>) = activity.page.actions.single { it.id == Ids.APPROVE }.text

    private companion object {
        /** Seconds that a request lives at least. */
        const val SHORTEST = 30
        const val STORE_KEY = "inkan.store"
    }
}
