// What a hand on a request's page brings about.
package dev.inkan.screens

import dev.inkan.Approval
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.ScannedCode
import dev.inkan.screens.RequestScreen.Phase

internal fun RequestScreen.tapped(id: String): Step<RequestScreen> = when (id) {
    Ids.APPROVE -> approve()
    Ids.DENY -> ask()
    Ids.DENY_MINE -> denyOwn()
    Ids.DENY_NOT_MINE, Ids.REPORT -> report(id)
    Ids.RESEND -> resend()
    Ids.SCAN -> scan()
    Ids.RETRY -> retry()
    Ids.FREEZE -> freeze()
    Ids.DIAL -> Step(this, listOfNotNull(owner?.supportPhone?.let { Effect.Dial(it) }))
    Ids.ENROLL -> Step(this, listOf(Effect.Go(Place.Enrollment)))
    Ids.UPDATE -> Step(this, listOf(Effect.OpenAppStore))
    Ids.SYSTEM_SETTINGS -> Step(this, listOf(Effect.OpenSystemSettings))
    Ids.RETURN -> Step(this, listOfNotNull((phase as? Phase.Ended)?.ending?.address?.let { Effect.OpenBrowser(it) }))
    Ids.BACK -> back()
    Ids.CLOSE -> Step(this, listOf(Effect.Close))
    else -> Step(this)
}

private fun RequestScreen.ask(): Step<RequestScreen> =
    Step(if (phase == Phase.Shown) copy(phase = Phase.Asking, early = false, failure = null) else this)

private fun RequestScreen.denyOwn(): Step<RequestScreen> =
    if (phase == Phase.Asking) decide(Decision.DENY, Ids.DENY_MINE, DenyReason.CHANGED_MIND) else Step(this)

/** Also of what has ended. */
private fun RequestScreen.report(tap: String): Step<RequestScreen> =
    if (phase is Phase.Sending || phase is Phase.Scanning) Step(this) else decide(Decision.REPORT, tap)

private fun RequestScreen.scan(): Step<RequestScreen> {
    if (phase != Phase.Shown) return Step(this)
    return Step(copy(phase = Phase.Scanning(), failure = null), listOf(Effect.AskForCamera))
}

private fun RequestScreen.retry(): Step<RequestScreen> = when (phase) {
    is Phase.Stuck -> Step(copy(phase = Phase.Verifying), listOf(load()))
    is Phase.Scanning -> Step(copy(phase = Phase.Scanning()), listOf(Effect.AskForCamera))
    else -> Step(this)
}

private fun RequestScreen.back(): Step<RequestScreen> = when (phase) {
    Phase.Asking, is Phase.Scanning -> Step(copy(phase = Phase.Shown))
    is Phase.Sending -> Step(this)
    else -> Step(this, listOf(Effect.Close))
}

private fun RequestScreen.approve(): Step<RequestScreen> {
    val approval = request?.approval
    return when {
        phase != Phase.Shown || request?.kept != null -> Step(this)
        approval == Approval.Ready -> decide(Decision.APPROVE, Ids.APPROVE)
        approval is Approval.Number && number.length == approval.digits -> decide(Decision.APPROVE, Ids.APPROVE)
        else -> Step(copy(early = true, failure = null))
    }
}

private fun RequestScreen.decide(decision: Decision, tap: String, reason: DenyReason? = null): Step<RequestScreen> {
    if (phase != Phase.Shown && phase != Phase.Asking && phase !is Phase.Ended) return Step(this)
    val typed = number.takeIf { decision == Decision.APPROVE && request?.approval is Approval.Number }
    return Step(
        copy(phase = Phase.Sending(decision, tap, phase), early = false, failure = null, again = null),
        listOf(Effect.Decide(decision, account, challenge, typed, reason, request?.language)),
    )
}

/** What is kept goes out again because somebody wants it to: the page says that it does. */
private fun RequestScreen.resend(): Step<RequestScreen> {
    val kept = request?.kept?.takeIf { phase == Phase.Shown } ?: return Step(this)
    val state = copy(phase = Phase.Sending(kept, Ids.RESEND), trying = false, failure = null, again = null)
    return Step(state, if (trying) emptyList() else listOf(Effect.Decide(kept, account, challenge)))
}

private fun RequestScreen.freeze(): Step<RequestScreen> {
    val reported = (phase as? Phase.Ended)?.ending is Ending.Reported
    return if (reported &&
        !freezing
    ) {
        Step(copy(freezing = true, failure = null), listOf(Effect.Freeze(account)))
    } else {
        Step(this)
    }
}

internal fun RequestScreen.permitted(given: Boolean): RequestScreen = if (phase is Phase.Scanning) {
    copy(phase = Phase.Scanning(refused = !given, trouble = phase.trouble.takeIf { given }))
} else {
    this
}

/** What becomes of the camera, where one is shown. */
internal fun RequestScreen.sees(trouble: CameraTrouble?): RequestScreen =
    if (phase is Phase.Scanning && !phase.refused) copy(phase = Phase.Scanning(trouble = trouble)) else this

internal fun RequestScreen.scanned(event: Event.Scanned): Step<RequestScreen> {
    val code = event.code
    return when {
        phase !is Phase.Scanning -> {
            Step(this)
        }

        code is ScannedCode.Challenge && code.challenge == challenge -> {
            Step(copy(phase = Phase.Verifying), listOf(Effect.OpenLink(event.text)))
        }

        else -> {
            Step(copy(phase = Phase.Scanning(foreign = true)))
        }
    }
}

internal fun RequestScreen.typed(text: String): RequestScreen {
    val most = (request?.approval as? Approval.Number)?.digits ?: 0
    return if (phase == Phase.Shown) copy(number = digitsOf(text).take(most), early = false, failure = null) else this
}
