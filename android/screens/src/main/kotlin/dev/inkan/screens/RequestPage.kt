// What is shown of a request, in each of its states.
package dev.inkan.screens

import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.Decision
import dev.inkan.InkanException
import dev.inkan.InvalidInput
import dev.inkan.Request
import dev.inkan.Start
import dev.inkan.Warning

/** Draws a request's screen. Every page of it is guarded. */
internal class RequestPage(private val state: RequestScreen, private val words: Words) {
    private val party = state.request?.relyingParty ?: state.owner?.relyingParty ?: APP
    private val time =
        state.ends?.let { ends -> state.begun?.let { countdown(it, ends, state.now, words) } }

    fun draw(): Page = when (val phase = state.phase) {
        RequestScreen.Phase.Verifying -> verifying()
        RequestScreen.Phase.Shown -> state.request?.let { shown(it) } ?: verifying()
        RequestScreen.Phase.Asking -> asking()
        is RequestScreen.Phase.Scanning -> phase.trouble?.let { scanning(it) } ?: scanning(phase)
        is RequestScreen.Phase.Sending -> sending(phase)
        is RequestScreen.Phase.Ended -> EndedPage(state, words, party).draw(phase.ending)
        is RequestScreen.Phase.Stuck -> stuck(phase.error)
    }

    private fun verifying() = page(
        "request.verifying",
        listOf(Part.Title(words.text(Key.VERIFYING)), Part.Text(words.text(Key.VERIFYING_LEAD))),
        emptyList(),
        back = true,
    )

    private fun shown(request: Request): Page {
        val lines = ShownLines(request.lines)
        val parts =
            listOf(head(request, lines)) +
                listOfNotNull(failure(request)) +
                listOfNotNull(facts(lines.facts), facts(lines.origin)) +
                listOfNotNull(lines.reasons.takeIf { it.isNotEmpty() }?.let { Part.Reasons(it) }) +
                warnings(request) +
                start(request)
        return page(id(request), parts, actions(request))
    }

    private fun head(request: Request, lines: ShownLines): Part.RequestHead {
        val operation = lines.operation.ifEmpty { words.text(Key.NAV_INBOX) }
        val spoken = listOfNotNull(party, operation, lines.amount).joinToString(words.pause)
        val rim = if (request.kept == null) time?.fraction else null
        return Part.RequestHead(operation, lines.amount, lines.side, rim, spoken)
    }

    private fun facts(rows: List<Fact>): Part? = rows.takeIf { it.isNotEmpty() }?.let { Part.Facts(it) }

    private fun failure(request: Request): Part? {
        val error = state.failure ?: return null
        val didNot = if (request.kept != null) Key.NOTHING_KNOWN else request.operation.didNotHappen()
        // what is kept says by itself what happens next
        val next = if (request.kept != null && error.passes()) null else error.trouble(state.opening).next
        return notice(error.trouble(state.opening).what, listOfNotNull(didNot, next), words)
    }

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

