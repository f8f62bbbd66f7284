/*
 * Accounts and this phone's name there, notifications, language, a new phone, about.
 */
package dev.inkan.app.settings

import android.os.Bundle
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.Part
import dev.inkan.screens.SettingsScreen

class SettingsActivity : ScreenActivity<SettingsScreen>() {
    override fun first(kept: Bundle?): SettingsScreen = SettingsScreen(
        notifications = notificationsOn(),
        chosen = AppLanguage.chosen(this),
        version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty(),
        licences = Part.Reading.of(assets.open("licences.txt").use { it.reader().readText() }),
        log = app.core.log(),
    )
}
