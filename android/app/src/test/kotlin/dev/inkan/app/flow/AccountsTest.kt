/*
 * What was decided, with its receipts; and what the settings do to an account at its server.
 */
package dev.inkan.app.flow

import android.content.Intent
import dev.inkan.KeyPurpose
import dev.inkan.app.R
import dev.inkan.app.home.HistoryActivity
import dev.inkan.screens.Ids
import dev.inkan.screens.Part
import dev.inkan.walks.Asked
import dev.inkan.walks.get
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test

internal class AccountsTest : SpokenStage() {
    private fun history() = Seat(HistoryActivity::class.java, Intent(app, HistoryActivity::class.java))

    private fun approved(account: dev.inkan.AccountId): Asked = asked().also { asked ->
        shown(account, asked).use {
            it.activity.approves(asked)
            it.activity.becomes("ended.approved")
        }
    }

    @Test
    fun theHistoryHoldsWhatWasSignedAndItsReceipt() {
        history().use { it.says("history.empty") }
        val account = enrolled()
        val first = approved(account)
        val second = asked()
        shown(account, second).use { seat ->
            seat.activity.tapWhenOffered(Ids.DENY)
            seat.activity.tapWhenOffered(Ids.DENY_MINE)
            seat.activity.becomes("ended.denied")
        }
        val kept = runBlocking { ceremonies.history(account) }
        history().use { seat ->
            until("both", { seat.activity.page }) { seat.activity.rows().size == 2 }
            val words = listOf(R.string.decision_deny, R.string.decision_approve).map(app::getString)
            assertEquals("the newest first", words, seat.activity.rows().map { it.value })
            seat.activity.tapped("entry:approve:${first.challenge.value}")
            seat.activity.becomes("history.entry")
            assertTrue("as guarded as its request was", seat.activity.page.guarded)
            val entry = kept.single { it.outcome.challenge == first.challenge }
            val mono = seat.activity.page.parts.filterIsInstance<Part.Mono>().single()
            assertEquals("the receipt to the letter", entry.outcome.receipt, mono.text)
            assertEquals("three parts of a JWS", 3, mono.text.split('.').size)
            assertTrue(seat.activity.facts().any { it.value == entry.outcome.logRow.toString() })
            assertTrue(seat.activity.page.parts.any { it is Part.RequestHead && it.amount == "¥1,250,000" })
            // the entry stays open over rotation and the end of the process
            for (blow in Blow.entries) {
                seat.suffers(blow)
                seat.activity.becomes("history.entry")
                assertEquals(mono, seat.activity.page.parts.filterIsInstance<Part.Mono>().single())
            }
            seat.activity.tapped(Ids.BACK)
            seat.activity.becomes("history")
        }
    }

    @Test
    fun whatWasApprovedIsReportedFromTheHistory() {
        val account = enrolled()
        val asked = approved(account)
        history().use { seat ->
            until("the row", { seat.activity.page }) { seat.activity.rows().size == 1 }
            seat.activity.tapped(seat.activity.rows().single().id)
            seat.activity.becomes("history.entry")
            seat.activity.tapped(Ids.REPORT)
            seat.activity.becomes("ended.reported")
            assertTrue("it may have been carried out", app.getString(R.string.reported_after) in texts(seat.activity))
            seat.activity.tapped(Ids.CLOSE)
            until("both", { seat.activity.page }) { seat.activity.page.id == "history" && seat.activity.rows().size == 2 }
            seat.activity.tapped("entry:approve:${asked.challenge.value}")
            seat.activity.becomes("history.entry")
            assertFalse("once is enough", seat.activity.offers(Ids.REPORT))
        }
        val decisions = runBlocking { ceremonies.history(account) }.map { it.outcome.decision.name }.toSet()
        assertEquals(setOf("APPROVE", "REPORT"), decisions)
    }

    @Test
    fun anotherNameAndNewKeys() {
        val account = enrolled()
        settings().use { seat ->
            seat.opens(account)
            seat.activity.tapWhenOffered(Ids.RENAME)
            seat.activity.becomes("settings.rename")
            seat.activity.typed(Ids.NAME, " ")
            seat.activity.tapped(Ids.SAVE_NAME)
            val field = seat.activity.page.parts.filterIsInstance<Part.Field>().single()
            assertEquals(app.getString(R.string.field_empty), field.error)
            seat.activity.typed(Ids.NAME, "居間の電話")
            seat.activity.tapped(Ids.SAVE_NAME)
            until("renamed", { seat.activity.page }) { seat.activity.facts().any { it.value == "居間の電話" } }
            seat.says("settings.account", R.string.renamed)
            assertEquals("居間の電話", runBlocking { broker.devices(user) }.single()["name"].text)

            val before = keystore.aliases().filter { it.startsWith("inkan.${KeyPurpose.APPROVAL.name.lowercase()}") }
            seat.activity.tapWhenOffered(Ids.RENEW)
            until("new keys", { seat.activity.page }) { app.getString(R.string.rotated) in texts(seat.activity) }
            val after = keystore.aliases().filter { it.startsWith("inkan.${KeyPurpose.APPROVAL.name.lowercase()}") }
            assertEquals("the old key is gone", 1, after.size)
            assertNotEquals(before, after)
        }
        assertTrue("the person was asked for the new key", person.prompts.isNotEmpty())
        val asked = approved(account)
        assertEquals("and it signs", 200, runBlocking { broker.redeem(asked) }.status)
    }

    @Test
    fun theCustomerIsStoppedFromTheSettings() {
        val account = enrolled()
        settings().use { seat ->
            seat.opens(account)
            seat.activity.tapWhenOffered(Ids.FREEZE)
            seat.activity.becomes("settings.freeze")
            assertEquals("asked first", 201, runBlocking { broker.call("POST", "/v1/challenges", broker.asking(user)) }.status)
            seat.activity.tapped(Ids.FREEZE)
            until("stopped", { seat.activity.page }) { seat.activity.page.id == "settings.account" }
            seat.says("settings.account", R.string.frozen)
            seat.stands(R.string.state_frozen)
        }
        val refused = runBlocking { broker.call("POST", "/v1/challenges", broker.asking(user)) }
        assertEquals("user_locked", refused.json["code"].text)
    }

    @Test
    fun theAccountIsRemoved() {
        val account = enrolled()
        val keys = keystore.aliases().filter { it != "inkan.store" }
        assertEquals(2, keys.size)
        settings().use { seat ->
            seat.opens(account)
            seat.activity.tapWhenOffered(Ids.LEAVE)
            seat.says("settings.leave", R.string.leave_title, R.string.leave_lead)
            assertEquals("asked first", 1, runBlocking { broker.devices(user) }.size)
            seat.activity.tapped(Ids.LEAVE)
            until("gone", { seat.activity.page }) { seat.activity.page.id == "settings" }
            seat.says("settings", R.string.left_account)
            assertTrue(seat.activity.rows().none { it.id.startsWith(ACCOUNT) })
        }
        assertTrue("its keys are gone from the hardware", keystore.aliases().none { it in keys })
        val refused = runBlocking { broker.call("POST", "/v1/challenges", broker.asking(user)) }
        assertEquals("no_device", refused.json["code"].text)
        front().use { it.activity.becomes("welcome") }
    }
}
