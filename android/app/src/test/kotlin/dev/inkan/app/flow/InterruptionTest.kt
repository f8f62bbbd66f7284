/*
 * Rotation and the end of the process, in the middle of each step: nothing that was done is lost, nothing is done twice,
 * and the person can go on.
 */
package dev.inkan.app.flow

import android.os.Build
import android.os.Handler
import android.os.Looper
import dev.inkan.Options
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.platform.Away
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Asked
import dev.inkan.walks.Broker
import dev.inkan.walks.Crossings
import dev.inkan.walks.LiveServer
import dev.inkan.walks.TestTransport
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import kotlin.time.Duration.Companion.seconds

class InterruptionTest : FlowStage() {
    private fun ofRequest(test: (Blow, Seat<RequestActivity>, Asked) -> Unit) = forEachBlow { blow ->
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { test(blow, it, asked) }
    }

    private fun Seat<*>.field(id: String) = activity.page.parts.filterIsInstance<Part.Field>().single { it.id == id }.value

    @Test
    fun whileACodeIsTyped() = forEachBlow { blow ->
        val begun = begun()
        enrolling().use { seat ->
            seat.activity.tapWhenOffered(Ids.TYPE)
            seat.activity.typed(Ids.HOST, server.origin)
            seat.activity.typed(Ids.CODE, begun.typedCode.take(4))
            seat.suffers(blow)
            seat.activity.becomes("enroll.typed")
            assertEquals(server.origin, seat.field(Ids.HOST))
            // a secret that works once is not written down outside the core
            assertEquals(if (blow == Blow.ROTATION) begun.typedCode.take(4) else "", seat.field(Ids.CODE))
            seat.activity.typed(Ids.CODE, begun.typedCode)
            seat.activity.tapped(Ids.BEGIN)
            seat.suffers(blow)
            // the new process goes on with the code if it had been taken, and else asks for it again
            val onward = { seat.activity.offers(Ids.YES) || (blow == Blow.DEATH && seat.activity.offers(Ids.TYPE)) }
            until("the way on", { seat.activity.page }, onward)
        }
    }

