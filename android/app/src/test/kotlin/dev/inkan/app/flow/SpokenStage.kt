/*
 * What a page says, in both languages; and two phones of one customer, of which one is in the hand.
 */
package dev.inkan.app.flow

import android.app.Activity
import android.content.Intent
import dev.inkan.AccountId
import dev.inkan.KeyVault
import dev.inkan.app.core.Doorbell
import dev.inkan.app.core.ScreenActivity
import dev.inkan.app.look.CameraPlace
import dev.inkan.app.platform.AndroidKeyVault
import dev.inkan.app.platform.FakeKeystore
import dev.inkan.app.platform.Phone
import dev.inkan.app.settings.SettingsActivity
import dev.inkan.screens.Fact
import dev.inkan.screens.Part
import dev.inkan.screens.Row
import org.junit.Assert.assertTrue
import org.robolectric.RuntimeEnvironment
import java.io.File

internal abstract class SpokenStage : FlowStage() {
    /**
     * The page of this id says all of [words] in Japanese and in English, each in its own; then it is Japanese again. A
     * screen that came to nothing asks once more when it is made anew, and has to say the same.
     */
    protected fun Seat<*>.says(id: String, vararg words: Int) {
        val said =
            listOf("en", "ja").map { language ->
                RuntimeEnvironment.setQualifiers("+$language")
                rotate()
                activity.becomes(id)
                val sentences = words.map { activity.getString(it) }
                val texts = texts(activity)
                for (sentence in sentences) assertTrue("$id, $language: no $sentence in $texts", texts.any { sentence in it })
                sentences
            }
        assertTrue("each language has words of its own", said[0].zip(said[1]).all { (english, japanese) -> english != japanese })
    }

    protected fun ScreenActivity<*>.rows(): List<Row> = page.parts.filterIsInstance<Part.Rows>().flatMap { it.rows }

    protected fun ScreenActivity<*>.facts(): List<Fact> = page.parts.filterIsInstance<Part.Facts>().flatMap { it.rows }

    protected fun ScreenActivity<*>.field(id: String): String =
        page.parts.filterIsInstance<Part.Field>().single { it.id == id }.value

    protected fun settings() = Seat(SettingsActivity::class.java, Intent(app, SettingsActivity::class.java))

    /** Opens an account in the settings, which asks the server how it stands. */
    protected fun Seat<SettingsActivity>.opens(account: AccountId) {
        until("the account", { activity.page }) { activity.rows().any { it.id == ACCOUNT + account.value } }
        activity.tapped(ACCOUNT + account.value)
        activity.becomes("settings.account")
    }

    /** What the open account says of itself in the end: the server's word comes a little later than what was known. */
    protected fun Seat<SettingsActivity>.stands(word: Int) {
        val parts = activity.getString(word, PLACE).split(PLACE)
        until("$parts", { activity.page }) { activity.facts().any { fact -> parts.all { it in fact.value } } }
    }

    /** A phone that lies beside: its keys, and what it remembers. */
    protected inner class Handset(val keystore: FakeKeystore = FakeKeystore()) {
        private val aside = File(app.cacheDir, "handset-${System.identityHashCode(this)}")

        /** Its app is killed, and it is laid aside. */
        fun laidAside() {
            killed()
            if (store().exists()) check(store().renameTo(aside)) { "the store cannot be moved" }
        }

        /** It is taken up, and its app begins. Another one was laid aside before. */
        fun takenUp() {
            check(!store().exists()) { "another phone is in the hand" }
            if (aside.exists()) check(aside.renameTo(store())) { "the store cannot be moved back" }
            val vault = AndroidKeyVault(keystore, person, hasStrongBox = true)
            app.phone =
                object : Phone {
                    override fun camera(activity: Activity): CameraPlace? = null

                    override val vault: KeyVault = vault
                    override val doorbell = Doorbell { _, _ -> false }
                }
            begin()
        }
    }

    /** The phone that every test begins with. */
    protected val first by lazy { Handset(keystore) }

    protected companion object {
        /** Before an account's id in its row. */
        const val ACCOUNT = "account:"
        private const val PLACE = "\n"
    }
}
