// An app's vault, as the core may call it. The generated code catches `Exception` alone: past it, an `Error` makes a call
// look like an empty success, or leaves it waiting for ever.
package dev.inkan

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import kotlin.coroutines.cancellation.CancellationException
import dev.inkan.ffi.CreatedKey as CoreCreatedKey
import dev.inkan.ffi.KeyAttestation as CoreAttestation
import dev.inkan.ffi.KeyPurpose as CorePurpose
import dev.inkan.ffi.KeySignature as CoreSignature
import dev.inkan.ffi.KeyVault as CoreVault
import dev.inkan.ffi.Protection as CoreProtection
import dev.inkan.ffi.UserVerification as CoreVerification
import dev.inkan.ffi.VaultException as CoreVaultException

/** Lets nothing through but a result or one of the vault's own errors, and holds up no thread of the core's calls. */
internal class VaultGuard(
    private val vault: KeyVault,
) : CoreVault {
    override suspend fun createKey(
        label: String,
        purpose: CorePurpose,
        challenge: ByteArray,
    ): CoreCreatedKey = guarded { createKey(KeyLabel(label), purpose.toPublic(), challenge).toCore() }

    override suspend fun verifyUser(
        label: String,
        prompt: String,
    ): CoreVerification = guarded { verifyUser(KeyLabel(label), prompt).toCore() }

    override suspend fun sign(
        label: String,
        message: ByteArray,
    ): CoreSignature = guarded { sign(KeyLabel(label), message).toCore() }

    // the core compares the label that comes back: an empty success would not pass
    override suspend fun deleteKey(label: String): String =
        guarded {
            deleteKey(KeyLabel(label))
            label
        }

    override suspend fun labels(): List<String> = guarded { labels().map { it.value } }

    override suspend fun wrap(key: ByteArray): ByteArray = guarded { wrap(key) }

    override suspend fun unwrap(wrapped: ByteArray): ByteArray = guarded { unwrap(wrapped) }

    override suspend fun protection(): CoreProtection = guarded { protection().toCore() }

    private suspend fun <T> guarded(call: suspend KeyVault.() -> T): T =
        try {
            // a vault may block, as platforms' do
            withContext(Dispatchers.IO) { vault.call() }
        } catch (thrown: VaultException) {
            throw thrown.toCore()
        } catch (thrown: CancellationException) {
            // the core has let go of this call: then nobody reads an answer
            currentCoroutineContext().ensureActive()
            throw if (thrown is TimeoutCancellationException) unexpected(thrown) else CoreVaultException.UserCancelled()
        } catch (thrown: Throwable) {
            throw unexpected(thrown)
        }
}

/** The kind of what was thrown. Its words may be personal. */
private fun unexpected(thrown: Throwable) = CoreVaultException.Unexpected(thrown.javaClass.name)

internal fun VaultException.toCore(): CoreVaultException =
    when (this) {
        is VaultException.UserCancelled -> CoreVaultException.UserCancelled()
        is VaultException.UserVerificationFailed -> CoreVaultException.UserVerificationFailed()
        is VaultException.KeyInvalidated -> CoreVaultException.KeyInvalidated()
        is VaultException.KeyMissing -> CoreVaultException.KeyMissing()
        is VaultException.Locked -> CoreVaultException.Locked()
        is VaultException.Unsupported -> CoreVaultException.Unsupported()
        is VaultException.Unexpected -> CoreVaultException.Unexpected(reason)
    }

internal fun CorePurpose.toPublic(): KeyPurpose =
    when (this) {
        CorePurpose.POSSESSION -> KeyPurpose.POSSESSION
        CorePurpose.APPROVAL -> KeyPurpose.APPROVAL
    }

internal fun CreatedKey.toCore(): CoreCreatedKey =
    CoreCreatedKey(publicKey, attestation?.let { CoreAttestation(it.format, it.statement) })

internal fun KeySignature.toCore(): CoreSignature =
    when (this) {
        is KeySignature.Der -> CoreSignature.Der(bytes)
        is KeySignature.Fixed -> CoreSignature.Fixed(bytes)
    }

internal fun UserVerification.toCore(): CoreVerification =
    when (this) {
        UserVerification.BIOMETRIC -> CoreVerification.BIOMETRIC
        UserVerification.DEVICE_CREDENTIAL -> CoreVerification.DEVICE_CREDENTIAL
        UserVerification.UNKNOWN -> CoreVerification.UNKNOWN
    }

internal fun Protection.toCore(): CoreProtection =
    when (this) {
        Protection.SOFTWARE -> CoreProtection.SOFTWARE
        Protection.TEE -> CoreProtection.TEE
        Protection.STRONG_BOX -> CoreProtection.STRONG_BOX
        Protection.SECURE_ENCLAVE -> CoreProtection.SECURE_ENCLAVE
    }
