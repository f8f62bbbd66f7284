// How a request ended.
package dev.inkan.screens

import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.Outcome
import dev.inkan.ReturnAddress

/** How a request ended. */
sealed interface Ending {
    /** Where the browser is to go. */
    val address: ReturnAddress? get() = null

    data class Approved(val outcome: Outcome) : Ending {
        override val address get() = outcome.returnTo
    }

    /** Approved; the browser could not be opened. */
    data class ReturnFailed(val outcome: Outcome) : Ending

    data class Denied(val outcome: Outcome) : Ending

    /** [approved]: it had been approved before, or may have been: what it was about may have been carried out. */
    data class Reported(val outcome: Outcome, val approved: Boolean = false) : Ending

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
        fun of(state: ChallengeState): Ending = when (state) {
            ChallengeState.EXPIRED -> Expired
            ChallengeState.CANCELLED -> Cancelled
            ChallengeState.SUPERSEDED -> Superseded
            ChallengeState.PENDING -> NotFound
            ChallengeState.APPROVED, ChallengeState.DENIED, ChallengeState.REPORTED, ChallengeState.FAILED -> Elsewhere(state)
        }
    }
}

/** The decision that may have brought a challenge to this state, if one can. */
internal fun ChallengeState.decision(): Decision? = when (this) {
    ChallengeState.APPROVED -> Decision.APPROVE
    ChallengeState.DENIED -> Decision.DENY
    ChallengeState.REPORTED -> Decision.REPORT
    else -> null
}

/** Whether what was asked may have been carried out. */
internal val Ending.mayBeDone: Boolean
    get() =
        when (this) {
            is Ending.Approved, is Ending.ReturnFailed -> true
            is Ending.Elsewhere -> state == null || state == ChallengeState.APPROVED
            else -> false
        }
