// The doorbell: a push tells a phone to look, and nothing else.
package dev.inkan

/** Who rings the doorbell. */
public enum class PushProvider {
    /** Apple's. */
    APNS,

    /** Google's. */
    FCM,

    /** Web Push (RFC 8030), encrypted by RFC 8291. */
    WEBPUSH,
}

/**
 * Where the server rings this phone's doorbell.
 *
 * @property provider by whom
 * @property token the provider's token, or the endpoint of Web Push
 * @property p256dh Web Push: the phone's public key, base64url
 * @property auth Web Push: the authentication secret, base64url
 */
public data class PushAddress(
    val provider: PushProvider,
    val token: String,
    val p256dh: String? = null,
    val auth: String? = null,
)

/**
 * The public half of what this installation receives Web Push with, for [PushAddress].
 *
 * @property p256dh the phone's public key, base64url
 * @property auth the authentication secret, base64url
 */
public data class WebPushKeys(
    val p256dh: String,
    val auth: String,
)

/** A push as the platform hands it over. */
public sealed interface PushPayload {
    /**
     * The body of a Web Push message, still encrypted.
     *
     * @property bytes the body
     */
    public class WebPush(
        public val bytes: ByteArray,
    ) : PushPayload

    /**
     * JSON in clear: FCM's data, or APNs' payload, as an object.
     *
     * @property bytes the JSON, UTF-8
     */
    public class Plain(
        public val bytes: ByteArray,
    ) : PushPayload
}

/**
 * All that a push carries. It permits nothing: a forged one makes a phone look.
 *
 * @property id names the push, for [Ceremonies.pushArrived]
 * @property collapse pushes with one key replace each other
 */
public data class PushHint(
    val id: String,
    val collapse: String,
)
