// What can go wrong, in ten kinds. A wait that was cancelled is none of them: it throws `CancellationException`, and only
// after the core has said so.
package dev.inkan

import java.time.Instant

/**
 * Why a ceremony did not end as asked.
 *
 * @property key stable, for message catalogues and logs: `offline`, `refused.already_decided`, …
 */
public sealed class InkanException(
    public val key: String,
) : Exception(key) {
    /** What happened, in English, for the log alone. Nothing personal. */
    public abstract val detail: String

    /** No connection. What was signed is kept; the deadline runs on. */
    public data class Offline(
        override val detail: String = "",
    ) : InkanException("offline")

    /** The server is there and cannot, or says what this version does not understand. */
    public data class ServerUnavailable(
        override val detail: String = "",
    ) : InkanException("server_unavailable")

    /** Signature, key, pin or hash is not what it has to be: nothing was used. */
    public data class Untrusted(
        override val detail: String = "",
    ) : InkanException("untrusted")

    /** The server does not recognise this device: offer to enroll again, delete nothing. */
    public data class NotRecognised(
        override val detail: String = "",
    ) : InkanException("not_recognised")

    /**
     * News from the server.
     *
     * @property refusal what it said
     */
    public data class Refused(
        val refusal: Refusal,
        override val detail: String = "",
    ) : InkanException("refused.${refusal.reason.code}")

    /**
     * What was asked cannot be done as asked.
     *
     * @property input what is wrong with it
     */
    public data class InvalidInput(
        val input: dev.inkan.InvalidInput,
        override val detail: String = "",
    ) : InkanException("invalid_input.${input.code}")

    /** The app is too old for this. */
    public data class UpdateNeeded(
        override val detail: String = "",
    ) : InkanException("update_needed")

    /**
     * The person cancelled, was not recognised, or the sensor is locked: try again.
     *
     * @property why which of them
     */
    public data class UserVerification(
        val why: UserVerificationFailure,
        override val detail: String = "",
    ) : InkanException("user_verification.${why.code}")

    /** The key is gone: enroll again. */
    public data class KeyInvalid(
        override val detail: String = "",
    ) : InkanException("key_invalid")

    /**
     * The phone itself failed.
     *
     * @property why what of it
     */
    public data class Internal(
        val why: InternalFailure,
        override val detail: String = "",
    ) : InkanException("internal.${why.code}")

    /** For catalogues and their tests. */
    public companion object {
        /** Every key there is, in the order of the kinds. */
        public val allKeys: List<String>
            get() =
                listOf(Offline(), ServerUnavailable(), Untrusted(), NotRecognised()).map { it.key } +
                    RefusalReason.entries.map { Refused(Refusal(it)).key } +
                    dev.inkan.InvalidInput.entries.map { InvalidInput(it).key } +
                    UpdateNeeded().key +
                    UserVerificationFailure.entries.map { UserVerification(it).key } +
                    KeyInvalid().key +
                    InternalFailure.entries.map { Internal(it).key }
    }
}

/**
 * A refusal, as read from the server after it was said.
 *
 * @property reason what the server said
 * @property state where the challenge stands, read again afterwards, where that was possible
 * @property until until then there is no use in trying again, where the server says so
 */
public data class Refusal(
    val reason: RefusalReason,
    val state: ChallengeState? = null,
    val until: Instant? = null,
)

/** Refusals that a phone knows, by the codes of `docs/errors.md`. */
public enum class RefusalReason {
    /** Another answer was first, or it ended. */
    ALREADY_DECIDED,

    /** Too late. */
    EXPIRED,

    /** The typed number was wrong: the challenge has ended. */
    NUMBER_WRONG,

    /** To be scanned or opened by this phone first. */
    START_NEEDED,

    /** The customer's approvals are stopped. */
    USER_LOCKED,

    /** This device has to wait before it may approve this. */
    DEVICE_WAITING,

    /** The number is missing or malformed; still pending. */
    NUMBER_NEEDED,

    /** Challenge or display hash differs; still pending. */
    HASH_MISMATCH,

    /** The hash of the return token is missing; still pending. */
    RETURN_HASH_NEEDED,

    /** No such challenge for this device. */
    NOT_FOUND,

    /** Too many tries; later again. */
    TOO_MANY_REQUESTS,
}

/** What was asked cannot be done as asked. */
public enum class InvalidInput {
    /** A code or link that is none of ours. */
    NOT_OURS,

    /** Not one of the servers that this build takes. */
    SERVER_NOT_ALLOWED,

    /** Neither a host name nor `https://host[:port]`. */
    SERVER_NAME,

    /** No account under that id. */
    UNKNOWN_ACCOUNT,

    /** No enrollment under that id. */
    UNKNOWN_ENROLLMENT,

    /** The link is for a server or challenge of none of the accounts. */
    NO_ACCOUNT_FOR_LINK,

    /** An approval of what was never shown on this phone. */
    NOT_SHOWN,

    /** Other characters than digits, or another count than asked. */
    NUMBER,

    /** The page's code or link has to be used before an approval. */
    START_FIRST,

    /** Its time is over by the server's clock. */
    EXPIRED,

    /** The enrollment is not at this step. */
    STEP,

    /** A name that cannot be shown. */
    NAME,

    /** An argument that is not of its form, for instance an id. */
    ARGUMENT,
}

/** Why the person was not verified. */
public enum class UserVerificationFailure {
    /** The person closed the system's dialog. */
    CANCELLED,

    /** The system did not recognise the person. */
    NOT_VERIFIED,

    /** The device is locked, or locked out after failures; later it may work. */
    LOCKED,
}

/** What of the phone itself failed. */
public enum class InternalFailure {
    /** The store could not be read or written, or is damaged. */
    STORE,

    /** The device has no room left. */
    STORE_FULL,

    /** The key that opens the store is gone for good. */
    STORE_KEY_MISSING,

    /** The key that opens the store cannot be had now, for example because the device is locked. */
    STORE_KEY_UNAVAILABLE,

    /** A newer version of the app wrote the store. */
    STORE_NEWER,

    /** The store is open elsewhere. */
    STORE_IN_USE,

    /** The key vault. */
    VAULT,

    /** The core ended in a panic. Report it, with the log. */
    PANIC,

    /** Anything else. */
    OTHER,
}

/** A variant's name in the spelling of the keys. The names are ASCII: no locale has a say. */
private val Enum<*>.code: String
    get() = name.lowercase(java.util.Locale.ROOT)
