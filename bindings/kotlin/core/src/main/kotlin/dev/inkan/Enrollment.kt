// From a code on a page to an account.
package dev.inkan

/**
 * Whose account an enrollment would be, to be asked before anything is promised.
 *
 * @property id names the enrollment, and afterwards the account
 * @property server the device host
 * @property relyingParty who asks, as customers read it
 * @property displayName the customer's name there, usually masked
 */
public data class EnrollmentPreview(
    val id: AccountId,
    val server: String,
    val relyingParty: String,
    val displayName: String,
)

/** How far an enrollment has come. */
public sealed interface EnrollmentProgress {
    /** The six digits have not been typed into the page yet. */
    public data object Claimed : EnrollmentProgress

    /**
     * Done: the account is there.
     *
     * @property account its id, the same as the enrollment's
     */
    public data class Active(
        val account: AccountId,
    ) : EnrollmentProgress

    /**
     * It came to nothing; its keys are deleted. Begin with a new code.
     *
     * @property why the reason
     */
    public data class Failed(
        val why: EnrollmentFailure,
    ) : EnrollmentProgress
}

/** Why an enrollment came to nothing. */
public enum class EnrollmentFailure {
    /** Cancelled, refused, or its time is over. */
    ENDED,

    /** The server's record of this device is not this phone's: somebody stands between. */
    FOREIGN_RECORD,
}
