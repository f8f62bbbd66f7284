/*
 * Rotation and the end of the process in the steps of a request that need more than a tap (a code that is scanned, a link
 * that is opened, a browser that is led back), in the settings, and in the history.
 */
package dev.inkan.app.flow

import android.Manifest
import android.content.Intent
import android.os.Handler
import android.os.Looper
import dev.inkan.Options
import dev.inkan.app.home.HistoryActivity
import dev.inkan.app.settings.SettingsActivity
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Crossings
import dev.inkan.walks.RETURN_URL
import dev.inkan.walks.SESSION
import dev.inkan.walks.TestTransport
import dev.inkan.walks.json
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

class StepInterruptedTest : FlowStage() {
    private fun still(after: String? = null): StandingStill {
        val network = StandingStill(TestTransport(server.https, Crossings()), after)
        killed()
        begin(Options(extraRoots = listOf(server.root), transport = network))
        return network
    }

    private fun StandingStill.standsStill(seat: Seat<*>) {
        stopped.invokeOnCompletion { Handler(Looper.getMainLooper()).post {} }
        until("the question that is stopped", { seat.activity.page }) { stopped.isCompleted }
    }

    @Test
    fun whileACodeOfARequestIsScanned() {
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        forEachBlow { blow ->
            val account = enrolled()
            val asked = asked("scan")
            shown(account, asked).use { seat ->
                seat.activity.tapWhenOffered(Ids.SCAN)
                val scanning = seat.activity.page.id
                seat.suffers(blow)
                if (blow == Blow.DEATH) seat.activity.tapWhenOffered(Ids.SCAN)
                seat.activity.becomes(scanning)
                seat.activity.scanned(runBlocking { broker.scanCode(asked) })
                seat.activity.tapWhenOffered(Ids.APPROVE)
                seat.activity.becomes("ended.approved")
            }
            assertEquals("approved", state(asked))
        }
    }

    @Test
    fun whileALinkOfARequestIsOpened() = forEachBlow { blow ->
        enrolled()
        val asked = asked("link")
        val network = still()
        byLink(asked.link).use { seat ->
            network.standsStill(seat)
            assertEquals("request.verifying", seat.activity.page.id)
            seat.suffers(blow)
            network.goesOn.complete(Unit)
            seat.activity.tapWhenOffered(Ids.APPROVE)
            seat.activity.becomes("ended.approved")
        }
        assertEquals("approved", state(asked))
    }

    @Test
    fun whileTheAnswerToALinkIsOnItsWay() = forEachBlow { blow ->
        enrolled()
        val asked = asked("link")
        // a link is good for one proof: the server has it, and the phone has not heard so
        val network = still(after = "/d/v1/start")
        byLink(asked.link).use { seat ->
            network.standsStill(seat)
            seat.suffers(blow)
            network.goesOn.complete(Unit)
            seat.activity.tapWhenOffered(Ids.APPROVE)
            seat.activity.becomes("ended.approved")
        }
        assertEquals("approved", state(asked))
    }

    @Test
    fun whileTheBrowserIsToBeLedBack() = forEachBlow { blow ->
        enrolled()
        val asked =
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
        val network = still(after = "/d/v1/answer")
        byLink(asked.link).use { seat ->
            seat.activity.tapWhenOffered(Ids.APPROVE)
            network.standsStill(seat)
            // the server has the approval, and the phone not yet where to lead the browser
            assertEquals("request.sending", seat.activity.page.id)
            shadowOf(app).clearNextStartedActivities()
            seat.suffers(blow)
            network.goesOn.complete(Unit)
            val browser = checkNotNull(led().dataString)
            seat.activity.becomes("ended.approved.returning")
            assertTrue(browser, browser.startsWith("$RETURN_URL#c=${asked.challenge}&r="))
            val token = browser.substringAfter("&r=")
            assertEquals(200, runBlocking { broker.redeem(asked, "session" to SESSION, "return_token" to token) }.status)
        }
        assertEquals("the person was asked once", 1, person.prompts.size)
        person.prompts.clear()
    }

    @Test
    fun whileSettingsAreOpen() = forEachBlow { blow ->
        val account = enrolled()
        Seat(SettingsActivity::class.java, Intent(app, SettingsActivity::class.java)).use { seat ->
            fun stays(page: String) {
                seat.activity.becomes(page)
                seat.suffers(blow)
                seat.activity.becomes(page)
            }
            val row = "account:${account.value}"
            until("the account", { seat.activity.page }) {
                seat.activity.page.parts.filterIsInstance<Part.Rows>().any { part -> part.rows.any { it.id == row } }
            }
            seat.activity.tapped(row)
            until("the account", { seat.activity.page }) { seat.activity.page.id == "settings.account" }
            stays("settings.account")
            for ((tap, page) in listOf(Ids.FREEZE to "settings.freeze", Ids.LEAVE to "settings.leave")) {
                until("a way to $page", { seat.activity.page }) { seat.activity.driver.state.loaded }
                seat.activity.tapped(tap)
                stays(page)
                seat.activity.tapped(Ids.BACK)
            }
            until("its name", { seat.activity.page }) { seat.activity.driver.state.accounts.isNotEmpty() }
            seat.activity.tapped(Ids.RENAME)
            seat.activity.becomes("settings.rename")
            seat.activity.typed(Ids.NAME, "新しい名前")
            stays("settings.rename")
            seat.activity.tapped(Ids.SAVE_NAME)
            seat.activity.becomes("settings.account")
            assertEquals("新しい名前", runBlocking { ceremonies.accounts().single().deviceName })
            seat.activity.tapped(Ids.BACK)
            val places =
                mapOf(
                    Ids.NOTIFICATIONS to "settings.notifications",
                    Ids.LANGUAGE to "settings.language",
                    Ids.NEW_PHONE to "settings.new_phone",
                    Ids.ABOUT to "settings.about",
                    Ids.LICENCES to "settings.licences",
                    Ids.LOG to "settings.log",
                )
            for ((tap, page) in places) {
                seat.activity.tapped(tap)
                stays(page)
            }
        }
        assertTrue("nothing was done to the account", runBlocking { ceremonies.accounts() }.single().run { !frozen })
    }

    @Test
    fun whileThePastIsLookedAt() = forEachBlow { blow ->
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            seat.activity.approves(asked)
            seat.activity.becomes("ended.approved")
        }
        Seat(HistoryActivity::class.java, Intent(app, HistoryActivity::class.java)).use { seat ->
            seat.activity.becomes("history")
            seat.suffers(blow)
            seat.activity.becomes("history")
            val row = seat.activity.page.parts.filterIsInstance<Part.Rows>().single().rows.single()
            seat.activity.tapped(row.id)
            seat.activity.becomes("history.entry")
            val entry = seat.activity.page.parts
            seat.suffers(blow)
            seat.activity.becomes("history.entry")
            assertEquals(entry, seat.activity.page.parts)
            seat.activity.tapWhenOffered(Ids.REPORT)
            seat.activity.becomes("ended.reported")
            seat.suffers(blow)
            // whoever comes back to another process sees the entry, and that it was reported
            seat.activity.becomes(if (blow == Blow.ROTATION) "ended.reported" else "history.entry")
        }
        assertEquals(2, runBlocking { ceremonies.history(account) }.size)
        person.prompts.clear()
    }
}
