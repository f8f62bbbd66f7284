/*
 * The end of an enrollment: does it ring? Registers, and waits for the test push that the server sends to a new address.
 */
package dev.inkan.app.push

import dev.inkan.AccountId
import dev.inkan.InkanException
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

internal class DoorbellTest(
    private val doorbell: () -> Doorbell,
    private val rings: SharedFlow<Rung>,
    private val longest: Duration = LONGEST,
) {
    /** Whether a push arrived and its server knows it. Nothing that could ring is known at once. */
    suspend fun rings(account: AccountId): Boolean {
        val doorbell = doorbell()
        if (!doorbell.available()) return false
        val heard =
            withTimeoutOrNull(longest) {
                try {
                    rings.onSubscription { doorbell.register(account) }.first { it.ends(account) }
                } catch (_: InkanException) {
                    // The server cannot be asked, so neither can it ring.
                    null
                }
            }
        return heard is Rung.Arrived
    }

    private fun Rung.ends(account: AccountId): Boolean = this is Rung.Arrived || (this is Rung.Refused && this.account == account)

    private companion object {
        /** A push takes seconds; who waits longer has none. */
        val LONGEST = 30.seconds
    }
}
