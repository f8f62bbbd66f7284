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
