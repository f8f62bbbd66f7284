// One request: shown, answered, ended.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.Approval
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.InkanException
import dev.inkan.Outcome
import dev.inkan.Request
import dev.inkan.ScannedCode
import java.time.Duration
import java.time.Instant

/**
 * A request's screen.
 *
 * ```text
 * Verifying ─▶ Shown ─▶ Sending ─▶ Ended (approved, denied, reported, and what others made of it)
 *     │         │ ▲        │         ▲ │
 *     │         ▼ │        │         │ └─▶ Sending (a late report) ─▶ Ended
 *     │       Asking       ├─▶ Shown: kept, refused for now, not verified …
 *     │       Scanning     └─▶ Stuck
 *     ├─▶ looking: it has ended; the history says whether it was this phone ─▶ Ended
 *     └─▶ Stuck (cannot be verified, not recognised …)
 * ```
 * Nothing says success before the receipt. A decision that is under way is never taken back by a tap. Where the server
 * cannot be reached the answer is kept, and sent again by itself as long as the screen stands; the deadline runs on.
 *
 * After the app was killed a screen begins anew with the ids, or with [link]: everything else is in the core.
 */
data class RequestScreen(
    val account: AccountId,
    val challenge: ChallengeId,
    val phase: Phase = Phase.Verifying,
    val request: Request? = null,
    val owner: Account? = null,
    val number: String = "",
    /** Approve was pressed before what it takes was there. */
    val early: Boolean = false,
    val failure: InkanException? = null,
    /** The link that this screen began with, if it was opened by one. */
    val link: String? = null,
    /** It was opened to be declined, from the notification. */
    val declines: Boolean = false,
    /** When the request ends, by this phone's clock. */
    val ends: Instant? = null,
    val begun: Instant? = null,
    val now: Instant = Instant.EPOCH,
    /** [failure] came from a scanned code or an opened link. */
    val opening: Boolean = false,
    /** Somebody waits for news of it. */
    val watching: Boolean = false,
    /** What is kept is being sent, behind the page. */
    val trying: Boolean = false,
    /** When to look, or to send what is kept, once more. */
    val again: Instant? = null,
    /** Where the server says it stands, while the history is looked into. */
    val looking: ChallengeState? = null,
    val freezing: Boolean = false,
    /** The seconds left that are to be said aloud now. */
    val said: Long? = null,
) : Screen<RequestScreen> {
    /** Where it stands. */
    sealed interface Phase {
        data object Verifying : Phase

        data object Shown : Phase

        /** Was it you? */
        data object Asking : Phase

        data class Scanning(val refused: Boolean = false, val foreign: Boolean = false, val trouble: CameraTrouble? = null) :
            Phase {
            /** Who has refused is not asked again and again: it may have been allowed in the system's settings. */
            internal fun ask(): Effect = if (refused) Effect.LookAtCamera else Effect.AskForCamera
        }

        /** [tap] is the button that began it, on the page of [from]. */
        data class Sending(val decision: Decision, val tap: String = Ids.APPROVE, val from: Phase = Shown) : Phase

        data class Ended(val ending: Ending) : Phase

        /** Nothing can be done here. */
        data class Stuck(val error: InkanException) : Phase
    }

    /** It stands on the screen and waits for an answer. */
    internal val waits: Boolean get() = phase == Phase.Shown || phase == Phase.Asking || phase is Phase.Scanning

    override fun handle(event: Event): Step<RequestScreen> = when (event) {
        is Event.Started -> {
            started(event.now)
        }

        is Event.Tick -> {
            tick(event.now)
        }

        is Event.RequestLoaded -> {
            loaded(event)
        }

        is Event.Typed -> {
            Step(typed(event.text))
        }

        is Event.Tapped -> {
            tapped(event.id)
        }

        is Event.Scanned -> {
            scanned(event)
        }

        is Event.Permission -> {
            Step(permitted(event.given))
        }

        is Event.CameraTroubled -> {
            Step(sees(event.why))
        }

        is Event.CameraBack -> {
            Step(sees(null))
        }

        is Event.Decided -> {
            decided(event.outcome, event.account)
        }

        is Event.StateRead -> {
            read(event.state)
        }

        is Event.HistoryLoaded -> {
            looked(event)
        }

        is Event.Done -> {
            if (event.what is Effect.Freeze) Step(frozen()) else Step(this)
        }

        is Event.Failed -> {
            failed(event.what, event.error)
        }

        is Event.BrowserFailed -> {
            Step(browserFailed())
        }

        else -> {
            Step(this)
        }
    }

    override fun page(words: Words): Page = RequestPage(this, words).draw()

    internal fun load(): Effect =
        link?.takeIf { request == null }?.let { Effect.OpenLink(it) } ?: Effect.LoadRequest(account, challenge)

    private fun started(now: Instant): Step<RequestScreen> {
        val state = copy(now = now, watching = false, again = null, said = null)
        if (looking != null) return Step(state, listOf(Effect.LoadHistory))
        return when (phase) {
            Phase.Verifying, Phase.Shown, Phase.Asking -> Step(state, listOf(load()))
            is Phase.Stuck -> Step(state.copy(phase = Phase.Verifying), listOf(load()))
            is Phase.Scanning -> Step(state.lookingAgain(phase), listOf(phase.ask(), Effect.WatchState(account, challenge)))
            is Phase.Sending, is Phase.Ended -> Step(state)
        }
    }

    private fun lookingAgain(phase: Phase.Scanning) = copy(phase = phase.copy(trouble = null), watching = true)

    private fun tick(now: Instant): Step<RequestScreen> {
        val state = copy(now = now, said = ends?.takeIf { waits }?.let { passedMark(this.now, now, it) })
        val kept = request?.kept
        val over = ends?.let { !now.isBefore(it) } ?: false
        val due = again?.let { !now.isBefore(it) } ?: false
        return when {
            over && waits && kept == null -> Step(state.ended(Ending.Expired))
            !due || !waits -> Step(state)
            kept != null -> state.tryAgain(kept)
            else -> Step(state.copy(again = null), listOf(Effect.LoadRequest(account, challenge)))
        }
    }

    private fun loaded(event: Event.RequestLoaded): Step<RequestScreen> {
        if (phase is Phase.Sending || phase is Phase.Ended || looking != null) return Step(this)
        val request = event.request
        val end = event.now.plusMillis(request.remaining.inWholeMilliseconds)
        val state =
            copy(
                account = request.account,
                challenge = request.challenge,
                phase = if (waits && request.kept == null) phase else Phase.Shown,
                declines = false,
                request = request,
                owner = event.account ?: owner,
                failure = null,
                opening = false,
                ends = end,
                begun = end.minus(Duration.between(request.issuedAt, request.expiresAt)),
                now = event.now,
                again = null,
            )
        val kept = request.kept
        return when {
            kept != null -> if (trying) Step(state) else state.tryAgain(kept)
            request.state != ChallengeState.PENDING -> state.settled(request.state)
            declines -> state.copy(phase = Phase.Asking).watched()
            else -> state.watched()
        }
    }

    internal fun tryAgain(kept: Decision) =
        Step(copy(trying = true, again = null), listOf(Effect.Decide(kept, account, challenge)))

    private fun frozen(): RequestScreen = if (freezing) ended(Ending.Frozen).copy(freezing = false) else this

    private fun decided(outcome: Outcome, account: Account?): Step<RequestScreen> {
        val state = copy(owner = account ?: owner)
        // an approval of the past, asked after, while a report of it is already under way
        if ((phase as? Phase.Sending)?.decision.let { it != null && it != outcome.decision }) return Step(state)
        return when (outcome.decision) {
            Decision.APPROVE -> state.approved(outcome)
            Decision.DENY -> Step(state.ended(Ending.Denied(outcome)))
            Decision.REPORT -> Step(state.ended(Ending.Reported(outcome, mayBeDone())))
        }
    }

    private fun approved(outcome: Outcome): Step<RequestScreen> =
        Step(ended(Ending.Approved(outcome)), listOfNotNull(outcome.returnTo?.let { Effect.OpenBrowser(it) }))

    private fun mayBeDone(): Boolean {
        val before = (phase as? Phase.Sending)?.from as? Phase.Ended
        return before?.ending?.mayBeDone ?: (request?.state == ChallengeState.APPROVED)
    }

    private fun browserFailed(): RequestScreen {
        val ending = (phase as? Phase.Ended)?.ending
        return if (ending is Ending.Approved) ended(Ending.ReturnFailed(ending.outcome)) else this
    }

    /** News of the challenge. What is being sent learns it from its answer. */
    private fun read(news: ChallengeState): Step<RequestScreen> {
        val state = copy(watching = false)
        val kept = request?.kept
        return when {
            !waits || looking != null -> Step(state)
            kept != null -> if (trying) Step(state) else state.tryAgain(kept)
            news == ChallengeState.PENDING -> state.watched()
            else -> state.settled(news)
        }
    }

    private fun looked(event: Event.HistoryLoaded): Step<RequestScreen> {
        val state = looking ?: return Step(this)
        // a link does not say whose it is before it was proved
        val known = account.value.isNotEmpty()
        val own =
            event.entries.map { it.outcome }.firstOrNull {
                it.challenge == challenge && (it.account == account || !known) && it.decision == state.decision()
            }
        return if (own == null) Step(ended(Ending.of(state))) else copy(account = own.account).decided(own, null).askedAfter(own)
    }

    /**
     * Where this phone had approved, the process may have ended before the browser was opened, and the history does not hold
     * the way back. The same decision again signs nothing, and brings it for as long as it can be used.
     */
    private fun Step<RequestScreen>.askedAfter(own: Outcome): Step<RequestScreen> {
        if (own.decision != Decision.APPROVE) return this
        return copy(effects = effects + Effect.Decide(own.decision, own.account, challenge))
    }

    internal fun ended(ending: Ending) = copy(
        phase = Phase.Ended(ending),
        failure = null,
        number = "",
        early = false,
        looking = null,
        trying = false,
        again = null,
        said = null,
    )

    /** Whoever waits for an answer is told when somebody else gives it. */
    internal fun watched(): Step<RequestScreen> =
        if (watching) Step(this) else Step(copy(watching = true), listOf(Effect.WatchState(account, challenge)))

    /** It has ended. If this phone may have done it, the history says so: an answer is also given by a notification. */
    internal fun settled(state: ChallengeState): Step<RequestScreen> = if (state.decision() == null) {
        Step(ended(Ending.of(state)))
    } else {
        Step(copy(phase = Phase.Verifying, looking = state), listOf(Effect.LoadHistory))
    }
}
