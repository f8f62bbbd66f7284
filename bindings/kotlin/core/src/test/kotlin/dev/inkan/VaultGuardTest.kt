// A vault throws what no vault should: it never looks like a success, hangs or ends the app. Beside each, what happens
// without the guard, so that the guard is seen to be what helps.
package dev.inkan

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Test
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.Duration.Companion.milliseconds
import dev.inkan.ffi.InkanStore as CoreStore
import dev.inkan.ffi.KeyPurpose as CorePurpose
import dev.inkan.ffi.KeyVault as CoreVault
import dev.inkan.ffi.Protection as CoreProtection
import dev.inkan.ffi.VaultException as CoreVaultException

internal class VaultGuardTest {
    /** Every method of a guarded vault, by name. */
    private fun methods(does: suspend () -> Nothing): Map<String, suspend () -> Any?> =
        VaultGuard(VaultThat(does)).run {
            mapOf(
                "createKey" to suspend { createKey("a", CorePurpose.APPROVAL, ByteArray(32)) },
                "verifyUser" to suspend { verifyUser("a", "prompt") },
                "sign" to suspend { sign("a", ByteArray(1)) },
                "deleteKey" to suspend { deleteKey("a") },
                "labels" to suspend { labels() },
                "wrap" to suspend { wrap(ByteArray(32)) },
                "unwrap" to suspend { unwrap(ByteArray(32)) },
                "protection" to suspend { protection() },
            )
        }

    private fun assertBecomes(
        expected: (CoreVaultException) -> Boolean,
        thrown: suspend () -> Nothing,
    ): Unit =
        runBlocking {
            for ((name, call) in methods(thrown)) {
                try {
                    fail<Unit>("$name answers ${call()}")
                } catch (error: CoreVaultException) {
                    assertTrue(expected(error), "$name: $error")
                }
            }
        }

    private fun unexpected(type: String): (CoreVaultException) -> Boolean =
        { it is CoreVaultException.Unexpected && it.reason == type }

    @Test
    fun `an error of the JVM`() {
        assertBecomes(unexpected("kotlin.NotImplementedError")) { TODO() }
        assertBecomes(unexpected("java.lang.OutOfMemoryError")) { throw OutOfMemoryError() }
        assertBecomes(unexpected("java.lang.AssertionError")) { throw AssertionError("secret words") }
    }

    @Test
    fun `an exception that is not declared, without its words`() {
        assertBecomes(unexpected("java.lang.IllegalStateException")) { error("secret words") }
    }

    @Test
    fun `a cancellation from inside is a person who went away`() {
        assertBecomes({ it is CoreVaultException.UserCancelled }) { throw CancellationException("dialog closed") }
    }

    @Test
    fun `a time-out of the vault's own is no cancellation`() {
        val type = TimeoutCancellationException::class.java.name
        assertBecomes(unexpected(type)) { withTimeout(1.milliseconds) { awaitCancellation() } }
    }

    @Test
    fun `what is declared stays what it is`() {
        val declared =
            listOf(
                VaultException.UserCancelled(),
                VaultException.UserVerificationFailed(),
                VaultException.KeyInvalidated(),
                VaultException.KeyMissing(),
                VaultException.Locked(),
                VaultException.Unsupported(),
            )
        for (error in declared) {
            assertBecomes({ it.javaClass.simpleName == error.javaClass.simpleName }) { throw error }
            assertEquals(error.javaClass, error.toCore().toPublic().javaClass)
        }
        assertBecomes(unexpected("code 7")) { throw VaultException.Unexpected("code 7") }
    }

    @Test
    fun `through the core, an error is told at once`(): Unit =
        runBlocking {
            val vault = VaultWhoseProtection(SoftwareKeyVault(null)) { TODO() }
            val error = runCatching { InkanStore.open(emptyFolder(), vault) }.exceptionOrNull()
            assertEquals("internal.vault", (error as? InkanException)?.key, "$error")
            assertTrue("NotImplementedError" in (error as InkanException).detail, error.detail)
        }

    /** Without the guard nobody answers: ten seconds later the core's deadline does. */
    @Test
    fun `control, an error without the guard waits for the deadline`(): Unit =
        runBlocking {
            val bare =
                object : CoreVault by SoftwareKeyVault(null).core {
                    override suspend fun protection(): CoreProtection = TODO()
                }
            val error = withoutUncaught { bareOpening(bare) }
            assertTrue("deadline" in error, error)
        }

    @Test
    fun `control, without the guard the words of an exception go on`(): Unit =
        runBlocking {
            val bare =
                object : CoreVault by SoftwareKeyVault(null).core {
                    override suspend fun protection(): CoreProtection = error("secret words")
                }
            assertTrue("secret words" in bareOpening(bare))
            val guarded = VaultWhoseProtection(SoftwareKeyVault(null)) { error("secret words") }
            val error = runCatching { InkanStore.open(emptyFolder(), guarded) }.exceptionOrNull() as InkanException
            assertFalse("secret words" in error.detail, error.detail)
        }

    private suspend fun bareOpening(vault: CoreVault): String {
        val opening = runCatching { crossing { CoreStore.open(emptyFolder().path, vault, null, it) } }
        return (opening.exceptionOrNull() as InkanException).detail
    }

    @Test
    fun `a vault that never answers ends at the deadline`(): Unit =
        runBlocking {
            val vault = VaultWhoseProtection(SoftwareKeyVault(null)) { awaitCancellation() }
            val error = runCatching { InkanStore.open(emptyFolder(), vault) }.exceptionOrNull() as InkanException
            assertEquals("internal.vault", error.key)
            assertTrue("deadline" in error.detail, error.detail)
        }

    @Test
    fun `a caller that goes away takes the vault's work with it`(): Unit =
        runBlocking {
            val (asked, ended) = CompletableDeferred<Unit>() to CompletableDeferred<Unit>()
            val vault =
                VaultWhoseProtection(SoftwareKeyVault(null)) {
                    try {
                        asked.complete(Unit)
                        awaitCancellation()
                    } finally {
                        ended.complete(Unit)
                    }
                }
            coroutineScope {
                val opening = launch { InkanStore.open(emptyFolder(), vault) }
                asked.await()
                opening.cancelAndJoin()
            }
            ended.await()
        }

    @Test
    fun `a vault that blocks its thread holds up no other call`(): Unit =
        runBlocking {
            val (asked, mayEnd) = CompletableDeferred<Unit>() to java.util.concurrent.CountDownLatch(1)
            val vault =
                VaultWhoseProtection(SoftwareKeyVault(null)) {
                    asked.complete(Unit)
                    mayEnd.await()
                    Protection.TEE
                }
            coroutineScope {
                // more of them than there are threads for calls
                val openings = List(16) { launch { InkanStore.open(emptyFolder(), vault).close() } }
                asked.await()
                authenticator().use { assertEquals(emptyList<Account>(), it.accounts()) }
                mayEnd.countDown()
                openings.forEach { it.join() }
            }
        }
}
