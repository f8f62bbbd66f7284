// What becomes of an enrollment when something that it wanted did not work.
package dev.inkan.screens

import dev.inkan.InkanException
import dev.inkan.InvalidInput

/** Seconds until it is asked again how far an enrollment is. */
private const val PAUSE = 5L

internal fun EnrollScreen.failed(what: Effect, error: InkanException): Step<EnrollScreen> = when {
    what is Effect.BeginTyped && error is InkanException.InvalidInput -> {
        Step(copy(phase = EnrollScreen.Phase.Typing, failure = error))
    }

    what is Effect.BeginTyped || what is Effect.BeginEnrollment -> {
        stop(error)
    }

    what is Effect.ConfirmAccount && phase == EnrollScreen.Phase.Yours -> {
        Step(copy(busy = false, failure = error))
    }

    what is Effect.Rename && phase == EnrollScreen.Phase.Naming -> {
        Step(copy(busy = false, failure = error))
    }

    // the connection may come back: the page stays, says so, and asks again
    what is Effect.WatchEnrollment && phase is EnrollScreen.Phase.Code -> {
        if (error.passes()) Step(copy(failure = error, again = now.plusSeconds(PAUSE))) else stop(error)
    }

    what is Effect.TestPush && phase == EnrollScreen.Phase.Testing -> {
        Step(copy(phase = EnrollScreen.Phase.Finished(false)))
    }

    else -> {
        Step(this)
    }
}

private fun EnrollScreen.stop(error: InkanException): Step<EnrollScreen> {
    val why =
        when {
            error is InkanException.UpdateNeeded -> EnrollScreen.Why.OtherVersion
            error is InkanException.InvalidInput && error.input == InvalidInput.NOT_OURS -> EnrollScreen.Why.NotOurs
            else -> EnrollScreen.Why.Trouble(error)
        }
    return Step(copy(phase = EnrollScreen.Phase.Failed(why)))
}
