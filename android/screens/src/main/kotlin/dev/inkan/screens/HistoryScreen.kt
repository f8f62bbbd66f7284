// What this phone has decided, with the receipts.
package dev.inkan.screens

import dev.inkan.ChallengeId
import dev.inkan.Decision
import dev.inkan.HistoryEntry
import dev.inkan.InkanException

/** The history: a list, and each entry with its receipt. What was approved can be reported for 30 days. */
data class HistoryScreen(
    val entries: List<HistoryEntry>? = null,
    val open: ChallengeId? = null,
    val failure: InkanException? = null,
    val reporting: Boolean = false,
    val reported: Boolean = false,
) : Screen<HistoryScreen> {
    override fun handle(event: Event): Step<HistoryScreen> = when (event) {
        is Event.Started -> {
            Step(this, listOf(Effect.LoadHistory))
        }

        is Event.HistoryLoaded -> {
            Step(copy(entries = event.entries, failure = null))
        }

        is Event.Decided -> {
            Step(copy(reporting = false, reported = true), listOf(Effect.LoadHistory))
        }

        is Event.Failed -> {
            Step(
                copy(
                    failure = event.error,
                    reporting = reporting && event.what !is Effect.Decide,
                    entries =
                        entries ?: emptyList(),
                ),
            )
        }

        is Event.Tapped -> {
            tapped(event.id)
        }

        else -> {
            Step(this)
        }
    }

    private fun tapped(id: String): Step<HistoryScreen> {
        val entry = entries.orEmpty().firstOrNull { it.outcome.challenge == open }
        return when {
            id == Ids.BACK && open != null -> {
                Step(copy(open = null, failure = null, reported = false))
            }

            id == Ids.BACK -> {
                Step(this, listOf(Effect.Close))
            }

            id == Ids.RETRY -> {
                Step(copy(failure = null), listOf(Effect.LoadHistory))
            }

            id == Ids.REPORT && entry != null && !reporting -> {
                Step(
                    copy(reporting = true, failure = null),
                    listOf(Effect.Decide(Decision.REPORT, entry.outcome.account, entry.outcome.challenge)),
                )
            }

            id.startsWith(ENTRY) -> {
                Step(copy(open = ChallengeId(id.removePrefix(ENTRY)), failure = null))
            }

            else -> {
                Step(this)
            }
        }
    }

    override fun page(words: Words): Page {
        val entry = entries.orEmpty().firstOrNull { it.outcome.challenge == open }
        return when {
            entries == null -> {
                page("history.loading", listOf(Part.Title(words.text(Key.NAV_HISTORY)), Part.Text(words.text(Key.LOADING))))
            }

            entry != null -> {
                one(entry, words)
            }

            entries.isEmpty() && failure == null -> {
                page("history.empty", listOf(Part.Empty(words.text(Key.HISTORY_NONE), words.text(Key.HISTORY_NONE_HINT))))
            }

            else -> {
                list(words)
            }
        }
    }

    private fun list(words: Words): Page {
        val rows =
            entries.orEmpty().map { entry ->
                val lines = ShownLines(entry.lines)
                Row(
                    ENTRY + entry.outcome.challenge.value,
                    title = lines.operation,
                    detail =
                        listOfNotNull(
                            lines.amount,
                            entry.relyingParty,
                            words.moment(entry.outcome.decidedAt),
                        ).joinToString("\n"),
                    value = words.text(entry.outcome.decision.said()),
                    seal = entry.outcome.decision.seal(),
                )
            }
        val retry = if (failure == null) emptyList() else listOf(Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.OUTLINED))
        return page(
            "history",
            listOfNotNull(
                Part.Title(words.text(Key.NAV_HISTORY)),
                failure?.let {
                    notice(it, words, null)
                },
                rows.takeIf { it.isNotEmpty() }?.let { Part.Rows(it) },
            ),
            retry,
        )
    }

    private fun one(entry: HistoryEntry, words: Words): Page {
        val lines = ShownLines(entry.lines)
        val outcome = entry.outcome
        val facts =
            lines.facts +
                Fact(words.text(Key.DECISION), words.text(outcome.decision.said())) +
                Fact(words.text(Key.DECIDED_AT), words.moment(outcome.decidedAt)) +
                Fact(words.text(Key.LOG_ROW), outcome.logRow.toString())
        val parts =
            listOfNotNull(
                Part.Seal(outcome.decision.seal(), large = false),
                Part.RequestHead(
                    lines.operation,
                    lines.amount,
                    lines.side,
                    null,
                    listOfNotNull(lines.operation, lines.amount).joinToString(words.pause),
                ),
                failure?.let { notice(it, words, Key.NOTHING_ANSWERED) },
                if (reported) info(words.text(Key.SETTLED_REPORT)) else null,
                Part.Facts(facts),
                Part.Facts(lines.origin).takeIf { lines.origin.isNotEmpty() },
                Part.Note(words.text(Key.RECEIPT_NOTE)),
                Part.Mono(outcome.receipt),
            )
        val report =
            Button(Ids.REPORT, words.text(if (reporting) Key.SENDING else Key.REPORT), ButtonStyle.OUTLINED, busy = reporting)
        val actions = if (outcome.decision == Decision.REPORT || reported) emptyList() else listOf(report)
        return Page(
            "history.entry",
            Bar(entry.relyingParty, back = true, time = null),
            parts,
            actions,
            guarded = true,
            announce = null,
        )
    }

    private fun page(id: String, parts: List<Part>, actions: List<Button> = emptyList()) =
        Page(id, Bar(APP, back = true, time = null), parts, actions, guarded = false, announce = null)

    private companion object {
        const val ENTRY = "entry:"

        fun Decision.said(): Key = when (this) {
            Decision.APPROVE -> Key.DECISION_APPROVE
            Decision.DENY -> Key.DECISION_DENY
            Decision.REPORT -> Key.DECISION_REPORT
        }

        fun Decision.seal(): SealKind = when (this) {
            Decision.APPROVE -> SealKind.APPROVED
            Decision.DENY -> SealKind.DECLINED
            Decision.REPORT -> SealKind.STOPPED
        }
    }
}
