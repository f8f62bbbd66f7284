/*
 * The other ways to an account: the camera, a typed code, a phone that signs for the next one; and a network that goes.
 */
package dev.inkan.app.flow

import android.os.Looper
import dev.inkan.Options
import dev.inkan.app.R
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.enroll.EnrollActivity
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Begun
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.get
import dev.inkan.walks.json
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

internal class EnrollWaysTest : SpokenStage() {
    /** From "is it yours?" to the end, as a person goes. */
    private fun Seat<EnrollActivity>.goesOn(begun: Begun, name: String) {
        until("whose it is", { activity.page }) { activity.offers(Ids.YES) }
        assertTrue("${activity.page}", activity.facts().any { it.value == "山田 *郎 様（***1234）" })
        activity.tapped(Ids.YES)
        confirm(begun, digits(activity))
        until("a name", { activity.page }) { activity.offers(Ids.SAVE_NAME) }
        activity.typed(Ids.NAME, name)
        activity.tapped(Ids.SAVE_NAME)
        activity.tapWhenOffered(Ids.LATER)
        activity.becomes("enroll.done.without")
        activity.tapped(Ids.CLOSE)
        assertEquals(name, runBlocking { ceremonies.accounts().single().deviceName })
        assertEquals(name, runBlocking { broker.devices(user) }.last()["name"].text)
    }

    private fun approvesOne() {
        val asked = asked()
        shown(runBlocking { ceremonies.accounts().single().id }, asked).use {
            it.activity.approves(asked)
            it.activity.becomes("ended.approved")
        }
        assertEquals(200, runBlocking { broker.redeem(asked) }.status)
    }

    @Test
    fun byTheCamera() {
        val begun = begun()
        enrolling().use { seat ->
            seat.activity.tapWhenOffered(Ids.SCAN)
            shadowOf(Looper.getMainLooper()).idle()
            seat.activity.onRequestPermissionsResult(1, arrayOf(android.Manifest.permission.CAMERA), intArrayOf(0))
            seat.activity.becomes("enroll.camera")
            assertTrue(seat.activity.page.parts.any { it is Part.Camera })
            seat.activity.scanned(begun.uri)
            // the camera sees it more than once
            seat.activity.scanned(begun.uri)
            seat.goesOn(begun, "カメラの電話")
        }
        approvesOne()
    }

    @Test
    fun byATypedCodeToTheEnd() {
        val begun = begun()
        enrolling().use { seat ->
            seat.activity.tapWhenOffered(Ids.TYPE)
            seat.activity.tapped(Ids.BEGIN)
            val missing = app.getString(R.string.field_empty)
            assertEquals(2, seat.activity.page.parts.filterIsInstance<Part.Field>().count { it.error == missing })
            seat.activity.typed(Ids.HOST, server.origin)
            // as people type
            seat.activity.typed(Ids.CODE, " ${begun.typedCode.lowercase()} ")
            seat.activity.tapped(Ids.BEGIN)
            seat.goesOn(begun, "打った電話")
        }
        approvesOne()
    }

    @Test
    fun theOldPhoneSignsForTheNewOne() {
        enrolled()
        val new = Handset()
        first.laidAside()
        new.takenUp()
        val begun = runBlocking { broker.begin(user, "password") }
        val digits =
            enrolling(begun.uri).use { seat ->
                seat.activity.tapWhenOffered(Ids.YES)
                digits(seat.activity).also {
                    confirm(begun, it)
                    seat.activity.tapWhenOffered(Ids.SAVE_NAME)
                    seat.activity.tapWhenOffered(Ids.LATER)
                }
            }
        // until then it may log in, and nothing that moves money comes to it
        stands(R.string.state_waiting)
        val account = runBlocking { ceremonies.accounts().single().id }
        val login = JsonObject(json("operation" to "login") + ("details" to JsonArray(emptyList())))
        val harmless = runBlocking { broker.ask(user, login) }
        shown(account, harmless).use {
            it.activity.approves(harmless)
            it.activity.becomes("ended.approved")
        }
        val withdrawal = asked()
        front().use { it.activity.becomes("inbox.empty") }

        new.laidAside()
        first.takenUp()
        front().use { seat ->
            until("both", { seat.activity.page }) { seat.activity.rows().size == 2 }
            val row = seat.activity.rows().single { !it.id.endsWith(withdrawal.challenge.value) }
            seat.activity.tapped(row.id)
        }
        val way = shadowOf(app).nextStartedActivity
        assertEquals(RequestActivity::class.java.name, way.component?.className)
        Seat(RequestActivity::class.java, way).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            val head = seat.activity.page.parts.filterIsInstance<Part.RequestHead>().single()
            assertEquals("端末の追加の確認", head.operation)
            // the number is what the new phone shows
            seat.activity.typed(Ids.NUMBER, digits)
            seat.activity.tapped(Ids.APPROVE)
            seat.activity.becomes("ended.approved")
        }
        first.laidAside()
        new.takenUp()
        stands(R.string.state_active)
        runBlocking { broker.ok("DELETE", "/v1/challenges/${withdrawal.challenge}") }
        approvesOne()
    }

    /** How the only account stands, by the settings. */
    private fun stands(word: Int) {
        // before a screen opens the core on the main thread, which would wait for this one
        val account = runBlocking { ceremonies.accounts().single().id }
        settings().use { seat ->
            seat.opens(account)
            seat.stands(word)
        }
    }

    private fun EnrollActivity.isOffline() = texts(this).any { app.getString(R.string.offline) in it }

    @Test
    fun withoutANetwork() {
        runBlocking { LiveServer.start() }.use { own ->
            begin(Options(extraRoots = listOf(own.root)))
            val world = Broker(own)
            val begun = begun(world)
            runBlocking { own.strike() }
            val words = intArrayOf(R.string.enroll_failed, R.string.offline, R.string.nothing_enrolled, R.string.offline_next)
            enrolling(begun.uri).use { seat ->
                seat.says("enroll.failed.offline", *words)
                assertTrue(seat.activity.offers(Ids.AGAIN))
            }
            runBlocking { own.resume() }
            enrolling(begun.uri).use { seat ->
                until("whose it is", { seat.activity.page }) { seat.activity.offers(Ids.YES) }
                runBlocking { own.strike() }
                seat.activity.tapped(Ids.YES)
                // the digits are this phone's own to make: they stand, and below them that nobody is reached
                val digits = digits(seat.activity)
                until("it says that it waits for the network", { seat.activity.page }) { seat.activity.isOffline() }
                seat.says("enroll.code", R.string.offline, R.string.nothing_known)
                runBlocking { own.resume() }
                confirm(begun, digits, world)
                // whoever comes back to it asks at once
                seat.rotate()
                until("a name", { seat.activity.page }) { seat.activity.offers(Ids.SAVE_NAME) }
                // named without a network: it is not lost what was typed
                runBlocking { own.strike() }
                seat.activity.typed(Ids.NAME, "わたしの電話")
                seat.activity.tapped(Ids.SAVE_NAME)
                until("it says why not", { seat.activity.page }) {
                    val field = seat.activity.page.parts.filterIsInstance<Part.Field>().single()
                    app.getString(R.string.offline) in field.error.orEmpty() && field.value == "わたしの電話"
                }
                runBlocking { own.resume() }
                seat.activity.tapped(Ids.SAVE_NAME)
                seat.activity.tapWhenOffered(Ids.LATER)
            }
            assertEquals("わたしの電話", runBlocking { ceremonies.accounts().single().deviceName })
            assertNull("nothing is left over", runBlocking { ceremonies.enrollments().firstOrNull() })
        }
    }
}
