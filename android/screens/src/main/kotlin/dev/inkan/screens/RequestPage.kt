// What is shown of a request, in each of its states.
package dev.inkan.screens

import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.InkanException
import dev.inkan.Outcome
import dev.inkan.Request
import dev.inkan.Start
import dev.inkan.Warning
import java.time.Duration

/** Draws a request's screen. Every page of it is guarded. */
internal class RequestPage(private val state: RequestScreen, private val words: Words) {
    private val party = state.request?.relyingParty ?: state.owner?.relyingParty ?: APP
    private val left = state.ends?.let { Duration.between(state.now, it).seconds }
    private val time =
        state.ends?.let { ends -> state.begun?.let { countdown(it, ends, state.now, words) } }

    fun draw(): Page =
        when (val phase = state.phase) {
            RequestScreen.Phase.Verifying -> verifying()
            RequestScreen.Phase.Shown -> state.request?.let { shown(it) } ?: verifying()
            RequestScreen.Phase.Asking -> asking()
            is RequestScreen.Phase.Scanning -> scanning(phase)
            is RequestScreen.Phase.Sending -> sending(phase.decision)
            is RequestScreen.Phase.Ended -> EndedPage(state, words, party).draw(phase.ending)
            is RequestScreen.Phase.Stuck -> stuck(phase.error)
        }

    private fun verifying() =
        page("request.verifying", listOf(Part.Title(words.text(Key.VERIFYING)), Part.Text(words.text(Key.VERIFYING_LEAD))), emptyList())

    private fun shown(request: Request): Page {
        val lines = ShownLines(request.lines)
        val parts =
            listOf(head(request, lines)) +
                listOfNotNull(state.failure?.let { notice(it, words, notYet(request)) }) +
                listOfNotNull(facts(lines.facts), facts(lines.origin)) +
                listOfNotNull(lines.reasons.takeIf { it.isNotEmpty() }?.let { Part.Reasons(it) }) +
                warnings(request) +
                start(request)
        return page(id(request), parts, actions(request))
    }

    private fun head(request: Request, lines: ShownLines): Part.RequestHead {
        val operation = lines.operation.ifEmpty { words.text(Key.NAV_INBOX) }
        val spoken = listOfNotNull(party, operation, lines.amount).joinToString(words.text(Key.PAUSE))
        val rim = if (request.kept == null) time?.fraction else null
        return Part.RequestHead(operation, lines.amount, lines.side, rim, spoken)
    }

    private fun facts(rows: List<Fact>): Part? = rows.takeIf { it.isNotEmpty() }?.let { Part.Facts(it) }

    private fun notYet(request: Request): Key? =
        if (request.kept != null) Key.NOTHING_KNOWN else request.operation.didNotHappen()

    private fun id(request: Request): String {
        val approval = request.approval
        return when {
            request.kept != null -> "request.kept"
            approval is Approval.Blocked -> "request.blocked." + blockedName(approval.why)
            approval is Approval.Number -> "request.number"
            approval == Approval.Scan -> "request.scan"
            approval == Approval.Link -> "request.link"
            else -> "request.ready"
        }
    }

    private fun blockedName(why: BlockedReason): String =
        when (why) {
            BlockedReason.UpdateNeeded -> "update_needed"
            BlockedReason.Expired -> "expired"
            BlockedReason.Ended -> "ended"
            BlockedReason.KeyInvalid -> "key_invalid"
            BlockedReason.Suspended -> "suspended"
            BlockedReason.Frozen -> "locked"
            is BlockedReason.Waiting -> "waiting"
        }

    private fun warnings(request: Request): List<Part> {
        val kept =
            when (request.kept) {
                Decision.APPROVE -> words.text(Key.KEPT_APPROVE)
                Decision.DENY -> words.text(Key.KEPT_DENY)
                Decision.REPORT -> words.text(Key.KEPT_REPORT)
                null -> null
            }
        val others =
            request.warnings.map { warning ->
                when (warning) {
                    is Warning.SeveralPending -> words.text(Key.SEVERAL_PENDING, warning.count)
                    is Warning.ClockDiffers -> words.text(Key.CLOCK_DIFFERS, kotlin.math.abs(warning.seconds))
                }
            }
        val blocked = (request.approval as? Approval.Blocked)?.let { blockedText(it.why) }
        return (listOfNotNull(kept) + others + listOfNotNull(blocked)).map { caution(it) }
    }

