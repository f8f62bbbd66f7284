// A sender of Web Push, as RFC 8291 describes it: by the JDK, so by another implementation than the core's.
package dev.inkan.walks.bench

import dev.inkan.WebPushKeys
import java.math.BigInteger
import java.nio.ByteBuffer
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import java.util.Base64
import javax.crypto.Cipher
import javax.crypto.KeyAgreement
import javax.crypto.Mac
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

private const val FIELD = 32
private const val SALT_LENGTH = 16
private const val NONCE_LENGTH = 12
private const val TAG_BITS = 128
private const val RECORD_SIZE = 4096
private const val UNCOMPRESSED: Byte = 4
private const val LAST: Byte = 2

/** Encrypts to one phone. One key of its own for all messages: what is measured is opening them. */
internal class WebPushSender(
    to: WebPushKeys,
) {
    private val own = KeyPairGenerator.getInstance("EC").run { initialize(ECGenParameterSpec("secp256r1")).let { generateKeyPair() } }
    private val ownPoint = pointOf(own.public as ECPublicKey)
    private val receiverPoint: ByteArray = Base64.getUrlDecoder().decode(to.p256dh)
    private val auth: ByteArray = Base64.getUrlDecoder().decode(to.auth)
    private val salt = ByteArray(SALT_LENGTH) { 3 }

    /** One message with this text. */
    fun encrypt(text: ByteArray): ByteArray {
        val info = "WebPush: info\u0000".encodeToByteArray() + receiverPoint + ownPoint
        val input = derive(auth, agree(), info, FIELD)
        val key = derive(salt, input, "Content-Encoding: aes128gcm\u0000".encodeToByteArray(), SALT_LENGTH)
        val nonce = derive(salt, input, "Content-Encoding: nonce\u0000".encodeToByteArray(), NONCE_LENGTH)
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        cipher.init(Cipher.ENCRYPT_MODE, SecretKeySpec(key, "AES"), GCMParameterSpec(TAG_BITS, nonce))
        val header = salt + ByteBuffer.allocate(Int.SIZE_BYTES).putInt(RECORD_SIZE).array() + ownPoint.size.toByte() + ownPoint
        return header + cipher.doFinal(text + LAST)
    }

    private fun agree(): ByteArray {
        val coordinate = { from: Int -> BigInteger(1, receiverPoint.copyOfRange(from, from + FIELD)) }
        val point = ECPoint(coordinate(1), coordinate(1 + FIELD))
        val receiver = KeyFactory.getInstance("EC").generatePublic(ECPublicKeySpec(point, (own.public as ECPublicKey).params))
        return KeyAgreement.getInstance("ECDH").run {
            init(own.private)
            doPhase(receiver, true)
            generateSecret()
        }
    }
}

private fun pointOf(key: ECPublicKey): ByteArray = byteArrayOf(UNCOMPRESSED) + padded(key.w.affineX) + padded(key.w.affineY)

private fun padded(number: BigInteger): ByteArray = number.toByteArray().let { ByteArray(FIELD) + it }.takeLast(FIELD).toByteArray()

/** HKDF (RFC 5869) by SHA-256, of one block. */
private fun derive(
    salt: ByteArray,
    secret: ByteArray,
    info: ByteArray,
    length: Int,
): ByteArray = hmac(hmac(salt, secret), info + 1).copyOf(length)

private fun hmac(
    key: ByteArray,
    message: ByteArray,
): ByteArray = Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key, "HmacSHA256")) }.doFinal(message)
