// The weak vault, for tests and simulators.
package dev.inkan

import java.io.File
import dev.inkan.ffi.KeyAttestation as CoreAttestation
import dev.inkan.ffi.KeyPurpose as CorePurpose
import dev.inkan.ffi.KeySignature as CoreSignature
import dev.inkan.ffi.KeyVault as CoreVault
import dev.inkan.ffi.Protection as CoreProtection
import dev.inkan.ffi.UserVerification as CoreVerification
import dev.inkan.ffi.VaultException as CoreVaultException

/**
 * Keys in this process, kept in [folder] or, without one, in memory alone. Weak: they can be copied, and nobody is asked.
 * Verdicts say so. For tests and simulators.
 *
 * @throws VaultException.Unexpected if the folder cannot be used
 */
public class SoftwareKeyVault(
    folder: File?,
) : KeyVault {
    /** The core's own, for a store that needs no guard before it. */
    internal val core: CoreVault = translated { dev.inkan.ffi.softwareVault(folder?.path) }

    override suspend fun createKey(
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: ByteArray,
    ): CreatedKey =
        translated {
            val created = core.createKey(label.value, purpose.toCore(), challenge)
            CreatedKey(created.publicKey, created.attestation?.toPublic())
        }

    override suspend fun verifyUser(
        label: KeyLabel,
        prompt: String,
    ): UserVerification = translated { core.verifyUser(label.value, prompt).toPublic() }

    override suspend fun sign(
        label: KeyLabel,
        message: ByteArray,
    ): KeySignature = translated { core.sign(label.value, message).toPublic() }

    override suspend fun deleteKey(label: KeyLabel) {
        translated { core.deleteKey(label.value) }
    }

    override suspend fun labels(): List<KeyLabel> = translated { core.labels().map(::KeyLabel) }

    override suspend fun wrap(key: ByteArray): ByteArray = translated { core.wrap(key) }

    override suspend fun unwrap(wrapped: ByteArray): ByteArray = translated { core.unwrap(wrapped) }

    override suspend fun protection(): Protection = translated { core.protection().toPublic() }
}

private inline fun <T> translated(call: () -> T): T =
    try {
        call()
    } catch (thrown: CoreVaultException) {
        throw thrown.toPublic()
    } catch (thrown: dev.inkan.ffi.InternalException) {
        throw VaultException.Unexpected(thrown.message.orEmpty())
    }

internal fun CoreVaultException.toPublic(): VaultException =
    when (this) {
        is CoreVaultException.UserCancelled -> VaultException.UserCancelled()
        is CoreVaultException.UserVerificationFailed -> VaultException.UserVerificationFailed()
        is CoreVaultException.KeyInvalidated -> VaultException.KeyInvalidated()
        is CoreVaultException.KeyMissing -> VaultException.KeyMissing()
        is CoreVaultException.Locked -> VaultException.Locked()
        is CoreVaultException.Unsupported -> VaultException.Unsupported()
        is CoreVaultException.Unexpected -> VaultException.Unexpected(reason)
    }

private fun KeyPurpose.toCore() =
    when (this) {
        KeyPurpose.POSSESSION -> CorePurpose.POSSESSION
        KeyPurpose.APPROVAL -> CorePurpose.APPROVAL
    }

private fun CoreAttestation.toPublic() = KeyAttestation(format, statement)

private fun CoreSignature.toPublic() =
    when (this) {
        is CoreSignature.Der -> KeySignature.Der(v1)
        is CoreSignature.Fixed -> KeySignature.Fixed(v1)
    }

private fun CoreVerification.toPublic() =
    when (this) {
        CoreVerification.BIOMETRIC -> UserVerification.BIOMETRIC
        CoreVerification.DEVICE_CREDENTIAL -> UserVerification.DEVICE_CREDENTIAL
        CoreVerification.UNKNOWN -> UserVerification.UNKNOWN
    }

private fun CoreProtection.toPublic() =
    when (this) {
        CoreProtection.SOFTWARE -> Protection.SOFTWARE
        CoreProtection.TEE -> Protection.TEE
        CoreProtection.STRONG_BOX -> Protection.STRONG_BOX
        CoreProtection.SECURE_ENCLAVE -> Protection.SECURE_ENCLAVE
    }
