// The core's errors, as an app knows them.
package dev.inkan

import dev.inkan.ffi.InkanException as CoreException
import dev.inkan.ffi.InputFault as CoreInput
import dev.inkan.ffi.InternalFailure as CoreFailure
import dev.inkan.ffi.Refusal as CoreRefusal
import dev.inkan.ffi.RefusalReason as CoreReason
import dev.inkan.ffi.UserVerificationFailure as CoreVerificationFailure

internal fun CoreException.toPublic(): InkanException =
    when (this) {
        is CoreException.Offline -> InkanException.Offline(detail)
        is CoreException.ServerUnavailable -> InkanException.ServerUnavailable(detail)
        is CoreException.Untrusted -> InkanException.Untrusted(detail)
        is CoreException.NotRecognised -> InkanException.NotRecognised(detail)
        is CoreException.Refused -> InkanException.Refused(refusal.toPublic(), detail)
        is CoreException.InvalidInput -> InkanException.InvalidInput(input.toPublic(), detail)
        is CoreException.UpdateNeeded -> InkanException.UpdateNeeded(detail)
        is CoreException.UserVerification -> InkanException.UserVerification(why.toPublic(), detail)
        is CoreException.KeyInvalid -> InkanException.KeyInvalid(detail)
        is CoreException.Internal -> InkanException.Internal(why.toPublic(), detail)
    }

private fun CoreRefusal.toPublic() = Refusal(reason.toPublic(), state?.toPublic(), until?.toInstant())

internal fun CoreReason.toPublic(): RefusalReason =
    when (this) {
        CoreReason.ALREADY_DECIDED -> RefusalReason.ALREADY_DECIDED
        CoreReason.EXPIRED -> RefusalReason.EXPIRED
        CoreReason.NUMBER_WRONG -> RefusalReason.NUMBER_WRONG
        CoreReason.START_NEEDED -> RefusalReason.START_NEEDED
        CoreReason.USER_LOCKED -> RefusalReason.USER_LOCKED
        CoreReason.DEVICE_WAITING -> RefusalReason.DEVICE_WAITING
        CoreReason.NUMBER_NEEDED -> RefusalReason.NUMBER_NEEDED
        CoreReason.HASH_MISMATCH -> RefusalReason.HASH_MISMATCH
        CoreReason.RETURN_HASH_NEEDED -> RefusalReason.RETURN_HASH_NEEDED
        CoreReason.NOT_FOUND -> RefusalReason.NOT_FOUND
        CoreReason.TOO_MANY_REQUESTS -> RefusalReason.TOO_MANY_REQUESTS
    }

internal fun CoreInput.toPublic(): InvalidInput =
    when (this) {
        CoreInput.NOT_OURS -> InvalidInput.NOT_OURS
        CoreInput.SERVER_NOT_ALLOWED -> InvalidInput.SERVER_NOT_ALLOWED
        CoreInput.SERVER_NAME -> InvalidInput.SERVER_NAME
        CoreInput.UNKNOWN_ACCOUNT -> InvalidInput.UNKNOWN_ACCOUNT
        CoreInput.UNKNOWN_ENROLLMENT -> InvalidInput.UNKNOWN_ENROLLMENT
        CoreInput.NO_ACCOUNT_FOR_LINK -> InvalidInput.NO_ACCOUNT_FOR_LINK
        CoreInput.NOT_SHOWN -> InvalidInput.NOT_SHOWN
        CoreInput.NUMBER -> InvalidInput.NUMBER
        CoreInput.START_FIRST -> InvalidInput.START_FIRST
        CoreInput.EXPIRED -> InvalidInput.EXPIRED
        CoreInput.STEP -> InvalidInput.STEP
        CoreInput.NAME -> InvalidInput.NAME
        CoreInput.ARGUMENT -> InvalidInput.ARGUMENT
    }

internal fun CoreVerificationFailure.toPublic(): UserVerificationFailure =
    when (this) {
        CoreVerificationFailure.CANCELLED -> UserVerificationFailure.CANCELLED
        CoreVerificationFailure.NOT_VERIFIED -> UserVerificationFailure.NOT_VERIFIED
        CoreVerificationFailure.LOCKED -> UserVerificationFailure.LOCKED
    }

internal fun CoreFailure.toPublic(): InternalFailure =
    when (this) {
        CoreFailure.STORE -> InternalFailure.STORE
        CoreFailure.STORE_FULL -> InternalFailure.STORE_FULL
        CoreFailure.STORE_KEY_MISSING -> InternalFailure.STORE_KEY_MISSING
        CoreFailure.STORE_KEY_UNAVAILABLE -> InternalFailure.STORE_KEY_UNAVAILABLE
        CoreFailure.STORE_NEWER -> InternalFailure.STORE_NEWER
        CoreFailure.STORE_IN_USE -> InternalFailure.STORE_IN_USE
        CoreFailure.VAULT -> InternalFailure.VAULT
        CoreFailure.PANIC -> InternalFailure.PANIC
        CoreFailure.OTHER -> InternalFailure.OTHER
    }
