/*
 * What a ring does: it is read, something waits is shown, the servers are told, and the inbox is looked into; where nothing
 * waits any more the notification goes.
 *
 *     rang ─▶ pushReceived ─ a doorbell of ours ─▶ notification ─▶ pushArrived ─▶ look ─▶ keep or take away ─▶ follow
 *                          └ cannot be read ──────────────────────────────────▶ look ─▶ only if something waits ─▶ follow
 *                          └ of an account that is gone ─▶ that registration ends
 *
 * Whoever calls gives it the system's time for a push and cancels it then; a notification that still stands ends with its
 * request by itself.
 */
package dev.inkan.app.push

import dev.inkan.AccountId
import dev.inkan.Ceremonies
import dev.inkan.ChallengeState
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.InvalidInput
import dev.inkan.PushAddress
import dev.inkan.PushPayload
import dev.inkan.PushProvider
import dev.inkan.Request
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toJavaDuration

/**
 * [core] opens the core, or throws what keeps it shut; then there is nothing to be done before the app is opened. While the
 * app is [inFront] its screen shows what waits, and no notification does.
 */
internal class LookOnRing(
    private val core: suspend () -> Ceremonies,
    private val doorbell: () -> Doorbell,
    private val notifier: Notifier,
    private val inFront: () -> Boolean,
) : Ringing {
    private val heard = MutableSharedFlow<Rung>(extraBufferCapacity = HEARD)

    /** What was heard, for a screen that waits for a test or shows the inbox. */
    val rings: SharedFlow<Rung> get() = heard

    override suspend fun moved(account: AccountId, address: NewAddress?) {
        val core = core()
        val push =
            when (address) {
                is NewAddress.Endpoint -> {
                    val keys = core.webPushKeys()
                    PushAddress(PushProvider.WEBPUSH, address.url, keys.p256dh, keys.auth)
                }

                is NewAddress.Token -> {
                    address.address
                }

                null -> {
                    null
                }
            }
        try {
            core.setPush(account, push)
            heard.tryEmit(Rung.Moved(account, push != null))
        } catch (gone: InkanException.InvalidInput) {
            if (gone.input == InvalidInput.UNKNOWN_ACCOUNT) doorbell().unregister(account) else throw gone
        }
    }

    override suspend fun refused(account: AccountId, reason: Refused) {
        heard.tryEmit(Rung.Refused(account, reason))
    }

    override suspend fun rang(account: AccountId?, payload: PushPayload) {
        val core = core()
        val hint =
            try {
                core.pushReceived(account, payload)
            } catch (gone: InkanException.InvalidInput) {
                if (account != null && gone.input == InvalidInput.UNKNOWN_ACCOUNT) doorbell().unregister(account)
                return
            } catch (_: InkanException) {
                // for nobody, of another version, or forged: whoever rang, what counts is what waits
                null
            }
        if (hint != null) {
            if (!inFront()) notifier.show(FIRST_LOOK.toJavaDuration(), aloud = true)
            arrived(core, hint.id)
        }
        val inbox = core.inbox()
        heard.tryEmit(Rung.Looked(inbox))
        settle(inbox, announce = !inFront(), aloud = hint == null)
        follow(core, inbox)
    }

    /**
     * Brings the notification in line with what waits. A server that cannot be asked leaves it as it is; [announce] shows
     * what waits if nothing is shown, [aloud] with a sound.
     */
    fun settle(inbox: Inbox, announce: Boolean = false, aloud: Boolean = false) {
        val waiting = inbox.requests.filter { it.waits() }
        when {
            waiting.isNotEmpty() -> if (announce) notifier.show(waiting.maxOf { it.remaining }.toJavaDuration(), aloud)
            inbox.problems.isEmpty() -> notifier.takeAway()
        }
    }

    /**
     * Stays with what waits until all of it has ended, and takes the notification away then: there is one for all. A screen
     * in front watches for itself.
     */
    private suspend fun follow(core: Ceremonies, inbox: Inbox) {
        val waiting = inbox.requests.filter { it.waits() }
        if (waiting.isEmpty() || inFront()) return
        for (request in waiting) {
            core.requestState(request.account, request.challenge, request.remaining.coerceAtMost(LONGEST_WAIT))
        }
        settle(core.inbox())
    }

    private suspend fun arrived(core: Ceremonies, push: String) {
        try {
            core.pushArrived(push)
            heard.tryEmit(Rung.Arrived(push))
        } catch (_: InkanException) {
            // kept by the core, and told with the next look
            return
        }
    }

    private fun Request.waits(): Boolean = state == ChallengeState.PENDING && kept == null

    private companion object {
        const val HEARD = 16

        /** How long a ring stands before the first look has said how long the request lives. */
        val FIRST_LOOK = 120.seconds
        val LONGEST_WAIT = 25.seconds
    }
}

/** What a doorbell brought. */
internal sealed interface Rung {
    /** An account has an address at its server, or none any more. */
    data class Moved(val account: AccountId, val reachable: Boolean) : Rung

    data class Refused(val account: AccountId, val reason: dev.inkan.app.push.Refused) : Rung

    /** A push arrived and its server knows it. */
    data class Arrived(val push: String) : Rung

    data class Looked(val inbox: Inbox) : Rung
}
