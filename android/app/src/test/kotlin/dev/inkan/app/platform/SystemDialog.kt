/*
 * The system's biometric dialog, in place of the one that no test machine has: what it was asked for, by the framework's own
 * fields, and the answers that the system gives, by the framework's own classes.
 */
package dev.inkan.app.platform

import android.content.DialogInterface
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.Bundle
import android.os.CancellationSignal
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.util.ReflectionHelpers
import java.security.Signature
import java.util.concurrent.Executor

/** A dialog that is shown. */
@Implements(BiometricPrompt::class)
class SystemDialog {
    @RealObject private lateinit var real: BiometricPrompt
    private lateinit var executor: Executor
    private lateinit var callback: BiometricPrompt.AuthenticationCallback

    /** What was shown to the hardware. */
    var crypto: BiometricPrompt.CryptoObject? = null
        private set

    lateinit var cancel: CancellationSignal
        private set

    /** The thread on which it was asked for. */
    lateinit var thread: Thread
        private set

    @Implementation
    protected fun authenticate(
        crypto: BiometricPrompt.CryptoObject,
        cancel: CancellationSignal,
        executor: Executor,
        callback: BiometricPrompt.AuthenticationCallback,
    ) {
        this.crypto = crypto
        begins(cancel, executor, callback)
    }

    /** Without a key: whatever comes of it, no signature is bound to it. */
    @Implementation
    protected fun authenticate(cancel: CancellationSignal, executor: Executor, callback: BiometricPrompt.AuthenticationCallback) =
        begins(cancel, executor, callback)

    private fun begins(cancel: CancellationSignal, executor: Executor, callback: BiometricPrompt.AuthenticationCallback) {
        this.cancel = cancel
        this.executor = executor
        this.callback = callback
        thread = Thread.currentThread()
        shown.addLast(this)
    }

    private val bundle: Bundle get() = ReflectionHelpers.getField(real, "mBundle")

    val heading: String
        get() = if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) bundle.getString("title").orEmpty() else "${real.title}"

    /** The words of the button that gives up; null where the system draws its own. */
    val negative: String?
        get() =
            if (Build.VERSION.SDK_INT < Build.VERSION_CODES.Q) {
                bundle.getString("negative_text")
            } else {
                real.negativeButtonText?.toString()
            }

    /** Zero before there was a choice: biometrics. */
    val authenticators: Int get() = if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) 0 else real.allowedAuthenticators

    val isConfirmed: Boolean get() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q && real.isConfirmationRequired

    // --- what the person and the system do ---

    /** The person is known. [with]: what comes back; [type]: how they were known. */
    fun succeeds(with: BiometricPrompt.CryptoObject? = crypto, type: Int = 0) = executor.execute {
        (with?.signature as? FakeKeystore.FakeSignature)?.verified = true
        callback.onAuthenticationSucceeded(result(with, type))
    }

    fun fails(code: Int) = executor.execute { callback.onAuthenticationError(code, "words of the system") }

    /** A finger that was not known; the dialog stays. */
    fun doesNotKnow() = executor.execute { callback.onAuthenticationFailed() }

    fun negativeTapped() {
        val info: Any = ReflectionHelpers.getField(real, "mNegativeButtonInfo")
        val on: Executor = ReflectionHelpers.getField(info, "executor")
        val listener: DialogInterface.OnClickListener = ReflectionHelpers.getField(info, "listener")
        on.execute { listener.onClick(null, DialogInterface.BUTTON_NEGATIVE) }
    }

    /** The framework makes it, and each system from other members. */
    private fun result(crypto: BiometricPrompt.CryptoObject?, type: Int): BiometricPrompt.AuthenticationResult {
        val made = BiometricPrompt.AuthenticationResult::class.java.declaredConstructors.maxBy { it.parameterCount }
        val members =
            made.parameterTypes.map { kind ->
                when (kind) {
                    BiometricPrompt.CryptoObject::class.java -> crypto
                    Int::class.javaPrimitiveType -> type
                    else -> null
                }
            }
        made.isAccessible = true
        return made.newInstance(*members.toTypedArray()) as BiometricPrompt.AuthenticationResult
    }

    companion object {
        /** Every dialog of this process, the newest last. */
        val shown = ArrayDeque<SystemDialog>()

        fun of(signature: Signature) = BiometricPrompt.CryptoObject(signature)
    }
}
