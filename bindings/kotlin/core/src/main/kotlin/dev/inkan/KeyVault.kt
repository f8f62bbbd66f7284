// The phone's keys, as an app implements them.
package dev.inkan

/**
 * The opaque name under which a vault keeps a key. Made from random bytes; it tells nothing about the account.
 *
 * @property value the text under which the vault stores the key
 */
@JvmInline
public value class KeyLabel(
    public val value: String,
) {
    override fun toString(): String = value
}

/** What a key is for. It decides how the platform must guard the key. */
public enum class KeyPurpose {
    /** Usable in the background, without user verification. */
    POSSESSION,

    /** User verification on every use. */
    APPROVAL,
}

/**
 * A platform's statement about a key that it just made.
 *
 * @property format which kind of statement, in the words of `docs/protocol.md`
 * @property statement the statement itself
 */
public class KeyAttestation(
    public val format: String,
    public val statement: ByteArray,
)

/**
 * What [KeyVault.createKey] made.
 *
 * @property publicKey the P-256 public key: 65 bytes, uncompressed (`0x04 || x || y`)
 * @property attestation where the platform attests keys
 */
public class CreatedKey(
    public val publicKey: ByteArray,
    public val attestation: KeyAttestation? = null,
)

/** How the platform says that it verified the user. Its word, not a proof. */
public enum class UserVerification {
    /** A fingerprint, a face. */
    BIOMETRIC,

    /** The device's PIN, pattern or password. */
    DEVICE_CREDENTIAL,

    /** The platform does not say. */
    UNKNOWN,
}

/** An ECDSA signature over SHA-256 of the message, in the encoding that the platform gives. */
public sealed interface KeySignature {
    /**
     * ASN.1 DER, as `java.security.Signature` returns it.
     *
     * @property bytes the signature
     */
    public class Der(
        public val bytes: ByteArray,
    ) : KeySignature

    /**
     * `r || s`.
     *
     * @property bytes the signature, 64 bytes
     */
    public class Fixed(
        public val bytes: ByteArray,
    ) : KeySignature
}

/** Where a vault keeps its keys. */
public enum class Protection {
    /** In this process. Weak: for tests and simulators. */
    SOFTWARE,

    /** Trusted execution environment. */
    TEE,

    /** Android StrongBox. */
    STRONG_BOX,

    /** Apple Secure Enclave. */
    SECURE_ENCLAVE,
}

/** Why a vault could not do what it was asked. */
public sealed class VaultException(
    message: String,
) : Exception(message) {
    /** The person closed the system's dialog. */
    public class UserCancelled : VaultException("the user cancelled")

    /** The system did not recognise the person. */
    public class UserVerificationFailed : VaultException("user verification failed")

    /** The key is gone for good, for example because a fingerprint was added. */
    public class KeyInvalidated : VaultException("the key was invalidated")

    /** There is no key under this label. */
    public class KeyMissing : VaultException("there is no such key")

    /** The device is locked, or has been locked out after failures; later it may work. */
    public class Locked : VaultException("the device is locked")

    /** This device cannot do it at all. */
    public class Unsupported : VaultException("this device does not support it")

    /**
     * Anything else.
     *
     * @property reason words for the log: codes, nothing personal
     */
    public class Unexpected(
        public val reason: String,
    ) : VaultException(reason)
}

/**
 * Keys in the phone's hardware, and the wrapping of the store's key.
 *
 * Each method is called with a deadline, and from any thread. An answer after the deadline is thrown away, and the
 * coroutine that made it is cancelled. Whatever a method throws besides [VaultException], an [Error] included, becomes
 * [VaultException.Unexpected]; a cancellation from inside becomes [VaultException.UserCancelled].
 */
public interface KeyVault {
    /** Makes a P-256 key, with [challenge] (32 bytes) in its attestation. An existing key of that label is replaced. */
    public suspend fun createKey(
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: ByteArray,
    ): CreatedKey

    /** Shows [prompt], verifies the user for the next use of this approval key and for no other, and says how. */
    public suspend fun verifyUser(
        label: KeyLabel,
        prompt: String,
    ): UserVerification

    /**
     * Signs SHA-256 of [message]. An approval key signs once for each [verifyUser]; without one it throws
     * [VaultException.UserVerificationFailed]. The core verifies the signature before it uses it.
     */
    public suspend fun sign(
        label: KeyLabel,
        message: ByteArray,
    ): KeySignature

    /** Deletes a key; deleting what is not there succeeds. */
    public suspend fun deleteKey(label: KeyLabel)

    /** The labels of all keys, those of an earlier installation included. */
    public suspend fun labels(): List<KeyLabel>

    /** Encrypts the store's key (32 bytes) under a hardware key that never leaves this device. */
    public suspend fun wrap(key: ByteArray): ByteArray

    /**
     * The reverse of [wrap]. [VaultException.KeyMissing] or [VaultException.KeyInvalidated] if the hardware key is gone.
     */
    public suspend fun unwrap(wrapped: ByteArray): ByteArray

    /** Where the keys are kept. Read once, when the store is opened. */
    public suspend fun protection(): Protection
}
