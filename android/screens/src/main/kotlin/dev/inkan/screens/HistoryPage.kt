// What is shown of the history.
package dev.inkan.screens

import dev.inkan.Decision
import dev.inkan.HistoryEntry

/** Draws the history. An entry is guarded, as its request was. */
internal class HistoryPage(private val state: HistoryScreen, private val words: Words) {
    fun draw(): Page {
        val entry = state.entry
        val none = state.entries?.isEmpty() == true && state.failure == null
        return when {
            state.entries == null -> page("history.loading", listOf(title(), Part.Text(words.text(Key.LOADING))))
            entry != null -> one(entry)
            none -> page("history.empty", listOf(Part.Empty(words.text(Key.HISTORY_NONE), words.text(Key.HISTORY_NONE_HINT))))
            else -> list()
        }
    }

    private fun title() = Part.Title(words.text(Key.NAV_HISTORY))

    private fun list(): Page {
        val rows = state.entries.orEmpty().map { row(it) }
        val failure = state.failure?.let { notice(it, words, Key.NOTHING_CHANGED) }
        val retry = if (failure == null) emptyList() else listOf(Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.OUTLINED))
        return page("history", listOfNotNull(title(), failure, rows.takeIf { it.isNotEmpty() }?.let { Part.Rows(it) }), retry)
    }

    private fun row(entry: HistoryEntry): Row {
        val lines = ShownLines(entry.lines)
        val detail = listOfNotNull(lines.amount, entry.relyingParty, words.moment(entry.outcome.decidedAt))
        return Row(
            HistoryScreen.rowOf(entry),
            title = lines.operation,
            detail = detail.joinToString("\n"),
            value = words.text(entry.outcome.decision.said()),
            seal = entry.outcome.decision.seal(),
        )
    }

    private fun one(entry: HistoryEntry): Page {
        val lines = ShownLines(entry.lines)
        val outcome = entry.outcome
        val proof =
            listOf(
                Fact(words.text(Key.DECISION), words.text(outcome.decision.said())),
                Fact(words.text(Key.DECIDED_AT), words.moment(outcome.decidedAt)),
                Fact(words.text(Key.LOG_ROW), outcome.logRow.toString()),
            )
        val spoken = listOfNotNull(lines.operation, lines.amount).joinToString(words.pause)
        val told = state.isReported(entry)
        val parts =
            listOfNotNull(
                Part.Seal(outcome.decision.seal(), large = false),
                Part.RequestHead(lines.operation, lines.amount, lines.side, rim = null, spoken = spoken),
                unsent(),
                if (told && outcome.decision != Decision.REPORT) info(words.text(Key.SETTLED_REPORT)) else null,
                Part.Facts(lines.facts + proof),
                Part.Facts(lines.origin).takeIf { lines.origin.isNotEmpty() },
                Part.Note(words.text(Key.RECEIPT_NOTE)),
                Part.Mono(outcome.receipt),
            )
        val bar = Bar(entry.relyingParty, back = true, time = null)
        return Page("history.entry", bar, parts, if (told) emptyList() else listOf(report()), guarded = true, announce = null)
    }

    private fun report(): Button {
        val busy = state.report != null
        return Button(Ids.REPORT, words.text(if (busy) Key.SENDING else Key.REPORT), ButtonStyle.OUTLINED, busy)
    }

    /** A report that did not arrive: without a connection it is kept. */
    private fun unsent(): Part? {
        val error = state.failure ?: return null
        return if (error.passes()) {
            notice(
                error.trouble().what,
                listOf(Key.KEPT_REPORT),
                words,
            )
        } else {
            notice(error, words, Key.NOTHING_ANSWERED)
        }
    }

    private fun page(id: String, parts: List<Part>, actions: List<Button> = emptyList()) =
        Page(id, Bar(APP, back = true, time = null), parts, actions, guarded = false, announce = null)

    private companion object {
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
