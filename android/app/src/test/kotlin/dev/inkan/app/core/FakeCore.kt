/*
 * A core that says what a test wants it to say, and remembers what it was asked.
 */
package dev.inkan.app.core

import android.app.Activity
import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.AccountState
import dev.inkan.Approval
import dev.inkan.Ceremonies
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.HistoryEntry
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.KeptDecision
import dev.inkan.Language
import dev.inkan.Line
import dev.inkan.LineRole
import dev.inkan.LinkKind
import dev.inkan.Operation
import dev.inkan.Outcome
import dev.inkan.Problem
import dev.inkan.PushAddress
import dev.inkan.PushHint
import dev.inkan.PushPayload
import dev.inkan.Request
import dev.inkan.ScannedCode
import dev.inkan.Start
import dev.inkan.StoreReport
import dev.inkan.WebPushKeys
import dev.inkan.app.look.CameraPlace
import dev.inkan.app.platform.Phone
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emptyFlow
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

internal val NOW: Instant = Instant.parse("2026-11-24T05:05:00Z")
internal val ACCOUNT = AccountId("11111111-1111-4111-8111-111111111111")
internal val CHALLENGE = ChallengeId("22222222-2222-4222-8222-222222222222")

internal fun account() = Account(
    ACCOUNT,
    "https://inkan.example",
    "みらい証券",
    "***0123",
    "Pixel",
    AccountState.ACTIVE,
    false,
    null,
    NOW.minusSeconds(86_400),
)

internal fun request(challenge: ChallengeId = CHALLENGE, language: Language = Language.JA) = Request(
    account = ACCOUNT,
    challenge = challenge,
    relyingParty = "みらい証券",
    operation = Operation.LOGIN,
    language = language,
    lines =
        listOf(
            Line(
                LineRole.OPERATION,
                if (language ==
                    Language.JA
                ) {
                    "手続き"
                } else {
                    "Request"
                },
                if (language == Language.JA) "ログインの確認" else "Confirm sign-in",
            ),
            Line(LineRole.ORIGIN, if (language == Language.JA) "アクセス元" else "Requested from", "macOS / Safari"),
        ),
    state = ChallengeState.PENDING,
    issuedAt = NOW.minusSeconds(20),
    expiresAt = NOW.plusSeconds(100),
    remaining = 100.seconds,
    start = Start.Number(6),
    returns = false,
    approval = Approval.Number(6),
)

internal fun outcome(decision: Decision) = Outcome(ACCOUNT, CHALLENGE, decision, NOW.plusSeconds(5), 42, "hash", "receipt", null)

