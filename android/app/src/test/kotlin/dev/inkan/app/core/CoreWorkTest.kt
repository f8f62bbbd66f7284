/*
 * What becomes of each effect, by the table that Swift's Runner is held to as well (tests/phones/work.json): what the core is
 * asked, in this order and with these waits, what comes of it, and what of a failure of each call.
 */
package dev.inkan.app.core

import dev.inkan.Account
import dev.inkan.AccountId
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
import dev.inkan.Language
import dev.inkan.Outcome
import dev.inkan.Refusal
import dev.inkan.RefusalReason
import dev.inkan.Request
import dev.inkan.ScannedCode
import dev.inkan.StoreReport
import dev.inkan.UserVerificationFailure
import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.util.Locale
import kotlin.time.Duration

class CoreWorkTest {
    private class Row(val effect: String, val calls: List<String>, val event: String)

    private val rows =
        (
            Json.parseToJsonElement(
                File(System.getProperty("inkan.scenarios")).resolveSibling("work.json").readText(),
            ) as JsonArray
        ).map {
            val row = it as JsonObject
            Row(text(row["effect"]), (row["calls"] as JsonArray).map(::text), text(row["event"]))
        }

    private fun text(of: Any?) = (of as JsonPrimitive).content

    private fun effect(name: String): Effect = when (name) {
        "open_store" -> Effect.OpenStore
        "set_store_aside" -> Effect.SetStoreAside
        "load_request" -> Effect.LoadRequest(ACCOUNT, CHALLENGE)
        "open_link" -> Effect.OpenLink("link")
        "approve" -> Effect.Decide(Decision.APPROVE, ACCOUNT, CHALLENGE, "482913")
        "deny" -> Effect.Decide(Decision.DENY, ACCOUNT, CHALLENGE, reason = DenyReason.CHANGED_MIND)
        "report" -> Effect.Decide(Decision.REPORT, ACCOUNT, CHALLENGE)
        "watch_state" -> Effect.WatchState(ACCOUNT, CHALLENGE)
        "load_inbox" -> Effect.LoadInbox(wait = false)
        "load_inbox waiting" -> Effect.LoadInbox(wait = true)
        "load_accounts" -> Effect.LoadAccounts
        "load_history" -> Effect.LoadHistory
        "load_left_over" -> Effect.LoadLeftOver
        "begin_enrollment" -> Effect.BeginEnrollment("link")
        "begin_typed" -> Effect.BeginTyped("host", "code")
        "confirm_account" -> Effect.ConfirmAccount(ACCOUNT)
        "watch_enrollment" -> Effect.WatchEnrollment(ACCOUNT)
        "abandon_enrollment" -> Effect.AbandonEnrollment(ACCOUNT)
        "freeze" -> Effect.Freeze(ACCOUNT)
        "rename" -> Effect.Rename(ACCOUNT, "name")
        "renew_keys" -> Effect.RenewKeys(ACCOUNT)
        "leave" -> Effect.Leave(ACCOUNT)
        "forget" -> Effect.Forget(ACCOUNT)
        "refresh" -> Effect.Refresh(ACCOUNT)
        else -> error("the table has an effect that nobody knows: $name")
    }

    /** A call's name and its wait, without what the table says of its answer. */
    private fun plain(call: String) = call.removeSuffix("?").removeSuffix(" pending")

    private fun name(event: Event?): String =
        event?.javaClass?.simpleName.orEmpty().replace(Regex("(?<=.)([A-Z])"), "_$1").lowercase(Locale.ROOT)

    private fun ran(row: Row, says: Saying): Event? = runBlocking {
        CoreWork(says, { NOW }, { _, _ -> true }, pause = { says.notes("pause ${it.inWholeSeconds}") }).run(effect(row.effect))
    }

    @Test
    fun whatIsAskedAndWhatComesOfIt() {
        assertTrue("${rows.size}", rows.size > 20)
        for (row in rows) {
            val says = Saying(row.calls)
            val event = ran(row, says)
            assertEquals(row.effect, row.calls.map(::plain), says.asked)
            assertEquals(row.effect, row.event, name(event))
            if (event is Event.Done) assertEquals(effect(row.effect), event.what)
        }
    }

