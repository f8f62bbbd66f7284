// Names of things. Each is a type of its own, so that none is taken for another.
package dev.inkan

/**
 * Names an account on this phone, and before that the enrollment it comes from. Made on the phone; no server knows it.
 *
 * @property value the text of a UUID
 */
@JvmInline
public value class AccountId(
    public val value: String,
) {
    override fun toString(): String = value
}

/**
 * Names a request, at its server.
 *
 * @property value the text of a UUID
 */
@JvmInline
public value class ChallengeId(
    public val value: String,
) {
    override fun toString(): String = value
}