    private fun blockedText(why: BlockedReason): String =
        when (why) {
            BlockedReason.UpdateNeeded -> words.text(Key.BLOCKED_UPDATE)
            BlockedReason.Expired, BlockedReason.Ended -> words.text(Key.BLOCKED_ENDED)
            BlockedReason.KeyInvalid -> words.text(Key.BLOCKED_KEY)
            BlockedReason.Suspended -> words.text(Key.BLOCKED_SUSPENDED)
            BlockedReason.Frozen -> words.text(Key.BLOCKED_FROZEN)
            is BlockedReason.Waiting -> words.text(Key.BLOCKED_WAITING, words.moment(why.until))
        }

    private fun start(request: Request): List<Part> {
        val approval = request.approval
        val quiet = { text: Key -> Part.Inline(listOf(Button(Ids.SCAN, words.text(text), ButtonStyle.OUTLINED))) }
        return when {
            request.kept != null -> emptyList()
            approval is Approval.Number -> {
                val missing = if (state.early) words.text(Key.NUMBER_MISSING, approval.digits) else null
                val label = words.text(Key.NUMBER_LABEL, approval.digits)
                listOf(Part.Digits(Ids.NUMBER, label, approval.digits, state.number, missing))
            }

            approval == Approval.Scan ->
                listOfNotNull(if (state.early) caution(words.text(Key.SCAN_MISSING)) else null, quiet(Key.SCAN_LABEL))

            approval == Approval.Link -> listOf(caution(words.text(Key.LINK_MISSING)))
            approval == Approval.Ready && request.start == Start.Scan -> listOf(info(words.text(Key.SCAN_DONE)))
            approval == Approval.Ready && request.start == Start.Link -> listOf(info(words.text(Key.LINK_DONE)))
            else -> emptyList()
        }
    }

    private fun actions(request: Request): List<Button> {
        val blocked = (request.approval as? Approval.Blocked)?.why
        val first =
            when {
                request.kept != null -> return listOf(Button(Ids.RESEND, words.text(Key.KEPT_RESEND), ButtonStyle.OUTLINED))
                blocked == BlockedReason.UpdateNeeded -> Button(Ids.UPDATE, words.text(Key.UPDATE), ButtonStyle.FILLED)
                blocked == BlockedReason.KeyInvalid || blocked == BlockedReason.Suspended ->
                    Button(Ids.ENROLL, words.text(Key.ENROLL_AGAIN), ButtonStyle.FILLED)

                blocked != null -> null
                else -> Button(Ids.APPROVE, words.text(Key.APPROVE), ButtonStyle.FILLED)
            }
        return listOfNotNull(
            first,
            Button(Ids.DENY, words.text(Key.DENY), ButtonStyle.OUTLINED),
            Button(Ids.REPORT, words.text(Key.REPORT), ButtonStyle.QUIET),
        )
    }

    private fun asking() =
        page(
            "request.asking",
            listOfNotNull(
                Part.Title(words.text(Key.DENY_TITLE)),
                state.request?.let { facts(ShownLines(it.lines).summary) },
            ),
            listOf(
                Button(Ids.DENY_MINE, words.text(Key.DENY_YES), ButtonStyle.FILLED),
                Button(Ids.DENY_NOT_MINE, words.text(Key.DENY_NO), ButtonStyle.OUTLINED),
                Button(Ids.BACK, words.text(Key.BACK), ButtonStyle.QUIET),
            ),
            back = true,
        )

    private fun scanning(phase: RequestScreen.Phase.Scanning): Page {
        val title = Part.Title(words.text(Key.SCAN_LABEL))
        if (phase.refused) {
            val parts = listOf(title, Part.Notice(NoticeKind.CAUTION, words.text(Key.CAMERA_REFUSED), words.text(Key.CAMERA_REFUSED_SCAN)))
            val settings = Button(Ids.SYSTEM_SETTINGS, words.text(Key.OPEN_SETTINGS), ButtonStyle.FILLED)
            return page("request.scanning.refused", parts, listOf(settings, Button(Ids.BACK, words.text(Key.BACK), ButtonStyle.OUTLINED)), true)
        }
        val foreign = if (phase.foreign) caution(words.text(Key.SCAN_FOREIGN)) else null
        val parts = listOfNotNull(title, foreign, Part.Camera, Part.Note(words.text(Key.SCAN_NOTE)))
        return page("request.scanning", parts, listOf(Button(Ids.BACK, words.text(Key.BACK), ButtonStyle.OUTLINED)), true)
    }

