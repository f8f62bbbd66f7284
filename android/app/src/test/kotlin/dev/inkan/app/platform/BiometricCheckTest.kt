package dev.inkan.app.platform

import android.hardware.biometrics.BiometricManager.Authenticators
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.Looper
import dev.inkan.KeyLabel
import dev.inkan.KeyPurpose
import dev.inkan.KeySignature
import dev.inkan.UserVerification
import dev.inkan.VaultException
import dev.inkan.app.core.MainThread
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowPausedLooper
import java.security.Signature

/** What the system is asked, and what becomes of its answers: through the vault, whose keys sign what the person allowed. */
@RunWith(RobolectricTestRunner::class)
@Config(shadows = [SystemDialog::class])
class BiometricCheckTest {
    private val keystore = FakeKeystore()
    private val check = BiometricCheck({ RuntimeEnvironment.getApplication() }, MainThread)
    private val vault = AndroidKeyVault(keystore, check, hasStrongBox = true)
    private val label = KeyLabel("k-1")
    private val main get() = shadowOf(Looper.getMainLooper()) as ShadowPausedLooper
    private val all = SupervisorJob()

    @Before
    fun keys() = runBlocking {
        SystemDialog.shown.clear()
        vault.createKey(label, KeyPurpose.APPROVAL, ByteArray(32))
        Unit
    }

    @After
    fun nothingWaits() = all.cancel()

    private fun <T> begins(work: suspend () -> T): Deferred<T> = CoroutineScope(all + MainThread).async { work() }

    private fun asks(): Pair<Deferred<UserVerification>, SystemDialog> {
        val asked = begins { vault.verifyUser(label, "出金を承認します") }
        main.idle()
        return asked to SystemDialog.shown.last()
    }

    private fun <T> Deferred<T>.answer(): T {
        main.idle()
        assertTrue("it has ended", isCompleted)
        return runBlocking { await() }
    }

    private fun refusal(asked: Deferred<*>): VaultException = assertThrows(VaultException::class.java) { asked.answer() }

    private fun signed(): ByteArray = (runBlocking { vault.sign(label, MESSAGE) } as KeySignature.Der).bytes

    private fun verifies(signature: ByteArray) = Signature.getInstance("SHA256withECDSA").run {
        initVerify(keystore.public("inkan.approval.k-1"))
        update(MESSAGE)
        verify(signature)
    }

