/*
 * A stand-in for the provider "AndroidKeyStore": the names under which the framework's keystore is asked for, over keys of the
 * JDK that never show themselves, and the refusals of the hardware.
 */
package dev.inkan.app.platform

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException
import org.robolectric.util.ReflectionHelpers
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyFactorySpi
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Signature
import java.security.SignatureSpi
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.security.spec.KeySpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi

/** What the keystore says of a key. */
internal class Kept(val isInHardware: Boolean, val level: Int)

/** The hardware behind the provider. [strongBox]: whether there is one. */
internal class Hardware(var strongBox: Boolean = true) {
    val asked = mutableListOf<KeyGenParameterSpec>()
    val entries = LinkedHashMap<String, Entry>()
    var kept = Kept(isInHardware = true, level = 0)

    class Entry(val key: Key, val certificates: List<Certificate>)

    /** A private key that shows nothing of itself: only this provider can use it. */
    class Hidden(val real: PrivateKey) : PrivateKey {
        var isInvalidated = false

        override fun getAlgorithm(): String = real.algorithm

        override fun getFormat(): String? = null

        override fun getEncoded(): ByteArray? = null
    }

    private fun refuse(spec: KeyGenParameterSpec) {
        asked += spec
        if (spec.isStrongBoxBacked && !strongBox) throw StrongBoxUnavailableException()
    }

    fun pair(spec: KeyGenParameterSpec): KeyPair {
        refuse(spec)
        val made = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
        val own = FakeKeystore.FakeCertificate(made.public, "leaf:".toByteArray() + (spec.attestationChallenge ?: ByteArray(0)))
        val above = FakeKeystore.FakeCertificate(made.public, "root".toByteArray())
        val hidden = Hidden(made.private)
        entries[spec.keystoreAlias] = Entry(hidden, if (spec.attestationChallenge == null) listOf(own) else listOf(own, above))
        return KeyPair(made.public, hidden)
    }

    fun secret(spec: KeyGenParameterSpec): SecretKey {
        refuse(spec)
        val made = KeyGenerator.getInstance("AES").apply { init(spec.keySize) }.generateKey()
        entries[spec.keystoreAlias] = Entry(made, emptyList())
        return made
    }

    fun public(alias: String): PublicKey = entries.getValue(alias).certificates.first().publicKey

    fun invalidate() = entries.values.mapNotNull { it.key as? Hidden }.forEach { it.isInvalidated = true }
}

/** Registered under the system's name for the time of a test. */
internal class HardwareProvider(hardware: Hardware) : Provider("AndroidKeyStore", "1.0", "a stand-in") {
    init {
        offers("KeyStore", "AndroidKeyStore") { Store(hardware) }
        offers("KeyPairGenerator", "EC") { Pairs(hardware) }
        offers("KeyGenerator", "AES") { Secrets(hardware) }
        offers("KeyFactory", "EC") { PairInfos(hardware) }
        offers("SecretKeyFactory", "AES") { SecretInfos(hardware) }
        offers("Signature", "SHA256withECDSA") { Signing() }
    }

    private fun offers(type: String, algorithm: String, make: () -> Any) = putService(
        object : Provider.Service(this, type, algorithm, "dev.inkan.app.platform.$type", null, null) {
            override fun newInstance(parameter: Any?): Any = make()

            override fun supportsParameter(parameter: Any?): Boolean = parameter is Hardware.Hidden
        },
    )

    private class Pairs(private val hardware: Hardware) : KeyPairGeneratorSpi() {
        private var spec: KeyGenParameterSpec? = null

        override fun initialize(size: Int, random: SecureRandom?) = throw UnsupportedOperationException()

        override fun initialize(spec: AlgorithmParameterSpec, random: SecureRandom?) {
            this.spec = spec as KeyGenParameterSpec
        }

        override fun generateKeyPair(): KeyPair = hardware.pair(checkNotNull(spec))
    }

    private class Secrets(private val hardware: Hardware) : KeyGeneratorSpi() {
        private var spec: KeyGenParameterSpec? = null

        override fun engineInit(random: SecureRandom?) = throw UnsupportedOperationException()

        override fun engineInit(size: Int, random: SecureRandom?) = throw UnsupportedOperationException()

