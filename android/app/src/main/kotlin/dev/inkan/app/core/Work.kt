/*
 * What machines want done, as calls of the façade; each ends with the event that the machine waits for. What takes a
 * window (a browser, a permission, another screen) is not here: ScreenActivity does that.
 */
package dev.inkan.app.core

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.Ceremonies
import dev.inkan.ChallengeState
import dev.inkan.Clock
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.EnrollmentProgress
import dev.inkan.HistoryEntry
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.Outcome
import dev.inkan.Request
import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import kotlinx.coroutines.delay
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Does what a machine wants. */
fun interface Work {
    /** The event that the effect ends with, or null if nobody waits for one. Never fails but by cancellation. */
    suspend fun run(effect: Effect): Event?
}

/** Rings the test of an enrollment's doorbell. */
fun interface Doorbell {
    /** Registers for push with the account's server and waits for the test; whether it rang. */
    suspend fun test(account: AccountId, ceremonies: Ceremonies): Boolean
}

/**
 * [Work] by the core. [unsound]: a screen other than the front door has come upon a store that the person was not told of.
 * [pause] lets time pass.
 */
class CoreWork(
    private val core: Core,
    private val clock: Clock,
    private val doorbell: Doorbell,
    private val unsound: () -> Unit = {},
    private val pause: suspend (Duration) -> Unit = { delay(it) },
) : Work {
    override suspend fun run(effect: Effect): Event? = try {
        done(effect)
    } catch (problem: InkanException) {
        failed(effect, problem)
    }

    private fun failed(effect: Effect, problem: InkanException): Event =
        if (effect == Effect.OpenStore && problem is InkanException.Internal) {
            Event.StoreFailed(problem.why)
        } else {
            Event.Failed(effect, problem)
        }

    private suspend fun done(effect: Effect): Event? = when (effect) {
        Effect.OpenStore -> Event.StoreOpened(core.openStore())
        Effect.SetStoreAside -> after(effect) { core.setStoreAside() }
        Effect.OpenAuthenticator -> after(effect) { core.openAuthenticator() }
        else -> asked(effect, opened())
    }

    /** Links and notifications lead past the front door: over a damaged store nothing is done before it was told there. */
    private suspend fun opened(): Ceremonies {
        core.ceremonies?.let { return it }
        if (!core.openStore().isSound) {
            unsound()
            throw InkanException.Internal(InternalFailure.STORE)
        }
        return core.openAuthenticator()
    }

    private suspend fun asked(effect: Effect, core: Ceremonies): Event? = when (effect) {
        is Effect.LoadRequest -> loaded(core, core.request(effect.account, effect.challenge))
        is Effect.OpenLink -> loaded(core, core.openLink(effect.link))
        is Effect.Decide -> decided(core, effect)
        is Effect.WatchState -> Event.StateRead(watch(core, effect))
        is Effect.LoadInbox -> inbox(core, if (effect.wait) LONG else Duration.ZERO)
        Effect.LoadAccounts -> Event.AccountsLoaded(core.accounts())
        Effect.LoadHistory -> Event.HistoryLoaded(history(core))
        else -> enrolled(effect, core)
    }

    private suspend fun enrolled(effect: Effect, core: Ceremonies): Event? = when (effect) {
        Effect.LoadLeftOver -> Event.LeftOver(core.enrollments())
        is Effect.BeginEnrollment -> Event.EnrollmentFound(core.beginEnrollment(effect.link))
        is Effect.BeginTyped -> Event.EnrollmentFound(core.beginEnrollmentTyped(effect.host, effect.code))
        is Effect.ConfirmAccount -> Event.CodeToShow(core.confirmAccount(effect.id))
        is Effect.WatchEnrollment -> Event.Progressed(progress(core, effect.id))
        is Effect.AbandonEnrollment -> after(effect) { core.abandonEnrollment(effect.id) }
        is Effect.TestPush -> Event.PushTested(doorbell.test(effect.account, core))
        else -> changed(effect, core)
    }

    private suspend fun changed(effect: Effect, core: Ceremonies): Event? = when (effect) {
        is Effect.Freeze -> after(effect) { core.freeze(effect.account) }
        is Effect.Rename -> after(effect) { core.rename(effect.account, effect.name) }
        is Effect.RenewKeys -> after(effect) { core.rotateKeys(effect.account) }
        is Effect.Leave -> after(effect) { core.leave(effect.account) }
        is Effect.Forget -> after(effect) { core.forget(effect.account) }
        is Effect.Refresh -> after(effect) { core.refreshAccount(effect.account) }
        else -> null
    }

    private inline fun after(effect: Effect, work: () -> Unit): Event {
        work()
        return Event.Done(effect)
    }

    private suspend fun loaded(core: Ceremonies, request: Request): Event =
        Event.RequestLoaded(request, core.owner(request.account), clock.now())

    private suspend fun decided(core: Ceremonies, what: Effect.Decide): Event {
        val outcome: Outcome =
            when (what.decision) {
                Decision.APPROVE -> core.approve(what.account, what.challenge, what.number, what.shown)
                Decision.DENY -> core.deny(what.account, what.challenge, what.reason ?: DenyReason.CHANGED_MIND)
                Decision.REPORT -> core.report(what.account, what.challenge)
            }
        return Event.Decided(outcome, core.owner(what.account))
    }

    private suspend fun inbox(core: Ceremonies, wait: Duration): Event {
        val inbox = core.inbox(wait)
        return Event.InboxLoaded(inbox, core.accounts(), clock.now())
    }

    /** Newest first, over all accounts. */
    private suspend fun history(core: Ceremonies): List<HistoryEntry> =
        core.accounts().flatMap { core.history(it.id) }.sortedByDescending { it.outcome.decidedAt }

    /** Waits as long as it is pending. */
    private suspend fun watch(core: Ceremonies, what: Effect.WatchState): ChallengeState {
        while (true) {
            val state = core.requestState(what.account, what.challenge, LONG)
            if (state != ChallengeState.PENDING) return state
            // a server that ends its wait at once shall not be asked without end
            pause(PAUSE)
        }
    }

    private suspend fun progress(core: Ceremonies, id: AccountId): EnrollmentProgress = core.enrollmentStatus(id, LONG)

    /** The account, if it can be had: a screen does without, and what was decided stays decided. */
    private suspend fun Ceremonies.owner(id: AccountId): Account? = try {
        accounts().firstOrNull { it.id == id }
    } catch (_: InkanException) {
        null
    }

    private companion object {
        /** How long one look waits; the server ends it, and the next one begins. */
        val LONG = 25.seconds

        /** Between two looks at what is pending still. */
        val PAUSE = 1.seconds
    }
}
