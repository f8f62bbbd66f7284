// Whoever waits goes away: at every place where the core waits for the phone, in every step. Done again, each step ends
// as if nothing had happened.
package dev.inkan.walks

import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.EnrollmentProgress
import dev.inkan.Inbox
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

internal class CancellationWalks {
    private val broker = Broker(World.shared)

    @Test
    fun `an enrollment is begun`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { Phone.make(World.shared, cuts = true) to broker.begin(World.customer()) },
                    step = { phone, begun -> phone.app.beginEnrollment(begun.uri) },
                    after = { phone, begun, preview ->
                        assertEquals(listOf(preview), phone.app.enrollments())
                        assertEquals(200, broker.confirm(begun, phone.app.confirmAccount(preview.id)).status)
                        assertEquals(preview.id, phone.becomesActive(preview.id))
                    },
                )
            assertCut(cuts, "before createKey", "after createKey", "before POST /d/v1/enroll", "after POST /d/v1/enroll")
        }

    @Test
    fun `an enrollment becomes an account`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = {
                        val phone = Phone.make(World.shared, cuts = true)
                        val begun = broker.begin(World.customer())
                        val preview = phone.app.beginEnrollment(begun.uri)
                        assertEquals(200, broker.confirm(begun, phone.app.confirmAccount(preview.id)).status)
                        phone to preview.id
                    },
                    step = { phone, id -> phone.app.enrollmentStatus(id, 30.seconds) },
                    after = { phone, id, progress ->
                        assertEquals(EnrollmentProgress.Active(id), progress)
                        assertEquals(listOf(id), phone.app.accounts().map { it.id })
                    },
                )
            assertCut(cuts, "before GET /d/v1/device", "after GET /d/v1/device")
        }

    @Test
    fun `a look into the inbox`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolledAnd { broker.ask(it.user) } },
                    step = { phone, _ -> phone.app.inbox(10.seconds) },
                    after = { _, (_, asked), inbox ->
                        assertEquals(listOf(asked.challenge), inbox.requests.map { it.challenge })
                    },
                )
            assertCut(cuts, "before GET /d/v1/challenges", "after GET /d/v1/challenges")
        }

    @Test
    fun `a link is opened`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolledAnd { broker.ask(it.user, json("start" to "link")) } },
                    step = { phone, (_, asked) -> phone.app.openLink(asked.link) },
                    after = { phone, (world, asked), _ ->
                        phone.app.approve(world.account, asked.challenge)
                        assertEquals(200, broker.redeem(asked, "session" to SESSION).status)
                    },
                )
            assertCut(cuts, "before POST /d/v1/start", "after POST /d/v1/start")
        }

    @Test
    fun `an approval`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = {
                        enrolledAnd { world -> broker.ask(world.user).also { world.phone.shown(it) } }
                    },
                    step = { phone, (world, asked) -> approved(phone, world.account, asked, asked.number) },
                    after = { phone, (world, asked), _ ->
                        assertEquals(200, broker.redeem(asked).status)
                        val past = phone.app.history(world.account).single().outcome
                        assertEquals(Decision.APPROVE to asked.challenge, past.decision to past.challenge)
                    },
                )
            assertCut(
                cuts,
                "before verifyUser",
                "after verifyUser",
                "before sign",
                "after sign",
                "before POST /d/v1/answer",
                "after POST /d/v1/answer",
            )
        }

    @Test
    fun `a denial and a report`() =
        walk {
            for (decision in listOf(Decision.DENY, Decision.REPORT)) {
                val cuts =
                    cutEverywhere(
                        prepare = {
                            enrolledAnd { world -> broker.ask(world.user).also { world.phone.shown(it) } }
                        },
                        step = { phone, (world, asked) ->
                            val settled = phone.app.sendKept()
                            if (settled.none { it.outcome != null }) {
                                val (account, challenge) = world.account to asked.challenge
                                when (decision) {
                                    Decision.DENY -> phone.app.deny(account, challenge, DenyReason.OTHER)
                                    else -> phone.app.report(account, challenge)
                                }
                            }
                        },
                        after = { _, (_, asked), _ ->
                            val state = if (decision == Decision.DENY) "denied" else "reported"
                            assertEquals(state, broker.state(asked))
                        },
                    )
                assertCut(cuts, "before sign", "after sign", "before POST /d/v1/answer", "after POST /d/v1/answer")
            }
        }

    @Test
    fun `new keys`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { World.enrolled(cuts = true).let { it.phone to it } },
                    step = { phone, world -> phone.app.rotateKeys(world.account) },
                    after = { phone, world, _ ->
                        val asked = broker.ask(world.user)
                        phone.shown(asked)
                        phone.app.approve(world.account, asked.challenge, asked.number)
                        assertEquals(200, broker.redeem(asked).status)
                    },
                )
            assertCut(cuts, "before createKey", "before POST /d/v1/renew", "after POST /d/v1/renew")
        }

    /** The relay knows that the server has the question and has not answered it, and sees the phone hang up. */
    @Test
    fun `a wait at the server ends with whoever waits`() =
        walk {
            LiveServer.start(relayed = true).use { server ->
                Relay(server).use { relay ->
                    val world = World.enrolled(server = server)
                    val look = relay.watch("GET /d/v1/challenges?wait=")
                    // not the answer of the coroutine, which says "cancelled" whatever happens in it
                    val answer = CompletableDeferred<Result<Inbox>>()
                    coroutineScope {
                        val waiting = launch { answer.complete(runCatching { world.phone.app.inbox(25.seconds) }) }
                        look.handedOn.await()
                        assertFalse(answer.isCompleted)
                        waiting.cancelAndJoin()
                    }
                    // only the core says so; a wait that had run out by itself would have its answer, cancelled or not
                    assertInstanceOf(CancellationException::class.java, answer.await().exceptionOrNull())
                    assertFalse(look.isAnswered, "the server has answered")
                    look.hungUp.await()
                    // and the phone goes on at once
                    val asked = world.broker.ask(world.user)
                    assertEquals(asked.challenge, world.phone.shown(asked).challenge)
                }
            }
        }

    /** The control: nobody is cancelled, and the same relay sees the answer come. */
    @Test
    fun `a wait at the server goes on until there is an answer`() =
        walk {
            LiveServer.start(relayed = true).use { server ->
                Relay(server).use { relay ->
                    val world = World.enrolled(server = server)
                    val look = relay.watch("GET /d/v1/challenges?wait=")
                    coroutineScope {
                        val waiting = async { world.phone.app.inbox(25.seconds) }
                        look.handedOn.await()
                        val asked = world.broker.ask(world.user)
                        assertEquals(listOf(asked.challenge), waiting.await().requests.map { it.challenge })
                    }
                    assertTrue(look.isAnswered && !look.hungUp.isCompleted)
                }
            }
        }

    @Test
    fun `many at once`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            coroutineScope {
                val looks = List(50) { async { world.phone.app.inbox(10.seconds) } }
                for (look in looks) assertEquals(listOf(asked.challenge), look.await().requests.map { it.challenge })
            }
        }
}
