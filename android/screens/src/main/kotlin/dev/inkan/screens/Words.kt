// Words of ours in one language, times included. What a request says comes from the core and is not here.
package dev.inkan.screens

import dev.inkan.Language
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.util.Locale

/** Where the texts stand: the app's string resources, in one language. */
fun interface Texts {
    /** The text of a key, with `%1$s`, `%2$s` … where values go. */
    fun of(key: Key): String
}

/** The words of a language, for the clock and the calendar of a place. */
class Words(val language: Language, private val zone: ZoneId, private val texts: Texts) {
    /** A text, with what stands in its places. What a value contains is never taken for a place. */
    fun text(key: Key, vararg values: Any): String = PLACE.replace(texts.of(key)) { place ->
        place.groupValues[1].toIntOrNull()?.let { values.getOrNull(it - 1) }?.toString().orEmpty()
    }

    /** Day and minute: 11月24日（火）14:25, or Tue 24 Nov, 14:25. */
    fun moment(at: Instant): String {
        val time = at.atZone(zone)
        return when (language) {
            Language.JA -> {
                val day = "日月火水木金土"[time.dayOfWeek.value % DAYS]
                "${time.monthValue}月${time.dayOfMonth}日（$day）${MINUTE.format(time)}"
            }

            Language.EN -> {
                ENGLISH.format(time)
            }
        }
    }

    /** What stands between two things that are read in one go. No catalogue holds it: resources lose a space at their end. */
    internal val pause: String get() = if (language == Language.JA) "、" else ", "

    private companion object {
        val PLACE = Regex("""%([1-9])\${'$'}s""")
        val MINUTE: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT)
        val ENGLISH: DateTimeFormatter = DateTimeFormatter.ofPattern("EEE d MMM, HH:mm", Locale.ENGLISH)
        const val DAYS = 7
    }
}
