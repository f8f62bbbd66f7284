/*
 * The system's keystore, as far as the vault needs it. Behind an interface, for it exists on phones alone.
 */
package dev.inkan.app.platform

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import dev.inkan.Protection
import java.security.Key
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.Signature
import java.security.cert.Certificate
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory

/** A keystore of hardware keys. What its parts throw is the system's: see [asVaultException]. */
internal interface Keystore {
    /** Makes a pair of keys on an elliptic curve; one of the same alias is replaced. */
    fun generatePair(spec: KeyGenParameterSpec)

    /** Makes an AES key; one of the same alias is replaced. */
    fun generateSecret(spec: KeyGenParameterSpec)

    /** The certificates of a pair, the key's own first: none where there is no such pair. */
    fun certificates(alias: String): List<Certificate>

    /** A key, or nothing. */
    fun key(alias: String): Key?

    /** An operation of this private key, begun: from now on it can be shown to the person. */
    fun signing(key: PrivateKey): Signature

    /** All aliases of this app. */
    fun aliases(): List<String>

    /** Deletes; what is not there is deleted already. */
    fun delete(alias: String)

    /** Where a key is kept. */
    fun protection(key: Key): Protection
}

/** The real one. */
internal class AndroidKeystore : Keystore {
    private val store: KeyStore by lazy { KeyStore.getInstance(PROVIDER).apply { load(null) } }

    override fun generatePair(spec: KeyGenParameterSpec) {
        val generator = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER)
        generator.initialize(spec)
        generator.generateKeyPair()
    }

    override fun generateSecret(spec: KeyGenParameterSpec) {
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
        generator.init(spec)
        generator.generateKey()
    }

    override fun certificates(alias: String): List<Certificate> = store.getCertificateChain(alias).orEmpty().toList()

    override fun key(alias: String): Key? = store.getKey(alias, null)

    override fun signing(key: PrivateKey): Signature = Signature.getInstance(SIGNATURE).apply { initSign(key) }

    override fun aliases(): List<String> = store.aliases().toList()

    override fun delete(alias: String) {
        if (store.containsAlias(alias)) store.deleteEntry(alias)
    }

    override fun protection(key: Key): Protection {
        val info =
            when (key) {
                is SecretKey -> SecretKeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java)
                else -> KeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java)
            }
        return (info as KeyInfo).protection()
    }

    private fun KeyInfo.protection(): Protection = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
        when (securityLevel) {
            KeyProperties.SECURITY_LEVEL_STRONGBOX -> Protection.STRONG_BOX
            KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT, KeyProperties.SECURITY_LEVEL_UNKNOWN_SECURE -> Protection.TEE
            else -> Protection.SOFTWARE
        }
    } else {
        // Older systems do not tell a StrongBox from other hardware.
        @Suppress("DEPRECATION")
        if (isInsideSecureHardware) Protection.TEE else Protection.SOFTWARE
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val SIGNATURE = "SHA256withECDSA"
    }
}