    private fun sending(decision: Decision): Page {
        val lines = ShownLines(state.request?.lines.orEmpty())
        val head = state.request?.let { head(it, lines) }
        val busy = words.text(Key.SENDING)
        val buttons =
            when (decision) {
                Decision.APPROVE -> listOf(Button(Ids.APPROVE, busy, ButtonStyle.FILLED, busy = true))
                Decision.DENY -> listOf(Button(Ids.DENY, busy, ButtonStyle.OUTLINED, busy = true))
                Decision.REPORT -> listOf(Button(Ids.REPORT, busy, ButtonStyle.OUTLINED, busy = true))
            }
        return page("request.sending", listOfNotNull(head, facts(lines.facts)), buttons)
    }

    private fun stuck(error: InkanException): Page {
        val trouble = error.trouble()
        val didNot = state.request?.operation?.didNotHappen() ?: Key.NOTHING_ANSWERED
        val enroll = error is InkanException.NotRecognised || error is InkanException.KeyInvalid
        val first =
            when {
                enroll -> Button(Ids.ENROLL, words.text(Key.ENROLL_AGAIN), ButtonStyle.FILLED)
                error is InkanException.UpdateNeeded -> Button(Ids.UPDATE, words.text(Key.UPDATE), ButtonStyle.FILLED)
                error is InkanException.Untrusted -> null
                else -> Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.FILLED)
            }
        val parts = listOf(Part.Title(words.text(trouble.what)), Part.Text(words.text(didNot)), Part.Text(words.text(trouble.next)))
        val close = Button(Ids.CLOSE, words.text(Key.CLOSE), ButtonStyle.OUTLINED)
        return page("request.stuck." + error.key.substringBefore('.'), parts, listOfNotNull(first, close), timed = false)
    }

    private fun page(id: String, parts: List<Part>, actions: List<Button>, back: Boolean = false, timed: Boolean = true): Page {
        val shownTime = time.takeIf { timed }
        return Page(id, Bar(party, back, shownTime), parts, actions, guarded = true, announce = left?.let { shownTime?.announced(it) })
    }
}

/** Draws how a request ended. */
internal class EndedPage(private val state: RequestScreen, private val words: Words, private val party: String) {
    private val operation = state.request?.operation
    private val didNot = words.text(operation?.didNotHappen() ?: Key.NOTHING_OTHER)
    private val summary = ShownLines(state.request?.lines.orEmpty()).summary.takeIf { it.isNotEmpty() }?.let { Part.Facts(it) }
    private val close = Button(Ids.CLOSE, words.text(Key.CLOSE), ButtonStyle.OUTLINED)
    private val report = Button(Ids.REPORT, words.text(Key.REPORT), ButtonStyle.QUIET)

    fun draw(ending: Ending): Page =
        when (ending) {
            is Ending.Approved -> approved(ending)
            Ending.ReturnFailed -> result("ended.return_failed", SealKind.APPROVED, Key.APPROVED, listOf(words.text(Key.APPROVED_RETURN_FAILED)))
            is Ending.Denied -> result("ended.denied", SealKind.DECLINED, Key.DENIED, listOf(didNot))
            is Ending.Reported -> reported(ending.outcome)
            Ending.Frozen -> frozen()
            Ending.Expired -> result("ended.expired", SealKind.EXPIRED, Key.EXPIRED, listOf(didNot, words.text(Key.AGAIN_NEXT)), report)
            Ending.NumberWrong ->
                result("ended.number_wrong", SealKind.DECLINED, Key.FAILED_NUMBER, listOf(didNot, words.text(Key.FAILED_NUMBER_NEXT)), report)

            Ending.Cancelled -> result("ended.cancelled", SealKind.EXPIRED, Key.CANCELLED, listOf(didNot, words.text(Key.AGAIN_NEXT)), report)
            Ending.Superseded ->
                result("ended.superseded", SealKind.ELSEWHERE, Key.SUPERSEDED, listOf(words.text(Key.NOTHING_BY_YOU), words.text(Key.SUPERSEDED_NEXT)))

            Ending.NotFound ->
                result("ended.not_found", SealKind.ELSEWHERE, Key.UNKNOWN_REQUEST, listOf(words.text(Key.NOTHING_ANSWERED), words.text(Key.UNKNOWN_REQUEST_NEXT)))

            is Ending.Elsewhere -> elsewhere(ending.state)
        }

