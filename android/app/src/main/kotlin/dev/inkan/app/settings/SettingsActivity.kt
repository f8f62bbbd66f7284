/*
 * Accounts and this phone's name there, notifications, language, a new phone, about. What is open is kept, and the name that
 * is being typed.
 */
package dev.inkan.app.settings

import android.os.Bundle
import dev.inkan.AccountId
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.Part
import dev.inkan.screens.SettingsScreen
import dev.inkan.screens.SettingsScreen.View

class SettingsActivity : ScreenActivity<SettingsScreen>() {
    override fun first(kept: Bundle?): SettingsScreen = SettingsScreen(
        view = kept?.let(::opened) ?: View.List,
        notifications = notificationsOn(),
        chosen = AppLanguage.chosen(this),
        version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty(),
        licences = Part.Reading.of(assets.open("licences.txt").use { it.reader().readText() }),
        log = app.core.log(),
        name = kept?.getString(NAME).orEmpty(),
    )

    override fun keep(state: SettingsScreen, into: Bundle) {
        into.putString(NAME, state.name)
        val view = state.view
        val (open, account) =
            when (view) {
                is View.OfAccount -> OF_ACCOUNT to view.id
                is View.Renaming -> RENAMING to view.id
                is View.Freezing -> FREEZING to view.id
                is View.Leaving -> LEAVING to view.id
                else -> PLAIN.entries.firstOrNull { it.value == view }?.key to null
            }
        into.putString(OPEN, open)
        into.putString(ACCOUNT, account?.value)
    }

    private fun opened(kept: Bundle): View? {
        val account = AccountId(kept.getString(ACCOUNT).orEmpty())
        return when (val open = kept.getString(OPEN)) {
            OF_ACCOUNT -> View.OfAccount(account)
            RENAMING -> View.Renaming(account)
            FREEZING -> View.Freezing(account)
            LEAVING -> View.Leaving(account)
            else -> PLAIN[open]
        }
    }

    private companion object {
        const val OPEN = "open"
        const val ACCOUNT = "account"
        const val NAME = "name"
        const val OF_ACCOUNT = "of_account"
        const val RENAMING = "renaming"
        const val FREEZING = "freezing"
        const val LEAVING = "leaving"
        val PLAIN =
            mapOf(
                "list" to View.List,
                "notifications" to View.Notifications,
                "languages" to View.Languages,
                "new_phone" to View.NewPhone,
                "about" to View.About,
                "licences" to View.Licences,
                "log" to View.Log,
            )
    }
}
