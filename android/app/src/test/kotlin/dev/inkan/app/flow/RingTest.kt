/*
 * A ring from end to end on the phone: a Web Push message that is encrypted here as a push service would get it (RFC 8291),
 * through the distributor's broadcast and the real core, up to the notification, and until the request ends.
 */
package dev.inkan.app.flow

import android.app.Activity
import android.app.NotificationManager
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import dev.inkan.AccountId
import dev.inkan.DenyReason
import dev.inkan.WebPushKeys
import dev.inkan.app.R
import dev.inkan.app.core.Doorbell
import dev.inkan.app.enroll.EnrollActivity
import dev.inkan.app.look.CameraPlace
import dev.inkan.app.platform.Phone
import dev.inkan.app.push.Notifier
import dev.inkan.app.push.PushParts
import dev.inkan.app.push.PushReceiver
import dev.inkan.app.push.Pushing
import dev.inkan.app.push.Rung
import dev.inkan.app.push.Spec
import dev.inkan.screens.Ids
import dev.inkan.walks.get
import dev.inkan.walks.text
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.math.BigInteger
import java.nio.ByteBuffer
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.PublicKey
import java.security.SecureRandom
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import java.util.Base64
import java.util.UUID
import javax.crypto.Cipher
import javax.crypto.KeyAgreement
import javax.crypto.Mac
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Tells when the work of a broadcast has ended. */
class RingApplication : FlowApplication() {
    internal val done = ArrayDeque<CompletableDeferred<Unit>>()

    override fun pushParts(): PushParts = Told(super.pushParts())

    internal val pushing get() = super.pushParts() as Pushing

    private inner class Told(private val real: PushParts) : PushParts by real {
        override fun whilePushed(time: Duration, done: () -> Unit, work: suspend () -> Unit) {
            val end = CompletableDeferred<Unit>().also(this@RingApplication.done::addLast)
            real.whilePushed(
                time,
                {
                    done()
                    end.complete(Unit)
                },
                work,
            )
        }
    }
}

@Config(application = RingApplication::class)
class RingTest : FlowStage() {
    private val ringing get() = app as RingApplication

    @Before
    fun distributor() {
        val receiver = ComponentName("org.push.one", "org.push.one.Receiver")
        shadowOf(app.packageManager).run {
            addReceiverIfNotPresent(receiver).exported = true
            addIntentFilterForReceiver(receiver, IntentFilter(Spec.REGISTER))
        }
        shadowOf(app).grantPermissions(android.Manifest.permission.POST_NOTIFICATIONS)
    }

    private fun shown() = shadowOf(app.getSystemService(NotificationManager::class.java)).getNotification(Notifier.ID)

    private fun token(account: AccountId): String {
        waited { ringing.pushing.unifiedPush.register(account) }
        return checkNotNull(ringing.pushing.registrations.byAccount(account)).token
    }

    private fun message(token: String, bytes: ByteArray) = PushReceiver().onReceive(
        app,
        Intent(Spec.MESSAGE).putExtra(Spec.TOKEN, token).putExtra(Spec.BYTES, bytes).putExtra(Spec.ID, "m1"),
    )

    private fun <T> waited(work: suspend () -> T): T = runBlocking { withTimeout(30.seconds) { work() } }

    /** Sends a message and waits until the inbox was looked into. */
    private fun rings(token: String, bytes: ByteArray) = waited {
        val listens = CompletableDeferred<Unit>()
        coroutineScope {
            val looks = ringing.pushing.rings.onSubscription { listens.complete(Unit) }.filterIsInstance<Rung.Looked>()
            val heard = async { looks.first() }
            listens.await()
            message(token, bytes)
            heard.await()
        }
    }

    private fun hint() = """{"v":1,"id":"${UUID.randomUUID()}","collapse":"${UUID.randomUUID()}"}""".toByteArray()

    @Test
    fun anEncryptedRingShowsThatSomethingWaitsUntilItHasEnded() {
        val account = enrolled()
        val token = token(account)
        val asked = asked()
        val keys = waited { ceremonies.webPushKeys() }
        val looked = rings(token, WebPush(keys).encrypt(hint()))
        assertEquals(asked.challenge, looked.inbox.requests.single().challenge)
        assertNotNull("shown", shown())
        assertTrue("the broadcast is not over: the request is followed", ringing.done.single().isActive)
        waited { ceremonies.deny(account, asked.challenge, DenyReason.CHANGED_MIND) }
        waited { ringing.done.single().await() }
        assertNull("it has ended", shown())
    }

    @Test
    fun aForgedRingShowsNothingWhereNothingWaits() {
        val token = token(enrolled())
        val keys = waited { ceremonies.webPushKeys() }
        val message = WebPush(keys).encrypt(hint())
        message[message.lastIndex] = (message.last().toInt() xor 1).toByte()
        assertTrue(rings(token, message).inbox.requests.isEmpty())
        waited { ringing.done.single().await() }
        assertNull(shown())
    }

    /** The phone with the doorbell of the app itself. */
    private fun withItsOwnDoorbell() {
        val vault = app.phone.vault
        app.phone =
            object : Phone {
                override fun camera(activity: Activity): CameraPlace? = null

                override val vault = vault
                override val doorbell = Doorbell { account, _ -> ringing.pushing.test.rings(account) }
            }
        killed()
        begin()
    }