    private fun nothingSigns() {
        assertThrows(VaultException.UserVerificationFailed::class.java) { runBlocking { vault.sign(label, MESSAGE) } }
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.P])
    fun theOldestSystemIsAskedForBiometricsAndDrawsOurButton() {
        val (asked, dialog) = asks()
        assertEquals("出金を承認します", dialog.heading)
        assertEquals(RuntimeEnvironment.getApplication().getString(android.R.string.cancel), dialog.negative)
        assertEquals("nothing else can be chosen there", 0, dialog.authenticators)
        assertSame("asked on the screen's thread", Looper.getMainLooper().thread, dialog.thread)
        dialog.succeeds()
        assertEquals(UserVerification.BIOMETRIC, asked.answer())
        assertTrue(verifies(signed()))
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.VANILLA_ICE_CREAM])
    fun theNewestSystemIsAskedForClassThreeOrTheScreenLock() {
        val (asked, dialog) = asks()
        assertEquals("出金を承認します", dialog.heading)
        assertEquals(Authenticators.BIOMETRIC_STRONG or Authenticators.DEVICE_CREDENTIAL, dialog.authenticators)
        assertNull("the system draws the way to the screen lock in its place", dialog.negative)
        assertTrue("a second tap after a look", dialog.isConfirmed)
        dialog.succeeds(type = BiometricPrompt.AUTHENTICATION_RESULT_TYPE_DEVICE_CREDENTIAL)
        assertEquals(UserVerification.DEVICE_CREDENTIAL, asked.answer())
        assertTrue(verifies(signed()))
    }

    @Test
    fun theOperationThatIsShownIsTheOneThatSignsAndOnlyOnce() {
        val (asked, dialog) = asks()
        val shown = checkNotNull(dialog.crypto?.signature) as FakeKeystore.FakeSignature
        assertFalse("begun, and not yet allowed", shown.verified)
        assertNull("nobody has answered", asked.takeIf { it.isCompleted })
        dialog.succeeds()
        asked.answer()
        assertTrue(verifies(signed()))
        assertThrows("the operation was used up", java.security.SignatureException::class.java) { shown.sign() }
        nothingSigns()
    }

    @Test
    fun theOperationThatComesBackIsTheOneThatIsUsed() {
        val asked = begins { check.check(keystore.signing(approval()), "?") }
        main.idle()
        val dialog = SystemDialog.shown.last()
        // a system that hands the operation over between processes gives back another object for it
        val back = keystore.signing(approval())
        dialog.succeeds(with = SystemDialog.of(back))
        assertSame(back, asked.answer().signature)
        assertNotSame(back, dialog.crypto?.signature)
    }

    @Test
    fun anAnswerWithoutAnOperationAllowsNothing() {
        val (asked, dialog) = asks()
        dialog.succeeds(with = null)
        asked.answer()
        nothingSigns()
    }

    @Test
    fun aFingerThatIsNotKnownLeavesTheDialog() {
        val (asked, dialog) = asks()
        dialog.doesNotKnow()
        main.idle()
        assertFalse(asked.isCompleted)
        assertFalse(dialog.cancel.isCanceled)
        dialog.succeeds()
        asked.answer()
        assertTrue(verifies(signed()))
    }

    @Test
    fun whatTheSystemRefusesSaysWhyAndNothingSigns() {
        val expected =
            mapOf(
                BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED to VaultException.UserCancelled::class,
                BiometricPrompt.BIOMETRIC_ERROR_CANCELED to VaultException.UserCancelled::class,
                BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT to VaultException.Locked::class,
                BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT to VaultException.Locked::class,
                BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT to VaultException.UserVerificationFailed::class,
                BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS to VaultException.Unsupported::class,
            )
        for ((code, kind) in expected) {
            val (asked, dialog) = asks()
            dialog.fails(code)
            assertEquals("$code", kind, refusal(asked)::class)
            nothingSigns()
        }
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.P])
    fun ourButtonGivesUp() {
        val (asked, dialog) = asks()
        dialog.negativeTapped()
        assertTrue(refusal(asked) is VaultException.UserCancelled)
        nothingSigns()
        // the system tells of it as well, and a finger may come at the same moment: one answer counts
        dialog.fails(BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED)
        dialog.succeeds()
        main.idle()
        nothingSigns()
    }

    @Test
    fun whoeverNoLongerWaitsTakesTheDialogAway() {
        val (asked, dialog) = asks()
        assertFalse(dialog.cancel.isCanceled)
        all.cancel()
        main.idle()
        assertTrue("the system is told", dialog.cancel.isCanceled)
        assertTrue(asked.isCancelled)
        // what the person did at the same moment is for nobody
        dialog.succeeds()
        main.idle()
        nothingSigns()
    }

    @Test
    fun whoAsksFromAnotherThreadIsAskedOnTheScreens() {
        val asked = CoroutineScope(all + Dispatchers.Default).async { vault.verifyUser(label, "?") }
        // sleeps until something is posted
        main.poll(LONGEST)
        main.idle()
        val dialog = SystemDialog.shown.single()
        assertSame(Looper.getMainLooper().thread, dialog.thread)
        dialog.succeeds()
        main.idle()
        runBlocking { asked.await() }
        assertTrue(verifies(signed()))
    }

    private fun approval() = keystore.key("inkan.approval.k-1") as java.security.PrivateKey

    private companion object {
        val MESSAGE = "what is signed".toByteArray()
        const val LONGEST = 10_000L
    }
}
