/*
 * What the keystore throws, as the vault's own errors. The system wraps the cause in others, differently in each version:
 * the whole chain is looked at.
 */
package dev.inkan.app.platform

import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException
import dev.inkan.VaultException
import java.security.InvalidAlgorithmParameterException

/** Its words could name an alias: only the kinds of what was thrown are kept. */
internal fun Throwable.asVaultException(): VaultException {
    val chain = generateSequence(this) { it.cause }.take(DEEPEST).toList()
    return chain.firstNotNullOfOrNull { it.known() }
        ?: VaultException.Unexpected(chain.joinToString(": ") { it.javaClass.simpleName + it.code() })
}

private fun Throwable.known(): VaultException? = when (this) {
    is VaultException -> this

    is KeyPermanentlyInvalidatedException -> VaultException.KeyInvalidated()

    is UserNotAuthenticatedException -> VaultException.UserVerificationFailed()

    // said where no screen lock or no finger is there for a key that needs one
    is InvalidAlgorithmParameterException -> VaultException.Unsupported()

    else -> coded()
}

private fun Throwable.coded(): VaultException? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU || this !is KeyStoreException) return null
    return when (numericErrorCode) {
        KeyStoreException.ERROR_USER_AUTHENTICATION_REQUIRED -> VaultException.UserVerificationFailed()
        KeyStoreException.ERROR_KEY_DOES_NOT_EXIST -> VaultException.KeyMissing()
        KeyStoreException.ERROR_KEY_CORRUPTED -> VaultException.KeyInvalidated()
        KeyStoreException.ERROR_KEYSTORE_UNINITIALIZED -> VaultException.Locked()
        else -> null
    }
}

private fun Throwable.code(): String =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && this is KeyStoreException) "($numericErrorCode)" else ""

private const val DEEPEST = 8
