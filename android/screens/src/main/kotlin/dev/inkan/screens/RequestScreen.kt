// One request: shown, answered, ended.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.Outcome
import dev.inkan.RefusalReason
import dev.inkan.Request
import dev.inkan.ScannedCode
import java.time.Instant

/**
 * A request's screen.
 *
 * ```text
 * Verifying ─▶ Shown ─▶ Sending ─▶ Ended (approved, denied, reported, and what others made of it)
 *     │         │ ▲        │
 *     │         ▼ │        ├─▶ Shown: kept, refused for now, not verified …
 *     │       Asking       └─▶ Stuck
 *     │       Scanning
 *     └─▶ Stuck (cannot be verified, not recognised …)
 * ```
 * Nothing says success before the receipt. A decision that is under way is never taken back by a tap.
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
    /** When the request ends, by this phone's clock. */
    val ends: Instant? = null,
    val begun: Instant? = null,
    val now: Instant = Instant.EPOCH,
) : Screen<RequestScreen> {
    /** Where it stands. */
    sealed interface Phase {
        data object Verifying : Phase

        data object Shown : Phase

        /** Was it you? */
        data object Asking : Phase

        data class Scanning(val refused: Boolean = false, val foreign: Boolean = false) : Phase

        data class Sending(val decision: Decision) : Phase

        data class Ended(val ending: Ending) : Phase

        /** Nothing can be done here. */
        data class Stuck(val error: InkanException) : Phase
    }

    override fun handle(event: Event): Step<RequestScreen> =
        when (event) {
            is Event.Started -> started(event.now)
            is Event.Tick -> tick(event.now)
            is Event.RequestLoaded -> loaded(event)
            is Event.Typed -> Step(copy(number = digits(event.text), early = false, failure = null))
            is Event.Tapped -> tapped(event.id)
            is Event.Scanned -> scanned(event)
            is Event.Permission -> Step(if (phase is Phase.Scanning) copy(phase = Phase.Scanning(refused = !event.given)) else this)
            is Event.Decided -> decided(event.outcome, event.account)
            is Event.StateRead -> endedElsewhere(event.state)
            is Event.Done -> if (event.what is Effect.Freeze) Step(ended(Ending.Frozen)) else Step(this)
            is Event.Failed -> failed(event.what, event.error)
            is Event.BrowserFailed -> Step(ended(Ending.ReturnFailed))
            else -> Step(this)
        }

    override fun page(words: Words): Page = RequestPage(this, words).draw()

    private fun started(now: Instant): Step<RequestScreen> {
        val state = copy(now = now)
        return when (phase) {
            Phase.Verifying, Phase.Shown, Phase.Asking, is Phase.Stuck ->
                Step(
                    if (phase is Phase.Stuck) state.copy(phase = Phase.Verifying) else state,
                    listOf(link?.takeIf { request == null }?.let { Effect.OpenLink(it) } ?: Effect.LoadRequest(account, challenge)),
                )

            else -> Step(state)
        }
    }

    private fun tick(now: Instant): Step<RequestScreen> {
        val over = ends?.let { !now.isBefore(it) } ?: false
        val waits = phase == Phase.Shown || phase == Phase.Asking || phase is Phase.Scanning
        val state = copy(now = now)
        return Step(if (over && waits && request?.kept == null) state.ended(Ending.Expired) else state)
    }

    private fun loaded(event: Event.RequestLoaded): Step<RequestScreen> {
        val request = event.request
        val state =
            copy(
                request = request,
                account = request.account,
                challenge = request.challenge,
                owner = event.account ?: owner,
                phase = if (phase == Phase.Asking) phase else Phase.Shown,
                failure = null,
                ends = event.now.plusMillis(request.remaining.inWholeMilliseconds),
                begun = event.now.plusMillis(request.remaining.inWholeMilliseconds).minus(life(request)),
                now = event.now,
            )
        return when {
            phase is Phase.Sending || phase is Phase.Ended -> Step(this)
            request.state != ChallengeState.PENDING -> Step(state.ended(Ending.of(request.state)))
            else -> Step(state, listOf(Effect.WatchState(request.account, request.challenge)))
        }
    }

    private fun tapped(id: String): Step<RequestScreen> =
        when (id) {
            Ids.APPROVE -> approve()
            Ids.DENY -> if (phase == Phase.Shown) Step(copy(phase = Phase.Asking, early = false)) else Step(this)
            Ids.DENY_MINE -> decide(Decision.DENY)
            Ids.DENY_NOT_MINE, Ids.REPORT -> decide(Decision.REPORT)
            Ids.RESEND -> request?.kept?.let { decide(it) } ?: Step(this)
            Ids.SCAN -> Step(copy(phase = Phase.Scanning(), failure = null), listOf(Effect.AskForCamera))
            Ids.RETRY -> Step(copy(phase = Phase.Verifying), listOf(Effect.LoadRequest(account, challenge)))
            Ids.FREEZE -> Step(copy(failure = null), listOf(Effect.Freeze(account)))
            Ids.DIAL -> Step(this, listOfNotNull(owner?.supportPhone?.let { Effect.Dial(it) }))
            Ids.ENROLL -> Step(this, listOf(Effect.Go(Place.Enrollment)))
            Ids.UPDATE -> Step(this, listOf(Effect.OpenAppStore))
            Ids.SYSTEM_SETTINGS -> Step(this, listOf(Effect.OpenSystemSettings))
            Ids.RETURN -> Step(this, listOfNotNull((phase as? Phase.Ended)?.ending?.address?.let { Effect.OpenBrowser(it) }))
            Ids.BACK -> back()
            Ids.CLOSE -> Step(this, listOf(Effect.Close))
            else -> Step(this)
        }

    private fun back(): Step<RequestScreen> =
        when (phase) {
            Phase.Asking, is Phase.Scanning -> Step(copy(phase = Phase.Shown))
            is Phase.Sending -> Step(this)
            else -> Step(this, listOf(Effect.Close))
        }

    private fun approve(): Step<RequestScreen> {
        val approval = request?.approval
        return when {
            phase != Phase.Shown -> Step(this)
            approval == Approval.Ready -> decide(Decision.APPROVE)
            approval is Approval.Number && number.length == approval.digits -> decide(Decision.APPROVE)
            else -> Step(copy(early = true))
        }
    }

    private fun decide(decision: Decision): Step<RequestScreen> {
        val reports = decision == Decision.REPORT && phase is Phase.Ended
        val waits = phase == Phase.Shown || phase == Phase.Asking
        if (!waits && !reports) return Step(this)
        val typed = number.takeIf { decision == Decision.APPROVE && request?.approval is Approval.Number }
        return Step(
            copy(phase = Phase.Sending(decision), early = false, failure = null),
            listOf(Effect.Decide(decision, account, challenge, typed)),
        )
    }

    private fun scanned(event: Event.Scanned): Step<RequestScreen> {
        val code = event.code
        return when {
            phase !is Phase.Scanning -> Step(this)
            code is ScannedCode.Challenge && code.challenge == challenge ->
                Step(copy(phase = Phase.Verifying), listOf(Effect.OpenLink(event.text)))

            else -> Step(copy(phase = Phase.Scanning(foreign = true)))
        }
    }

    private fun decided(outcome: Outcome, account: Account?): Step<RequestScreen> {
        val state = copy(owner = account ?: owner)
        return when (outcome.decision) {
            Decision.APPROVE -> Step(state.ended(Ending.Approved(outcome)), listOfNotNull(outcome.returnTo?.let { Effect.OpenBrowser(it) }))
            Decision.DENY -> Step(state.ended(Ending.Denied(outcome)))
            Decision.REPORT -> Step(state.ended(Ending.Reported(outcome)))
        }
    }

    private fun endedElsewhere(state: ChallengeState): Step<RequestScreen> {
        val waits = phase == Phase.Shown || phase == Phase.Asking || phase is Phase.Scanning || phase == Phase.Verifying
        return Step(if (state != ChallengeState.PENDING && waits) ended(Ending.of(state)) else this)
    }

    private fun failed(what: Effect, error: InkanException): Step<RequestScreen> =
        when (what) {
            is Effect.Decide -> Step(notDecided(what.decision, error))
            is Effect.Freeze -> Step(copy(failure = error))
            is Effect.LoadRequest, is Effect.OpenLink -> Step(notLoaded(error))
            else -> Step(this)
        }

    private fun notLoaded(error: InkanException): RequestScreen =
        when {
            error is InkanException.Refused && error.refusal.reason == RefusalReason.NOT_FOUND -> ended(Ending.NotFound)
            error is InkanException.Refused && error.refusal.reason == RefusalReason.EXPIRED -> ended(Ending.Expired)
            error is InkanException.Refused && error.refusal.state?.let { it != ChallengeState.PENDING } == true ->
                ended(Ending.of(error.refusal.state ?: ChallengeState.CANCELLED))

            request != null && phase != Phase.Verifying -> copy(failure = error)
            request != null && error.isPassing() -> copy(phase = Phase.Shown, failure = error)
            else -> copy(phase = Phase.Stuck(error))
        }

    private fun notDecided(decision: Decision, error: InkanException): RequestScreen {
        val back = copy(phase = Phase.Shown, failure = error)
        return when (error) {
            is InkanException.Offline, is InkanException.ServerUnavailable ->
                back.copy(request = request?.copy(kept = decision), failure = error)

            is InkanException.KeyInvalid -> back.blocked(BlockedReason.KeyInvalid)
            is InkanException.UpdateNeeded -> back.blocked(BlockedReason.UpdateNeeded)
            is InkanException.NotRecognised, is InkanException.Untrusted -> copy(phase = Phase.Stuck(error))
            is InkanException.Refused -> back.refused(error)
            is InkanException.InvalidInput ->
                when (error.input) {
                    InvalidInput.EXPIRED -> ended(Ending.Expired)
                    InvalidInput.NUMBER, InvalidInput.START_FIRST -> copy(phase = Phase.Shown, early = true)
                    else -> copy(phase = Phase.Stuck(error))
                }

            is InkanException.UserVerification -> back
            is InkanException.Internal -> if (error.why == InternalFailure.STORE_FULL) copy(phase = Phase.Stuck(error)) else back
        }
    }

    private fun refused(error: InkanException.Refused): RequestScreen =
        when (error.refusal.reason) {
            RefusalReason.ALREADY_DECIDED -> ended(error.refusal.state?.let { Ending.of(it) } ?: Ending.Elsewhere(null))
            RefusalReason.EXPIRED -> ended(Ending.Expired)
            RefusalReason.NUMBER_WRONG -> ended(Ending.NumberWrong)
            RefusalReason.NOT_FOUND -> ended(Ending.NotFound)
            RefusalReason.USER_LOCKED -> blocked(BlockedReason.Frozen)
            RefusalReason.DEVICE_WAITING ->
                error.refusal.until?.let { blocked(BlockedReason.Waiting(it)) } ?: this

            RefusalReason.NUMBER_NEEDED -> copy(early = true, failure = null)
            RefusalReason.HASH_MISMATCH, RefusalReason.RETURN_HASH_NEEDED -> copy(phase = Phase.Stuck(error))
            RefusalReason.START_NEEDED, RefusalReason.TOO_MANY_REQUESTS -> this
        }

    private fun blocked(why: BlockedReason) = copy(request = request?.copy(approval = Approval.Blocked(why)), failure = null)

    private fun ended(ending: Ending) = copy(phase = Phase.Ended(ending), failure = null, number = "")

    private fun digits(text: String): String {
        val most = (request?.approval as? Approval.Number)?.digits ?: 0
        return text.map { Character.digit(it, RADIX) }.filter { it >= 0 }.joinToString("").take(most)
    }

    private companion object {
        const val RADIX = 10

        fun life(request: Request): java.time.Duration = java.time.Duration.between(request.issuedAt, request.expiresAt)

        fun InkanException.isPassing(): Boolean =
            this is InkanException.Offline || this is InkanException.ServerUnavailable || this is InkanException.Refused
    }
}

