// What a scanned code or an opened link is, before anything is done with it.
package dev.inkan

/** How a code of a challenge came to the phone. */
public enum class LinkKind {
    /** Scanned from another screen. */
    SCAN,

    /** Opened on this phone. */
    OPEN,
}

/** A text that was scanned or opened, told apart without asking a server. */
public sealed interface ScannedCode {
    /**
     * Begins an enrollment, for [Ceremonies.beginEnrollment].
     *
     * @property server the device host that would be asked
     */
    public data class Enrollment(
        val server: String,
    ) : ScannedCode

    /**
     * Starts a challenge, for [Ceremonies.openLink].
     *
     * @property server the device host
     * @property challenge which challenge
     * @property kind how it came to the phone
     */
    public data class Challenge(
        val server: String,
        val challenge: ChallengeId,
        val kind: LinkKind,
    ) : ScannedCode

    /** Ours, of a version that is not known here: update the app. */
    public data object OtherVersion : ScannedCode

    /** Anything else. */
    public data object NotOurs : ScannedCode
}
