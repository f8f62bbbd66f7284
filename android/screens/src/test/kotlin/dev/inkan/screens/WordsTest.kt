// The catalogues, beside what the scenario table says of them: every key is used, and each language is written as it is.
package dev.inkan.screens

import dev.inkan.Language
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File
import java.time.Instant

class WordsTest {
    @Test
    fun `every key is used`() {
        val sources = File(System.getProperty("inkan.sources"))
        val used =
            used(sources, Regex("""\bKey\.([A-Z_0-9]+)\b""")) +
                used(File(System.getProperty("inkan.words")).parentFile, Regex("""\b(?:Key|R\.string)\.(\w+)\b"""))
        assertEquals(emptyList<Key>(), Key.entries.filter { it.code !in used && it !in OF_THE_SYSTEM })
    }

    @Test
    fun `Japanese has its own brackets and marks, English its own quotes`() {
        for ((code, text) in Catalogue(Language.JA).all) {
            val plain = text.replace(PLACE, "")
            assertEquals(false, plain.any { it in "()?!" }, code)
        }
        for ((code, text) in Catalogue(Language.EN).all - Key.LANGUAGE_JA.code) {
            assertEquals("", text.filter { it.code >= 0x80 && it !in "’“”–" }, code)
        }
    }

    @Test
    fun `a sentence ends as one, and a label does not`() {
        for (key in Key.entries) {
            assertEquals(wordsOf(Language.JA).text(key).endsWith("。"), wordsOf(Language.EN).text(key).endsWith("."), key.code)
        }
    }

    @Test
    fun `times are read as a customer reads them`() {
        val time = Instant.parse("2026-11-24T05:05:09Z")
        assertEquals("11月24日（火）14:05", wordsOf(Language.JA).moment(time))
        assertEquals("Tue 24 Nov, 14:05", wordsOf(Language.EN).moment(time))
        assertEquals("9月6日（日）00:00", wordsOf(Language.JA).moment(Instant.parse("2026-09-05T15:00:00Z")))
        assertEquals("Sun 6 Sep, 00:00", wordsOf(Language.EN).moment(Instant.parse("2026-09-05T15:00:00Z")))
    }

    @Test
    fun `what a value contains is never taken for a place`() {
        val words = Words(Language.EN, java.time.ZoneOffset.UTC) { "%1\$s and %2\$s" }
        assertEquals("%2\$s and b", words.text(Key.DIAL, "%2\$s", "b"))
    }

    private fun used(folder: File, pattern: Regex): Set<String> = folder
        .walk()
        .filter { it.extension == "kt" && it.name != "Key.kt" }
        .flatMap { file -> pattern.findAll(file.readText()).map { it.groupValues[1].lowercase(java.util.Locale.ROOT) } }
        .toSet()

    private companion object {
        val PLACE = Regex("""%[1-9]\${'$'}s""")

        /** Notifications are the app's: their texts are read where no screen is. */
        val OF_THE_SYSTEM =
            setOf(
                Key.NOTIFICATION_TITLE,
                Key.NOTIFICATION_BODY,
                Key.NOTIFICATION_OPEN,
                Key.NOTIFICATION_DENY,
                Key.NOTIFICATION_CHANNEL,
            )
    }
}
