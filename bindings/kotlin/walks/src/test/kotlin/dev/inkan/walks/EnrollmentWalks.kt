// From a code on the page to an account.
package dev.inkan.walks

import dev.inkan.AccountState
import dev.inkan.Authenticator
import dev.inkan.Decision
import dev.inkan.EnrollmentFailure
import dev.inkan.EnrollmentProgress
import dev.inkan.InkanStore
import dev.inkan.Language
import dev.inkan.Operation
import dev.inkan.Options
import dev.inkan.Profile
import dev.inkan.ScannedCode
import dev.inkan.SoftwareKeyVault
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

internal class EnrollmentWalks {
    @Test
    fun `by the code`() =
        walk {
            val server = World.shared
            val (broker, user) = Broker(server) to World.customer()
            val phone = Phone.make(server)
            val begun = broker.begin(user)
            assertEquals(ScannedCode.Enrollment(server.origin), Authenticator.recognise(" ${begun.uri}\n"))
            val preview = phone.app.beginEnrollment(begun.uri)
            assertEquals(server.origin, preview.server)
            assertEquals("みらい証券（デモ）", preview.relyingParty)
            assertEquals("山田 *郎 様（***1234）", preview.displayName)
            assertEquals(listOf(preview), phone.app.enrollments())

            val digits = phone.app.confirmAccount(preview.id)
            assertTrue(Regex("[0-9]{6}").matches(digits), digits)
            assertEquals(EnrollmentProgress.Claimed, phone.app.enrollmentStatus(preview.id))
            coroutineScope {
                // the page waits at the server, the phone too
                val active = async { phone.app.enrollmentStatus(preview.id, 30.seconds) }
                assertEquals(200, broker.confirm(begun, digits).status)
                assertEquals(EnrollmentProgress.Active(preview.id), active.await())
            }

            val account = phone.app.accounts().single()
            assertEquals(preview.id, account.id)
            assertEquals("わたしの電話", account.deviceName)
            assertEquals(AccountState.ACTIVE, account.state)
            assertEquals(emptyList<Any>(), phone.app.enrollments())
            assertEquals(1, broker.devices(user).size)

            phone.app.rename(account.id, "居間の電話")
            assertEquals("居間の電話", phone.app.accounts().single().deviceName)
            phone.app.leave(account.id)
            assertEquals(emptyList<Any>(), phone.app.accounts())
        }

    @Test
    fun `by a typed code`() =
        walk {
            val broker = Broker(World.shared)
            val phone = Phone.make(World.shared)
            val begun = broker.begin(World.customer())
            val preview = phone.app.beginEnrollmentTyped(World.shared.origin, begun.typedCode.lowercase())
            assertEquals(200, broker.confirm(begun, phone.app.confirmAccount(preview.id)).status)
            assertEquals(preview.id, phone.becomesActive(preview.id))
        }

    @Test
    fun `wrong digits end it`() =
        walk {
            val broker = Broker(World.shared)
            val phone = Phone.make(World.shared)
            val begun = broker.begin(World.customer())
            val preview = phone.app.beginEnrollment(begun.uri)
            val wrong = if (phone.app.confirmAccount(preview.id).startsWith("0")) "111111" else "000000"
            repeat(3) { assertEquals(422, broker.confirm(begun, wrong).status) }
            val ended = EnrollmentProgress.Failed(EnrollmentFailure.ENDED)
            assertEquals(ended, phone.app.enrollmentStatus(preview.id, 30.seconds))
            assertEquals(emptyList<Any>(), phone.app.enrollments())
        }

    @Test
    fun `it is not my account`() =
        walk {
            val broker = Broker(World.shared)
            val phone = Phone.make(World.shared)
            val preview = phone.app.beginEnrollment(broker.begin(World.customer()).uri)
            phone.app.abandonEnrollment(preview.id)
            assertEquals(emptyList<Any>(), phone.app.enrollments())
            assertEquals("invalid_input.unknown_enrollment", failure { phone.app.confirmAccount(preview.id) }.key)
        }

