/*
 * The doorbell of Google's push, in this one file, for a build that wants it: not part of the app as it stands, which has
 * UnifiedPush. Add this source root and `com.google.firebase:firebase-messaging`, name the service in the manifest
 * (`com.google.firebase.MESSAGING_EVENT`, not exported), and have the application's `doorbell` be this one. Here it is
 * compiled and tested against stand-ins (`src/firebase-stand-ins`), never against Google's library.
 *
 * A push is data alone, `{v, id, collapse}`: no notification of Google's making, so nothing is shown that the app did not
 * decide on. One token serves all accounts; what is Google's to know is that this phone is rung, and when.
 */
package dev.inkan.app.push

import com.google.firebase.messaging.FirebaseMessaging
import com.google.firebase.messaging.FirebaseMessagingService
import com.google.firebase.messaging.RemoteMessage
import dev.inkan.AccountId
import dev.inkan.PushAddress
import dev.inkan.PushPayload
import dev.inkan.PushProvider
import dev.inkan.app.InkanApplication

/** [parts] do what comes of it. */
internal class FirebaseDoorbell(private val parts: PushParts, private val firebase: () -> FirebaseMessaging) : Doorbell {
    override fun available(): Boolean = true

    override suspend fun register(account: AccountId) {
        firebase().token.addOnCompleteListener { task ->
            val token = if (task.isSuccessful) task.result else null
            parts.whilePushed {
                if (token ==
                    null
                ) {
                    parts.ringing.refused(account, Refused.FAILED)
                } else {
                    parts.ringing.moved(account, address(token))
                }
            }
        }
    }

    /** The token is shared: the server forgets it with the account. */
    override fun unregister(account: AccountId) = Unit
}

/** What Google's library calls. */
internal class FirebaseDoorbellService : FirebaseMessagingService() {
    override fun onNewToken(token: String) {
        val parts = (applicationContext as? InkanApplication)?.pushParts() ?: return
        parts.whilePushed {
            parts.accounts().forEach { parts.ringing.moved(it, address(token)) }
        }
    }

    override fun onMessageReceived(message: RemoteMessage) {
        val parts = (applicationContext as? InkanApplication)?.pushParts() ?: return
        val payload = message.data.entries.joinToString(",", "{", "}") { (name, value) -> "${quoted(name)}:${quoted(value)}" }
        parts.whilePushed { parts.ringing.rang(null, PushPayload.Plain(payload.toByteArray())) }
    }

    private fun quoted(text: String): String = org.json.JSONObject.quote(text)
}

private fun address(token: String) = NewAddress.Token(PushAddress(PushProvider.FCM, token))
