// What the core says of accounts, enrollments, outcomes and the store, as an app knows it.
package dev.inkan

import java.time.Instant
import dev.inkan.ffi.Account as CoreAccount
import dev.inkan.ffi.AccountState as CoreAccountState
import dev.inkan.ffi.ChallengeLinkKind as CoreLinkKind
import dev.inkan.ffi.Decision as CoreDecision
import dev.inkan.ffi.EnrollmentFailure as CoreEnrollmentFailure
import dev.inkan.ffi.EnrollmentPreview as CorePreview
import dev.inkan.ffi.EnrollmentProgress as CoreProgress
import dev.inkan.ffi.HistoryEntry as CoreHistoryEntry
import dev.inkan.ffi.KeptDecision as CoreKeptDecision
import dev.inkan.ffi.Link as CoreLink
import dev.inkan.ffi.Outcome as CoreOutcome
import dev.inkan.ffi.PushHint as CoreHint
import dev.inkan.ffi.StoreReport as CoreReport
import dev.inkan.ffi.WebPushKeys as CoreWebPushKeys

/** Seconds since 1970; the protocol ends at 2⁵³ − 1, which an [Instant] holds. */
internal fun ULong.toInstant(): Instant = Instant.ofEpochSecond(toLong())

internal fun CoreAccountState.toPublic(): AccountState =
    when (this) {
        CoreAccountState.ACTIVE -> AccountState.ACTIVE
        CoreAccountState.NOT_RECOGNISED -> AccountState.NOT_RECOGNISED
        CoreAccountState.SUSPENDED -> AccountState.SUSPENDED
        CoreAccountState.KEY_INVALID -> AccountState.KEY_INVALID
    }

internal fun CoreAccount.toPublic(): Account =
    Account(
        id = AccountId(id),
        server = server,
        relyingParty = relyingParty,
        displayName = displayName,
        deviceName = deviceName,
        state = state.toPublic(),
        frozen = frozen,
        restrictedUntil = restrictedUntil?.toInstant(),
        enrolledAt = enrolledAt.toInstant(),
        mutedUntil = mutedUntil?.toInstant(),
        supportPhone = supportPhone,
    )

internal fun CoreWebPushKeys.toPublic(): WebPushKeys = WebPushKeys(p256dh, auth)

internal fun CoreHint.toPublic(): PushHint = PushHint(id, collapse)

internal fun CorePreview.toPublic(): EnrollmentPreview = EnrollmentPreview(AccountId(id), server, relyingParty, displayName)

internal fun CoreProgress.toPublic(): EnrollmentProgress =
    when (this) {
        is CoreProgress.Claimed -> EnrollmentProgress.Claimed
        is CoreProgress.Active -> EnrollmentProgress.Active(AccountId(v1))
        is CoreProgress.Failed -> EnrollmentProgress.Failed(v1.toPublic())
    }

internal fun CoreEnrollmentFailure.toPublic(): EnrollmentFailure =
    when (this) {
        CoreEnrollmentFailure.ENDED -> EnrollmentFailure.ENDED
        CoreEnrollmentFailure.FOREIGN_RECORD -> EnrollmentFailure.FOREIGN_RECORD
    }

internal fun CoreDecision.toPublic(): Decision =
    when (this) {
        CoreDecision.APPROVE -> Decision.APPROVE
        CoreDecision.DENY -> Decision.DENY
        CoreDecision.REPORT -> Decision.REPORT
    }

internal fun CoreOutcome.toPublic(): Outcome =
    Outcome(
        account = AccountId(account),
        challenge = ChallengeId(challenge),
        decision = decision.toPublic(),
        decidedAt = decidedAt.toInstant(),
        logRow = log.row.toLong(),
        logHash = log.hash,
        receipt = receipt,
        returnTo = returnTo?.let(::ReturnAddress),
        mutedUntil = mutedUntil?.toInstant(),
    )

internal fun CoreKeptDecision.toPublic(): KeptDecision {
    val outcome = outcome?.toPublic()
    val problem = error?.toPublic() ?: InkanException.Internal(InternalFailure.OTHER, "no answer about a kept decision")
    return KeptDecision(
        account = AccountId(account),
        challenge = ChallengeId(challenge),
        decision = decision.toPublic(),
        outcome = outcome,
        problem = problem.takeIf { outcome == null },
    )
}

internal fun CoreHistoryEntry.toPublic(): HistoryEntry =
    HistoryEntry(
        outcome = outcome.toPublic(),
        relyingParty = relyingParty,
        operation = operation.toPublic(),
        language = locale.toPublic(),
        issuedAt = issuedAt.toInstant(),
        lines = lines.map { it.toPublic() },
    )

internal fun CoreLink.toPublic(): ScannedCode =
    when (this) {
        is CoreLink.Enrollment -> ScannedCode.Enrollment(server)
        is CoreLink.Challenge -> ScannedCode.Challenge(server, ChallengeId(challenge), kind.toPublic())
        is CoreLink.OtherVersion -> ScannedCode.OtherVersion
        is CoreLink.NotOurs -> ScannedCode.NotOurs
    }

internal fun CoreLinkKind.toPublic(): LinkKind =
    when (this) {
        CoreLinkKind.SCAN -> LinkKind.SCAN
        CoreLinkKind.OPEN -> LinkKind.OPEN
    }

internal fun CoreReport.toPublic(): StoreReport =
    StoreReport(
        created = created,
        migratedFrom = migratedFrom?.toInt(),
        quarantined = quarantined,
        emptied = emptied,
        damagedRecords = damagedRecords.coerceAtMost(Int.MAX_VALUE.toULong()).toInt(),
        lostCommits = lostCommits.coerceAtMost(Long.MAX_VALUE.toULong()).toLong(),
    )
