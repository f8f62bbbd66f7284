/*
 * Which token stands for which account at which push app. A token is random and for one account: servers and the push app
 * cannot tell that two accounts are on one phone by it. Whoever knows a token can make the phone look, and that is all.
 */
package dev.inkan.app.push

import android.content.SharedPreferences
import dev.inkan.AccountId
import java.util.UUID

/**
 * One registration.
 *
 * @property token names it, to the push app
 * @property account whose it is
 * @property distributor the package of the push app
 * @property confirmed whether it has an address
 */
internal data class Registration(
    val token: String,
    val account: AccountId,
    val distributor: String,
    val confirmed: Boolean = false,
)

internal class Registrations(private val kept: SharedPreferences) {
    /** All of them. What cannot be read is none. */
    fun all(): List<Registration> = kept.all.mapNotNull { (token, value) -> (value as? String)?.let { parse(token, it) } }

    fun byToken(token: String): Registration? = kept.getString(token, null)?.let { parse(token, it) }

    fun byAccount(account: AccountId): Registration? = all().firstOrNull { it.account == account }

    /** A new one for this account; it takes the place of the one before. */
    fun make(account: AccountId, distributor: String): Registration {
        val made = Registration(UUID.randomUUID().toString(), account, distributor)
        val edit = kept.edit()
        all().filter { it.account == account }.forEach { edit.remove(it.token) }
        edit.putString(made.token, made.text()).apply()
        return made
    }

    fun confirm(registration: Registration) =
        kept.edit().putString(registration.token, registration.copy(confirmed = true).text()).apply()

    fun remove(registration: Registration) = kept.edit().remove(registration.token).apply()

    private fun Registration.text() = listOf(account.value, distributor, confirmed.toString()).joinToString(SEPARATOR)

    private fun parse(token: String, text: String): Registration? {
        val parts = text.split(SEPARATOR)
        if (parts.size != PARTS) return null
        return Registration(token, AccountId(parts[0]), parts[1], parts[2].toBoolean())
    }

    internal companion object {
        /** The name of the preferences. */
        const val FILE = "push"
        private const val SEPARATOR = "\n"
        private const val PARTS = 3
    }
}
