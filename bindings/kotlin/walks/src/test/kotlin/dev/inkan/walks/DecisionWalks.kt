// No, not me, too late, elsewhere: every other end of a request.
package dev.inkan.walks

import dev.inkan.AccountState
import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.InkanException
import dev.inkan.RefusalReason
import dev.inkan.VaultException
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

internal class DecisionWalks {
    private suspend fun refusal(call: suspend () -> Any?) = (failure(call) as InkanException.Refused).refusal

    @Test
    fun deny() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            world.phone.shown(asked)
            val outcome = world.phone.app.deny(world.account, asked.challenge, DenyReason.CHANGED_MIND)
            assertEquals(Decision.DENY, outcome.decision)
            assertEquals("denied", world.broker.state(asked))
            assertEquals("not_approved", world.broker.redeem(asked).json["code"].text)
            assertEquals(ChallengeState.DENIED, world.phone.app.requestState(world.account, asked.challenge))
        }

    @Test
    fun `report and freeze`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            // from a notification: never shown before
            assertEquals(Decision.REPORT, world.phone.app.report(world.account, asked.challenge).decision)
            assertEquals("reported", world.broker.state(asked))
            world.phone.app.freeze(world.account)
            assertTrue(world.phone.app.refreshAccount(world.account).frozen)
            val refused = world.broker.call("POST", "/v1/challenges", world.broker.asking(world.user))
            assertEquals("user_locked", refused.json["code"].text)
            world.broker.ok("POST", "/v1/users/${world.user}/unfreeze", json("reason" to "identity checked"))
            assertFalse(world.phone.app.refreshAccount(world.account).frozen)
        }

    @Test
    fun `a wrong number ends it`() =
        walk {
            val world = World.enrolled()
            val origin = json("ip" to "198.51.100.7", "user_agent" to "Mozilla/5.0", "session" to "s-2")
            val asked = world.broker.ask(world.user, JsonObject(mapOf("origin" to origin)))
            world.phone.shown(asked)
            val refusal = refusal { world.phone.app.approve(world.account, asked.challenge, asked.wrongNumber) }
            assertEquals(RefusalReason.NUMBER_WRONG, refusal.reason)
            assertEquals(ChallengeState.FAILED, refusal.state)
        }

    /**
     * The shortest life that a request can have is half a minute: the phone waits at the server until it is over. The
     * server answers a wait after 25 seconds at the latest.
     */
    @Test
    fun expired() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user, JsonObject(mapOf("expires_in" to JsonPrimitive(30))))
            world.phone.shown(asked)
            var state = ChallengeState.PENDING
            repeat(3) {
                if (state == ChallengeState.PENDING) {
                    state = world.phone.app.requestState(world.account, asked.challenge, 25.seconds)
                }
            }
            assertEquals(ChallengeState.EXPIRED, state)
            val late = failure { world.phone.app.approve(world.account, asked.challenge, asked.number) }
            assertTrue(late.key in listOf("invalid_input.expired", "refused.expired"), late.key)
            assertEquals("expired", world.broker.state(asked))
            assertEquals(emptyList<Any>(), world.phone.app.inbox().requests)
        }

    @Test
    fun `answered on another device`() =
        walk {
            val world = World.enrolled()
            val two = Phone.make(world.server, "二台目")
            val second = two.enroll(world.broker, world.user)
            val asked = world.broker.ask(world.user)
            assertEquals(Approval.Number(6), two.shown(asked).approval)
            world.phone.shown(asked)
            coroutineScope {
                // the second phone waits on its screen while the first answers
                val screen = async { two.app.requestState(second, asked.challenge, 30.seconds) }
                world.phone.app.approve(world.account, asked.challenge, asked.number)
                assertEquals(ChallengeState.APPROVED, screen.await())
            }
            val refusal = refusal { two.app.approve(second, asked.challenge, asked.number) }
            assertEquals(RefusalReason.ALREADY_DECIDED, refusal.reason)
            assertEquals(ChallengeState.APPROVED, refusal.state)
        }

    @Test
    fun `taken back by the page`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            world.phone.shown(asked)
            world.broker.ok("DELETE", "/v1/challenges/${asked.challenge}")
            val state = world.phone.app.requestState(world.account, asked.challenge, 10.seconds)
            assertEquals(ChallengeState.CANCELLED, state)
        }

    @Test
    fun `the person does not want`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            world.phone.shown(asked)
            val answers =
                mapOf(
                    VaultException.UserCancelled() to "user_verification.cancelled",
                    VaultException.UserVerificationFailed() to "user_verification.not_verified",
                    VaultException.Locked() to "user_verification.locked",
                )
            for ((answer, key) in answers) {
                world.phone.person.refusal = answer
                assertEquals(key, failure { world.phone.app.approve(world.account, asked.challenge, asked.number) }.key)
            }
            assertEquals("pending", world.broker.state(asked))
            world.phone.person.refusal = null
            world.phone.app.approve(world.account, asked.challenge, asked.number)
        }

    @Test
    fun `the key is lost`() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            world.phone.shown(asked)
            world.phone.person.refusal = VaultException.KeyInvalidated()
            val lost = failure { world.phone.app.approve(world.account, asked.challenge, asked.number) }
            assertEquals("key_invalid", lost.key)
            assertEquals(AccountState.KEY_INVALID, world.phone.app.accounts().single().state)
            assertEquals(Approval.Blocked(BlockedReason.KeyInvalid), world.phone.shown(asked).approval)
            val outcome = world.phone.app.deny(world.account, asked.challenge, DenyReason.OTHER)
            assertEquals(Decision.DENY, outcome.decision)
        }

    @Test
    fun revoked() =
        walk {
            val world = World.enrolled()
            val asked = world.broker.ask(world.user)
            world.phone.shown(asked)
            val device = world.broker.devices(world.user).single()["id"].text
            world.broker.ok("DELETE", "/v1/users/${world.user}/devices/$device")
            val error = failure { world.phone.app.approve(world.account, asked.challenge, asked.number) }
            assertEquals("not_recognised", error.key)
            repeat(3) {
                val problems = world.phone.app.inbox().problems
                assertTrue(problems.all { it.account == world.account && it.error.key == "not_recognised" }, "$problems")
            }
            val state = world.phone.app.accounts().single().state
            assertEquals(AccountState.NOT_RECOGNISED, state, "and nothing is deleted")
            world.phone.app.forget(world.account)
            assertEquals(emptyList<Any>(), world.phone.app.accounts())
        }
}
