/*
 * The language that the customer has chosen for this app. Since API 33 the system keeps it; before that we do, in a file
 * of its own that holds nothing else.
 */
package dev.inkan.app.settings

import android.app.Activity
import android.app.LocaleManager
import android.content.Context
import android.os.Build
import android.os.LocaleList
import dev.inkan.Language
import java.util.Locale

internal object AppLanguage {
    /** What was chosen; null: the phone's language. */
    fun chosen(context: Context): Language? {
        val tag =
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
                context.getSystemService(LocaleManager::class.java)?.applicationLocales?.get(0)?.language
            } else {
                file(context).getString(TAG, null)
            }
        return Language.entries.firstOrNull { it.tag() == tag }
    }

    /** Chooses; the activities are made anew in that language. */
    fun choose(activity: Activity, language: Language?) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            val locales = if (language == null) LocaleList.getEmptyLocaleList() else LocaleList.forLanguageTags(language.tag())
            activity.getSystemService(LocaleManager::class.java)?.applicationLocales = locales
        } else {
            file(activity).edit().putString(TAG, language?.tag()).apply()
            activity.recreate()
        }
    }

    /** A context in the chosen language, where the system does not see to it. */
    fun applied(base: Context): Context {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) return base
        val chosen = chosen(base) ?: return base
        val configuration = android.content.res.Configuration(base.resources.configuration)
        configuration.setLocale(Locale.forLanguageTag(chosen.tag()))
        return base.createConfigurationContext(configuration)
    }

    private fun file(context: Context) = context.getSharedPreferences("language", Context.MODE_PRIVATE)

    private fun Language.tag(): String = name.lowercase(Locale.ROOT)

    private const val TAG = "tag"
}
