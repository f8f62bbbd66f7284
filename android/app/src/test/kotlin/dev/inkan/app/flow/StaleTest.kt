/*
 * Links and codes that were good once: another phone has used them, their request has ended, their time is over. What a
 * forged one is told is in BadInputTest.
 */
package dev.inkan.app.flow

import dev.inkan.Options
import dev.inkan.app.R
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.Ids
import dev.inkan.walks.Begun
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.Phone
import dev.inkan.walks.get
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.annotation.Config
import java.io.File

internal class StaleTest : SpokenStage() {
    private fun <T> beside(world: LiveServer = server, work: suspend (Phone) -> T): T =
        runBlocking { Phone.make(world, "二台目").use { work(it) } }

    private fun ScreenActivity<*>.cannotApprove() = assertFalse("$page", offers(Ids.APPROVE))

    @Test
    fun aLinkThatAnotherPhoneHasUsed() {
        enrolled()
        val asked = asked("link")
        beside { other ->
            val second = other.enroll(broker, user)
            other.app.openLink(asked.link)
            byLink(asked.link).use { seat ->
                val words = intArrayOf(R.string.code_old, R.string.nothing_answered, R.string.code_old_next)
                seat.says("request.stuck.refused", *words)
                seat.activity.cannotApprove()
                seat.die()
                seat.says("request.stuck.refused", *words)
            }
            assertEquals("pending", state(asked))
            other.app.approve(second, asked.challenge)
        }
        assertEquals("the phone that was first goes on", "approved", state(asked))
    }

    @Test
    fun aLinkOfARequestThatHasEnded() {
        enrolled()
        val cancelled = asked("link")
        runBlocking { broker.ok("DELETE", "/v1/challenges/${cancelled.challenge}") }
        byLink(cancelled.link).use { seat ->
            seat.says("ended.cancelled", R.string.cancelled, R.string.nothing_other, R.string.again_next)
            seat.activity.cannotApprove()
        }
        val approved = asked("link")
        beside { other ->
            val second = other.enroll(broker, user)
            other.app.openLink(approved.link)
            other.app.approve(second, approved.challenge)
        }
        byLink(approved.link).use { seat ->
            seat.says("ended.elsewhere.approved", R.string.elsewhere, R.string.elsewhere_approved, R.string.nothing_by_you)
            seat.activity.cannotApprove()
        }
        val own = asked("link")
        byLink(own.link).use { it.activity.apply { tapWhenOffered(Ids.APPROVE) }.becomes("ended.approved") }
        person.prompts.clear()
        byLink(own.link).use { seat -> seat.says("ended.approved", R.string.approved, R.string.approved_next) }
        assertTrue("what was approved here is not asked again", person.prompts.isEmpty())
    }

    /** By its link, and by what is typed in its place. */
    private fun isStale(begun: Begun, origin: String) {
        val words = intArrayOf(R.string.enroll_failed, R.string.enroll_code_stale, R.string.nothing_enrolled)
        enrolling(begun.uri).use { seat ->
            seat.says("enroll.failed.expired", *words, R.string.enroll_failed_next)
            assertFalse(seat.activity.offers(Ids.YES))
            seat.activity.tapped(Ids.AGAIN)
            seat.activity.becomes("enroll.start")
        }
        enrolling().use { seat ->
            seat.activity.tapWhenOffered(Ids.TYPE)
            seat.activity.typed(Ids.HOST, origin)
            seat.activity.typed(Ids.CODE, begun.typedCode)
            seat.activity.tapped(Ids.BEGIN)
            seat.says("enroll.failed.expired", *words)
        }
        assertTrue("nothing is left over of it", runBlocking { ceremonies.enrollments() + ceremonies.accounts() }.isEmpty())
    }

    @Test
    fun anEnrollmentCodeThatWasUsed() {
        val begun = begun()
        beside { other ->
            // claimed by another phone, and not yet confirmed
            val preview = other.app.beginEnrollment(begun.uri)
            isStale(begun, server.origin)
            confirm(begun, other.app.confirmAccount(preview.id))
            other.becomesActive(preview.id)
        }
        isStale(begun, server.origin)
        assertEquals("it is the other phone's alone", 1, runBlocking { broker.devices(user) }.size)
    }

    @Test
    fun anEnrollmentThatThePageHasTakenBack() {
        val begun = begun()
        runBlocking { broker.ok("DELETE", "/v1/enrollments/${begun.id}") }
        isStale(begun, server.origin)
    }

    /** A minute is the shortest life that a server gives a code; it is waited for at the server. On one system: it is its clock. */
    @Test
    @Config(sdk = [35])
    fun anEnrollmentCodeThatRanOut() {
        runBlocking { LiveServer.start() }.use { own ->
            own.livesShortly()
            begin(Options(extraRoots = listOf(own.root)))
            val world = Broker(own)
            val begun = begun(world)
            var state: String? = "pending"
            repeat(LOOKS) {
                val look = "/v1/enrollments/${begun.id}?wait=25"
                if (state == "pending") state = runBlocking { world.ok("GET", look)["state"].text }
            }
            assertEquals("expired", state)
            isStale(begun, own.origin)
        }
    }

    /** Its configuration is a file in its folder, which is nobody's business elsewhere. */
    private fun LiveServer.livesShortly() = runBlocking {
        strike()
        val field = LiveServer::class.java.getDeclaredField("folder").apply { isAccessible = true }
        val folder = field.get(this@livesShortly) as File
        val file = folder.resolve("server/inkan.toml")
        val written = file.readText()
        val shorter = written.replace("#seconds = 300", "seconds = $SHORTEST")
        check(shorter != written) { "where is the life of an enrollment in $written" }
        file.writeText(shorter)
        resume()
    }

    private companion object {
        const val SHORTEST = 60

        /** Each at most 25 seconds long. */
        const val LOOKS = 4
    }
}