/** How a request ended. */
sealed interface Ending {
    /** Where the browser is to go. */
    val address: dev.inkan.ReturnAddress? get() = null

    data class Approved(val outcome: Outcome) : Ending {
        override val address get() = outcome.returnTo
    }

    data object ReturnFailed : Ending

    data class Denied(val outcome: Outcome) : Ending

    data class Reported(val outcome: Outcome) : Ending

    data object Frozen : Ending

    data object Expired : Ending

    data object NumberWrong : Ending

    data object Cancelled : Ending

    data object Superseded : Ending

    data object NotFound : Ending

    /** Another phone answered; null: how is not known. */
    data class Elsewhere(val state: ChallengeState?) : Ending

    companion object {
        /** The ending that a state is. */
        fun of(state: ChallengeState): Ending =
            when (state) {
                ChallengeState.EXPIRED -> Expired
                ChallengeState.CANCELLED -> Cancelled
                ChallengeState.SUPERSEDED -> Superseded
                ChallengeState.PENDING -> NotFound
                ChallengeState.APPROVED, ChallengeState.DENIED, ChallengeState.REPORTED, ChallengeState.FAILED -> Elsewhere(state)
            }
    }
}

/** The ids of buttons and fields. */
object Ids {
    const val BACK = "back"
    const val APPROVE = "approve"
    const val DENY = "deny"
    const val DENY_MINE = "deny_mine"
    const val DENY_NOT_MINE = "deny_not_mine"
    const val REPORT = "report"
    const val RESEND = "resend"
    const val SCAN = "scan"
    const val NUMBER = "number"
    const val RETRY = "retry"
    const val FREEZE = "freeze"
    const val DIAL = "dial"
    const val ENROLL = "enroll"
    const val UPDATE = "update"
    const val SYSTEM_SETTINGS = "system_settings"
    const val RETURN = "return"
    const val CLOSE = "close"
    const val NAV_HISTORY = "nav_history"
    const val NAV_SETTINGS = "nav_settings"
    const val DENY_ALL = "deny_all"
    const val CONTINUE = "continue"
    const val SET_ASIDE = "set_aside"
    const val TYPE = "type"
    const val BEGIN = "begin"
    const val HOST = "host"
    const val CODE = "code"
    const val NAME = "name"
    const val YES = "yes"
    const val NO = "no"
    const val SAVE_NAME = "save_name"
    const val ALLOW = "allow"
    const val LATER = "later"
    const val SKIP_TEST = "skip_test"
    const val AGAIN = "again"
    const val RENAME = "rename"
    const val RENEW = "renew"
    const val LEAVE = "leave"
    const val FORGET = "forget"
    const val NOTIFICATIONS = "notifications"
    const val LANGUAGE = "language"
    const val LANGUAGE_JA = "language_ja"
    const val LANGUAGE_EN = "language_en"
    const val LANGUAGE_SYSTEM = "language_system"
    const val NEW_PHONE = "new_phone"
    const val ABOUT = "about"
    const val LICENCES = "licences"
    const val LOG = "log"
}