        override fun engineInit(spec: AlgorithmParameterSpec, random: SecureRandom?) {
            this.spec = spec as KeyGenParameterSpec
        }

        override fun engineGenerateKey(): SecretKey = hardware.secret(checkNotNull(spec))
    }

    private class PairInfos(private val hardware: Hardware) : KeyFactorySpi() {
        @Suppress("UNCHECKED_CAST")
        override fun <T : KeySpec> engineGetKeySpec(key: Key, kind: Class<T>): T = hardware.kept.info() as T

        override fun engineGeneratePublic(spec: KeySpec) = throw UnsupportedOperationException()

        override fun engineGeneratePrivate(spec: KeySpec) = throw UnsupportedOperationException()

        override fun engineTranslateKey(key: Key) = throw UnsupportedOperationException()
    }

    private class SecretInfos(private val hardware: Hardware) : SecretKeyFactorySpi() {
        override fun engineGetKeySpec(key: SecretKey, kind: Class<*>): KeySpec = hardware.kept.info()

        override fun engineGenerateSecret(spec: KeySpec) = throw UnsupportedOperationException()

        override fun engineTranslateKey(key: SecretKey) = throw UnsupportedOperationException()
    }

    /** As the hardware signs: a key that is gone for good says so when an operation begins. */
    @Suppress("OVERRIDE_DEPRECATION")
    private class Signing : SignatureSpi() {
        private val real = Signature.getInstance("SHA256withECDSA")

        override fun engineInitSign(key: PrivateKey) {
            if ((key as Hardware.Hidden).isInvalidated) throw KeyPermanentlyInvalidatedException()
            real.initSign(key.real)
        }

        override fun engineUpdate(b: Byte) = real.update(b)

        override fun engineUpdate(b: ByteArray, off: Int, len: Int) = real.update(b, off, len)

        override fun engineSign(): ByteArray = real.sign()

        override fun engineInitVerify(key: PublicKey) = throw java.security.InvalidKeyException("it signs alone")

        override fun engineVerify(signature: ByteArray): Boolean = throw UnsupportedOperationException()

        override fun engineSetParameter(name: String, value: Any?) = throw UnsupportedOperationException()

        override fun engineGetParameter(name: String): Any = throw UnsupportedOperationException()
    }

    private class Store(private val hardware: Hardware) : KeyStoreSpi() {
        private var loaded = false

        override fun engineLoad(stream: InputStream?, password: CharArray?) {
            loaded = true
        }

        private val entries: MutableMap<String, Hardware.Entry>
            get() {
                check(loaded) { "loaded before it is asked" }
                return hardware.entries
            }

        override fun engineGetKey(alias: String, password: CharArray?): Key? = entries[alias]?.key

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? =
            entries[alias]?.certificates?.takeIf { it.isNotEmpty() }?.toTypedArray()

        override fun engineGetCertificate(alias: String): Certificate? = entries[alias]?.certificates?.firstOrNull()

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineDeleteEntry(alias: String) {
            check(entries.remove(alias) != null) { "deleted what is not there: $alias" }
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(entries.keys.toList())

        override fun engineContainsAlias(alias: String): Boolean = alias in entries

        override fun engineSize(): Int = entries.size

        override fun engineIsKeyEntry(alias: String): Boolean = alias in entries

        override fun engineIsCertificateEntry(alias: String): Boolean = false

        override fun engineGetCertificateAlias(certificate: Certificate): String? = null

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) =
            throw UnsupportedOperationException()

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) =
            throw UnsupportedOperationException()

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = throw UnsupportedOperationException()

        override fun engineStore(stream: OutputStream?, password: CharArray?) = throw UnsupportedOperationException()
    }

    private companion object {
        /** The framework's own class, of which only the keystore makes objects. */
        fun Kept.info(): KeyInfo {
            val info = ReflectionHelpers.callConstructor(KeyInfo::class.java)
            ReflectionHelpers.setField(info, "mInsideSecureHardware", isInHardware)
            val levels = KeyInfo::class.java.declaredFields.any { it.name == "mSecurityLevel" }
            if (levels) ReflectionHelpers.setField(info, "mSecurityLevel", level)
            return info
        }
    }
}
