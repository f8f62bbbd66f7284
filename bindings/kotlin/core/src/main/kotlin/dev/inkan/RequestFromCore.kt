// What the core says of requests, as an app knows it.
package dev.inkan

import kotlin.time.toKotlinDuration
import dev.inkan.ffi.Approval as CoreApproval
import dev.inkan.ffi.Blocked as CoreBlocked
import dev.inkan.ffi.ChallengeState as CoreChallengeState
import dev.inkan.ffi.Inbox as CoreInbox
import dev.inkan.ffi.Line as CoreLine
import dev.inkan.ffi.Locale as CoreLocale
import dev.inkan.ffi.Operation as CoreOperation
import dev.inkan.ffi.Problem as CoreProblem
import dev.inkan.ffi.Request as CoreRequest
import dev.inkan.ffi.Role as CoreRole
import dev.inkan.ffi.Start as CoreStart
import dev.inkan.ffi.Warning as CoreWarning

internal fun CoreLocale.toPublic(): Language =
    when (this) {
        CoreLocale.JA -> Language.JA
        CoreLocale.EN -> Language.EN
    }

internal fun CoreOperation.toPublic(): Operation =
    when (this) {
        CoreOperation.LOGIN -> Operation.LOGIN
        CoreOperation.ORDER -> Operation.ORDER
        CoreOperation.WITHDRAWAL -> Operation.WITHDRAWAL
        CoreOperation.PAYOUT_ACCOUNT_CHANGE -> Operation.PAYOUT_ACCOUNT_CHANGE
        CoreOperation.CONTACT_CHANGE -> Operation.CONTACT_CHANGE
        CoreOperation.SETTINGS_CHANGE -> Operation.SETTINGS_CHANGE
        CoreOperation.DEVICE_ADD -> Operation.DEVICE_ADD
        CoreOperation.OTHER -> Operation.OTHER
    }

internal fun CoreRole.toPublic(): LineRole =
    when (this) {
        CoreRole.RELYING_PARTY -> LineRole.RELYING_PARTY
        CoreRole.ACCOUNT -> LineRole.ACCOUNT
        CoreRole.OPERATION -> LineRole.OPERATION
        CoreRole.AMOUNT -> LineRole.AMOUNT
        CoreRole.BUY -> LineRole.BUY
        CoreRole.SELL -> LineRole.SELL
        CoreRole.PAYEE -> LineRole.PAYEE
        CoreRole.NEW_PAYEE -> LineRole.NEW_PAYEE
        CoreRole.FACT -> LineRole.FACT
        CoreRole.ORIGIN -> LineRole.ORIGIN
        CoreRole.REASON -> LineRole.REASON
    }

internal fun CoreLine.toPublic(): Line = Line(role.toPublic(), label, value)

internal fun CoreChallengeState.toPublic(): ChallengeState =
    when (this) {
        CoreChallengeState.PENDING -> ChallengeState.PENDING
        CoreChallengeState.APPROVED -> ChallengeState.APPROVED
        CoreChallengeState.DENIED -> ChallengeState.DENIED
        CoreChallengeState.REPORTED -> ChallengeState.REPORTED
        CoreChallengeState.FAILED -> ChallengeState.FAILED
        CoreChallengeState.EXPIRED -> ChallengeState.EXPIRED
        CoreChallengeState.CANCELLED -> ChallengeState.CANCELLED
        CoreChallengeState.SUPERSEDED -> ChallengeState.SUPERSEDED
    }

internal fun CoreStart.toPublic(): Start =
    when (this) {
        is CoreStart.Number -> Start.Number(digits.toInt())
        is CoreStart.Scan -> Start.Scan
        is CoreStart.Link -> Start.Link
        is CoreStart.None -> Start.None
    }

internal fun CoreApproval.toPublic(): Approval =
    when (this) {
        is CoreApproval.Ready -> Approval.Ready
        is CoreApproval.Number -> Approval.Number(digits.toInt())
        is CoreApproval.Scan -> Approval.Scan
        is CoreApproval.Link -> Approval.Link
        is CoreApproval.Blocked -> Approval.Blocked(v1.toPublic())
    }

internal fun CoreBlocked.toPublic(): BlockedReason =
    when (this) {
        is CoreBlocked.UpdateNeeded -> BlockedReason.UpdateNeeded
        is CoreBlocked.Expired -> BlockedReason.Expired
        is CoreBlocked.Ended -> BlockedReason.Ended
        is CoreBlocked.KeyInvalid -> BlockedReason.KeyInvalid
        is CoreBlocked.Suspended -> BlockedReason.Suspended
        is CoreBlocked.Frozen -> BlockedReason.Frozen
        is CoreBlocked.Waiting -> BlockedReason.Waiting(v1.toInstant())
    }

internal fun CoreWarning.toPublic(): Warning =
    when (this) {
        is CoreWarning.SeveralPending -> Warning.SeveralPending(v1.toInt())
        is CoreWarning.ClockDiffers -> Warning.ClockDiffers(v1)
    }

internal fun CoreRequest.toPublic(): Request =
    Request(
        account = AccountId(account),
        challenge = ChallengeId(challenge),
        relyingParty = relyingParty,
        operation = operation.toPublic(),
        language = locale.toPublic(),
        lines = lines.map { it.toPublic() },
        state = state.toPublic(),
        issuedAt = issuedAt.toInstant(),
        expiresAt = expiresAt.toInstant(),
        remaining = remaining.toKotlinDuration(),
        start = start.toPublic(),
        returns = returns,
        approval = approval.toPublic(),
        warnings = warnings.map { it.toPublic() },
        kept = kept?.toPublic(),
    )

internal fun CoreProblem.toPublic(): Problem = Problem(AccountId(account), error.toPublic())

internal fun CoreInbox.toPublic(): Inbox =
    Inbox(settled.map { it.toPublic() }, requests.map { it.toPublic() }, problems.map { it.toPublic() })
