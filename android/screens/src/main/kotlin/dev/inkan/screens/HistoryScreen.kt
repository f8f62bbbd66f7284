// What this phone has decided, with the receipts.
package dev.inkan.screens

import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.HistoryEntry
import dev.inkan.InkanException
import dev.inkan.Request
import dev.inkan.Start
import kotlin.time.Duration

/**
 * The history: a list, and each entry with its receipt.
 *
 * ```text
 * list ─▶ entry ─▶ reporting ─▶ reported (what was done; stop the account) ─▶ list
 *           ▲          │ not sent
 *           └──────────┘
 * ```
 * What was decided can be reported for 30 days; [report] is the request's screen that does it.
 */
data class HistoryScreen(
    val entries: List<HistoryEntry>? = null,
    /** The row that is open. */
    val open: String? = null,
    val failure: InkanException? = null,
    val report: RequestScreen? = null,
) : Screen<HistoryScreen> {
    internal val entry: HistoryEntry? get() = entries.orEmpty().firstOrNull { rowOf(it) == open }

    /** The report is taken, and its page is shown. */
    internal val reported: RequestScreen? get() = report?.takeIf { it.phase is RequestScreen.Phase.Ended }

    override fun handle(event: Event): Step<HistoryScreen> = when (event) {
        is Event.Started -> Step(this, listOf(Effect.LoadHistory))
        is Event.HistoryLoaded -> Step(copy(entries = event.entries, failure = failure.takeIf { open != null }))
        is Event.Failed -> failed(event)
        is Event.Tapped -> if (report == null) tapped(event.id) else reporting(event)
        else -> reporting(event)
    }

    override fun page(words: Words): Page = reported?.page(words) ?: HistoryPage(this, words).draw()

    private fun tapped(id: String): Step<HistoryScreen> = when (id) {
        Ids.BACK -> if (entry == null) Step(this, listOf(Effect.Close)) else Step(copy(open = null, failure = null))
        Ids.RETRY -> Step(copy(failure = null), listOf(Effect.LoadHistory))
        Ids.REPORT -> entry?.takeUnless { isReported(it) }?.let { begin(it) } ?: Step(this)
        else -> Step(if (entries.orEmpty().any { rowOf(it) == id }) copy(open = id, failure = null) else this)
    }

    private fun begin(entry: HistoryEntry): Step<HistoryScreen> {
        val outcome = entry.outcome
        val ending = if (outcome.decision == Decision.APPROVE) Ending.Approved(outcome) else Ending.Denied(outcome)
        val screen = RequestScreen(outcome.account, outcome.challenge, RequestScreen.Phase.Ended(ending), entry.asRequest())
        return copy(report = screen, failure = null).reporting(Event.Tapped(Ids.REPORT))
    }

    private fun failed(event: Event.Failed): Step<HistoryScreen> =
        if (event.what == Effect.LoadHistory) Step(copy(failure = event.error, entries = entries.orEmpty())) else reporting(event)

    private fun reporting(event: Event): Step<HistoryScreen> {
        val step = report?.handle(event) ?: return Step(this)
        val ending = (step.state.phase as? RequestScreen.Phase.Ended)?.ending
        return when {
            Effect.Close in step.effects -> {
                Step(copy(report = null, open = null), listOf(Effect.LoadHistory))
            }

            ending is Ending.Approved || ending is Ending.Denied -> {
                Step(
                    copy(report = null, failure = step.state.failure),
                    step.effects,
                )
            }

            else -> {
                Step(copy(report = step.state), step.effects)
            }
        }
    }

    /** A report is an entry of its own beside the decision that it is about. */
    internal fun isReported(entry: HistoryEntry): Boolean = entries.orEmpty().any {
        it.outcome.decision == Decision.REPORT &&
            it.outcome.challenge == entry.outcome.challenge &&
            it.outcome.account == entry.outcome.account
    }

    internal companion object {
        /** The id of an entry's row: a challenge can have several entries. */
        fun rowOf(entry: HistoryEntry): String =
            "entry:" + entry.outcome.decision.name.lowercase(java.util.Locale.ROOT) + ":" + entry.outcome.challenge.value

        private fun HistoryEntry.asRequest() = Request(
            account = outcome.account,
            challenge = outcome.challenge,
            relyingParty = relyingParty,
            operation = operation,
            language = language,
            lines = lines,
            state = if (outcome.decision == Decision.APPROVE) ChallengeState.APPROVED else ChallengeState.DENIED,
            issuedAt = issuedAt,
            expiresAt = outcome.decidedAt,
            remaining = Duration.ZERO,
            start = Start.None,
            returns = false,
            approval = Approval.Blocked(BlockedReason.Ended),
        )
    }
}
