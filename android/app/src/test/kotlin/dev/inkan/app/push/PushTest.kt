package dev.inkan.app.push

import android.app.Notification
import android.app.NotificationManager
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import com.google.android.gms.tasks.OnCompleteListener
import com.google.android.gms.tasks.Task
import com.google.firebase.messaging.FirebaseMessaging
import com.google.firebase.messaging.RemoteMessage
import dev.inkan.AccountId
import dev.inkan.PushPayload
import dev.inkan.app.InkanApplication
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.time.Duration

/** An application whose pushes are written down. */
class NotebookApplication : InkanApplication() {
    internal val notebook = Notebook(this)

    override fun pushParts(): PushParts = notebook
}

internal class Notebook(context: InkanApplication) :
    PushParts,
    Ringing {
    override val registrations by lazy { Registrations(context.getSharedPreferences(Registrations.FILE, 0)) }
    override val unifiedPush by lazy { UnifiedPushDoorbell(context, registrations) { serverKey } }
    override val ringing: Ringing get() = this
    val said = mutableListOf<String>()
    var payload: PushPayload? = null
    var serverKey: String? = "BServerKey"

    override suspend fun accounts(): List<AccountId> = listOf(AccountId("a"), AccountId("b"))

    override fun whilePushed(time: kotlin.time.Duration, done: () -> Unit, work: suspend () -> Unit) {
        runBlocking { work() }
        done()
    }

    override suspend fun moved(account: AccountId, address: NewAddress?) {
        said += "$account moved " + if (address is NewAddress.Token) address.address.token else address.toString()
    }

    override suspend fun rang(account: AccountId?, payload: PushPayload) {
        said += "$account rang"
        this.payload = payload
    }

    override suspend fun refused(account: AccountId, reason: Refused) {
        said += "$account refused $reason"
    }
}

/** Broadcasts by UnifiedPush's specification, both ways; the notification; FCM against stand-ins. */
@RunWith(RobolectricTestRunner::class)
@Config(application = NotebookApplication::class)
class PushTest {
    private val app = RuntimeEnvironment.getApplication() as NotebookApplication
    private val parts = app.notebook
    private val account = AccountId("a")

    @Before
    fun distributor() {
        val receiver = ComponentName("org.push.one", "org.push.one.Receiver")
        shadowOf(app.packageManager).run {
            addReceiverIfNotPresent(receiver).exported = true
            addIntentFilterForReceiver(receiver, IntentFilter(Spec.REGISTER))
        }
    }

    private fun last(): Intent = shadowOf(app).broadcastIntents.last()

    private fun registered(): String {
        runBlocking { parts.unifiedPush.register(account) }
        return checkNotNull(parts.registrations.byAccount(account)).token
    }

    private fun receive(action: String, fill: Intent.() -> Unit) = PushReceiver().onReceive(app, Intent(action).apply(fill))

    @Test
    fun aRegistrationNamesItsTokenAndWhoSendsIt() {
        val token = registered()
        assertEquals(
            listOf(Spec.REGISTER, "org.push.one", token),
            last().run { listOf(action, `package`, getStringExtra("token")) },
        )
        // since Android 14 the system says who sent it
        assertEquals(Build.VERSION.SDK_INT < 34, last().hasExtra("pi"))
        assertEquals("again the same, so that the push app answers with the address", token, registered())
        assertEquals("the server by its key", "BServerKey", last().getStringExtra("vapid"))
        parts.serverKey = null
        runBlocking { parts.unifiedPush.register(AccountId("b")) }
        assertFalse("one that has none is not named", last().hasExtra("vapid"))
        assertNotEquals("a token for each account", token, parts.registrations.byAccount(AccountId("b"))?.token)
    }

    @Test
    fun anEndpointIsTakenAndAcknowledged() {
        val token = registered()
        receive(
            Spec.NEW_ENDPOINT,
        ) { putExtra("token", token).putExtra("endpoint", "https://push.example/1").putExtra("id", "m1") }
        assertEquals(listOf("a moved Endpoint(url=https://push.example/1)"), parts.said)
        assertEquals(Spec.MESSAGE_ACK to "m1", last().run { action to getStringExtra("id") })
        // said of a token that has an address: ignored
        receive(Spec.REGISTRATION_FAILED) { putExtra("token", token).putExtra("reason", "NETWORK") }
        assertEquals(1, parts.said.size)
    }

    @Test
    fun whatIsNotAsSpecifiedIsIgnored() {
        val token = registered()
        receive(Spec.NEW_ENDPOINT) { putExtra("token", "guessed").putExtra("endpoint", "https://push.example/1") }
        receive(Spec.NEW_ENDPOINT) { putExtra("token", token).putExtra("endpoint", "http://push.example/1") }
        receive(Spec.NEW_ENDPOINT) { putExtra("token", token).putExtra("endpoint", "https://p.example/" + "x".repeat(1000)) }
        receive(Spec.NEW_ENDPOINT) { putExtra("token", token) }
        receive(Spec.MESSAGE) { putExtra("token", "guessed").putExtra("bytesMessage", ByteArray(9)) }
        receive(Spec.MESSAGE) { putExtra("token", token) }
        receive(Spec.MESSAGE) { putExtra("token", token).putExtra("bytesMessage", ByteArray(4097)) }
        receive(Spec.MESSAGE) { putExtra("bytesMessage", ByteArray(9)) }
        receive("org.unifiedpush.android.connector.ANOTHER") { putExtra("token", token) }
        receive(Spec.UNREGISTERED) { }
        assertEquals(emptyList<String>(), parts.said)
        assertEquals("nothing is answered", Spec.REGISTER, last().action)
    }

