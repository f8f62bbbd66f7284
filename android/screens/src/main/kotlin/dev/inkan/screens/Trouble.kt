// What went wrong, for a person: what happened, what did not happen, what to do.
package dev.inkan.screens

import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.Operation
import dev.inkan.RefusalReason
import dev.inkan.UserVerificationFailure

/** Three texts. */
data class Trouble(val what: Key, val next: Key)

/**
 * What happened and what to do; what did not happen depends on what was asked for. [opening]: it was asked by a scanned code
 * or an opened link, which grows old and works for one phone.
 */
fun InkanException.trouble(opening: Boolean = false): Trouble = when (this) {
    is InkanException.Offline -> {
        Trouble(Key.OFFLINE, Key.OFFLINE_NEXT)
    }

    is InkanException.ServerUnavailable -> {
        Trouble(Key.UNAVAILABLE, Key.UNAVAILABLE_NEXT)
    }

    is InkanException.Untrusted -> {
        Trouble(Key.UNTRUSTED, Key.UNTRUSTED_NEXT)
    }

    is InkanException.NotRecognised -> {
        Trouble(Key.NOT_RECOGNISED, Key.NOT_RECOGNISED_NEXT)
    }

    is InkanException.UpdateNeeded -> {
        Trouble(Key.UPDATE_NEEDED, Key.UPDATE_NEEDED_NEXT)
    }

    is InkanException.KeyInvalid -> {
        Trouble(Key.KEY_INVALID, Key.KEY_INVALID_NEXT)
    }

    is InkanException.UserVerification -> {
        why.trouble()
    }

    is InkanException.InvalidInput -> {
        input.trouble()
    }

    is InkanException.Refused -> {
        if (opening &&
            refusal.reason == RefusalReason.START_NEEDED
        ) {
            Trouble(Key.CODE_OLD, Key.CODE_OLD_NEXT)
        } else {
            refusal.reason.trouble()
        }
    }

    is InkanException.Internal -> {
        why.trouble()
    }
}

private fun UserVerificationFailure.trouble(): Trouble = when (this) {
    UserVerificationFailure.CANCELLED -> Trouble(Key.VERIFICATION_CANCELLED, Key.VERIFICATION_NEXT)
    UserVerificationFailure.NOT_VERIFIED -> Trouble(Key.VERIFICATION, Key.VERIFICATION_NEXT)
    UserVerificationFailure.LOCKED -> Trouble(Key.VERIFICATION_LOCKED, Key.VERIFICATION_LOCKED_NEXT)
}

private fun InvalidInput.trouble(): Trouble = when (this) {
    InvalidInput.NOT_OURS -> Trouble(Key.NOT_OURS, Key.NOT_OURS_NEXT)

    InvalidInput.SERVER_NOT_ALLOWED -> Trouble(Key.SERVER_NOT_ALLOWED, Key.SERVER_NOT_ALLOWED_NEXT)

    InvalidInput.SERVER_NAME -> Trouble(Key.BAD_SERVER, Key.BAD_SERVER_NEXT)

    InvalidInput.NO_ACCOUNT_FOR_LINK -> Trouble(Key.NO_ACCOUNT_FOR_LINK, Key.NO_ACCOUNT_FOR_LINK_NEXT)

    InvalidInput.NUMBER -> Trouble(Key.BAD_NUMBER, Key.BAD_NUMBER_NEXT)

    InvalidInput.START_FIRST -> Trouble(Key.START_NEEDED, Key.START_NEEDED_NEXT)

    InvalidInput.EXPIRED -> Trouble(Key.EXPIRED_SENTENCE, Key.AGAIN_NEXT)

    InvalidInput.NAME -> Trouble(Key.BAD_NAME, Key.BAD_NAME_NEXT)

    InvalidInput.UNKNOWN_ACCOUNT,
    InvalidInput.UNKNOWN_ENROLLMENT,
    InvalidInput.NOT_SHOWN,
    InvalidInput.STEP,
    InvalidInput.ARGUMENT,
    -> Trouble(Key.OUT_OF_STEP, Key.OUT_OF_STEP_NEXT)
}

private fun RefusalReason.trouble(): Trouble = when (this) {
    RefusalReason.ALREADY_DECIDED -> Trouble(Key.ALREADY_DECIDED, Key.AGAIN_NEXT)
    RefusalReason.EXPIRED -> Trouble(Key.EXPIRED_SENTENCE, Key.AGAIN_NEXT)
    RefusalReason.NUMBER_WRONG -> Trouble(Key.NUMBER_WRONG, Key.AGAIN_NEXT)
    RefusalReason.START_NEEDED -> Trouble(Key.START_NEEDED, Key.START_NEEDED_NEXT)
    RefusalReason.USER_LOCKED -> Trouble(Key.LOCKED, Key.LOCKED_NEXT)
    RefusalReason.DEVICE_WAITING -> Trouble(Key.WAITING, Key.WAITING_NEXT)
    RefusalReason.NUMBER_NEEDED -> Trouble(Key.BAD_NUMBER, Key.BAD_NUMBER_NEXT)
    RefusalReason.HASH_MISMATCH -> Trouble(Key.HASH_MISMATCH, Key.UNTRUSTED_NEXT)
    RefusalReason.RETURN_HASH_NEEDED -> Trouble(Key.UPDATE_NEEDED, Key.UPDATE_NEEDED_NEXT)
    RefusalReason.NOT_FOUND -> Trouble(Key.UNKNOWN_REQUEST_SENTENCE, Key.UNKNOWN_REQUEST_NEXT)
    RefusalReason.TOO_MANY_REQUESTS -> Trouble(Key.TOO_MANY, Key.UNAVAILABLE_NEXT)
}

/** Of the phone itself. */
fun InternalFailure.trouble(): Trouble = when (this) {
    InternalFailure.STORE -> Trouble(Key.STORE_FAILED, Key.STORE_FAILED_NEXT)
    InternalFailure.STORE_FULL -> Trouble(Key.STORE_FULL, Key.STORE_FULL_NEXT)
    InternalFailure.STORE_KEY_MISSING -> Trouble(Key.STORE_KEY_MISSING, Key.STORE_KEY_MISSING_NEXT)
    InternalFailure.STORE_KEY_UNAVAILABLE -> Trouble(Key.STORE_KEY_UNAVAILABLE, Key.STORE_KEY_UNAVAILABLE_NEXT)
    InternalFailure.STORE_NEWER -> Trouble(Key.STORE_NEWER, Key.UPDATE_NEEDED_NEXT)
    InternalFailure.STORE_IN_USE -> Trouble(Key.STORE_IN_USE, Key.STORE_IN_USE_NEXT)
    InternalFailure.VAULT -> Trouble(Key.VAULT_FAILED, Key.VAULT_FAILED_NEXT)
    InternalFailure.PANIC, InternalFailure.OTHER -> Trouble(Key.INTERNAL, Key.INTERNAL_NEXT)
}

/** What did not happen, of an operation. */
fun Operation.didNotHappen(): Key = when (this) {
    Operation.LOGIN -> Key.NOTHING_LOGIN
    Operation.ORDER -> Key.NOTHING_ORDER
    Operation.WITHDRAWAL -> Key.NOTHING_WITHDRAWAL
    Operation.PAYOUT_ACCOUNT_CHANGE -> Key.NOTHING_PAYOUT
    Operation.CONTACT_CHANGE -> Key.NOTHING_CONTACT
    Operation.SETTINGS_CHANGE -> Key.NOTHING_SETTINGS
    Operation.DEVICE_ADD -> Key.NOTHING_DEVICE
    Operation.OTHER -> Key.NOTHING_OTHER
}
