/*
 * The system's question to the person: finger, face, or the screen lock. The answer is bound to one signature.
 */
package dev.inkan.app.platform

import android.content.Context
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import dev.inkan.UserVerification
import dev.inkan.VaultException
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.security.Signature
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Verifies the person for one operation. */
internal fun interface PersonCheck {
    /**
     * Shows [prompt] and waits. [signature] is begun, and can sign afterwards.
     *
     * @throws VaultException where the person cancelled, was not recognised, or cannot be asked
     */
    suspend fun check(signature: Signature, prompt: String): Checked
}

/** The person was verified: with what, and for this operation. */
internal class Checked(val how: UserVerification, val signature: Signature)

/** By the system's dialog. [context] has the app's language; [main] is the thread of the screen. */
internal class BiometricCheck(private val context: () -> Context, private val main: CoroutineContext) : PersonCheck {
    override suspend fun check(signature: Signature, prompt: String): Checked = withContext(main) {
        suspendCancellableCoroutine { waiting ->
            val cancel = CancellationSignal()
            waiting.invokeOnCancellation { cancel.cancel() }
            val answer = Answer(waiting, signature)
            dialog(prompt, answer).authenticate(
                BiometricPrompt.CryptoObject(signature),
                cancel,
                context().mainExecutor,
                answer,
            )
        }
    }

    private fun dialog(prompt: String, answer: Answer): BiometricPrompt {
        val context = context()
        val builder = BiometricPrompt.Builder(context).setTitle(prompt)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            builder.setAllowedAuthenticators(
                BiometricManager.Authenticators.BIOMETRIC_STRONG or BiometricManager.Authenticators.DEVICE_CREDENTIAL,
            )
        } else {
            // There the screen lock cannot be bound to a key of which every use is verified.
            val cancel = context.getText(android.R.string.cancel)
            builder.setNegativeButton(cancel, context.mainExecutor) { _, _ -> answer.fail(VaultException.UserCancelled()) }
        }
        // A second tap after a look at the camera: it is money that moves.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) builder.setConfirmationRequired(true)
        return builder.build()
    }

    private class Answer(private val waiting: CancellableContinuation<Checked>, private val asked: Signature) :
        BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            if (waiting.isActive) waiting.resume(Checked(result.how(), result.cryptoObject?.signature ?: asked))
        }

        override fun onAuthenticationError(code: Int, words: CharSequence?) = fail(personNotChecked(code))

        // `onAuthenticationFailed` is one finger that was not known: the dialog stays and lets the person try again.

        fun fail(why: VaultException) {
            if (waiting.isActive) waiting.resumeWithException(why)
        }
    }
}

private fun BiometricPrompt.AuthenticationResult.how(): UserVerification = if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) {
    // before Android 11 only biometrics can be asked for
    UserVerification.BIOMETRIC
} else {
    verificationOf(authenticationType)
}

/** By the numbers of `BiometricPrompt.AUTHENTICATION_RESULT_TYPE_…`. */
internal fun verificationOf(type: Int): UserVerification = when (type) {
    BiometricPrompt.AUTHENTICATION_RESULT_TYPE_BIOMETRIC -> UserVerification.BIOMETRIC
    BiometricPrompt.AUTHENTICATION_RESULT_TYPE_DEVICE_CREDENTIAL -> UserVerification.DEVICE_CREDENTIAL
    else -> UserVerification.UNKNOWN
}

/** By the numbers of `BiometricPrompt.BIOMETRIC_ERROR_…`. */
internal fun personNotChecked(code: Int): VaultException = when (code) {
    BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED,
    // by the system: the screen went off, another app came to the front
    BiometricPrompt.BIOMETRIC_ERROR_CANCELED,
    -> VaultException.UserCancelled()

    BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT, BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT -> VaultException.Locked()

    BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT,
    BiometricPrompt.BIOMETRIC_ERROR_UNABLE_TO_PROCESS,
    BiometricPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE,
    BiometricPrompt.BIOMETRIC_ERROR_VENDOR,
    -> VaultException.UserVerificationFailed()

    BiometricPrompt.BIOMETRIC_ERROR_NO_BIOMETRICS,
    BiometricPrompt.BIOMETRIC_ERROR_NO_DEVICE_CREDENTIAL,
    BiometricPrompt.BIOMETRIC_ERROR_HW_NOT_PRESENT,
    BiometricPrompt.BIOMETRIC_ERROR_SECURITY_UPDATE_REQUIRED,
    -> VaultException.Unsupported()

    else -> VaultException.Unexpected("biometric error $code")
}
