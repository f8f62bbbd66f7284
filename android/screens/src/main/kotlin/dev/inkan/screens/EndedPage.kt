// What is shown of how a request ended.
package dev.inkan.screens

import dev.inkan.ChallengeState
import dev.inkan.Outcome

/** Draws how a request ended. */
internal class EndedPage(private val state: RequestScreen, private val words: Words, private val party: String) {
    private val operation = state.request?.operation
    private val didNot = words.text(operation?.didNotHappen() ?: Key.NOTHING_OTHER)
    private val summary = ShownLines(state.request?.lines.orEmpty()).summary.takeIf { it.isNotEmpty() }?.let { Part.Facts(it) }
    private val close = Button(Ids.CLOSE, words.text(Key.CLOSE), ButtonStyle.OUTLINED)
    private val report = Button(Ids.REPORT, words.text(Key.REPORT), ButtonStyle.QUIET)

    fun draw(ending: Ending): Page = when (ending) {
        is Ending.Approved -> approved(ending)
        is Ending.ReturnFailed -> approved("ended.return_failed", ending.outcome, Key.APPROVED_RETURN_FAILED, null)
        is Ending.Denied -> denied(ending.outcome)
        is Ending.Reported -> reported(ending)
        Ending.Frozen -> frozen()
        Ending.Expired -> over("ended.expired", SealKind.EXPIRED, Key.EXPIRED, Key.AGAIN_NEXT, deadline())
        Ending.NumberWrong -> over("ended.number_wrong", SealKind.DECLINED, Key.FAILED_NUMBER, Key.FAILED_NUMBER_NEXT)
        Ending.Cancelled -> over("ended.cancelled", SealKind.EXPIRED, Key.CANCELLED, Key.AGAIN_NEXT)
        Ending.Superseded -> over("ended.superseded", SealKind.ELSEWHERE, Key.SUPERSEDED, Key.SUPERSEDED_NEXT)
        Ending.NotFound -> notFound()
        is Ending.Elsewhere -> elsewhere(ending.state)
    }

    /** It ended without an answer: nothing was carried out. */
    private fun over(id: String, seal: SealKind, title: Key, next: Key, facts: Part? = summary): Page = page(
        id,
        verdict(seal, title, listOf(didNot, words.text(next))) + listOfNotNull(facts),
        listOf(close, report),
        words.text(title),
    )

    private fun notFound(): Page {
        val texts = listOf(words.text(Key.NOTHING_ANSWERED), words.text(Key.UNKNOWN_REQUEST_NEXT))
        return result("ended.not_found", SealKind.ELSEWHERE, Key.UNKNOWN_REQUEST, texts, report)
    }

    private fun approved(ending: Ending.Approved): Page = if (ending.address == null) {
        approved("ended.approved", ending.outcome, Key.APPROVED_NEXT, null)
    } else {
        val back = Button(Ids.RETURN, words.text(Key.APPROVED_BACK), ButtonStyle.FILLED)
        approved("ended.approved.returning", ending.outcome, Key.APPROVED_RETURNING, back)
    }

    private fun approved(id: String, outcome: Outcome, next: Key, back: Button?): Page {
        val parts =
            listOfNotNull(
                Part.Seal(SealKind.APPROVED, large = true),
                Part.Title(words.text(Key.APPROVED)),
                Part.Text(words.text(next)),
                unsent(),
                proof(outcome),
                Part.Note(words.text(Key.APPROVED_NOTE)),
            )
        val said = if (next == Key.APPROVED_RETURN_FAILED) next else Key.APPROVED
        return page(id, parts, listOfNotNull(back, close, report), words.text(said))
    }

    private fun denied(outcome: Outcome): Page {
        val parts =
            listOfNotNull(
                Part.Seal(SealKind.DECLINED, large = true),
                Part.Title(words.text(Key.DENIED)),
                Part.Text(didNot),
                unsent(),
                proof(outcome),
            )
        return page("ended.denied", parts, listOf(close, report), words.text(Key.DENIED))
    }

    /** A late report that did not arrive. The page under it stays what it is. */
    private fun unsent(): Part? {
        val error = state.failure ?: return null
        if (!error.passes() || state.request == null) return notice(error, words, Key.NOTHING_ANSWERED)
        return notice(error.trouble().what, listOf(Key.KEPT_REPORT), words)
    }

    private fun proof(outcome: Outcome): Part.Facts {
        val decided = Fact(words.text(Key.DECIDED_AT), words.moment(outcome.decidedAt))
        return Part.Facts(summary?.rows.orEmpty() + decided + Fact(words.text(Key.LOG_ROW), outcome.logRow.toString()))
    }

