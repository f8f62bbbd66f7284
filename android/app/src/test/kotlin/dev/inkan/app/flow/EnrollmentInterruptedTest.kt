/*
 * Rotation and the end of the process in the steps of an enrollment where something else is waited for: a camera, a link
 * that is opened, the test of the doorbell; where several were begun, and after it has finished.
 */
package dev.inkan.app.flow

import android.Manifest
import android.os.Handler
import android.os.Looper
import dev.inkan.Options
import dev.inkan.app.core.Doorbell
import dev.inkan.app.enroll.EnrollActivity
import dev.inkan.app.platform.Phone
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Crossings
import dev.inkan.walks.TestTransport
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf

class EnrollmentInterruptedTest : FlowStage() {
    /** An enrollment up to the page that asks about notifications. */
    private fun named(then: (Seat<EnrollActivity>) -> Unit) {
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
            seat.activity.becomes("enroll.notify")
            then(seat)
        }
    }

    /** A doorbell that rings when a test wants it to. */
    private inner class Bell {
        val asked = CompletableDeferred<Unit>()
        val rings = CompletableDeferred<Boolean>()

        init {
            shadowOf(app).grantPermissions(Manifest.permission.POST_NOTIFICATIONS)
            app.phone =
                object : Phone by app.phone {
                    override val doorbell =
                        Doorbell { _, _ ->
                            asked.complete(Unit)
                            rings.await()
                        }
                }
        }
    }

    @Test
    fun whileTheCameraLooks() {
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        forEachBlow { blow ->
            val begun = begun()
            enrolling().use { seat ->
                seat.activity.tapWhenOffered(Ids.SCAN)
                seat.activity.becomes("enroll.camera")
                seat.suffers(blow)
                seat.activity.becomes("enroll.camera")
                seat.activity.scanned(begun.uri)
                seat.activity.tapWhenOffered(Ids.YES)
                confirm(begun, digits(seat.activity))
                seat.activity.tapWhenOffered(Ids.SAVE_NAME)
            }
        }
    }

    @Test
    fun whileALinkIsOpened() = forEachBlow { blow ->
        val network = StandingStill(TestTransport(server.https, Crossings()))
        killed()
        begin(Options(extraRoots = listOf(server.root), transport = network))
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            network.standsStill(seat)
            assertEquals("enroll.reading", seat.activity.page.id)
            seat.suffers(blow)
            if (blow == Blow.ROTATION) assertEquals("enroll.reading", seat.activity.page.id)
            network.goesOn.complete(Unit)
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
        }
    }

    @Test
    fun whileAnAnswerToALinkIsLost() = forEachBlow { blow ->
        // the server has claimed the code for this phone, which does not hear of it
        val network = StandingStill(TestTransport(server.https, Crossings()), "/d/v1/enroll")
        killed()
        begin(Options(extraRoots = listOf(server.root), transport = network))
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            network.standsStill(seat)
            seat.suffers(blow)
            network.goesOn.complete(Unit)
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
        }
    }

    @Test
    fun whileTheDoorbellIsTested() = forEachBlow { blow ->
        val bell = Bell()
        named { seat ->
            seat.activity.tapped(Ids.ALLOW)
            seat.activity.becomes("enroll.testing")
            bell.asked.invokeOnCompletion { Handler(Looper.getMainLooper()).post {} }
            until("the test") { bell.asked.isCompleted }
            seat.suffers(blow)
            // a process that begins anew waits for nothing, and asks once more
            seat.activity.becomes(if (blow == Blow.ROTATION) "enroll.testing" else "enroll.notify")
            bell.rings.complete(true)
            if (blow == Blow.DEATH) seat.activity.tapped(Ids.ALLOW)
            seat.activity.becomes("enroll.done")
        }
    }

    @Test
    fun afterItHasFinished() = forEachBlow { blow ->
        val ways =
            mapOf("enroll.done.without" to listOf(Ids.LATER), "enroll.done.silent" to listOf(Ids.ALLOW, Ids.SKIP_TEST)) +
                mapOf("enroll.done" to listOf(Ids.ALLOW))
        for ((page, taps) in ways) {
            val bell = Bell()
            if (taps.last() == Ids.ALLOW) bell.rings.complete(true)
            named { seat ->
                taps.forEach { seat.activity.tapWhenOffered(it) }
                seat.activity.becomes(page)
                val texts = texts(seat.activity)
                seat.suffers(blow)
                assertEquals("what came of it stays", page, seat.activity.page.id)
                assertEquals(texts, texts(seat.activity))
                shadowOf(app).clearNextStartedActivities()
                seat.activity.tapWhenOffered(Ids.CLOSE)
                assertEquals("dev.inkan.app.home.MainActivity", led().component?.className)
            }
            anotherPhone()
        }
    }

    @Test
    fun whereSeveralWereBegun() = forEachBlow { blow ->
        val both = listOf(begun(), begun())
        for (one in both) {
            enrolling(one.uri).use { seat ->
                until("whose it is", { seat.activity.page }) { seat.activity.offers(Ids.YES) }
            }
        }
        enrolling().use { seat ->
            seat.activity.becomes("enroll.left_over")
            seat.suffers(blow)
            seat.activity.becomes("enroll.left_over")
            val rows = seat.activity.page.parts.filterIsInstance<Part.Rows>().single().rows
            assertEquals(2, rows.size)
            seat.activity.tapped(rows.first().id)
            seat.activity.tapWhenOffered(Ids.YES)
            val digits = digits(seat.activity)
            // one of the two is confirmed by these digits, and only one
            val confirmed = runBlocking { both.count { broker.confirm(it, digits).status == 200 } }
            assertTrue("$confirmed", confirmed == 1)
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
        }
    }

    private fun StandingStill.standsStill(seat: Seat<*>) {
        stopped.invokeOnCompletion { Handler(Looper.getMainLooper()).post {} }
        until("the question that is stopped", { seat.activity.page }) { stopped.isCompleted }
    }
}