    @Test
    fun aMessageIsHandedOverAndAcknowledged() {
        val token = registered()
        receive(Spec.MESSAGE) { putExtra("token", token).putExtra("bytesMessage", byteArrayOf(1, 2, 3)).putExtra("id", "m2") }
        assertEquals(listOf("a rang"), parts.said)
        assertArrayEquals(byteArrayOf(1, 2, 3), (parts.payload as PushPayload.WebPush).bytes)
        assertEquals(Spec.MESSAGE_ACK to "m2", last().run { action to getStringExtra("id") })
    }

    @Test
    fun aFailedRegistrationTakesAnotherTokenNextTime() {
        for ((word, reason) in mapOf(
            "NETWORK" to Refused.NO_NETWORK,
            "ACTION_REQUIRED" to Refused.ACTION_REQUIRED,
            "VAPID_REQUIRED" to Refused.NOT_SUPPORTED,
            "INTERNAL_ERROR" to Refused.FAILED,
        )) {
            val token = registered()
            receive(Spec.REGISTRATION_FAILED) { putExtra("token", token).putExtra("reason", word) }
            assertEquals("a refused $reason", parts.said.last())
            assertNull(parts.registrations.byToken(token))
        }
    }

    @Test
    fun bothSidesCanEndIt() {
        val token = registered()
        receive(Spec.UNREGISTERED) { putExtra("token", token) }
        assertEquals(listOf("a moved null"), parts.said)
        val next = registered()
        assertNotEquals(token, next)
        parts.unifiedPush.unregister(account)
        assertEquals(Spec.UNREGISTER to next, last().run { action to getStringExtra("token") })
        assertNull(parts.registrations.byToken(next))
    }

    @Test
    @Config(qualifiers = "ja")
    fun theNotificationSaysNothingPersonalAndCannotApprove() {
        shadowOf(app).grantPermissions(android.Manifest.permission.POST_NOTIFICATIONS)
        val notifier = Notifier({ app }, { Intent("open") }, { Intent("deny") })
        notifier.show(Duration.ofSeconds(90), aloud = true)
        val manager = shadowOf(app.getSystemService(NotificationManager::class.java))
        val shown = checkNotNull(manager.getNotification(Notifier.ID))
        assertEquals("認証の確認依頼", shown.extras.getString(Notification.EXTRA_TITLE))
        assertEquals("アプリを開いて内容を確認してください", shown.extras.getString(Notification.EXTRA_TEXT))
        assertEquals(listOf("開く", "拒否する"), shown.actions.map { it.title })
        if (Build.VERSION.SDK_INT >= 31) assertEquals(listOf(false, true), shown.actions.map { it.isAuthenticationRequired })
        assertEquals(Notification.VISIBILITY_PRIVATE, shown.visibility)
        assertNotNull(shown.publicVersion)
        assertEquals(90_000L, shown.timeoutAfter)
        notifier.takeAway()
        assertNull(manager.getNotification(Notifier.ID))
    }

    @Test
    fun notificationsThatAreRefusedAreNotShown() {
        val manager = shadowOf(app.getSystemService(NotificationManager::class.java))
        manager.setNotificationsEnabled(false)
        Notifier({ app }, { Intent("open") }, { Intent("deny") }).show(Duration.ofSeconds(90), aloud = true)
        assertEquals(0, manager.size())
    }

    @Test
    fun firebaseBringsATokenForEveryAccountAndDataInClear() {
        runBlocking { FirebaseDoorbell(parts) { FirebaseMessaging(Now("t1")) }.register(account) }
        val service = Robolectric.buildService(FirebaseDoorbellService::class.java).get()
        service.onNewToken("t2")
        service.onMessageReceived(RemoteMessage(mapOf("v" to "1", "id" to "\"quoted\"")))
        assertEquals(listOf("a moved t1", "a moved t2", "b moved t2", "null rang"), parts.said)
        assertEquals("""{"v":"1","id":"\"quoted\""}""", String((parts.payload as PushPayload.Plain).bytes))
        runBlocking { FirebaseDoorbell(parts) { FirebaseMessaging(Now(null)) }.register(account) }
        assertEquals("a refused FAILED", parts.said.last())
    }

    private class Now(private val token: String?) : Task<String>() {
        override fun isSuccessful(): Boolean = token != null

        override fun getResult(): String? = token

        override fun addOnCompleteListener(listener: OnCompleteListener<String>): Task<String> =
            apply { listener.onComplete(this) }
    }
}