    private fun blockedName(why: BlockedReason): String = when (why) {
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
                    is Warning.ClockDiffers -> words.text(Key.CLOCK_DIFFERS, span(kotlin.math.abs(warning.seconds), words))
                }
            }
        val blocked = (request.approval as? Approval.Blocked)?.let { blockedText(it.why) }
        return (listOfNotNull(kept) + others + listOfNotNull(blocked)).map { caution(it) }
    }

    private fun blockedText(why: BlockedReason): String = when (why) {
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
            request.kept != null -> {
                emptyList()
            }

            approval is Approval.Number -> {
                val missing = if (state.early) words.text(Key.NUMBER_MISSING, approval.digits) else null
                val label = words.text(Key.NUMBER_LABEL, approval.digits)
                listOf(Part.Digits(Ids.NUMBER, label, approval.digits, state.number, missing))
            }

            approval == Approval.Scan -> {
                listOfNotNull(if (state.early) caution(words.text(Key.SCAN_MISSING)) else null, quiet(Key.SCAN_LABEL))
            }

            approval == Approval.Link -> {
                listOf(caution(words.text(Key.LINK_MISSING)))
            }

            approval == Approval.Ready && request.start == Start.Scan -> {
                listOf(info(words.text(Key.SCAN_DONE)))
            }

            approval == Approval.Ready && request.start == Start.Link -> {
                listOf(info(words.text(Key.LINK_DONE)))
            }

            else -> {
                emptyList()
            }
        }
    }

    private fun actions(request: Request): List<Button> {
        val blocked = (request.approval as? Approval.Blocked)?.why
        val first =
            when {
                request.kept != null -> {
                    return listOf(Button(Ids.RESEND, words.text(Key.KEPT_RESEND), ButtonStyle.OUTLINED))
                }

                blocked == BlockedReason.UpdateNeeded -> {
                    Button(Ids.UPDATE, words.text(Key.UPDATE), ButtonStyle.FILLED)
                }

                blocked == BlockedReason.KeyInvalid || blocked == BlockedReason.Suspended -> {
                    Button(Ids.ENROLL, words.text(Key.ENROLL_AGAIN), ButtonStyle.FILLED)
                }

                blocked != null -> {
                    null
                }

                else -> {
                    Button(Ids.APPROVE, words.text(Key.APPROVE), ButtonStyle.FILLED)
                }
            }
        return listOfNotNull(
            first,
            Button(Ids.DENY, words.text(Key.DENY), ButtonStyle.OUTLINED),
            Button(Ids.REPORT, words.text(Key.REPORT), ButtonStyle.QUIET),
        )
    }

    private fun asking() = page(
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
        val back = Button(Ids.BACK, words.text(Key.BACK), ButtonStyle.OUTLINED)
        if (phase.refused) {
            val parts =
                listOf(
                    title,
                    Part.Notice(NoticeKind.CAUTION, words.text(Key.CAMERA_REFUSED), words.text(Key.CAMERA_REFUSED_SCAN)),
                )
            val settings = Button(Ids.SYSTEM_SETTINGS, words.text(Key.OPEN_SETTINGS), ButtonStyle.FILLED)
            return page(
                "request.scanning.refused",
                parts,
                listOf(settings, back),
                true,
            )
        }
        val foreign = if (phase.foreign) caution(words.text(Key.SCAN_FOREIGN)) else null
        val parts = listOfNotNull(title, foreign, Part.Camera(), Part.Note(words.text(Key.SCAN_NOTE)))
        return page("request.scanning", parts, listOf(back), true)
    }

    private fun scanning(trouble: CameraTrouble): Page {
        val parts = listOf(Part.Title(words.text(Key.SCAN_LABEL))) + trouble.parts(Key.CAMERA_WITHOUT_SCAN, words)
        val retry = Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.FILLED)
        val back = Button(Ids.BACK, words.text(Key.BACK), ButtonStyle.OUTLINED)
        val page = page("request.scanning." + trouble.code, parts, listOf(retry, back), true)
        return page.copy(announce = page.announce ?: words.text(trouble.what))
    }

    /** The page on which it was tapped: every button stays where it is, and the one that was tapped is busy. */
    private fun sending(phase: RequestScreen.Phase.Sending): Page {
        val page = RequestPage(state.copy(phase = phase.from), words).draw()
        val busy = words.text(Key.SENDING)
        val actions = page.actions.map { if (it.id == phase.tap) it.copy(text = busy, busy = true) else it }
        return page.copy(id = "request.sending", bar = page.bar.copy(back = false), actions = actions, announce = busy)
    }

    private fun stuck(error: InkanException): Page {
        val trouble = error.trouble(state.opening)
        val didNot = state.request?.operation?.didNotHappen() ?: Key.NOTHING_ANSWERED
        val parts =
            listOf(Part.Title(words.text(trouble.what)), Part.Text(words.text(didNot)), Part.Text(words.text(trouble.next)))
        val close = Button(Ids.CLOSE, words.text(Key.CLOSE), ButtonStyle.OUTLINED)
        val id = "request.stuck." + error.key.substringBefore('.')
        return page(id, parts, listOfNotNull(remedy(error), close), timed = false).copy(announce = words.text(trouble.what))
    }

    private fun remedy(error: InkanException): Button? = when {
        error is InkanException.NotRecognised || error is InkanException.KeyInvalid || error.isForNobody() -> {
            Button(
                Ids.ENROLL,
                words.text(if (error.isForNobody()) Key.ENROLL_URI_BUTTON else Key.ENROLL_AGAIN),
                ButtonStyle.FILLED,
            )
        }

        error.trouble(state.opening).next == Key.UPDATE_NEEDED_NEXT -> {
            Button(Ids.UPDATE, words.text(Key.UPDATE), ButtonStyle.FILLED)
        }

        error is InkanException.Untrusted || error is InkanException.InvalidInput -> {
            null
        }

        error is InkanException.Refused && !error.passes() -> {
            null
        }

        else -> {
            Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.FILLED)
        }
    }

    private fun InkanException.isForNobody() = (this as? InkanException.InvalidInput)?.input == InvalidInput.NO_ACCOUNT_FOR_LINK

    private fun page(id: String, parts: List<Part>, actions: List<Button>, back: Boolean = false, timed: Boolean = true): Page {
        val shownTime = time.takeIf { timed }
        return Page(
            id,
            Bar(party, back, shownTime),
            parts,
            actions,
            guarded = true,
            announce =
                state.said?.let {
                    words.text(Key.LEFT_ANNOUNCED, it)
                },
        )
    }
}
