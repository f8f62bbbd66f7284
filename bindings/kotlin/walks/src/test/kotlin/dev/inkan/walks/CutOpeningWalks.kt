// Cut everywhere: the ways in which a page and a phone are tied together besides the number, from the opening to the
// verdict; and the old phone that signs for the new one.
package dev.inkan.walks

import dev.inkan.AccountId
import dev.inkan.Approval
import dev.inkan.Decision
import dev.inkan.Operation
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

internal class CutOpeningWalks {
    private val broker = Broker(World.shared)

    private val start = arrayOf("before POST /d/v1/start", "after POST /d/v1/start")
    private val answer =
        arrayOf(
            "before verifyUser",
            "after verifyUser",
            "before sign",
            "after sign",
            "before POST /d/v1/answer",
            "after POST /d/v1/answer",
        )

    /** Once at the server, once on the phone, and in which tier. */
    private suspend fun assertApproved(
        world: World,
        asked: Asked,
        tier: String,
        vararg members: Pair<String, String>,
    ) {
        val verdict = broker.redeem(asked, *members)
        assertEquals(200, verdict.status, "$verdict")
        assertEquals(tier, verdict.json["tier"].text)
        val past =
            world.phone.app
                .history(world.account)
                .single()
                .outcome
        assertEquals(Decision.APPROVE to asked.challenge, past.decision to past.challenge)
    }

    @Test
    fun `a code is scanned`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolledAnd { broker.ask(it.user, json("start" to "scan")) } },
                    // the code of the moment, each time it is done: the old one has gone by
                    step = { phone, (_, asked) -> phone.app.openLink(broker.scanCode(asked)) },
                    after = { phone, (world, asked), request ->
                        assertEquals(asked.challenge to Approval.Ready, request.challenge to request.approval)
                        phone.app.approve(world.account, asked.challenge)
                        assertApproved(world, asked, "scan")
                    },
                )
            assertCut(cuts, *start)
        }

    @Test
    fun `an approval after a scan`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = {
                        enrolledAnd { world ->
                            val asked = broker.ask(world.user, json("start" to "scan"))
                            asked.also { world.phone.app.openLink(broker.scanCode(it)) }
                        }
                    },
                    step = { phone, (world, asked) -> approved(phone, world.account, asked) },
                    after = { _, (world, asked), _ -> assertApproved(world, asked, "scan") },
                )
            assertCut(cuts, *answer)
        }

    @Test
    fun `an approval after a link`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = {
                        enrolledAnd { world ->
                            broker.ask(world.user, json("start" to "link")).also { world.phone.app.openLink(it.link) }
                        }
                    },
                    step = { phone, (world, asked) -> approved(phone, world.account, asked) },
                    after = { _, (world, asked), _ -> assertApproved(world, asked, "link", "session" to SESSION) },
                )
            assertCut(cuts, *answer)
        }

    /** The address for the browser comes with the outcome, however often it was cut on the way there. */
    @Test
    fun `an approval that returns to the page`() =
        walk {
            val more = json("start" to "link", "return_url" to RETURN_URL, "minimum_tier" to "returned")
            val cuts =
                cutEverywhere(
                    prepare = {
                        enrolledAnd { world ->
                            broker.ask(world.user, more).also { world.phone.app.openLink(it.link) }
                        }
                    },
                    step = { phone, (world, asked) -> phone.app.approve(world.account, asked.challenge) },
                    after = { _, (world, asked), outcome ->
                        val address = checkNotNull(outcome.returnTo) { "no address: $outcome" }.exposeUrl()
                        val token = address.substringAfter("&r=", "")
                        assertApproved(world, asked, "returned", "session" to SESSION, "return_token" to token)
                    },
                )
            assertCut(cuts, *answer)
        }

    /** An old phone that is to sign for a new one, which waits. */
    private class Two(
        val old: World,
        val asked: Asked,
        val new: Phone,
        val account: AccountId,
        val digits: String,
    )

    private suspend fun two(): Pair<Phone, Two> {
        val old = World.enrolled(cuts = true)
        val new = Phone.make(old.server, "新しい電話")
        val begun = broker.begin(old.user, "password")
        val preview = new.app.beginEnrollment(begun.uri)
        val digits = new.app.confirmAccount(preview.id)
        assertEquals(200, broker.confirm(begun, digits).status)
        val account = new.becomesActive(preview.id)
        assertNotNull(new.app.refreshAccount(account).restrictedUntil)
        val request =
            old.phone.app
                .inbox(10.seconds)
                .requests
                .single()
        assertEquals(Operation.DEVICE_ADD, request.operation)
        return old.phone to Two(old, Asked(request.challenge, json()), new, account, digits)
    }

    @Test
    fun `the old phone signs for the new one`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { two() },
                    step = { phone, two -> approved(phone, two.old.account, two.asked, two.digits) },
                    after = { phone, two, _ ->
                        two.new.use { assertNull(it.app.refreshAccount(two.account).restrictedUntil) }
                        val past =
                            phone.app
                                .history(two.old.account)
                                .single()
                                .outcome
                        assertEquals(Decision.APPROVE to two.asked.challenge, past.decision to past.challenge)
                    },
                )
            assertCut(cuts, *answer)
        }
}