internal class FakeCore :
    Core,
    Ceremonies {
    val asked = mutableListOf<String>()
    var report = StoreReport()

    /** Why the store does not open. */
    var shut: InternalFailure? = null
    var opened = false
    var accounts = listOf(account())
    var requests = listOf(request())
    var spoken = Language.JA
    var answer = CompletableDeferred<Outcome>()
    var begun: List<EnrollmentPreview> = emptyList()
    var problems: List<Problem> = emptyList()

    /** How requests end that are waited for. */
    val ends = HashMap<ChallengeId, CompletableDeferred<ChallengeState>>()

    /** What a push is; unless a test says so, none comes. */
    var push: (AccountId?) -> PushHint = { error("no push comes to a fake") }

    override val ceremonies: Ceremonies? get() = this.takeIf { opened }

    override suspend fun openStore(): StoreReport {
        asked += "open store"
        shut?.let { throw InkanException.Internal(it) }
        return report
    }

    override suspend fun setStoreAside() {
        asked += "set aside"
    }

    override suspend fun openAuthenticator(): Ceremonies {
        opened = true
        return this
    }

    override fun recognise(text: String): ScannedCode = when {
        "/e#" in text -> ScannedCode.Enrollment("https://inkan.example")
        "/c#" in text -> ScannedCode.Challenge("https://inkan.example", CHALLENGE, LinkKind.OPEN)
        else -> ScannedCode.NotOurs
    }

    override fun log(): String = ""

    override fun setLanguage(language: Language) {
        spoken = language
    }

    override suspend fun accounts(): List<Account> = accounts

    override suspend fun refreshAccount(account: AccountId): Account = account()

    override suspend fun beginEnrollment(uri: String): EnrollmentPreview {
        asked += "begin $uri"
        return EnrollmentPreview(ACCOUNT, "https://inkan.example", "みらい証券", "***0123").also { begun = listOf(it) }
    }

    override suspend fun beginEnrollmentTyped(host: String, code: String): EnrollmentPreview = beginEnrollment("$host $code")

    override suspend fun enrollments(): List<EnrollmentPreview> = begun

    override suspend fun confirmAccount(enrollment: AccountId): String = "731048".also { asked += "confirm" }

    override suspend fun enrollmentStatus(enrollment: AccountId, wait: Duration): EnrollmentProgress = awaitCancellation()

    override suspend fun abandonEnrollment(enrollment: AccountId) {
        asked += "abandon"
    }

    override suspend fun inbox(wait: Duration): Inbox {
        asked += "inbox $wait"
        if (wait > Duration.ZERO) awaitCancellation()
        return Inbox(requests = requests, problems = problems)
    }

    override val inboxes: Flow<Inbox> get() = emptyFlow()

    override suspend fun request(account: AccountId, challenge: ChallengeId): Request {
        asked += "request ${challenge.value.first()}"
        return request(challenge, spoken)
    }

    override suspend fun requestState(account: AccountId, challenge: ChallengeId, wait: Duration): ChallengeState =
        ends.getOrPut(challenge) { CompletableDeferred() }.await()

    override suspend fun openLink(link: String): Request = request(language = spoken).copy(approval = Approval.Ready).also {
        asked +=
            "open $link"
    }

    override suspend fun approve(account: AccountId, challenge: ChallengeId, number: String?, shown: Language?): Outcome {
        asked += "approve $number"
        return answer.await()
    }

    override suspend fun deny(account: AccountId, challenge: ChallengeId, reason: DenyReason): Outcome {
        asked += "deny"
        return answer.await()
    }

    override suspend fun report(account: AccountId, challenge: ChallengeId): Outcome {
        asked += "report"
        return answer.await()
    }

    override suspend fun sendKept(): List<KeptDecision> = emptyList()

    override suspend fun setPush(account: AccountId, push: PushAddress?) {
        if (accounts.none { it.id == account }) throw InkanException.InvalidInput(InvalidInput.UNKNOWN_ACCOUNT)
        asked += "push at ${push?.run { "$token $p256dh $auth" }}"
    }

    override suspend fun webPushKeys(): WebPushKeys = WebPushKeys("key", "auth")

    override suspend fun webPushServerKey(account: AccountId): String? = null

    override suspend fun pushReceived(account: AccountId?, payload: PushPayload): PushHint = push(account)

    override suspend fun pushArrived(push: String) {
        asked += "arrived $push"
    }

    override suspend fun rename(account: AccountId, name: String) {
        asked += "rename $name"
    }

    override suspend fun rotateKeys(account: AccountId) = Unit

    override suspend fun refreshKeys(account: AccountId) = Unit

    override suspend fun freeze(account: AccountId) {
        asked += "freeze"
    }

    override suspend fun leave(account: AccountId) = Unit

    override suspend fun forget(account: AccountId) = Unit

    override suspend fun history(account: AccountId): List<HistoryEntry> = emptyList()
}

/** A phone without a camera whose doorbell rings. */
internal class FakePhone : Phone {
    override fun camera(activity: Activity): CameraPlace? = null

    override val vault: dev.inkan.KeyVault get() = error("the core is a fake: nobody asks for keys")

    override val doorbell = Doorbell { _, _ -> true }
}