    private fun reported(ending: Ending.Reported): Page {
        val owner = state.owner
        val done =
            listOfNotNull(
                words.text(Key.REPORTED_CLOSED),
                owner?.mutedUntil?.let { words.text(Key.REPORTED_MUTED, words.moment(it)) }
                    ?: words.text(Key.REPORTED_MUTED_FOR_NOW),
                words.text(Key.REPORTED_TOLD, party),
            )
        val canFreeze = owner?.frozen != true
        val parts =
            listOfNotNull(
                Part.Seal(SealKind.STOPPED, large = true),
                Part.Title(words.text(Key.REPORTED)),
                Part.Text(if (ending.approved) words.text(Key.REPORTED_AFTER) else didNot),
                state.failure?.let { notice(it, words, Key.NOTHING_FROZEN) },
                Part.Notice(NoticeKind.INFO, words.text(Key.REPORTED_DONE), done.joinToString("\n")),
                if (canFreeze) {
                    Part.Notice(
                        NoticeKind.CAUTION,
                        words.text(Key.FREEZE_TITLE),
                        words.text(Key.FREEZE_LEAD),
                    )
                } else {
                    null
                },
                proof(ending.outcome),
            )
        val buttons =
            listOfNotNull(
                if (canFreeze) freeze() else null,
                dial(),
                if (canFreeze) Button(Ids.CLOSE, words.text(Key.FREEZE_NOT_NOW), ButtonStyle.QUIET) else close,
            )
        return page("ended.reported", parts, buttons, words.text(Key.REPORTED))
    }

    private fun freeze() =
        Button(Ids.FREEZE, words.text(if (state.freezing) Key.SENDING else Key.FREEZE), ButtonStyle.GRAVE, busy = state.freezing)

    private fun dial() =
        state.owner?.supportPhone?.let { Button(Ids.DIAL, words.text(Key.DIAL, party, it), ButtonStyle.OUTLINED) }

    private fun frozen(): Page {
        val parts =
            listOf(
                Part.Seal(SealKind.STOPPED, large = true),
                Part.Title(words.text(Key.FROZEN)),
                Part.Text(words.text(Key.FROZEN_LEAD)),
                Part.Text(words.text(Key.FROZEN_NEXT)),
            )
        return page("ended.frozen", parts, listOfNotNull(dial(), close), words.text(Key.FROZEN))
    }

    private fun elsewhere(state: ChallengeState?): Page {
        val id = "ended.elsewhere" + state?.let { "." + it.name.lowercase(java.util.Locale.ROOT) }.orEmpty()
        val byYou = words.text(Key.NOTHING_BY_YOU)
        // an approval of another phone may have been carried out: then only what this phone did not do can be said
        return when (state) {
            ChallengeState.APPROVED -> {
                result(
                    id,
                    SealKind.ELSEWHERE,
                    Key.ELSEWHERE,
                    listOf(words.text(Key.ELSEWHERE_APPROVED), byYou),
                    report,
                )
            }

            ChallengeState.DENIED -> {
                result(
                    id,
                    SealKind.ELSEWHERE,
                    Key.ELSEWHERE,
                    listOf(words.text(Key.ELSEWHERE_DENIED), didNot),
                    report,
                )
            }

            ChallengeState.REPORTED -> {
                result(
                    id,
                    SealKind.ELSEWHERE,
                    Key.ELSEWHERE,
                    listOf(words.text(Key.ELSEWHERE_REPORTED), didNot),
                )
            }

            ChallengeState.FAILED -> {
                result(
                    id,
                    SealKind.DECLINED,
                    Key.FAILED_NUMBER,
                    listOf(words.text(Key.ELSEWHERE_FAILED), didNot),
                    report,
                )
            }

            else -> {
                result(
                    "ended.elsewhere",
                    SealKind.ELSEWHERE,
                    Key.ELSEWHERE,
                    listOf(words.text(Key.ALREADY_DECIDED), byYou),
                    report,
                )
            }
        }
    }

    private fun deadline(): Part? =
        state.request?.let { Part.Facts(summary?.rows.orEmpty() + Fact(words.text(Key.DEADLINE), words.moment(it.expiresAt))) }

    private fun result(id: String, seal: SealKind, title: Key, texts: List<String>, more: Button? = null): Page =
        page(id, verdict(seal, title, texts) + listOfNotNull(summary), listOfNotNull(close, more), words.text(title))

    private fun verdict(seal: SealKind, title: Key, texts: List<String>): List<Part> =
        listOf(Part.Seal(seal, large = true), Part.Title(words.text(title))) + texts.map { Part.Text(it) } +
            listOfNotNull(unsent())

    private fun page(id: String, parts: List<Part>, actions: List<Button>, announce: String) =
        Page(id, Bar(party, back = false, time = null), parts, actions, guarded = true, announce = announce)
}
