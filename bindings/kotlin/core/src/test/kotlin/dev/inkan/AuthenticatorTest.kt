// The real authenticator where nobody answers: opening, closing, bad arguments.
package dev.inkan

import dev.inkan.ffi.uniffiForeignFutureHandleCount
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration

internal class AuthenticatorTest {
    private fun failure(call: suspend () -> Unit): InkanException =
        assertThrows(InkanException::class.java) { runBlocking { call() } }

    @Test
    fun `after closing every call says so`(): Unit =
        runBlocking {
            val app = authenticator()
            app.close()
            app.close()
            val error = assertThrows(IllegalStateException::class.java) { runBlocking { app.accounts() } }
            assertEquals("this authenticator is closed", error.message)
            assertThrows(IllegalStateException::class.java) { app.setLanguage(Language.EN) }
        }

    @Test
    fun `a store is free when its authenticator is closed`(): Unit =
        runBlocking {
            val folder = emptyFolder()
            val keys = SoftwareKeyVault(null)
            val first = InkanStore.open(folder, keys)
            assertTrue(first.report.created && first.report.isSound, "${first.report}")
            assertEquals("internal.store_in_use", failure { InkanStore.open(folder, keys) }.key)
            val app = Authenticator.open(first, PROFILE)
            assertEquals("internal.store_in_use", failure { Authenticator.open(first, PROFILE) }.key)
            assertEquals("internal.store_in_use", failure { InkanStore.setAside(folder) }.key)
            app.close()
            val again = InkanStore.open(folder, keys)
            assertFalse(again.report.created)
            again.close()
            again.close()
            assertTrue(InkanStore.setAside(folder).isNotEmpty())
            InkanStore.open(folder, keys).run {
                assertTrue(report.created)
                close()
            }
        }

    @Test
    fun `a store whose key is gone says so, and can be put aside`(): Unit =
        runBlocking {
            val folder = emptyFolder()
            InkanStore.open(folder, SoftwareKeyVault(emptyFolder())).close()
            val gone = failure { InkanStore.open(folder, SoftwareKeyVault(emptyFolder())) }
            assertEquals("internal.store_key_missing", gone.key)
            InkanStore.setAside(folder)
            InkanStore.open(folder, SoftwareKeyVault(emptyFolder())).close()
        }

    @Test
    fun `damage is told by every opening until somebody goes on`(): Unit =
        runBlocking {
            val folder = emptyFolder()
            val keys = SoftwareKeyVault(null)
            Authenticator.open(InkanStore.open(folder, keys), PROFILE).close()
            folder.resolve("data/conf").writeText("nothing of a store")
            val reports = List(2) { InkanStore.open(folder, keys).run { report.also { close() } } }
            assertTrue(reports.all { it.emptied && !it.isSound }, "$reports")
            assertEquals(reports[0], reports[1])
            val told = InkanStore.open(folder, keys)
            assertEquals(reports[0], told.report)
            Authenticator.open(told, PROFILE).close()
            InkanStore.open(folder, keys).run {
                assertTrue(report.isSound, "$report")
                close()
            }
        }

    @Test
    fun `a folder that is none`() {
        val file = emptyFolder().resolve("file").apply { writeText("not a folder") }
        assertEquals("internal.store", failure { InkanStore.open(file, SoftwareKeyVault(null)) }.key)
        assertThrows(VaultException.Unexpected::class.java) { SoftwareKeyVault(java.io.File("/proc/none")) }
    }

    @Test
    fun `bad arguments have a key`(): Unit =
        runBlocking {
            authenticator().use { app ->
                val stranger = AccountId("01890a5d-ac96-774b-bcce-b302099a8057")
                val (noId, noChallenge) = AccountId("me") to ChallengeId("that one")
                val errors =
                    mapOf<String, suspend () -> Unit>(
                        "invalid_input.argument" to suspend { app.refreshAccount(noId) },
                        "invalid_input.argument " to suspend { app.request(stranger, noChallenge) },
                        "invalid_input.argument  " to suspend { app.pushArrived("ding") },
                        "invalid_input.unknown_account" to suspend { app.history(stranger) },
                        "invalid_input.unknown_account " to suspend { app.rename(stranger, "a") },
                        "invalid_input.unknown_enrollment" to suspend { app.confirmAccount(stranger) },
                        "invalid_input.argument   " to suspend { app.beginEnrollmentTyped("a\uD800", "b") },
                        "invalid_input.not_ours  " to suspend { app.openLink("\uDC00") },
                        "invalid_input.not_ours" to suspend { app.beginEnrollment("") },
                        "invalid_input.not_ours " to suspend { app.openLink("https://auth.mirai.example/") },
                        "invalid_input.name" to suspend { authenticator(name = "") },
                    )
                for ((key, call) in errors) assertEquals(key.trim(), failure(call).key)
                assertEquals(Inbox(), app.inbox(-Duration.INFINITE))
            }
        }

    private suspend fun authenticator(name: String) {
        Authenticator.open(InkanStore.open(emptyFolder(), SoftwareKeyVault(null)), PROFILE.copy(name = name))
    }

    @Test
    fun `a doorbell is read, and what is none says why`(): Unit =
        runBlocking {
            authenticator().use { app ->
                val keys = app.webPushKeys()
                assertEquals(65 to 16, bytes(keys.p256dh).size to bytes(keys.auth).size)
                assertEquals(keys, app.webPushKeys())
                val (id, collapse) = "01890a5d-ac96-774b-bcce-b302099a8057" to "01890a5d-ac96-774b-bcce-b302099a8058"
                val plain = { v: Int ->
                    PushPayload.Plain("{\"v\":$v,\"id\":\"$id\",\"collapse\":\"$collapse\"}".encodeToByteArray())
                }
                assertEquals(PushHint(id, collapse), app.pushReceived(null, plain(1)))
                assertEquals("update_needed", failure { app.pushReceived(null, plain(2)) }.key)
                assertEquals("untrusted", failure { app.pushReceived(null, PushPayload.WebPush(ByteArray(200))) }.key)
                val gone = failure { app.pushReceived(AccountId(id), plain(1)) }
                assertEquals("invalid_input.unknown_account", gone.key)
            }
        }

    @Test
    fun `nothing is left of calls that the core made`(): Unit =
        runBlocking {
            // through a guard, and not the core's own vault
            authenticator(vault = VaultWhoseProtection(SoftwareKeyVault(null)) { Protection.TEE }).use { it.accounts() }
            assertEquals(0, uniffiForeignFutureHandleCount())
        }
}
