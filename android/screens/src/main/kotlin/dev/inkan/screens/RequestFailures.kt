// What becomes of a request's screen when something that it wanted did not work.
package dev.inkan.screens

import dev.inkan.BlockedReason
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.RefusalReason

/** Seconds until a look, or what is kept, is tried once more. */
private const val PAUSE = 5L

/** Mends itself by waiting. A decision that was signed is kept meanwhile. */
internal fun InkanException.passes(): Boolean = this is InkanException.Offline || this is InkanException.ServerUnavailable ||
    (this is InkanException.Refused && refusal.reason == RefusalReason.TOO_MANY_REQUESTS)

internal fun RequestScreen.failed(what: Effect, error: InkanException): Step<RequestScreen> = when (what) {
    is Effect.Decide -> notDecided(what.decision, error)

    is Effect.Freeze -> Step(if (freezing) copy(freezing = false, failure = error) else this)

    is Effect.LoadRequest -> notLoaded(error, opening = false)

    is Effect.OpenLink -> notLoaded(error, opening = true)

    is Effect.WatchState -> Step(copy(watching = false).later())

    // without the history nobody can say that it was this phone
    is Effect.LoadHistory -> Step(looking?.let { ended(Ending.of(it)) } ?: this)

    else -> Step(this)
}

private fun RequestScreen.later() = copy(again = now.plusSeconds(PAUSE))

private fun RequestScreen.notLoaded(error: InkanException, opening: Boolean): Step<RequestScreen> {
    val refusal = (error as? InkanException.Refused)?.refusal
    val news = refusal?.state
    val back = copy(phase = if (waits) phase else RequestScreen.Phase.Shown, failure = error, opening = opening)
    return when {
        phase is RequestScreen.Phase.Sending || phase is RequestScreen.Phase.Ended || looking != null -> Step(this)
        refusal?.reason == RefusalReason.NOT_FOUND -> Step(ended(Ending.NotFound))
        refusal?.reason == RefusalReason.EXPIRED -> Step(ended(Ending.Expired))
        news != null && news != ChallengeState.PENDING -> settled(news)
        request == null || error.isFinal() -> Step(copy(phase = RequestScreen.Phase.Stuck(error), opening = opening))
        error.passes() -> Step(back.later())
        else -> back.watched()
    }
}

/** What was shown cannot stand any longer. */
private fun InkanException.isFinal(): Boolean =
    this is InkanException.Untrusted || this is InkanException.NotRecognised || this is InkanException.UpdateNeeded

private fun RequestScreen.notDecided(decision: Decision, error: InkanException): Step<RequestScreen> {
    val sending = phase as? RequestScreen.Phase.Sending
    val state = copy(trying = false)
    return when {
        sending == null && !trying -> Step(this)

        sending?.from is RequestScreen.Phase.Ended -> Step(state.copy(phase = sending.from, failure = error))

        // behind the page: it stays as it is, be it the scanner
        sending == null && error.passes() -> Step(state.later())

        else -> state.answered(decision, error)
    }
}

private fun RequestScreen.answered(decision: Decision, error: InkanException): Step<RequestScreen> {
    val back = copy(phase = RequestScreen.Phase.Shown, failure = error, opening = false)
    return when {
        error.passes() -> Step(back.copy(request = request?.copy(kept = decision)).later())
        error is InkanException.KeyInvalid -> back.blocked(BlockedReason.KeyInvalid)
        error is InkanException.UpdateNeeded -> back.blocked(BlockedReason.UpdateNeeded)
        error is InkanException.Refused -> back.copy(request = request?.copy(kept = null)).refused(error)
        error is InkanException.InvalidInput && error.input == InvalidInput.EXPIRED -> Step(ended(Ending.Expired))
        error is InkanException.InvalidInput && error.input in ASKED_EARLY -> back.copy(early = true, failure = null).watched()
        error is InkanException.UserVerification -> back.watched()
        error is InkanException.Internal && error.why != InternalFailure.STORE_FULL -> back.watched()
        else -> Step(copy(phase = RequestScreen.Phase.Stuck(error)))
    }
}

private val ASKED_EARLY = setOf(InvalidInput.NUMBER, InvalidInput.START_FIRST)

private fun RequestScreen.refused(error: InkanException.Refused): Step<RequestScreen> = when (error.refusal.reason) {
    RefusalReason.ALREADY_DECIDED -> {
        when (val state = error.refusal.state) {
            null, ChallengeState.PENDING -> Step(ended(Ending.Elsewhere(null)))
            else -> Step(ended(Ending.of(state)))
        }
    }

    RefusalReason.EXPIRED -> {
        Step(ended(Ending.Expired))
    }

    RefusalReason.NUMBER_WRONG -> {
        Step(ended(Ending.NumberWrong))
    }

    RefusalReason.NOT_FOUND -> {
        Step(ended(Ending.NotFound))
    }

    RefusalReason.USER_LOCKED -> {
        blocked(BlockedReason.Frozen)
    }

    RefusalReason.DEVICE_WAITING -> {
        error.refusal.until?.let { blocked(BlockedReason.Waiting(it)) } ?: watched()
    }

    RefusalReason.NUMBER_NEEDED -> {
        copy(early = true, failure = null).watched()
    }

    RefusalReason.HASH_MISMATCH, RefusalReason.RETURN_HASH_NEEDED -> {
        Step(copy(phase = RequestScreen.Phase.Stuck(error)))
    }

    RefusalReason.START_NEEDED, RefusalReason.TOO_MANY_REQUESTS -> {
        watched()
    }
}

private fun RequestScreen.blocked(why: BlockedReason): Step<RequestScreen> =
    copy(request = request?.copy(approval = dev.inkan.Approval.Blocked(why)), failure = null).watched()
