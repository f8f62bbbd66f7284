/*
 * Links and codes that were good once: another phone has used them, their request has ended, the page took them back. What a
 * forged one is told is in BadInputTest.
 */
package dev.inkan.app.flow

import dev.inkan.app.R
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.Ids
import dev.inkan.walks.Begun
import dev.inkan.walks.LiveServer
import dev.inkan.walks.Phone
import dev.inkan.walks.get
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

internal class StaleTest : SpokenStage() {
    private fun <T> beside(world: LiveServer = server, work: suspend (Phone) -> T): T =
        runBlocking { Phone.make(world, "二台目").use { work(it) } }

    private fun ScreenActivity<*>.cannotApprove() = assertFalse("$page", offers(Ids.APPROVE))

    @Test
    fun aLinkThatAnotherPhoneHasUsed() {
        enrolled()
        beside { other ->
            val second = other.enroll(broker, user)
            val asked = asked("link")
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
            assertEquals("the phone that was first goes on", "approved", state(asked))
        }
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
        val approved =
            beside { other ->
                val second = other.enroll(broker, user)
                asked("link").also {
                    other.app.openLink(it.link)
                    other.app.approve(second, it.challenge)
                }
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
            val preview = other.app.beginEnrollment(begun.uri)
            confirm(begun, other.app.confirmAccount(preview.id))
            other.becomesActive(preview.id)
        }
        isStale(begun, server.origin)
        assertEquals("it is the other phone's alone", 1, runBlocking { broker.devices(user) }.size)
    }

    /** Not yet confirmed: two phones have seen the code, and it is good for neither. */
    @Test
    fun anEnrollmentCodeThatAnotherPhoneHasClaimed() {
        val begun = begun()
        beside { other ->
            other.app.beginEnrollment(begun.uri)
            isStale(begun, server.origin)
        }
        assertEquals("claimed_twice", runBlocking { broker.ok("GET", "/v1/enrollments/${begun.id}") }["reason"].text)
    }

    @Test
    fun anEnrollmentThatThePageHasTakenBack() {
        val begun = begun()
        runBlocking { broker.ok("DELETE", "/v1/enrollments/${begun.id}") }
        isStale(begun, server.origin)
    }
}
