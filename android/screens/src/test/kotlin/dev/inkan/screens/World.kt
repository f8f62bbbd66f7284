// A phone's surroundings made up for random walks: what effects could bring, good and bad.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.AccountState
import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.EnrollmentFailure
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.HistoryEntry
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.Language
import dev.inkan.Line
import dev.inkan.LineRole
import dev.inkan.LinkKind
import dev.inkan.Operation
import dev.inkan.Outcome
import dev.inkan.Problem
import dev.inkan.Refusal
import dev.inkan.RefusalReason
import dev.inkan.Request
import dev.inkan.ReturnAddress
import dev.inkan.ScannedCode
import dev.inkan.Start
import dev.inkan.StoreReport
import dev.inkan.UserVerificationFailure
import dev.inkan.Warning
import java.time.Instant
import kotlin.random.Random
import kotlin.time.Duration.Companion.seconds

/** Makes up results by a seeded dice, so that a failing walk can be walked again. */
internal class World(private val dice: Random) {
    var now: Instant = Instant.parse("2026-11-24T05:05:09Z")
    var state: ChallengeState = ChallengeState.PENDING

    private val account = AccountId("a-1")
    private val challenge = ChallengeId("c-1")
    private val ends: Instant = now.plusSeconds(102)

    fun <T> oneOf(things: List<T>): T = things[dice.nextInt(things.size)]

    fun chance(percent: Int): Boolean = dice.nextInt(100) < percent

    fun account(): Account = Account(
        account,
        "https://auth.example.jp",
        "みらい証券",
        "***0123",
        "Pixel",
        oneOf(AccountState.entries),
        chance(20),
        if (chance(20)) now.plusSeconds(86_400) else null,
        now.minusSeconds(86_400),
        if (chance(50)) now.plusSeconds(1_200) else null,
        if (chance(50)) "0120-000-000" else null,
    )

    fun request(): Request {
        val start = oneOf(listOf(Start.Number(6), Start.Scan, Start.Link, Start.None))
        val approval =
            if (chance(
                    70,
                )
            ) {
                oneOf(listOf(Approval.Ready, Approval.Number(6), Approval.Scan, Approval.Link))
            } else {
                Approval.Blocked(blocked())
            }
        val lines =
            listOf(
                Line(LineRole.RELYING_PARTY, "", "みらい証券"),
                Line(LineRole.ACCOUNT, "口座", "***0123"),
                Line(LineRole.OPERATION, "", "出金の確認"),
                Line(LineRole.AMOUNT, "金額", "¥1,250,000"),
                Line(LineRole.PAYEE, "出金先", "見本銀行"),
                Line(LineRole.ORIGIN, "アクセス元", "Windows / Chrome"),
            )
        return Request(
            account,
            challenge,
            "みらい証券",
            oneOf(Operation.entries),
            Language.JA,
            if (chance(90)) lines else emptyList(),
            state,
            ends.minusSeconds(120),
            ends,
            (ends.epochSecond - now.epochSecond).coerceAtLeast(0).seconds,
            start,
            chance(30),
            approval,
            listOf(Warning.SeveralPending(2), Warning.ClockDiffers(90)).filter {
                chance(20)
            },
            if (chance(10)) oneOf(Decision.entries) else null,
        )
    }

    private fun blocked(): BlockedReason = oneOf(
        listOf(
            BlockedReason.UpdateNeeded,
            BlockedReason.Expired,
            BlockedReason.Ended,
            BlockedReason.KeyInvalid,
            BlockedReason.Suspended,
            BlockedReason.Frozen,
            BlockedReason.Waiting(now.plusSeconds(86_400)),
        ),
    )

    fun error(): InkanException = oneOf(
        listOf(
            InkanException.Offline(),
            InkanException.ServerUnavailable(),
            InkanException.Untrusted(),
            InkanException.NotRecognised(),
            InkanException.UpdateNeeded(),
            InkanException.KeyInvalid(),
            InkanException.Refused(
                Refusal(oneOf(RefusalReason.entries), if (chance(50)) oneOf(ChallengeState.entries) else null),
            ),
            InkanException.InvalidInput(oneOf(InvalidInput.entries)),
            InkanException.UserVerification(oneOf(UserVerificationFailure.entries)),
            InkanException.Internal(oneOf(InternalFailure.entries)),
        ),
    )

    fun outcome(decision: Decision): Outcome = Outcome(
        account,
        challenge,
        decision,
        now,
        42,
        "hash",
        "receipt",
        if (chance(30)) ReturnAddress("https://example.jp/") else null,
    )

    fun preview(): EnrollmentPreview = EnrollmentPreview(account, "https://auth.example.jp", "みらい証券", "***0123")

    fun leftOver(): List<EnrollmentPreview> = List(oneOf(listOf(0, 0, 1, 2))) { preview().copy(id = AccountId("a-${it + 1}")) }

    fun scanned(): Event.Scanned = Event.Scanned(
        "https://auth.example.jp/c#",
        oneOf(
            listOf(
                ScannedCode.Enrollment("https://auth.example.jp"),
                ScannedCode.OtherVersion,
                ScannedCode.NotOurs,
                ScannedCode.Challenge("https://auth.example.jp", challenge, LinkKind.SCAN),
                ScannedCode.Challenge("https://auth.example.jp", ChallengeId("c-2"), LinkKind.SCAN),
            ),
        ),
    )

    fun ofTheCamera(): Event = oneOf(CameraTrouble.entries.map { Event.CameraTroubled(it) } + Event.CameraBack)

    fun progress(): EnrollmentProgress = oneOf(
        listOf(EnrollmentProgress.Claimed, EnrollmentProgress.Active(account)) +
            EnrollmentFailure.entries.map { EnrollmentProgress.Failed(it) },
    )

    fun inbox(): Event.InboxLoaded {
        val requests = if (chance(60)) listOf(request()) else emptyList()
        val problems = if (chance(30)) listOf(Problem(account, error())) else emptyList()
        return Event.InboxLoaded(Inbox(emptyList(), requests, problems), if (chance(80)) listOf(account()) else emptyList(), now)
    }

    fun history(): List<HistoryEntry> = if (chance(
            60,
        )
    ) {
        listOf(
            HistoryEntry(
                outcome(oneOf(Decision.entries)).copy(returnTo = null),
                "みらい証券",
                Operation.ORDER,
                Language.JA,
                now,
                request().lines,
            ),
        )
    } else {
        emptyList()
    }

    fun store(): StoreReport = oneOf(
        listOf(
            StoreReport(created = true),
            StoreReport(emptied = true, quarantined = "old"),
            StoreReport(damagedRecords = 2),
        ),
    )
}