    @Test
    fun whileItIsAskedWhoseAccountItIs() = forEachBlow { blow ->
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            until("whose it is", { seat.activity.page }) { seat.activity.offers(Ids.YES) }
            seat.suffers(blow)
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
        }
    }

    @Test
    fun whileTheDigitsAreShown() = forEachBlow { blow ->
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            seat.activity.tapWhenOffered(Ids.YES)
            val digits = digits(seat.activity)
            seat.suffers(blow)
            // a process that begins anew shows whose account it is first
            if (blow == Blow.DEATH) seat.activity.tapWhenOffered(Ids.YES)
            assertEquals("the digits stay", digits, digits(seat.activity))
            confirm(begun, digits)
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
        }
    }

    @Test
    fun whileItIsNamedAndAsked() = forEachBlow { blow ->
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            until("the name", { seat.activity.page }) { seat.activity.offers(Ids.SAVE_NAME) }
            assertEquals(Build.MODEL, seat.field(Ids.NAME))
            seat.activity.typed(Ids.NAME, "わたしの電話")
            seat.suffers(blow)
            assertEquals("わたしの電話", seat.field(Ids.NAME))
            seat.activity.tapped(Ids.SAVE_NAME)
            until("notifications", { seat.activity.page }) { seat.activity.offers(Ids.LATER) }
            seat.suffers(blow)
            seat.activity.tapWhenOffered(Ids.LATER)
        }
        assertEquals("わたしの電話", runBlocking { ceremonies.accounts().single().deviceName })
    }

    @Test
    fun whileARequestIsVerified() = forEachBlow { blow ->
        val account = enrolled()
        val asked = asked()
        val crossings = Crossings()
        killed()
        begin(Options(extraRoots = listOf(server.root), transport = TestTransport(server.https, crossings)))
        val stopped = crossings.stopAt(1)
        shown(account, asked).use { seat ->
            // the first question to the server is never answered: whoever comes back asks it again
            stopped.invokeOnCompletion { Handler(Looper.getMainLooper()).post {} }
            until("the first question") { stopped.isCompleted }
            assertEquals("request.verifying", seat.activity.page.id)
            seat.suffers(blow)
            seat.activity.approves(asked)
            seat.activity.becomes("ended.approved")
        }
        assertEquals("approved", state(asked))
    }

    @Test
    fun whileARequestIsShown() = ofRequest { blow, seat, asked ->
        until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
        seat.activity.typed(Ids.NUMBER, asked.number.take(3))
        seat.suffers(blow)
        until("the request again", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
        val typed = seat.activity.page.parts.filterIsInstance<Part.Digits>().single().value
        // the number is compared anew by whoever comes back to another process
        assertEquals(if (blow == Blow.ROTATION) asked.number.take(3) else "", typed)
        seat.activity.approves(asked)
        seat.activity.becomes("ended.approved")
    }

    @Test
    fun whileItIsAskedWhetherItWasTheirOwn() = ofRequest { blow, seat, asked ->
        seat.activity.tapWhenOffered(Ids.DENY)
        seat.activity.becomes("request.asking")
        seat.suffers(blow)
        if (blow == Blow.DEATH) seat.activity.tapWhenOffered(Ids.DENY)
        assertEquals("nothing was answered", "pending", state(asked))
        seat.activity.tapWhenOffered(Ids.DENY_MINE)
        seat.activity.becomes("ended.denied")
        assertEquals("denied", state(asked))
    }

    @Test
    fun whileThePersonIsVerified() = ofRequest { blow, seat, asked ->
        val away = Away()
        person.away = away
        seat.activity.approves(asked)
        runBlocking { withTimeout(30.seconds) { away.asked.await() } }
        seat.activity.becomes("request.sending")
        if (blow == Blow.ROTATION) {
            seat.rotate()
            assertEquals("the system's dialog stands", "request.sending", seat.activity.page.id)
            away.back.complete(Unit)
        } else {
            seat.die { person.away = null }
            assertEquals("nothing was sent", "pending", state(asked))
            seat.activity.approves(asked)
        }
        seat.activity.becomes("ended.approved")
        person.away = null
        assertEquals("once more only for what was not signed", if (blow == Blow.ROTATION) 1 else 2, person.prompts.size)
    }

    @Test
    fun whileASignedAnswerIsSent() = forEachBlow { blow ->
        runBlocking { LiveServer.start() }.use { own ->
            val options = Options(extraRoots = listOf(own.root))
            begin(options)
            val world = Broker(own)
            val account = enrolled(world)
            val asked = runBlocking { world.ask(user) }
            shown(account, asked).use { seat ->
                until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
                runBlocking { own.strike() }
                seat.activity.approves(asked)
                if (blow == Blow.ROTATION) seat.rotate()
                until("kept", { seat.activity.page }) { seat.activity.offers(Ids.RESEND) }
                val back = { runBlocking { own.resume() } }
                if (blow == Blow.ROTATION) back().also { seat.rotate() } else seat.die(options, back)
                // it was signed once, and goes out by itself
                until("sent", { seat.activity.page.also { aSecondPasses() } }) {
                    seat.activity.page.id == "ended.approved" || seat.activity.offers(Ids.RESEND)
                }
                if (seat.activity.offers(Ids.RESEND)) seat.activity.tapped(Ids.RESEND)
                seat.activity.becomes("ended.approved")
            }
            assertEquals("approved", state(asked, world))
            assertEquals("the person was asked once", 1, person.prompts.size)
            person.prompts.clear()
        }
    }

    @Test
    fun afterItHasEnded() = ofRequest { blow, seat, asked ->
        seat.activity.approves(asked)
        seat.activity.becomes("ended.approved")
        val texts = texts(seat.activity)
        person.prompts.clear()
        seat.suffers(blow)
        seat.activity.becomes("ended.approved")
        assertEquals("what is said of it stays", texts, texts(seat.activity))
        assertTrue("and nobody is asked again", person.prompts.isEmpty())
        assertEquals(1, runBlocking { ceremonies.history(ceremonies.accounts().single().id) }.size)
    }
}
