// What the walks share that cut a step at every place where the core waits for the phone.
package dev.inkan.walks

import dev.inkan.AccountId
import dev.inkan.Outcome
import org.junit.jupiter.api.Assertions.assertTrue

/** Where a step is cut at least: if the core no longer comes by there, the test tests less than it says. */
internal fun assertCut(
    cuts: List<String>,
    vararg places: String,
) {
    for (place in places) assertTrue(place in cuts, "$place is not among $cuts")
}

/** A phone of its own that can be cut, enrolled, and what was asked of its customer. */
internal suspend fun enrolledAnd(more: suspend (World) -> Asked): Pair<Phone, Pair<World, Asked>> {
    val world = World.enrolled(cuts = true)
    return world.phone to (world to more(world))
}

/**
 * Approves as an app does that was cut before: a decision that was signed and kept settles with the next look; else the
 * person decides again. The outcome, unless an earlier cut has had it settled already.
 */
internal suspend fun approved(
    phone: Phone,
    account: AccountId,
    asked: Asked,
    number: String? = null,
): Outcome? {
    val settled = phone.app.sendKept().firstOrNull { it.challenge == asked.challenge && it.outcome != null }
    if (settled != null) return settled.outcome
    if (phone.app.history(account).any { it.outcome.challenge == asked.challenge }) return null
    return phone.app.approve(account, asked.challenge, number)
}
