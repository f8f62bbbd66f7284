// Cut everywhere: how an account comes by a typed code, what is changed about it, and how it goes.
package dev.inkan.walks

import dev.inkan.AccountId
import dev.inkan.EnrollmentPreview
import dev.inkan.InkanException
import dev.inkan.PushAddress
import dev.inkan.PushProvider
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

internal class CutAccountWalks {
    private val broker = Broker(World.shared)

    private suspend fun enrolled(): Pair<Phone, World> = World.enrolled(cuts = true).let { it.phone to it }

    /** The phone goes on: it is asked, it approves, and the verdict is there. */
    private suspend fun assertApproves(world: World) {
        val asked = broker.ask(world.user)
        world.phone.shown(asked)
        world.phone.app.approve(world.account, asked.challenge, asked.number)
        assertEquals(200, broker.redeem(asked).status)
    }

    private suspend fun assertGone(world: World) {
        assertEquals(emptyList<Any>(), world.phone.app.accounts())
        val error = failure { world.phone.app.history(world.account) }
        assertEquals("invalid_input.unknown_account", error.key)
        // and it can be enrolled anew
        assertTrue(world.phone.enroll(broker, world.user) != world.account)
    }

    private suspend fun activeDevices(user: String): Int = broker.devices(user).count { it["state"].text == "active" }

    /**
     * The code buys the link once. Whoever was cut before the server had it types it again; whoever was cut after that is
     * told that it is used, and goes on with the picture of the same enrollment, which stays valid.
     */
    private suspend fun typed(
        phone: Phone,
        server: LiveServer,
        begun: Begun,
    ): EnrollmentPreview =
        try {
            phone.app.beginEnrollmentTyped(server.origin, begun.typedCode)
        } catch (_: InkanException.NotRecognised) {
            phone.app.beginEnrollment(begun.uri)
        }

    @Test
    fun `a typed code`() =
        walk {
            // an address has ten tries a minute: through the relay each comes from another
            LiveServer.start(relayed = true).use { server ->
                val relay = Relay(server)
                val broker = Broker(server)
                val cuts =
                    cutEverywhere(
                        prepare = { Phone.make(server, cuts = true) to broker.begin(World.customer()) },
                        step = { phone, begun -> typed(phone, server, begun) },
                        after = { phone, begun, preview ->
                            assertEquals(listOf(preview), phone.app.enrollments())
                            assertEquals(200, broker.confirm(begun, phone.app.confirmAccount(preview.id)).status)
                            assertEquals(preview.id, phone.becomesActive(preview.id))
                        },
                    )
                assertCut(
                    cuts,
                    "before POST /d/v1/typed",
                    "after POST /d/v1/typed",
                    "before createKey",
                    "after createKey",
                    "before POST /d/v1/enroll",
                    "after POST /d/v1/enroll",
                )
                relay.close()
            }
        }

    @Test
    fun `an enrollment is given up`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = {
                        val (phone, user) = Phone.make(World.shared, cuts = true) to World.customer()
                        phone to (user to phone.app.beginEnrollment(broker.begin(user).uri).id)
                    },
                    step = { phone, (_, id) -> givenUp(phone, id) },
                    after = { phone, (user, id), _ ->
                        assertEquals(emptyList<Any>(), phone.app.enrollments())
                        assertEquals("invalid_input.unknown_enrollment", failure { phone.app.confirmAccount(id) }.key)
                        phone.enroll(broker, user)
                    },
                )
            assertCut(cuts, "before deleteKey", "after deleteKey")
        }

    /** As an app does: what is gone already is not given up a second time. */
    private suspend fun givenUp(
        phone: Phone,
        enrollment: AccountId,
    ) {
        val error = runCatching { phone.app.abandonEnrollment(enrollment) }.exceptionOrNull() ?: return
        val key = (error as? InkanException)?.key
        if (key != "invalid_input.unknown_enrollment") throw error
    }

    @Test
    fun `another name`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolled() },
                    step = { phone, world -> phone.app.rename(world.account, "居間の電話") },
                    after = { phone, world, _ ->
                        assertEquals(listOf("居間の電話"), phone.app.accounts().map { it.deviceName })
                        assertEquals("居間の電話", phone.app.refreshAccount(world.account).deviceName)
                        assertEquals(listOf("居間の電話"), broker.devices(world.user).map { it["name"].text })
                        assertApproves(world)
                    },
                )
            assertCut(cuts, "before sign", "after sign", "before PATCH /d/v1/device", "after PATCH /d/v1/device")
        }

    @Test
    fun `a doorbell`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolled() },
                    step = { phone, world ->
                        phone.app.setPush(world.account, PushAddress(PushProvider.APNS, "a".repeat(64)))
                    },
                    after = { phone, world, _ ->
                        phone.app.setPush(world.account, null)
                        assertApproves(world)
                    },
                )
            assertCut(cuts, "before sign", "after sign", "before PUT /d/v1/push", "after PUT /d/v1/push")
        }

    @Test
    fun `a freeze`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolled() },
                    step = { phone, world -> phone.app.freeze(world.account) },
                    after = { phone, world, _ ->
                        assertTrue(phone.app.accounts().single().frozen)
                        assertTrue(phone.app.refreshAccount(world.account).frozen)
                        val refused = broker.call("POST", "/v1/challenges", broker.asking(world.user))
                        assertTrue(refused.status >= 400, "a frozen customer is asked: $refused")
                    },
                )
            assertCut(cuts, "before sign", "after sign", "before POST /d/v1/freeze", "after POST /d/v1/freeze")
        }

    /** Cut after the server has heard it, the account may be gone already. */
    private suspend fun unlessGone(
        phone: Phone,
        step: suspend () -> Unit,
    ) {
        if (phone.app.accounts().isNotEmpty()) step()
    }

    @Test
    fun `leaving`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolled() },
                    step = { phone, world -> unlessGone(phone) { phone.app.leave(world.account) } },
                    after = { _, world, _ ->
                        assertEquals(0, activeDevices(world.user))
                        assertGone(world)
                    },
                )
            assertCut(
                cuts,
                "before DELETE /d/v1/device",
                "after DELETE /d/v1/device",
                "before deleteKey",
                "after deleteKey",
            )
        }

    @Test
    fun `forgetting`() =
        walk {
            val cuts =
                cutEverywhere(
                    prepare = { enrolled() },
                    step = { phone, world -> unlessGone(phone) { phone.app.forget(world.account) } },
                    after = { _, world, _ ->
                        assertEquals(1, activeDevices(world.user), "the server knows nothing of it")
                        assertGone(world)
                    },
                )
            assertCut(cuts, "before deleteKey", "after deleteKey")
        }
}
