/*
 * The words of the screens, from the app's resources.
 */
package dev.inkan.app.core

import android.content.Context
import dev.inkan.Language
import dev.inkan.app.R
import dev.inkan.screens.Key
import dev.inkan.screens.Words
import java.time.ZoneId
import java.util.Locale

/** The words in the language of a context. */
fun Context.words(): Words {
    val resources = resources
    val own = resources.getResourcePackageName(R.string.app_name)
    val language = resources.language()
    return Words(language, ZoneId.systemDefault()) { key -> resources.getString(idOf(key, resources, own)) }
}

/** The language that is shown: Japanese where it is chosen, else English. */
fun android.content.res.Resources.language(): Language =
    if (configuration.locales[0].language == Locale.JAPANESE.language) Language.JA else Language.EN

// Looked up by name, once each: the keys and the resources have the same names, which a test compares.
private val ids = IntArray(Key.entries.size)

private fun idOf(key: Key, resources: android.content.res.Resources, own: String): Int {
    if (ids[key.ordinal] == 0) {
        ids[key.ordinal] = resources.getIdentifier(key.name.lowercase(Locale.ROOT), "string", own)
    }
    return ids[key.ordinal]
}