    @Test
    fun `what is not ours is said to be not ours`() =
        walk {
            val phone = Phone.make(World.shared)
            for (text in listOf("", "otpauth://totp/x?secret=ABC", "\u0000", "長".repeat(20_000), "\uD800")) {
                assertEquals(ScannedCode.NotOurs, Authenticator.recognise(text))
                assertEquals("invalid_input.not_ours", failure { phone.app.beginEnrollment(text) }.key)
            }
            val tomorrow = Broker(World.shared).begin(World.customer()).uri.replace("v=1", "v=2")
            assertEquals(ScannedCode.OtherVersion, Authenticator.recognise(tomorrow))
            assertEquals("update_needed", failure { phone.app.beginEnrollment(tomorrow) }.key)
        }

    @Test
    fun `a server that the build does not allow, one that is not trusted, and one that is none`() =
        walk {
            val uri = Broker(World.shared).begin(World.customer()).uri
            val elsewhere = listOf("https://auth.mirai.example")
            val strict = authenticator(Options(allowedServers = elsewhere, extraRoots = listOf(World.shared.root)))
            assertEquals("invalid_input.server_not_allowed", failure { strict.beginEnrollment(uri) }.key)
            val trusting = authenticator(Options())
            assertEquals("untrusted", failure { trusting.beginEnrollment(uri) }.key)
            val typed = failure { trusting.beginEnrollmentTyped("no server", "AAAA-BBBB-CCCC") }
            assertEquals("invalid_input.server_name", typed.key)
            val names = failure { authenticator(Options(allowedServers = listOf("auth.mirai.example"))) }
            assertEquals("invalid_input.server_name", names.key)
        }

    private suspend fun authenticator(options: Options): Authenticator =
        Authenticator.open(
            InkanStore.open(temporaryFolder(), SoftwareKeyVault(null)),
            Profile("a", "b", "c", "1", Language.EN),
            options,
        )

    @Test
    fun `the old phone signs for the new one`() =
        walk {
            val old = World.enrolled()
            val broker = old.broker
            val new = Phone.make(old.server, "新しい電話")
            val begun = broker.begin(old.user, "password")
            val preview = new.app.beginEnrollment(begun.uri)
            val digits = new.app.confirmAccount(preview.id)
            assertEquals(200, broker.confirm(begun, digits).status)
            val account = new.becomesActive(preview.id)
            assertNotNull(new.app.refreshAccount(account).restrictedUntil)

            val request = old.phone.app.inbox(10.seconds).requests.single()
            assertEquals(Operation.DEVICE_ADD, request.operation)
            assertTrue(request.lines.any { "Pixel 12" in it.value }, "$request")
            val outcome = old.phone.app.approve(request.account, request.challenge, digits)
            assertEquals(Decision.APPROVE, outcome.decision)
            assertNull(new.app.refreshAccount(account).restrictedUntil)
        }

    @Test
    fun `a phone is opened again in the middle`() =
        walk {
            val broker = Broker(World.shared)
            val begun = broker.begin(World.customer())
            val first = Phone.make(World.shared)
            val id = first.use { it.app.beginEnrollment(begun.uri).id }
            val phone = Phone.open(first.folder, World.shared)
            assertEquals(listOf(id), phone.app.enrollments().map { it.id })
            assertEquals(200, broker.confirm(begun, phone.app.confirmAccount(id)).status)
            assertEquals(id, phone.becomesActive(id))
        }

    @Test
    fun `new keys`() =
        walk {
            val world = World.enrolled()
            world.phone.app.rotateKeys(world.account)
            world.phone.app.refreshKeys(world.account)
            val asked = world.broker.ask(world.user)
            world.phone.shown(asked)
            world.phone.app.approve(world.account, asked.challenge, asked.number)
            assertEquals(200, world.broker.redeem(asked).status)
        }
}
