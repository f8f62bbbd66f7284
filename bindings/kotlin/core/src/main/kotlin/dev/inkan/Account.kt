// An account as a screen shows it, and what the phone says of itself.
package dev.inkan

import java.time.Instant

/** The languages in which requests are shown. */
public enum class Language {
    /** 日本語 */
    JA,

    /** English */
    EN,
}

/** Where an account stands. No state deletes anything. */
public enum class AccountState {
    /** May answer. */
    ACTIVE,

    /** The server has refused this device several times in a row: offer to enroll again, delete nothing. */
    NOT_RECOGNISED,

    /** The server has suspended this device: enroll again. */
    SUSPENDED,

    /** A key is gone: enroll again. If it is the approval key, deny and report still work. */
    KEY_INVALID,
}

/**
 * One customer at one relying party, as this phone knows it.
 *
 * @property id its id on this phone
 * @property server the device host, as `https://host[:port]`
 * @property relyingParty who asks, as customers read it
 * @property displayName the customer's name there, usually masked
 * @property deviceName what this phone is called there
 * @property state where it stands
 * @property frozen whether the customer's approvals are stopped
 * @property restrictedUntil a new device: until then it may not approve everything
 * @property enrolledAt when it was enrolled
 * @property mutedUntil after a report: until then the customer gets no prompt in mode `number`
 * @property supportPhone the relying party's telephone number, where the server says one
 */
public data class Account(
    val id: AccountId,
    val server: String,
    val relyingParty: String,
    val displayName: String,
    val deviceName: String,
    val state: AccountState,
    val frozen: Boolean,
    val restrictedUntil: Instant?,
    val enrolledAt: Instant,
    val mutedUntil: Instant? = null,
    val supportPhone: String? = null,
)

/**
 * What a phone says of itself in an enrollment. Each text has 1 to 64 characters that can be shown.
 *
 * @property name the name that the customer gave it; at first the model
 * @property model its model
 * @property os operating system and version
 * @property appVersion the app's version
 * @property language the language in which requests are shown at first
 */
public data class Profile(
    val name: String,
    val model: String,
    val os: String,
    val appVersion: String,
    val language: Language,
)
