// What was decided, and the proof of it.
package dev.inkan

import java.time.Instant

/** What a customer can say to a request. */
public enum class Decision {
    /** Yes. */
    APPROVE,

    /** "It was me, and I do not want it any more." */
    DENY,

    /** "This was not me." */
    REPORT,
}

/** Why a customer denies. */
public enum class DenyReason {
    /** Another mind since. */
    CHANGED_MIND,

    /** Anything else. */
    OTHER,
}

/**
 * The address that the browser is to open after an approval of tier `returned`. It holds a token for the browser and
 * for nobody else, so that [toString] tells nothing.
 */
public class ReturnAddress(
    private val url: String,
) {
    /** The address, to be opened once, in the system's browser. */
    public fun exposeUrl(): String = url

    override fun equals(other: Any?): Boolean = other is ReturnAddress && other.url == url

    override fun hashCode(): Int = url.hashCode()

    override fun toString(): String = "ReturnAddress"
}

/**
 * A decision that the server has taken, proved by its receipt.
 *
 * @property account whose account
 * @property challenge which challenge
 * @property decision what was decided
 * @property decidedAt when, by the server's clock
 * @property logRow the row of the server's log
 * @property logHash the hash of that row, base64url
 * @property receipt the receipt (`inkan-receipt+jwt`), verified
 * @property returnTo tier `returned`, approved: the address that the browser is to open now
 * @property mutedUntil after a report: until then the customer gets no prompt in mode `number`. Not signed
 */
public data class Outcome(
    val account: AccountId,
    val challenge: ChallengeId,
    val decision: Decision,
    val decidedAt: Instant,
    val logRow: Long,
    val logHash: String,
    val receipt: String,
    val returnTo: ReturnAddress? = null,
    val mutedUntil: Instant? = null,
)

/**
 * What became of a decision that was signed and kept while the server could not be reached. Exactly one of [outcome] and
 * [problem] is there.
 *
 * @property account whose account
 * @property challenge which challenge
 * @property decision what was decided on the phone
 * @property outcome the outcome, or nothing
 * @property problem why there is no outcome. After [InkanException.Offline] the decision is still kept
 */
public data class KeptDecision(
    val account: AccountId,
    val challenge: ChallengeId,
    val decision: Decision,
    val outcome: Outcome?,
    val problem: InkanException?,
) {
    init {
        require((outcome == null) != (problem == null)) { "exactly one of outcome and problem" }
    }
}

/**
 * A decision of the past.
 *
 * @property outcome the decision and its receipt. It has no return address
 * @property relyingParty who asked
 * @property operation what was asked for
 * @property language the language in which it was shown
 * @property issuedAt when it was asked, by the server's clock
 * @property lines what was shown
 */
public data class HistoryEntry(
    val outcome: Outcome,
    val relyingParty: String,
    val operation: Operation,
    val language: Language,
    val issuedAt: Instant,
    val lines: List<Line>,
)
