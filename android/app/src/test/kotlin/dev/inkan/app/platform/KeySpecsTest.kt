package dev.inkan.app.platform

import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import dev.inkan.KeyPurpose
import dev.inkan.UserVerification
import dev.inkan.VaultException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.security.InvalidAlgorithmParameterException
import java.security.ProviderException
import java.security.SignatureException
import java.security.UnrecoverableKeyException
import java.security.spec.ECGenParameterSpec

/** What the keystore is asked for on the oldest and on the newest system, to the letter; and what its refusals mean. */
@RunWith(RobolectricTestRunner::class)
class KeySpecsTest {
    private val challenge = ByteArray(32) { 9 }

    private fun checkPair(spec: KeyGenParameterSpec) {
        assertEquals("a", spec.keystoreAlias)
        assertEquals(KeyProperties.PURPOSE_SIGN, spec.purposes)
        assertEquals("secp256r1", (spec.algorithmParameterSpec as ECGenParameterSpec).name)
        assertEquals(listOf(KeyProperties.DIGEST_SHA256), spec.digests.toList())
        assertArrayEquals(challenge, spec.attestationChallenge)
        assertTrue(spec.isStrongBoxBacked)
        assertFalse("a push is answered behind a locked screen", spec.isUnlockedDeviceRequired)
    }

    @Test
    fun possession() {
        val spec = KeySpecs.pair("a", KeyPurpose.POSSESSION, challenge, strongBox = true)
        checkPair(spec)
        assertFalse(spec.isUserAuthenticationRequired)
        assertFalse(KeySpecs.pair("a", KeyPurpose.POSSESSION, challenge, strongBox = false).isStrongBoxBacked)
        assertNull(KeySpecs.pair("a", KeyPurpose.POSSESSION, null, strongBox = true).attestationChallenge)
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.P])
    fun approvalOnTheOldestSystem() {
        val spec = KeySpecs.pair("a", KeyPurpose.APPROVAL, challenge, strongBox = true)
        checkPair(spec)
        assertTrue(spec.isUserAuthenticationRequired)
        assertTrue(spec.isInvalidatedByBiometricEnrollment)
        @Suppress("DEPRECATION")
        assertEquals("every use", -1, spec.userAuthenticationValidityDurationSeconds)
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.VANILLA_ICE_CREAM])
    fun approvalOnTheNewestSystem() {
        val spec = KeySpecs.pair("a", KeyPurpose.APPROVAL, challenge, strongBox = true)
        checkPair(spec)
        assertTrue(spec.isUserAuthenticationRequired)
        assertTrue(spec.isInvalidatedByBiometricEnrollment)
        @Suppress("DEPRECATION")
        assertEquals("every use", 0, spec.userAuthenticationValidityDurationSeconds)
        assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL, spec.userAuthenticationType)
    }

    @Test
    fun theStoresKey() {
        val spec = KeySpecs.secret("s", strongBox = true)
        assertEquals(KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT, spec.purposes)
        assertEquals(256, spec.keySize)
        assertEquals(listOf(KeyProperties.BLOCK_MODE_GCM), spec.blockModes.toList())
        assertEquals(listOf(KeyProperties.ENCRYPTION_PADDING_NONE), spec.encryptionPaddings.toList())
        assertTrue("a nonce is never chosen by the caller", spec.isRandomizedEncryptionRequired)
        assertFalse(spec.isUserAuthenticationRequired)
        assertFalse(spec.isUnlockedDeviceRequired)
        assertTrue(spec.isStrongBoxBacked)
    }

    @Test
    fun whatTheKeystoreThrows() {
        val wrapped = UnrecoverableKeyException("k").apply { initCause(KeyPermanentlyInvalidatedException()) }
        assertTrue(wrapped.asVaultException() is VaultException.KeyInvalidated)
        assertTrue(KeyPermanentlyInvalidatedException().asVaultException() is VaultException.KeyInvalidated)
        val unverified = SignatureException(UserNotAuthenticatedException())
        assertTrue(unverified.asVaultException() is VaultException.UserVerificationFailed)
        val nobody = InvalidAlgorithmParameterException(IllegalStateException("At least one biometric must be enrolled"))
        assertTrue(nobody.asVaultException() is VaultException.Unsupported)
        val other = ProviderException("alias inkan.approval.k-1", IllegalStateException("secret")).asVaultException()
        assertEquals("ProviderException: IllegalStateException", (other as VaultException.Unexpected).reason)
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.VANILLA_ICE_CREAM])
    fun whatTheNewestKeystoreThrowsByNumber() {
        fun thrown(number: Int) = SignatureException(KeyStoreException(number, "of the system")).asVaultException()
        // KeyMint's error -26, and the keystore's 7: the numbers that the system turns into its public ones
        assertTrue(thrown(-26) is VaultException.UserVerificationFailed)
        assertTrue(thrown(7) is VaultException.KeyMissing)
        assertTrue("and another says what it was", thrown(-1000) is VaultException.Unexpected)
    }

    @Test
    fun whatTheDialogSays() {
        val expected =
            mapOf(
                1 to VaultException.UserVerificationFailed::class,
                2 to VaultException.UserVerificationFailed::class,
                3 to VaultException.UserVerificationFailed::class,
                5 to VaultException.UserCancelled::class,
                7 to VaultException.Locked::class,
                8 to VaultException.UserVerificationFailed::class,
                9 to VaultException.Locked::class,
                10 to VaultException.UserCancelled::class,
                11 to VaultException.Unsupported::class,
                12 to VaultException.Unsupported::class,
                14 to VaultException.Unsupported::class,
                15 to VaultException.Unsupported::class,
                99 to VaultException.Unexpected::class,
            )
        for ((code, kind) in expected) assertEquals("$code", kind, personNotChecked(code)::class)
        assertEquals(UserVerification.DEVICE_CREDENTIAL, verificationOf(1))
        assertEquals(UserVerification.BIOMETRIC, verificationOf(2))
        assertEquals(UserVerification.UNKNOWN, verificationOf(0))
    }
}
