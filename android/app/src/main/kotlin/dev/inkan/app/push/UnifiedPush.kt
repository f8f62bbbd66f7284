/*
 * UnifiedPush: push by an app of the person's choice, the "distributor". Its specification for Android, AND_3.0.0
 * (https://unifiedpush.org/developers/spec/android/), is broadcasts; the body is Web Push, which the core decrypts.
 *
 *     us ─ REGISTER token, vapid ─▶ distributor  (extra `pi` below Android 14; the sender's identity is shared since)
 *     us ◀─ NEW_ENDPOINT token, endpoint, id ─   or REGISTRATION_FAILED token, reason; or later UNREGISTERED token
 *     us ─ MESSAGE_ACK token, id ─▶
 *     us ◀─ MESSAGE token, bytesMessage, id ─    each with an id is acknowledged
 *     us ─ UNREGISTER token ─▶
 */
package dev.inkan.app.push

import android.app.BroadcastOptions
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Build
import dev.inkan.AccountId

/** The words of the specification. */
internal object Spec {
    const val REGISTER = "org.unifiedpush.android.distributor.REGISTER"
    const val UNREGISTER = "org.unifiedpush.android.distributor.UNREGISTER"
    const val MESSAGE_ACK = "org.unifiedpush.android.distributor.MESSAGE_ACK"
    const val NEW_ENDPOINT = "org.unifiedpush.android.connector.NEW_ENDPOINT"
    const val REGISTRATION_FAILED = "org.unifiedpush.android.connector.REGISTRATION_FAILED"
    const val UNREGISTERED = "org.unifiedpush.android.connector.UNREGISTERED"
    const val MESSAGE = "org.unifiedpush.android.connector.MESSAGE"
    const val RAISE_TO_FOREGROUND = "org.unifiedpush.android.connector.RAISE_TO_FOREGROUND"

    const val TOKEN = "token"
    const val IDENTITY = "pi"
    const val DESCRIPTION = "message"
    const val SERVER_KEY = "vapid"
    const val ENDPOINT = "endpoint"
    const val REASON = "reason"
    const val ID = "id"
    const val BYTES = "bytesMessage"

    /** Goes nowhere: a distributor reads from a pending intent for it who made it. */
    const val DUMMY_APP = "org.unifiedpush.dummy_app"

    /** The link by which the person's default distributor is found. */
    const val LINK = "unifiedpush://link"

    const val LONGEST_ID = 100
    const val LONGEST_ENDPOINT = 1000
    const val LARGEST_MESSAGE = 4096
}

/**
 * The doorbell over the distributors that are installed. [serverKey]: what names an account's server to its push service; some
 * distributors take no registration without, and bind the address to it.
 */
internal class UnifiedPushDoorbell(
    private val context: Context,
    private val registrations: Registrations,
    private val serverKey: suspend (AccountId) -> String?,
) : Doorbell {
    override fun available(): Boolean = distributor() != null

    override suspend fun register(account: AccountId) {
        val key = serverKey(account)
        val chosen = distributor() ?: return
        val known = registrations.byAccount(account)
        if (known != null && known.distributor != chosen) unregister(account)
        // the same token again: the distributor answers with the address, so that neither side forgets the other
        val registration = known?.takeIf { it.distributor == chosen } ?: registrations.make(account, chosen)
        send(Spec.REGISTER, registration) {
            putExtra(Spec.DESCRIPTION, context.applicationInfo.loadLabel(context.packageManager))
            if (key != null) putExtra(Spec.SERVER_KEY, key)
        }
    }

    override fun unregister(account: AccountId) {
        val registration = registrations.byAccount(account) ?: return
        registrations.remove(registration)
        send(Spec.UNREGISTER, registration)
    }

    fun acknowledge(registration: Registration, id: String?) {
        if (id != null && id.length <= Spec.LONGEST_ID) send(Spec.MESSAGE_ACK, registration) { putExtra(Spec.ID, id) }
    }

    /**
     * The push app to use: the one in use, else the person's default, else the only one. Where there are several and no
     * default, the first by name: the person changes it in the system's settings for `unifiedpush` links.
     */
    internal fun distributor(): String? {
        val installed = installed()
        val inUse = registrations.all().map { it.distributor }.firstOrNull { it in installed }
        return inUse ?: default()?.takeIf { it in installed } ?: installed.minOrNull()
    }

    /** Packages that take registrations. */
    private fun installed(): Set<String> = context.packageManager
        .queryBroadcastReceivers(Intent(Spec.REGISTER), 0)
        .mapNotNull { it.activityInfo }
        .filter { it.exported || it.packageName == context.packageName }
        .map { it.packageName }
        .toSet()

    private fun default(): String? = context.packageManager
        .resolveActivity(Intent(Intent.ACTION_VIEW, Uri.parse(Spec.LINK)), 0)
        ?.activityInfo
        ?.packageName

    private fun send(action: String, registration: Registration, more: Intent.() -> Unit = {}) {
        val intent =
            Intent(action)
                .setPackage(registration.distributor)
                .putExtra(Spec.TOKEN, registration.token)
                .apply(more)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            context.sendBroadcast(intent, null, BroadcastOptions.makeBasic().setShareIdentityEnabled(true).toBundle())
        } else {
            intent.putExtra(Spec.IDENTITY, identity())
            context.sendBroadcast(intent)
        }
    }

    private fun identity(): PendingIntent =
        PendingIntent.getBroadcast(context, 0, Intent().setPackage(Spec.DUMMY_APP), PendingIntent.FLAG_IMMUTABLE)
}
