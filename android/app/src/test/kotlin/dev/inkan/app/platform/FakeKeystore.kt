/*
 * A keystore of software keys that refuses as the real one does: a key of which every use is verified signs only through
 * an operation that the person was verified for, and a key that was invalidated does nothing any more. The real one is on
 * phones alone.
 */
package dev.inkan.app.platform

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import dev.inkan.Protection
import dev.inkan.UserVerification
import dev.inkan.VaultException
import kotlinx.coroutines.CompletableDeferred
import java.security.Key
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.ProviderException
import java.security.PublicKey
import java.security.Signature
import java.security.SignatureException
import java.security.cert.Certificate
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

internal class FakeKeystore(private val strongBox: Boolean = true) : Keystore {
    private val pairs = ConcurrentHashMap<String, Pair>()
    private val secrets = ConcurrentHashMap<String, Secret>()

    /** What it was asked for, the refused ones too. */
    val asked = mutableListOf<KeyGenParameterSpec>()

    /** Whether it can attest now. */
    var attests = true

    private class Pair(val spec: KeyGenParameterSpec, val key: FakePrivateKey, val public: PublicKey)

    private class Secret(val spec: KeyGenParameterSpec, val key: SecretKey)

    override fun generatePair(spec: KeyGenParameterSpec) {
        refuse(spec)
        if (!attests &&
            spec.attestationChallenge != null
        ) {
            throw ProviderException("Failed to generate attestation certificate chain")
        }
        val made = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
        pairs[spec.keystoreAlias] = Pair(spec, FakePrivateKey(spec.keystoreAlias, made.private), made.public)
    }

    override fun generateSecret(spec: KeyGenParameterSpec) {
        refuse(spec)
        secrets[spec.keystoreAlias] = Secret(spec, KeyGenerator.getInstance("AES").apply { init(spec.keySize) }.generateKey())
    }

    private fun refuse(spec: KeyGenParameterSpec) {
        asked += spec
        if (spec.isStrongBoxBacked && !strongBox) throw StrongBoxUnavailableException()
    }

    override fun certificates(alias: String): List<Certificate> {
        val pair = pairs[alias] ?: return emptyList()
        val own = FakeCertificate(pair.public, "leaf:".toByteArray() + (pair.spec.attestationChallenge ?: ByteArray(0)))
        val above = listOf("intermediate", "root").map { FakeCertificate(pair.public, it.toByteArray()) }
        return if (pair.spec.attestationChallenge == null) listOf(own) else listOf(own) + above
    }

    override fun key(alias: String): Key? = pairs[alias]?.key ?: secrets[alias]?.key

    override fun signing(key: PrivateKey): Signature {
        val pair = pairs.values.first { it.key === key }
        if (pair.key.invalidated) throw KeyPermanentlyInvalidatedException()
        return FakeSignature(pair.key, verified = !pair.spec.isUserAuthenticationRequired)
    }

    override fun aliases(): List<String> = pairs.keys.toList() + secrets.keys

    override fun delete(alias: String) {
        pairs.remove(alias)
        secrets.remove(alias)
    }

    override fun protection(key: Key): Protection {
        val spec = pairs.values.firstOrNull { it.key === key }?.spec ?: secrets.values.first { it.key === key }.spec
        return if (spec.isStrongBoxBacked) Protection.STRONG_BOX else Protection.TEE
    }

    fun public(alias: String): PublicKey = pairs.getValue(alias).public

    /** A finger was added, or the screen lock taken away: what is verified on every use is gone. */
    fun invalidate() = pairs.values.filter { it.spec.isUserAuthenticationRequired }.forEach { it.key.invalidated = true }

    class FakePrivateKey(val alias: String, val real: PrivateKey) : PrivateKey by real {
        @Volatile var invalidated = false
    }

    class FakeCertificate(private val public: PublicKey, private val bytes: ByteArray) : Certificate("X.509") {
        override fun getEncoded(): ByteArray = bytes

        override fun verify(key: PublicKey) = throw UnsupportedOperationException()

        override fun verify(key: PublicKey, provider: String) = throw UnsupportedOperationException()

        override fun toString(): String = "a certificate"

        override fun getPublicKey(): PublicKey = public
    }

    /** One operation: after one signature it is over. */
    class FakeSignature(
        private val key: FakePrivateKey,
        @Volatile var verified: Boolean,
    ) : Signature("SHA256withECDSA") {
        private val real = getInstance("SHA256withECDSA").apply { initSign(key.real) }
        private var over = false

        init {
            state = SIGN
        }

        override fun engineUpdate(b: Byte) = real.update(b)

        override fun engineUpdate(b: ByteArray, off: Int, len: Int) = real.update(b, off, len)

        override fun engineSign(): ByteArray {
            if (key.invalidated) throw SignatureException(KeyPermanentlyInvalidatedException())
            if (!verified || over) throw SignatureException(UserNotAuthenticatedException())
            over = true
            return real.sign()
        }

        override fun engineInitVerify(publicKey: PublicKey) = throw UnsupportedOperationException()

        override fun engineInitSign(privateKey: PrivateKey) = throw UnsupportedOperationException()

        override fun engineVerify(sigBytes: ByteArray): Boolean = throw UnsupportedOperationException()

        @Deprecated("as the class above")
        override fun engineSetParameter(param: String, value: Any?) = throw UnsupportedOperationException()

        @Deprecated("as the class above")
        override fun engineGetParameter(param: String): Any = throw UnsupportedOperationException()
    }
}

/** Somebody who is asked and does not answer yet. */
internal class Away {
    val asked = CompletableDeferred<Unit>()
    val back = CompletableDeferred<Unit>()
}

/** A person who is verified, or not. */
internal class FakePerson : PersonCheck {
    var how = UserVerification.BIOMETRIC
    var refusal: VaultException? = null

    /** While it is there nobody touches the sensor before they are back. */
    var away: Away? = null
    val prompts = mutableListOf<String>()

    override suspend fun check(signature: Signature, prompt: String): Checked {
        prompts += prompt
        away?.run {
            asked.complete(Unit)
            back.await()
        }
        refusal?.let { throw it }
        (signature as FakeKeystore.FakeSignature).verified = true
        return Checked(how, signature)
    }
}
