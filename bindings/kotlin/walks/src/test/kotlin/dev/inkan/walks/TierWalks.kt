// The four ways in which page and phone are tied together, each to its verdict.
package dev.inkan.walks

import dev.inkan.Approval
import dev.inkan.Authenticator
import dev.inkan.Decision
import dev.inkan.Language
import dev.inkan.Line
import dev.inkan.LineRole
import dev.inkan.LinkKind
import dev.inkan.ScannedCode
import dev.inkan.Start
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

internal class TierWalks {
    private suspend fun Broker.tier(
        asked: Asked,
        vararg members: Pair<String, String>,
    ): String? {
        val reply = redeem(asked, *members)
        assertEquals(200, reply.status, "$reply")
        return reply.json["tier"].text
    }

    @Test
    fun number() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            val request = world.phone.shown(asked)
            assertEquals(world.account, request.account)
            assertEquals(Approval.Number(6), request.approval)
            assertEquals(Start.Number(6), request.start)
            assertEquals(Language.JA, request.language)
            assertTrue(request.lines.any { it.role == LineRole.AMOUNT && it.value == "¥1,250,000" }, "$request")
            assertTrue(request.remaining > 60.seconds && request.remaining <= 120.seconds, "$request")
            assertEquals(request.expiresAt, request.issuedAt.plusSeconds(120))

            val early = failure { world.phone.app.approve(world.account, asked.challenge) }
            assertEquals("invalid_input.number", early.key)
            val outcome = world.phone.app.approve(world.account, asked.challenge, asked.number)
            assertEquals(Decision.APPROVE, outcome.decision)
            assertEquals(asked.challenge, outcome.challenge)
            assertNull(outcome.returnTo)
            assertTrue(outcome.logRow > 0 && outcome.receipt.split('.').size == 3, "$outcome")
            assertEquals("number", world.broker.tier(asked))
            assertEquals(emptyList<Any>(), world.phone.app.inbox(Duration.ZERO).requests)

            val past = world.phone.app.history(world.account).single()
            assertEquals(outcome, past.outcome)
            assertEquals(request.lines, past.lines)
        }

    @Test
    fun scan() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user, json("start" to "scan"))
            assertEquals(Approval.Scan, world.phone.shown(asked).approval)
            val early = failure { world.phone.app.approve(world.account, asked.challenge) }
            assertEquals("invalid_input.start_first", early.key)
            val code = world.broker.scanCode(asked)
            assertEquals(
                ScannedCode.Challenge(world.server.origin, asked.challenge, LinkKind.SCAN),
                Authenticator.recognise(code),
            )
            assertEquals(Approval.Ready, world.phone.app.openLink(code).approval)
            world.phone.app.approve(world.account, asked.challenge)
            assertEquals("scan", world.broker.tier(asked))
        }

    @Test
    fun link() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user, json("start" to "link"))
            val opened = world.phone.app.openLink(asked.link)
            assertEquals(Approval.Ready, opened.approval)
            assertFalse(opened.returns)
            assertNull(world.phone.app.approve(world.account, asked.challenge).returnTo)
            assertEquals("link", world.broker.tier(asked, "session" to SESSION))
        }

    @Test
    fun returned() =
        walk {
            val world = World.enrolled()
            val more = json("start" to "link", "return_url" to RETURN_URL, "minimum_tier" to "returned")
            val asked = world.broker.ask(world.user, more)
            assertTrue(world.phone.app.openLink(asked.link).returns)
            val outcome = world.phone.app.approve(world.account, asked.challenge)
            val url = checkNotNull(outcome.returnTo).exposeUrl()
            assertTrue(url.startsWith("$RETURN_URL#c=${asked.challenge}&r="), url)
            val token = url.substringAfter("&r=")
            assertTrue(token.isNotEmpty())
            assertFalse(token in "$outcome", "its words tell nothing")
            assertEquals("returned", world.broker.tier(asked, "session" to SESSION, "return_token" to token))
        }

    @Test
    fun `the lines speak the language that is set, and that is what is signed`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            val japanese = world.phone.shown(asked)
            world.phone.app.setLanguage(Language.EN)
            val english = world.phone.app.request(world.account, asked.challenge)
            assertEquals(Language.EN, english.language)
            assertTrue(english.lines != japanese.lines)
            assertEquals(japanese.lines.map(Line::role), english.lines.map(Line::role))
            world.phone.app.approve(world.account, asked.challenge, asked.number)
            assertEquals(english.lines, world.phone.app.history(world.account).single().lines)
        }

    @Test
    fun `what is signed are the lines of the page that was read, though they were made again since`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            val page = world.phone.shown(asked)
            world.phone.app.setLanguage(Language.EN)
            assertEquals(Language.EN, world.phone.app.request(world.account, asked.challenge).language)
            world.phone.app.approve(world.account, asked.challenge, asked.number, page.language)
            assertEquals(Language.JA, page.language)
            assertEquals(page.lines, world.phone.app.history(world.account).single().lines)
        }
}
