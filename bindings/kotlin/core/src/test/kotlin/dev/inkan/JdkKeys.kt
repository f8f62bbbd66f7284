// P-256 by the JDK, for the vectors: another implementation than the core's.
package dev.inkan

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyFactory
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPrivateKeySpec
import java.security.spec.ECPublicKeySpec
import java.util.Base64

internal fun base64(bytes: ByteArray): String = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)

internal fun bytes(base64: String): ByteArray = Base64.getUrlDecoder().decode(base64)

private val P256: ECParameterSpec =
    AlgorithmParameters.getInstance("EC").run {
        init(ECGenParameterSpec("secp256r1"))
        getParameterSpec(ECParameterSpec::class.java)
    }

private fun publicKey(jwk: JsonObject): ECPublicKey {
    val coordinate = { name: String -> BigInteger(1, bytes((jwk[name] as JsonPrimitive).content)) }
    val point = ECPoint(coordinate("x"), coordinate("y"))
    return KeyFactory.getInstance("EC").generatePublic(ECPublicKeySpec(point, P256)) as ECPublicKey
}

/** Whether `r || s` is an ES256 signature of the text, with a low `s`. */
internal fun isSigned(
    text: String,
    signature: ByteArray,
    jwk: JsonObject,
): Boolean {
    val low = BigInteger(1, signature.copyOfRange(32, 64)) <= P256.order.shiftRight(1)
    return low && verifies("SHA256withECDSAinP1363Format", text, signature, jwk)
}

private fun verifies(
    algorithm: String,
    text: String,
    signature: ByteArray,
    jwk: JsonObject,
): Boolean =
    Signature.getInstance(algorithm).run {
        initVerify(publicKey(jwk))
        update(text.encodeToByteArray())
        verify(signature)
    }

/** Whether a scalar is the private half of a key: what it signs, the key verifies. */
internal fun isScalarOf(
    scalar: ByteArray,
    jwk: JsonObject,
): Boolean {
    val private = KeyFactory.getInstance("EC").generatePrivate(ECPrivateKeySpec(BigInteger(1, scalar), P256))
    val signature =
        Signature.getInstance("SHA256withECDSA").run {
            initSign(private)
            update(byteArrayOf(1))
            sign()
        }
    return verifies("SHA256withECDSA", "\u0001", signature, jwk)
}
