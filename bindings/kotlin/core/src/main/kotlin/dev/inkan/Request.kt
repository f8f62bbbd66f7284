// A request as it is shown: verified, rendered, and judged.
package dev.inkan

import java.time.Instant
import kotlin.time.Duration

/** What is asked for. */
public enum class Operation {
    /** Signing in. */
    LOGIN,

    /** An order to buy or sell. */
    ORDER,

    /** A payment out. */
    WITHDRAWAL,

    /** Another account for payments out. */
    PAYOUT_ACCOUNT_CHANGE,

    /** Another address, telephone number or mail address. */
    CONTACT_CHANGE,

    /** Another setting. */
    SETTINGS_CHANGE,

    /** Another phone. */
    DEVICE_ADD,

    /** Anything else. */
    OTHER,
}

/** What a line is, so that a screen can set it apart. The texts come from the core and are never changed. */
public enum class LineRole {
    /** Who asks. */
    RELYING_PARTY,

    /** Whose account. */
    ACCOUNT,

    /** The heading. */
    OPERATION,

    /** The large figure: the amount. */
    AMOUNT,

    /** Buying. */
    BUY,

    /** Selling. */
    SELL,

    /** Who is paid; [NEW_PAYEE] follows it where the payee is new. */
    PAYEE,

    /** A badge: the payee is new. */
    NEW_PAYEE,

    /** Any other detail. */
    FACT,

    /** Where the request came from, and when. */
    ORIGIN,

    /** Why it was asked. */
    REASON,
}

/**
 * One line shown. Both texts are part of what is signed.
 *
 * @property role what it is
 * @property label its name; empty for some roles
 * @property value what it says
 */
public data class Line(
    val role: LineRole,
    val label: String,
    val value: String,
)

/** Where a challenge stands at its server. News, not authority. */
public enum class ChallengeState {
    /** Waits for an answer. */
    PENDING,

    /** Approved. */
    APPROVED,

    /** Denied. */
    DENIED,

    /** Reported: "this was not me". */
    REPORTED,

    /** Ended by a wrong number. */
    FAILED,

    /** Its time ran out. */
    EXPIRED,

    /** Taken back by the page. */
    CANCELLED,

    /** Replaced by a newer one of the same page. */
    SUPERSEDED,
}

/** How page and phone are tied together. */
public sealed interface Start {
    /**
     * The page shows a number, which is typed here.
     *
     * @property digits how many
     */
    public data class Number(
        val digits: Int,
    ) : Start

    /** The page shows a code, which is scanned. */
    public data object Scan : Start

    /** A link on this phone opens the app. */
    public data object Link : Start

    /** Not at all. */
    public data object None : Start
}

/** Whether a request can be approved, and what it takes. Deny and report always can. */
public sealed interface Approval {
    /** A tap and the user's verification. */
    public data object Ready : Approval

    /**
     * A number, as the page shows it.
     *
     * @property digits how many
     */
    public data class Number(
        val digits: Int,
    ) : Approval

    /** The page's code has to be scanned first. */
    public data object Scan : Approval

    /** The page on this phone has to open the app first. */
    public data object Link : Approval

    /**
     * Not here, or not now.
     *
     * @property why the reason
     */
    public data class Blocked(
        val why: BlockedReason,
    ) : Approval
}

/** Why a request cannot be approved. */
public sealed interface BlockedReason {
    /** This version cannot show it: update the app. */
    public data object UpdateNeeded : BlockedReason

    /** Its time is over. */
    public data object Expired : BlockedReason

    /** It has ended, see [Request.state]. */
    public data object Ended : BlockedReason

    /** The approval key is gone: enroll again. */
    public data object KeyInvalid : BlockedReason

    /** The server has suspended this device: enroll again. */
    public data object Suspended : BlockedReason

    /** The customer's approvals are stopped. */
    public data object Frozen : BlockedReason

    /**
     * A new device; it may not approve this yet.
     *
     * @property until when it may
     */
    public data class Waiting(
        val until: Instant,
    ) : BlockedReason
}

/** What the customer should know beside a request. */
public sealed interface Warning {
    /**
     * Several wait in this account: those that are not one's own should be denied.
     *
     * @property count how many
     */
    public data class SeveralPending(
        val count: Int,
    ) : Warning

    /**
     * The phone's clock differs from the server's.
     *
     * @property seconds by how many; positive: the phone is behind
     */
    public data class ClockDiffers(
        val seconds: Long,
    ) : Warning
}

/**
 * A request that waits for an answer, or has ended.
 *
 * @property account whose account
 * @property challenge which challenge
 * @property relyingParty who asks
 * @property operation what is asked for
 * @property language the language of [lines]
 * @property lines what is shown and signed, in this order. Empty if this version cannot show it
 * @property state where it stands
 * @property issuedAt when it was made, by the server's clock
 * @property expiresAt when it ends, by the server's clock
 * @property remaining how long that is from now on, by the corrected clock
 * @property start how page and phone are tied together
 * @property returns whether it brings the browser back afterwards
 * @property approval whether it can be approved, and what it takes
 * @property warnings what the customer should be told beside it
 * @property kept a decision that is signed and kept, for the server could not be reached
 */
public data class Request(
    val account: AccountId,
    val challenge: ChallengeId,
    val relyingParty: String,
    val operation: Operation,
    val language: Language,
    val lines: List<Line>,
    val state: ChallengeState,
    val issuedAt: Instant,
    val expiresAt: Instant,
    val remaining: Duration,
    val start: Start,
    val returns: Boolean,
    val approval: Approval,
    val warnings: List<Warning> = emptyList(),
    val kept: Decision? = null,
)