    private fun approved(ending: Ending.Approved): Page {
        val address = ending.address
        val next = words.text(if (address == null) Key.APPROVED_NEXT else Key.APPROVED_RETURNING)
        val back = address?.let { Button(Ids.RETURN, words.text(Key.APPROVED_BACK), ButtonStyle.FILLED) }
        val id = if (address == null) "ended.approved" else "ended.approved.returning"
        val parts =
            listOfNotNull(
                Part.Seal(SealKind.APPROVED, large = true),
                Part.Title(words.text(Key.APPROVED)),
                Part.Text(next),
                proof(ending.outcome),
                Part.Note(words.text(Key.APPROVED_NOTE)),
            )
        return page(id, parts, listOfNotNull(back, close, report), words.text(Key.APPROVED))
    }

    private fun proof(outcome: Outcome): Part.Facts {
        val when_ = Fact(words.text(Key.DECIDED_AT), words.moment(outcome.decidedAt))
        return Part.Facts(summary?.rows.orEmpty() + when_ + Fact(words.text(Key.LOG_ROW), outcome.logRow.toString()))
    }

    private fun reported(outcome: Outcome): Page {
        val owner = state.owner
        val done =
            listOfNotNull(
                words.text(Key.REPORTED_CLOSED),
                owner?.mutedUntil?.let { words.text(Key.REPORTED_MUTED, words.moment(it)) } ?: words.text(Key.REPORTED_MUTED_FOR_NOW),
                words.text(Key.REPORTED_TOLD, party),
            )
        val canFreeze = owner?.frozen != true
        val parts =
            listOfNotNull(
                Part.Seal(SealKind.STOPPED, large = true),
                Part.Title(words.text(Key.REPORTED)),
                Part.Text(didNot),
                state.failure?.let { notice(it, words, Key.NOTHING_FROZEN) },
                Part.Notice(NoticeKind.INFO, words.text(Key.REPORTED_DONE), done.joinToString("\n")),
                if (canFreeze) Part.Notice(NoticeKind.CAUTION, words.text(Key.FREEZE_TITLE), words.text(Key.FREEZE_LEAD)) else null,
                proof(outcome),
            )
        val buttons =
            listOfNotNull(
                if (canFreeze) Button(Ids.FREEZE, words.text(Key.FREEZE), ButtonStyle.GRAVE) else null,
                dial(),
                if (canFreeze) Button(Ids.CLOSE, words.text(Key.FREEZE_NOT_NOW), ButtonStyle.QUIET) else close,
            )
        return page("ended.reported", parts, buttons, words.text(Key.REPORTED))
    }

    private fun dial() = state.owner?.supportPhone?.let { Button(Ids.DIAL, words.text(Key.DIAL, party, it), ButtonStyle.OUTLINED) }

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
        val lead =
            when (state) {
                ChallengeState.APPROVED -> Key.ELSEWHERE_APPROVED
                ChallengeState.DENIED -> Key.ELSEWHERE_DENIED
                ChallengeState.REPORTED -> Key.ELSEWHERE_REPORTED
                ChallengeState.FAILED -> Key.ELSEWHERE_FAILED
                else -> Key.ALREADY_DECIDED
            }
        val id = "ended.elsewhere" + state?.let { "." + it.name.lowercase(java.util.Locale.ROOT) }.orEmpty()
        val texts = listOf(words.text(lead), words.text(Key.NOTHING_BY_YOU))
        return result(id, SealKind.ELSEWHERE, Key.ELSEWHERE, texts, report.takeIf { state != ChallengeState.REPORTED })
    }

    private fun result(id: String, seal: SealKind, title: Key, texts: List<String>, more: Button? = null): Page {
        val parts = listOf(Part.Seal(seal, large = true), Part.Title(words.text(title))) + texts.map { Part.Text(it) } + listOfNotNull(summary)
        return page(id, parts, listOfNotNull(close, more), words.text(title))
    }

    private fun page(id: String, parts: List<Part>, actions: List<Button>, announce: String) =
        Page(id, Bar(party, back = false, time = null), parts, actions, guarded = true, announce = announce)
}
