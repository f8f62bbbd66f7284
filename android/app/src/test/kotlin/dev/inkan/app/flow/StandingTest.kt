/*
 * Where the phone or the customer stands at the server, as the activities tell it: removed, stopped, replaced, mistaken.
 */
package dev.inkan.app.flow

import dev.inkan.app.R
import dev.inkan.screens.Ids
import dev.inkan.walks.get
import dev.inkan.walks.json
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

internal class StandingTest : SpokenStage() {
    @Test
    fun aPhoneThatWasRemoved() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            val device = runBlocking { broker.devices(user) }.single()["id"].text
            runBlocking { broker.ok("DELETE", "/v1/users/$user/devices/$device") }
            // the answer learns it, or whoever watches the request: a tap on what is there no more does nothing
            seat.activity.typed(Ids.NUMBER, asked.number)
            seat.activity.tapped(Ids.APPROVE)
            seat.activity.becomes("request.stuck.not_recognised")
            seat.says("request.stuck.not_recognised", R.string.not_recognised, R.string.not_recognised_next)
            assertTrue(seat.activity.offers(Ids.ENROLL))
        }
        assertFalse("approved" == state(asked))
        front().use { it.says("inbox.not_recognised", R.string.not_recognised, R.string.nothing_answered) }
        settings().use { seat ->
            seat.opens(account)
            seat.stands(R.string.state_not_recognised)
            assertTrue(seat.activity.offers(Ids.ENROLL))
            assertFalse("nothing can be changed at a server that does not know it", seat.activity.offers(Ids.RENAME))
            seat.activity.tapped(Ids.LEAVE)
            seat.activity.becomes("settings.leave")
            seat.activity.tapWhenOffered(Ids.FORGET)
            until("gone", { seat.activity.page }) {
                seat.activity.page.id == "settings" && seat.activity.rows().none { it.id.startsWith(ACCOUNT) }
            }
        }
        front().use { it.activity.becomes("welcome") }
    }

    @Test
    fun aCustomerWhoIsStoppedByThePhoneAndStartedByTheBroker() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            seat.activity.tapWhenOffered(Ids.DENY)
            seat.activity.tapWhenOffered(Ids.DENY_NOT_MINE)
            seat.activity.tapWhenOffered(Ids.FREEZE)
            seat.says("ended.frozen", R.string.frozen, R.string.frozen_lead, R.string.frozen_next)
        }
        assertEquals("reported", state(asked))
        val refused = runBlocking { broker.call("POST", "/v1/challenges", broker.asking(user)) }
        assertEquals("user_locked", refused.json["code"].text)
        settings().use { seat ->
            seat.opens(account)
            seat.stands(R.string.state_frozen)
            assertFalse("it is stopped already", seat.activity.offers(Ids.FREEZE))
            runBlocking { broker.ok("POST", "/v1/users/$user/unfreeze", json("reason" to "identity checked")) }
            seat.activity.tapped(Ids.BACK)
            seat.opens(account)
            seat.stands(R.string.state_active)
            assertTrue(seat.activity.offers(Ids.FREEZE))
        }
    }

    @Test
    fun aCustomerWhoIsStoppedByTheBrokerWhileARequestIsShown() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            runBlocking { broker.ok("POST", "/v1/users/$user/freeze", json("reason" to "the customer has called")) }
            // the stop takes back what waits
            seat.says("ended.cancelled", R.string.cancelled, R.string.again_next)
        }
        settings().use { seat ->
            seat.opens(account)
            seat.stands(R.string.state_frozen)
        }
    }

    @Test
    fun aRequestThatIsReplacedByANewerOne() {
        val account = enrolled()
        val first = asked()
        shown(account, first).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            val second = asked()
            seat.says("ended.superseded", R.string.superseded, R.string.superseded_next)
            assertEquals("superseded", state(first))
            front().use { list ->
                list.activity.becomes("inbox.one")
                assertTrue(list.activity.rows().single().id.endsWith(second.challenge.value))
            }
            shown(account, second).use {
                it.activity.approves(second)
                it.activity.becomes("ended.approved")
            }
        }
    }

    @Test
    fun aNumberThatIsNotThePages() {
        val account = enrolled()
        val origin = json("ip" to "198.51.100.7", "user_agent" to "Mozilla/5.0", "session" to "s-2")
        val asked = runBlocking { broker.ask(user, JsonObject(mapOf("origin" to origin))) }
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            seat.activity.typed(Ids.NUMBER, asked.wrongNumber)
            seat.activity.tapped(Ids.APPROVE)
            seat.says("ended.number_wrong", R.string.failed_number, R.string.nothing_withdrawal, R.string.failed_number_next)
            assertFalse("there is no second try", seat.activity.offers(Ids.APPROVE))
            assertTrue(seat.activity.offers(Ids.REPORT))
        }
        assertEquals("failed", state(asked))
    }
}
