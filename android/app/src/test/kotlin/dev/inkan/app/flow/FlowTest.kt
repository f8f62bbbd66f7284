/*
 * What a person does, from the code on a broker's page to the answer, over the real core and server.
 */
package dev.inkan.app.flow

import android.os.Looper
import dev.inkan.Language
import dev.inkan.Options
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.SESSION
import dev.inkan.walks.json
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

class FlowTest : FlowStage() {
    @Test
    fun enrollByLinkThenApproveWithTheNumber() {
        val account = enrolled()
        assertEquals(setOf(true), keystore.asked.filter { it.attestationChallenge != null }.map { it.isStrongBoxBacked }.toSet())
        val asked = asked()
        shown(account, asked).use { seat ->
            val activity = seat.activity
            until(
                "the amount",
                { activity.page },
            ) { activity.page.parts.any { it is Part.RequestHead && it.amount == "¥1,250,000" } }
            activity.tapped(Ids.APPROVE)
            assertEquals("without the number nothing is sent", "pending", state(asked))
            activity.typed(Ids.NUMBER, asked.number)
            activity.tapped(Ids.APPROVE)
            activity.becomes("ended.approved")
        }
        assertEquals(1, person.prompts.size)
        assertEquals(200, runBlocking { broker.redeem(asked) }.status)
    }

    @Test
    fun linkScanAndNone() {
        val account = enrolled()
        val link = asked("link")
        byLink(link.link).use { it.activity.apply { tapWhenOffered(Ids.APPROVE) }.becomes("ended.approved") }
        assertEquals(200, runBlocking { broker.redeem(link, "session" to SESSION) }.status)

        val scan = asked("scan")
        shown(account, scan).use { seat ->
            val activity = seat.activity
            activity.tapWhenOffered(Ids.SCAN)
            shadowOf(Looper.getMainLooper()).idle()
            activity.onRequestPermissionsResult(1, arrayOf(android.Manifest.permission.CAMERA), intArrayOf(0))
            activity.scanned("https://example.com/")
            activity.scanned(runBlocking { broker.scanCode(scan) })
            activity.tapWhenOffered(Ids.APPROVE)
            activity.becomes("ended.approved")
        }
        assertEquals("approved", state(scan))
    }

    @Test
    fun denyAndReport() {
        val account = enrolled()
        val first = asked()
        shown(account, first).use { seat ->
            val activity = seat.activity
            activity.tapWhenOffered(Ids.DENY)
            activity.tapWhenOffered(Ids.DENY_MINE)
            activity.becomes("ended.denied")
        }
        assertEquals("denied", state(first))
        val second = asked()
        shown(account, second).use { seat ->
            val activity = seat.activity
            activity.tapWhenOffered(Ids.DENY)
            activity.tapWhenOffered(Ids.DENY_NOT_MINE)
            activity.becomes("ended.reported")
        }
        assertEquals("reported", state(second))
    }

    @Test
    fun theServerGoesAndComesBack() {
        runBlocking { LiveServer.start() }.use { own ->
            begin(Options(extraRoots = listOf(own.root)))
            val world = Broker(own)
            val begun = runBlocking { world.begin(user) }
            enrolling(begun.uri).use { seat ->
                seat.activity.tapWhenOffered(Ids.YES)
                assertEquals(200, runBlocking { world.confirm(begun, digits(seat.activity)) }.status)
                seat.activity.tapWhenOffered(Ids.SAVE_NAME)
            }
            val account = runBlocking { ceremonies.accounts().single().id }
            val asked = runBlocking { world.ask(user) }
            shown(account, asked).use { seat ->
                val activity = seat.activity
                until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
                runBlocking { own.strike() }
                activity.typed(Ids.NUMBER, asked.number)
                activity.tapped(Ids.APPROVE)
                until("kept", { activity.page }) { activity.offers(Ids.RESEND) }
                runBlocking { own.resume() }
                activity.tapped(Ids.RESEND)
                activity.becomes("ended.approved")
            }
            assertEquals("approved", runBlocking { world.state(asked) })
        }
    }

    @Test
    fun theLanguageChangesWhileARequestIsShown() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            val before = seat.activity.page.parts.filterIsInstance<Part.RequestHead>().single().operation
            RuntimeEnvironment.setQualifiers("+en")
            seat.rotate()

            fun head() = seat.activity.page.parts.filterIsInstance<Part.RequestHead>().firstOrNull()?.operation
            until("English", { seat.activity.page }) { head().let { it != null && it != before } }
            seat.activity.typed(Ids.NUMBER, asked.number)
            seat.activity.tapped(Ids.APPROVE)
            seat.activity.becomes("ended.approved")
        }
        val past = runBlocking { ceremonies.history(account) }.single()
        assertEquals("what was signed is what was shown", Language.EN, past.language)
    }

    @Test
    fun thePersonIsNotVerifiedAndTheKeyIsGone() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            val activity = seat.activity
            until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
            person.refusal = dev.inkan.VaultException.UserCancelled()
            activity.typed(Ids.NUMBER, asked.number)
            activity.tapped(Ids.APPROVE)
            // While it is sent the button is there too, and takes no tap.
            until("asked again", { activity.page }) { activity.page.id == "request.number" && person.prompts.size == 1 }
            assertEquals("pending", state(asked))
            keystore.invalidate()
            person.refusal = null
            activity.tapped(Ids.APPROVE)
            until("enroll again", { activity.page }) { activity.offers(Ids.ENROLL) }
        }
    }

    @Test
    fun twoRequestsAtOnceAndOneEndsElsewhere() {
        val account = enrolled()
        val (first, second) =
            asked() to
                runBlocking { broker.ask(user, JsonObject(json("operation" to "login") + ("details" to JsonArray(emptyList())))) }
        front().use { seat ->
            until("both", { seat.activity.page }) { seat.activity.page.id == "inbox.several" }
        }
        shown(account, first).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            runBlocking { broker.ok("DELETE", "/v1/challenges/${first.challenge}") }
            seat.activity.becomes("ended.cancelled")
        }
        assertEquals("pending", state(second))
    }
}
