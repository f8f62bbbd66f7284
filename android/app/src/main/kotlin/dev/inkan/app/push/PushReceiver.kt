/*
 * What a distributor of UnifiedPush sends us. Anybody can send a broadcast: what has no token of ours is ignored, and what
 * has one makes the phone look.
 */
package dev.inkan.app.push

import android.app.Service
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.os.Binder
import android.os.IBinder
import dev.inkan.AccountId
import dev.inkan.PushPayload
import dev.inkan.app.InkanApplication
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class PushReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val parts = (context.applicationContext as? InkanApplication)?.pushParts() ?: return
        val registration = intent.getStringExtra(Spec.TOKEN)?.let(parts.registrations::byToken) ?: return
        val work = intent.work(registration, parts) ?: return
        val pending: PendingResult? = goAsync()
        parts.whilePushed(intent.time(), { pending?.finish() }) { parts.ringing.work() }
    }

    private fun Intent.time(): Duration =
        if (flags and Intent.FLAG_RECEIVER_FOREGROUND != 0) PushParts.URGENT_TIME else PushParts.TIME

    /** What is to be done, or nothing: a request with an extra that is not as specified is ignored. */
    private fun Intent.work(registration: Registration, parts: PushParts): (suspend Ringing.() -> Unit)? = when (action) {
        Spec.NEW_ENDPOINT -> {
            newEndpoint(registration, parts)
        }

        Spec.MESSAGE -> {
            message(registration, parts)
        }

        Spec.UNREGISTERED -> {
            parts.registrations.remove(registration)
            ({ moved(registration.account, null) })
        }

        Spec.REGISTRATION_FAILED -> {
            failed(registration, parts)
        }

        else -> {
            null
        }
    }

    private fun Intent.newEndpoint(registration: Registration, parts: PushParts): (suspend Ringing.() -> Unit)? {
        val endpoint = getStringExtra(Spec.ENDPOINT) ?: return null
        if (!endpoint.startsWith("https://") || endpoint.length > Spec.LONGEST_ENDPOINT) return null
        parts.registrations.confirm(registration)
        parts.unifiedPush.acknowledge(registration, getStringExtra(Spec.ID))
        return { moved(registration.account, NewAddress.Endpoint(endpoint)) }
    }

    private fun Intent.message(registration: Registration, parts: PushParts): (suspend Ringing.() -> Unit)? {
        val bytes = getByteArrayExtra(Spec.BYTES) ?: return null
        parts.unifiedPush.acknowledge(registration, getStringExtra(Spec.ID))
        if (bytes.isEmpty() || bytes.size > Spec.LARGEST_MESSAGE) return null
        return { rang(registration.account, PushPayload.WebPush(bytes)) }
    }

    private fun Intent.failed(registration: Registration, parts: PushParts): (suspend Ringing.() -> Unit)? {
        // said of a token that has an address already: to be ignored
        if (registration.confirmed) return null
        // the next registration takes another token
        parts.registrations.remove(registration)
        val reason =
            when (getStringExtra(Spec.REASON)) {
                "NETWORK" -> Refused.NO_NETWORK
                "ACTION_REQUIRED" -> Refused.ACTION_REQUIRED
                "VAPID_REQUIRED" -> Refused.NOT_SUPPORTED
                else -> Refused.FAILED
            }
        return { refused(registration.account, reason) }
    }
}

/** A distributor binds to it while it hands over a message, so that the app has a moment in the foreground. */
class RaiseService : Service() {
    override fun onBind(intent: Intent?): IBinder? = if (intent?.action == Spec.RAISE_TO_FOREGROUND) Binder() else null
}

/** What the process keeps for pushes. */
internal interface PushParts {
    val registrations: Registrations
    val unifiedPush: UnifiedPushDoorbell
    val ringing: Ringing

    /** The accounts of this phone; none while the store cannot be opened. */
    suspend fun accounts(): List<AccountId>

    /** Does [work] in the [time] that the system gives for a push, then [done], whatever happens. */
    fun whilePushed(time: Duration = TIME, done: () -> Unit = {}, work: suspend () -> Unit)

    companion object {
        /** Well below the 60 seconds that it gives a broadcast in the background: it holds the next ones back meanwhile. */
        val TIME = 25.seconds

        /** Below the 10 seconds that it gives one in the foreground. */
        val URGENT_TIME = 8.seconds
    }
}
