/*
 * Wraps the store's key under a key that does not leave the hardware.
 *
 *     wrapped = 1 (version) | nonce (12) | AES-256-GCM of the key, with the tag
 */
package dev.inkan.app.platform

import dev.inkan.Protection
import dev.inkan.VaultException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

internal class StoreKey(private val keystore: Keystore) {
    /** Makes the hardware key where there is none. */
    fun wrap(key: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(ALGORITHM)
        cipher.init(Cipher.ENCRYPT_MODE, hardwareKey() ?: make())
        cipher.updateAAD(PURPOSE)
        val sealed = cipher.doFinal(key)
        if (cipher.iv.size != NONCE) throw VaultException.Unexpected("a nonce of ${cipher.iv.size} bytes")
        return byteArrayOf(VERSION) + cipher.iv + sealed
    }

    fun unwrap(wrapped: ByteArray): ByteArray {
        val formed = wrapped.size >= 1 + NONCE + TAG_BITS / Byte.SIZE_BITS && wrapped[0] == VERSION
        val key = if (formed) hardwareKey() else throw VaultException.Unexpected("not a wrapped key")
        val cipher = Cipher.getInstance(ALGORITHM)
        val nonce = GCMParameterSpec(TAG_BITS, wrapped, 1, NONCE)
        cipher.init(Cipher.DECRYPT_MODE, key ?: throw VaultException.KeyMissing(), nonce)
        cipher.updateAAD(PURPOSE)
        return cipher.open(wrapped)
    }

    private fun Cipher.open(wrapped: ByteArray): ByteArray = try {
        doFinal(wrapped, 1 + NONCE, wrapped.size - 1 - NONCE)
    } catch (_: AEADBadTagException) {
        // wrapped under a key that is no longer there, or damaged: either way what it sealed is lost
        throw VaultException.KeyInvalidated()
    }

    /** Where the hardware key is kept, if there is one. */
    fun protection(): Protection? = hardwareKey()?.let(keystore::protection)

    private fun hardwareKey(): SecretKey? = keystore.key(ALIAS) as? SecretKey

    private fun make(): SecretKey {
        inBestHardware { keystore.generateSecret(KeySpecs.secret(ALIAS, strongBox = it)) }
        return hardwareKey() ?: throw VaultException.Unexpected("a key that is not there after it was made")
    }

    private companion object {
        const val ALIAS = "inkan.store"
        const val ALGORITHM = "AES/GCM/NoPadding"
        const val VERSION: Byte = 1
        const val NONCE = 12
        const val TAG_BITS = 128
        val PURPOSE = "inkan-store-key-v1".toByteArray()
    }
}
