/*
 * What machines want done that takes a window: a browser, a telephone, a permission, another screen.
 */
package dev.inkan.app.core

import android.Manifest
import android.app.Activity
import android.app.NotificationManager
import android.content.ActivityNotFoundException
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.provider.Settings
import dev.inkan.app.settings.AppLanguage
import dev.inkan.screens.Effect
import dev.inkan.screens.Event

/** Does it for [activity]; what comes of it goes to [handle]. */
internal class WindowEffects(private val activity: Activity, private val handle: (Event) -> Unit) {
    /** Whether the effect was one that takes a window. */
    fun run(effect: Effect): Boolean {
        when (effect) {
            is Effect.OpenBrowser -> if (!open(browser(effect.address.exposeUrl()))) handle(Event.BrowserFailed)
            is Effect.Dial -> open(Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", effect.number, null)))
            Effect.OpenSystemSettings -> open(systemSettings())
            Effect.OpenAppStore -> open(Intent(Intent.ACTION_VIEW, Uri.parse("market://details?id=${activity.packageName}")))
            Effect.AskForCamera -> ask(Manifest.permission.CAMERA)
            Effect.AskForNotifications -> askForNotifications()
            Effect.LookAtCamera -> handle(Event.Permission(allowed(Manifest.permission.CAMERA)))
            Effect.LookAtNotifications -> handle(Event.Permission(notificationsOn()))
            is Effect.ChooseLanguage -> AppLanguage.choose(activity, effect.language)
            is Effect.Go -> activity.startActivity(activity.intentTo(effect.to))
            Effect.Close -> activity.finish()
            else -> return false
        }
        return true
    }

    /** The answer to a question of the system. An empty one was interrupted: it will be asked again. */
    fun answered(code: Int, results: IntArray) {
        if (code != ASKED || results.isEmpty()) return
        handle(Event.Permission(results.all { it == PackageManager.PERMISSION_GRANTED }))
    }

    fun notificationsOn(): Boolean = activity.getSystemService(NotificationManager::class.java)?.areNotificationsEnabled() == true

    private fun open(intent: Intent): Boolean = try {
        activity.startActivity(intent)
        true
    } catch (_: ActivityNotFoundException) {
        false
    }

    private fun browser(url: String) = Intent(Intent.ACTION_VIEW, Uri.parse(url))
        .addCategory(Intent.CATEGORY_BROWSABLE)
        .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)

    private fun systemSettings() =
        Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", activity.packageName, null))

    private fun allowed(permission: String) = activity.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    private fun ask(permission: String) {
        if (allowed(permission)) {
            handle(Event.Permission(given = true))
        } else {
            activity.requestPermissions(arrayOf(permission), ASKED)
        }
    }

    private fun askForNotifications() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            ask(Manifest.permission.POST_NOTIFICATIONS)
        } else {
            handle(Event.Permission(notificationsOn()))
        }
    }

    private companion object {
        const val ASKED = 1
    }
}
