/*
 * The language changes while a request is shown, either way: the lines on the page at the tap are the lines that were
 * signed, as the history has them.
 */
package dev.inkan.app.flow

import android.app.LocaleManager
import android.content.Intent
import android.os.Build
import android.os.LocaleList
import dev.inkan.Language
import dev.inkan.Line
import dev.inkan.LineRole
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.settings.SettingsActivity
import dev.inkan.screens.Ids
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

class LanguageTest : FlowStage() {
    private val locales get() = checkNotNull(app.getSystemService(LocaleManager::class.java))

    /** What stands on a page, each line for itself: a label and a value, or a value where the page gives it a place of its own. */
    private fun standing(page: Page): Set<Pair<String?, String>> = setOf(null to page.bar.title) +
        page.parts
            .flatMap { part ->
                when (part) {
                    is Part.RequestHead -> {
                        listOf(part.operation, part.amount).mapNotNull { value -> value?.let { null to it } }
                    }

                    is Part.Facts -> {
                        part.rows.flatMap { row ->
                            listOf(row.label to row.value) +
                                listOfNotNull(row.badge?.let { null to it })
                        }
                    }

                    is Part.Reasons -> {
                        part.texts.map { null to it }
                    }

                    else -> {
                        emptyList()
                    }
                }
            }.toSet()

    private fun standing(lines: List<Line>): Set<Pair<String?, String>> =
        lines.map { (if (it.role in ALONE) null else it.label) to it.value }.toSet()

    private fun RequestActivity.isIn(language: Language) =
        until("the request in $language", { page }) { offers(Ids.APPROVE) && driver.state.request?.language == language }

    /** From [first] to [second] by [change], and back before the tap if [back]. */
    private fun changing(first: Language, second: Language, change: (Seat<RequestActivity>, Language) -> Unit) {
        inLanguage(first)
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            seat.activity.isIn(first)
            val before = standing(seat.activity.page)
            change(seat, second)
            seat.activity.isIn(second)
            val atTheTap = standing(seat.activity.page)
            assertNotEquals("the words are others", before, atTheTap)
            seat.activity.typed(Ids.NUMBER, asked.number)
            assertEquals(atTheTap, standing(seat.activity.page))
            seat.activity.tapped(Ids.APPROVE)
            // again, when it is too late to change what is signed
            change(seat, first)
            seat.activity.becomes("ended.approved")
            val past = runBlocking { ceremonies.history(account) }.single()
            assertEquals("what was signed is what was shown", atTheTap, standing(past.lines))
            assertEquals(second, past.language)
        }
    }

    private fun inLanguage(language: Language) = RuntimeEnvironment.setQualifiers(if (language == Language.JA) "+ja" else "+en")

    private val byThePhone = { seat: Seat<RequestActivity>, language: Language ->
        inLanguage(language)
        seat.rotate()
    }

    @Test
    fun fromJapaneseToEnglish() = changing(Language.JA, Language.EN, byThePhone)

    @Test
    fun fromEnglishToJapanese() = changing(Language.EN, Language.JA, byThePhone)

    /** In the app's own settings, in front of which the request was shown. Since API 33 the system keeps the choice. */
    private val byTheSettings = { seat: Seat<RequestActivity>, language: Language ->
        seat.isLeft()
        Seat(SettingsActivity::class.java, Intent(app, SettingsActivity::class.java)).use { settings ->
            settings.activity.tapped(Ids.LANGUAGE)
            settings.activity.becomes("settings.language")
            settings.activity.tapped(if (language == Language.JA) Ids.LANGUAGE_JA else Ids.LANGUAGE_EN)
            val tag = if (language == Language.JA) "ja" else "en"
            assertEquals(LocaleList.forLanguageTags(tag), locales.applicationLocales)
        }
        // what the system does to the activities when it has been told
        inLanguage(language)
        seat.isBack()
        seat.rotate()
    }

    @Test
    @Config(minSdk = Build.VERSION_CODES.TIRAMISU)
    fun byTheSettingsToEnglish() = changing(Language.JA, Language.EN, byTheSettings)

    @Test
    @Config(minSdk = Build.VERSION_CODES.TIRAMISU)
    fun byTheSettingsToJapanese() = changing(Language.EN, Language.JA, byTheSettings)

    @Test
    @Config(minSdk = Build.VERSION_CODES.TIRAMISU)
    fun theSystemKeepsWhatIsChosen() {
        val rows = { seat: Seat<SettingsActivity> -> seat.activity.driver.state.chosen }
        for ((tap, language) in listOf(
            Ids.LANGUAGE_EN to Language.EN,
            Ids.LANGUAGE_JA to Language.JA,
            Ids.LANGUAGE_SYSTEM to null,
        )) {
            Seat(SettingsActivity::class.java, Intent(app, SettingsActivity::class.java)).use {
                it.activity.tapped(Ids.LANGUAGE)
                it.activity.tapped(tap)
            }
            assertEquals(language == null, locales.applicationLocales.isEmpty)
            // another window asks the system, not us
            Seat(SettingsActivity::class.java, Intent(app, SettingsActivity::class.java)).use { assertEquals(language, rows(it)) }
        }
        locales.applicationLocales = LocaleList.forLanguageTags("en-GB")
        Seat(SettingsActivity::class.java, Intent(app, SettingsActivity::class.java)).use {
            assertEquals("chosen in the system's settings", Language.EN, rows(it))
        }
        assertTrue("nothing is kept beside it", app.getSharedPreferences("language", 0).all.isEmpty())
    }

    private companion object {
        /** Lines whose value has a place of its own. */
        val ALONE = setOf(LineRole.RELYING_PARTY, LineRole.OPERATION, LineRole.AMOUNT, LineRole.REASON, LineRole.NEW_PAYEE)
    }
}
