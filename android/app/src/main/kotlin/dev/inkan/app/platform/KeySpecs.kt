/*
 * What the keystore is asked for, key by key.
 *
 *     possession   signs whenever the app runs, also behind a locked screen: a push is answered there, and the notification
 *                  of a request that ended elsewhere is taken away there. So no "unlocked device" is asked of it.
 *     approval     one signature for each time that the person is verified
 *     store        AES, wraps the store's key; a push opens the store behind a locked screen, so it is like possession
 *
 * Each is asked of the StrongBox first, with an attestation.
 */
package dev.inkan.app.platform

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import dev.inkan.KeyPurpose
import java.security.spec.ECGenParameterSpec

internal object KeySpecs {
    /** A P-256 key that signs SHA-256; [challenge] goes into its attestation, `null` asks for none. */
    fun pair(alias: String, purpose: KeyPurpose, challenge: ByteArray?, strongBox: Boolean): KeyGenParameterSpec {
        val builder =
            KeyGenParameterSpec
                .Builder(alias, KeyProperties.PURPOSE_SIGN)
                .setAlgorithmParameterSpec(ECGenParameterSpec(CURVE))
                .setDigests(KeyProperties.DIGEST_SHA256)
                .setIsStrongBoxBacked(strongBox)
                .setAttestationChallenge(challenge)
        if (purpose == KeyPurpose.APPROVAL) builder.verifyOnEveryUse()
        return builder.build()
    }

    /** An AES-256-GCM key. */
    fun secret(alias: String, strongBox: Boolean): KeyGenParameterSpec = KeyGenParameterSpec
        .Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
        .setKeySize(AES_BITS)
        .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
        .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
        .setIsStrongBoxBacked(strongBox)
        .build()

    /**
     * On Android 11 and later: biometrics of class 3, or the screen lock. Before that a key of which every use is verified
     * takes biometrics alone, and there has to be one. Either way a key is lost with the screen lock; a newly enrolled
     * finger or face ends it where biometrics alone can use it.
     */
    private fun KeyGenParameterSpec.Builder.verifyOnEveryUse() {
        setUserAuthenticationRequired(true)
        setInvalidatedByBiometricEnrollment(true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL)
        } else {
            @Suppress("DEPRECATION")
            setUserAuthenticationValidityDurationSeconds(EVERY_USE)
        }
    }

    private const val CURVE = "secp256r1"
    private const val AES_BITS = 256
    private const val EVERY_USE = -1
}
