package dev.inkan.app.core

import dev.inkan.Language
import dev.inkan.screens.Catalogue
import dev.inkan.screens.Key
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** What the system reads out of the resources is what the scenarios read out of the files. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class WordsTest {
    @Test
    fun everyKeyIsInTheResourcesInBothLanguages() {
        for (language in Language.entries) {
            RuntimeEnvironment.setQualifiers("+${language.name.lowercase()}")
            val words = RuntimeEnvironment.getApplication().words()
            val catalogue = Catalogue(language)
            assertEquals(language, words.language)
            for (key in Key.entries) {
                // Values stand for themselves, so that what is between them can be seen.
                val plain = catalogue.of(key).replace(Regex("%[1-9]\\\$s"), "")
                assertEquals("$language $key", plain, words.text(key))
            }
        }
    }

    @Test
    fun aPhoneInAThirdLanguageReadsEnglish() {
        RuntimeEnvironment.setQualifiers("+fr")
        assertEquals(Language.EN, RuntimeEnvironment.getApplication().words().language)
        assertEquals("Decline", RuntimeEnvironment.getApplication().words().text(Key.DENY))
    }
}