    @Test
    fun everyFailureOfEveryCallReachesTheScreen() {
        for (row in rows) {
            for ((number, call) in row.calls.withIndex()) {
                if (call.startsWith("pause")) continue
                for (failure in FAILURES) {
                    val says = Saying(row.calls, failsAt = number, with = failure)
                    val event = ran(row, says)
                    val what = "${row.effect}: $call fails with ${failure.key}"
                    when {
                        // what was done is done, whether or not whose it is can be said
                        call.endsWith("?") -> {
                            assertEquals(what, row.event, name(event))
                        }

                        row.effect == "open_store" && failure is InkanException.Internal -> {
                            assertEquals(what, Event.StoreFailed(failure.why), event)
                        }

                        else -> {
                            assertEquals(what, Event.Failed(effect(row.effect), failure), event)
                        }
                    }
                    assertEquals("$what: nothing is asked after it", number + 1, says.asked.size)
                }
            }
        }
    }

    /** Answers each call of [calls] as it should, and the one at [failsAt] not. */
    private class Saying(
        private val calls: List<String>,
        private val failsAt: Int = -1,
        private val with: InkanException = InkanException.Offline(),
        private val rest: FakeCore = FakeCore(),
    ) : Core,
        Ceremonies by rest {
        val asked = mutableListOf<String>()

        fun notes(call: String) {
            asked += call
        }

        private fun <T> says(call: String, answer: T): T {
            asked += call
            if (asked.size - 1 == failsAt) throw with
            return answer
        }

        override val ceremonies: Ceremonies get() = this

        override suspend fun openStore() = says("open_store", StoreReport())

        override suspend fun setStoreAside() = says("set_store_aside", Unit)

        override suspend fun openAuthenticator(): Ceremonies = this

        override fun recognise(text: String): ScannedCode = ScannedCode.NotOurs

        override fun log(): String = ""

        override suspend fun accounts(): List<Account> = says("accounts", listOf(account()))

        override suspend fun refreshAccount(account: AccountId): Account = says("refresh_account", account())

        override suspend fun beginEnrollment(uri: String) = says("begin_enrollment", PREVIEW)

        override suspend fun beginEnrollmentTyped(host: String, code: String) = says("begin_enrollment_typed", PREVIEW)

        override suspend fun enrollments(): List<EnrollmentPreview> = says("enrollments", emptyList())

        override suspend fun confirmAccount(enrollment: AccountId): String = says("confirm_account", "731048")

        override suspend fun enrollmentStatus(enrollment: AccountId, wait: Duration): EnrollmentProgress =
            says("enrollment_status ${wait.inWholeSeconds}", EnrollmentProgress.Claimed)

        override suspend fun abandonEnrollment(enrollment: AccountId) = says("abandon_enrollment", Unit)

        override suspend fun inbox(wait: Duration): Inbox = says("inbox ${wait.inWholeSeconds}", Inbox())

        override suspend fun request(account: AccountId, challenge: ChallengeId): Request = says("request", request())

        override suspend fun requestState(account: AccountId, challenge: ChallengeId, wait: Duration): ChallengeState {
            val pending = calls.getOrNull(asked.size)?.endsWith(" pending") == true
            return says(
                "request_state ${wait.inWholeSeconds}",
                if (pending) ChallengeState.PENDING else ChallengeState.EXPIRED,
            )
        }

        override suspend fun openLink(link: String): Request = says("open_link", request())

        override suspend fun approve(account: AccountId, challenge: ChallengeId, number: String?, shown: Language?): Outcome =
            says("approve", outcome(Decision.APPROVE))

        override suspend fun deny(account: AccountId, challenge: ChallengeId, reason: DenyReason): Outcome =
            says("deny", outcome(Decision.DENY))

        override suspend fun report(account: AccountId, challenge: ChallengeId): Outcome =
            says("report", outcome(Decision.REPORT))

        override suspend fun rename(account: AccountId, name: String) = says("rename", Unit)

        override suspend fun rotateKeys(account: AccountId) = says("rotate_keys", Unit)

        override suspend fun freeze(account: AccountId) = says("freeze", Unit)

        override suspend fun leave(account: AccountId) = says("leave", Unit)

        override suspend fun forget(account: AccountId) = says("forget", Unit)

        override suspend fun history(account: AccountId): List<HistoryEntry> = says("history", emptyList())
    }

    private companion object {
        val PREVIEW = EnrollmentPreview(ACCOUNT, "https://inkan.example", "みらい証券", "***0123")

        /** One of each kind. */
        val FAILURES =
            listOf(
                InkanException.Offline(),
                InkanException.ServerUnavailable(),
                InkanException.Untrusted(),
                InkanException.NotRecognised(),
                InkanException.Refused(Refusal(RefusalReason.TOO_MANY_REQUESTS)),
                InkanException.InvalidInput(dev.inkan.InvalidInput.NUMBER),
                InkanException.UpdateNeeded(),
                InkanException.UserVerification(UserVerificationFailure.entries.first()),
                InkanException.KeyInvalid(),
                InkanException.Internal(InternalFailure.STORE_FULL),
            )
    }
}