    private fun testing(test: (Seat<EnrollActivity>, String) -> Unit) {
        withItsOwnDoorbell()
        val begun = begun()
        enrolling(begun.uri).use { seat ->
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
            seat.activity.tapWhenOffered(Ids.ALLOW)
            seat.activity.becomes("enroll.testing")
            // its server is asked for its key first
            until("a registration") { shadowOf(app).broadcastIntents.any { it.action == Spec.REGISTER } }
            val asked = shadowOf(app).broadcastIntents.single { it.action == Spec.REGISTER }
            assertEquals("org.push.one", asked.`package`)
            test(seat, checkNotNull(asked.getStringExtra(Spec.TOKEN)))
        }
    }

    private fun told(action: String, token: String, vararg extras: Pair<String, String>) {
        val intent = Intent(action).putExtra(Spec.TOKEN, token)
        extras.forEach { (name, value) -> intent.putExtra(name, value) }
        val before = ringing.done.size
        PushReceiver().onReceive(app, intent)
        // what is ignored does nothing that could be waited for
        if (ringing.done.size > before) waited { ringing.done.last().await() }
    }

    private fun push() = waited { broker.devices(user) }.single()["push"].text

    @Test
    fun theTestOfAnEnrollmentGoesFromTheAddressToTheServerAndRings() = testing { seat, token ->
        assertNull("no address yet", push())
        told(Spec.NEW_ENDPOINT, token, Spec.ENDPOINT to "http://push.example/plain", Spec.ID to "e0")
        assertNull("an address in the clear is none", push())
        told(Spec.NEW_ENDPOINT, token, Spec.ENDPOINT to "https://push.example/abc", Spec.ID to "e1")
        assertEquals("the server has it", "webpush", push())
        seat.activity.becomes("enroll.testing")
        rings(token, WebPush(waited { ceremonies.webPushKeys() }).encrypt(hint()))
        seat.activity.becomes("enroll.done")
        assertTrue(app.getString(R.string.test_arrived) in texts(seat.activity))
        assertNull("nothing waits: no notification stays", shown())
        told(Spec.UNREGISTERED, token)
        assertNull("and it is taken back", push())
    }

    @Test
    fun aPushAppThatRefusesIsSaidAtTheEndOfAnEnrollment() = testing { seat, token ->
        told(Spec.REGISTRATION_FAILED, token, Spec.REASON to "INTERNAL_ERROR")
        seat.activity.becomes("enroll.done.silent")
        assertTrue(app.getString(R.string.test_missing) in texts(seat.activity))
        assertNull(push())
    }
}

/** The sender's side of RFC 8291 over RFC 8188, in one record, by the JDK's own cryptography. */
private class WebPush(private val keys: WebPushKeys) {
    private val point = Base64.getUrlDecoder().decode(keys.p256dh)

    fun encrypt(text: ByteArray): ByteArray {
        val own = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
        val sender = bytesOf(own.public as ECPublicKey)
        val shared =
            KeyAgreement.getInstance("ECDH").run {
                init(own.private)
                doPhase(theirs(own.public as ECPublicKey), true)
                generateSecret()
            }
        val auth = Base64.getUrlDecoder().decode(keys.auth)
        val input = hkdf(auth, shared, "WebPush: info\u0000".toByteArray() + point + sender, KEY)
        val salt = ByteArray(SALT).also { SecureRandom().nextBytes(it) }
        val key = hkdf(salt, input, "Content-Encoding: aes128gcm\u0000".toByteArray(), SALT)
        val nonce = hkdf(salt, input, "Content-Encoding: nonce\u0000".toByteArray(), NONCE)
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        cipher.init(Cipher.ENCRYPT_MODE, SecretKeySpec(key, "AES"), GCMParameterSpec(TAG_BITS, nonce))
        val record = cipher.doFinal(text + LAST)
        return salt + ByteBuffer.allocate(Int.SIZE_BYTES).putInt(RECORD).array() + sender.size.toByte() + sender + record
    }

    private fun theirs(like: ECPublicKey): PublicKey {
        val coordinates = point.drop(1).chunked(KEY).map { BigInteger(1, it.toByteArray()) }
        val spec = ECPublicKeySpec(ECPoint(coordinates[0], coordinates[1]), like.params)
        return KeyFactory.getInstance("EC").generatePublic(spec)
    }

    /** Uncompressed: 4, then both coordinates. */
    private fun bytesOf(key: ECPublicKey) = byteArrayOf(4) + fixed(key.w.affineX) + fixed(key.w.affineY)

    private fun fixed(number: BigInteger): ByteArray {
        val bytes = number.toByteArray()
        return if (bytes.size >= KEY) bytes.copyOfRange(bytes.size - KEY, bytes.size) else ByteArray(KEY - bytes.size) + bytes
    }

    private fun hkdf(salt: ByteArray, secret: ByteArray, info: ByteArray, length: Int) =
        mac(mac(salt, secret), info + 1.toByte()).copyOf(length)

    private fun mac(key: ByteArray, text: ByteArray): ByteArray =
        Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key, "HmacSHA256")) }.doFinal(text)

    private companion object {
        const val KEY = 32
        const val SALT = 16
        const val NONCE = 12
        const val TAG_BITS = 128
        const val RECORD = 4096
        const val LAST: Byte = 2
    }
}
