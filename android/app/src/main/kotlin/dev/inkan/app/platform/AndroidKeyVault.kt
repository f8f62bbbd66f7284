/*
 * The phone's keys: the core's vault over the system's keystore.
 *
 *     alias                     key
 *     inkan.possession.LABEL    signs in the background
 *     inkan.approval.LABEL      signs once after each verification of the person
 *     inkan.store               wraps the store's key
 *
 * Keys of an earlier installation go by `labels`: the core deletes those that it does not know.
 */
package dev.inkan.app.platform

import android.security.keystore.StrongBoxUnavailableException
import dev.inkan.CreatedKey
import dev.inkan.KeyAttestation
import dev.inkan.KeyLabel
import dev.inkan.KeyPurpose
import dev.inkan.KeySignature
import dev.inkan.KeyVault
import dev.inkan.Protection
import dev.inkan.UserVerification
import dev.inkan.VaultException
import java.security.PrivateKey
import java.security.ProviderException
import java.security.Signature
import java.security.cert.Certificate
import java.security.interfaces.ECPublicKey
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.cancellation.CancellationException

/** [hasStrongBox]: whether the phone says that it has one, which is asked before there is a key to look at. */
internal class AndroidKeyVault(
    private val keystore: Keystore,
    private val person: PersonCheck,
    private val hasStrongBox: Boolean,
) : KeyVault {
    private val wrapping = StoreKey(keystore)
    private val verified = AtomicReference<Verified?>(null)

    /** An operation that the person has been verified for, and for no other. */
    private class Verified(val label: KeyLabel, val signature: Signature)

    override suspend fun createKey(label: KeyLabel, purpose: KeyPurpose, challenge: ByteArray): CreatedKey = translated {
        forget(label)
        val alias = purpose.prefix + label.value
        val attested = generate(alias, purpose, challenge)
        val chain = keystore.certificates(alias)
        val key = chain.firstOrNull()?.publicKey as? ECPublicKey ?: throw VaultException.Unexpected("a pair without its key")
        CreatedKey(key.uncompressed(), if (attested) attestation(chain) else null)
    }

    override suspend fun verifyUser(label: KeyLabel, prompt: String): UserVerification = translated {
        verified.set(null)
        val key = privateKey(KeyPurpose.APPROVAL, label) ?: throw VaultException.KeyMissing()
        val checked = person.check(keystore.signing(key), prompt)
        verified.set(Verified(label, checked.signature))
        checked.how
    }

    override suspend fun sign(label: KeyLabel, message: ByteArray): KeySignature = translated {
        val possession = privateKey(KeyPurpose.POSSESSION, label)
        val signature = possession?.let(keystore::signing) ?: takeVerified(label)
        signature.update(message)
        KeySignature.Der(signature.sign())
    }

    override suspend fun deleteKey(label: KeyLabel): Unit = translated { forget(label) }

    override suspend fun labels(): List<KeyLabel> = translated {
        val labels =
            keystore.aliases().mapNotNull { alias ->
                KeyPurpose.entries.firstOrNull { alias.startsWith(it.prefix) }?.let { KeyLabel(alias.removePrefix(it.prefix)) }
            }
        labels.distinct()
    }

    override suspend fun wrap(key: ByteArray): ByteArray = translated { wrapping.wrap(key) }

    override suspend fun unwrap(wrapped: ByteArray): ByteArray = translated { wrapping.unwrap(wrapped) }

    override suspend fun protection(): Protection = translated {
        wrapping.protection() ?: if (hasStrongBox) Protection.STRONG_BOX else Protection.TEE
    }

    /** StrongBox, else any hardware. Whether it is attested: a phone that cannot attest now has its key all the same. */
    private fun generate(alias: String, purpose: KeyPurpose, challenge: ByteArray): Boolean {
        try {
            inBestHardware { keystore.generatePair(KeySpecs.pair(alias, purpose, challenge, strongBox = it)) }
            return true
        } catch (_: ProviderException) {
            // Keys for attestation are fetched over the network and can be used up. The server judges a key without one.
            inBestHardware { keystore.generatePair(KeySpecs.pair(alias, purpose, null, strongBox = it)) }
            return false
        }
    }

    private fun takeVerified(label: KeyLabel): Signature {
        val taken = verified.getAndSet(null)
        if (taken?.label == label) return taken.signature
        // a key that is gone for good says so, whatever was asked before
        val key = privateKey(KeyPurpose.APPROVAL, label) ?: throw VaultException.KeyMissing()
        keystore.signing(key)
        throw VaultException.UserVerificationFailed()
    }

    private fun privateKey(purpose: KeyPurpose, label: KeyLabel): PrivateKey? =
        keystore.key(purpose.prefix + label.value) as? PrivateKey

    private fun forget(label: KeyLabel) {
        verified.updateAndGet { held -> held?.takeIf { it.label != label } }
        KeyPurpose.entries.forEach { keystore.delete(it.prefix + label.value) }
    }
}

/** Asks for the StrongBox, and for other hardware where there is none or it cannot do this. */
internal fun inBestHardware(generate: (strongBox: Boolean) -> Unit) = try {
    generate(true)
} catch (_: StrongBoxUnavailableException) {
    generate(false)
}

private val KeyPurpose.prefix: String
    get() =
        when (this) {
            KeyPurpose.POSSESSION -> "inkan.possession."
            KeyPurpose.APPROVAL -> "inkan.approval."
        }

/** The chain of certificates, the key's own first, one after the other in DER. */
private fun attestation(chain: List<Certificate>): KeyAttestation? {
    // a key that vouches for itself alone is not attested
    if (chain.size < 2) return null
    return KeyAttestation("android-key", chain.map { it.encoded }.reduce(ByteArray::plus))
}

private fun ECPublicKey.uncompressed(): ByteArray = byteArrayOf(UNCOMPRESSED) + coordinate(w.affineX) + coordinate(w.affineY)

private fun coordinate(value: java.math.BigInteger): ByteArray {
    val bytes = value.toByteArray().dropWhile { it == 0.toByte() }.toByteArray()
    if (bytes.size > COORDINATE) throw VaultException.Unexpected("a key of another curve")
    return ByteArray(COORDINATE - bytes.size) + bytes
}

/** The system's errors as the vault's. */
internal inline fun <T> translated(work: () -> T): T = try {
    work()
} catch (cancelled: CancellationException) {
    throw cancelled
} catch (
    @Suppress("TooGenericExceptionCaught") thrown: Exception,
) {
    throw thrown.asVaultException()
}

private const val UNCOMPRESSED: Byte = 4
private const val COORDINATE = 32
