/*
 * The real activities over the real core over the real server: what a person does, and what the system and the world do
 * to the app meanwhile. Keys are those of a keystore that refuses as the phone's does.
 */
package dev.inkan.app.flow

import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import dev.inkan.AccountId
import dev.inkan.Authenticator
import dev.inkan.KeyVault
import dev.inkan.Language
import dev.inkan.Options
import dev.inkan.app.InkanApplication
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.core.Doorbell
import dev.inkan.app.core.LinkActivity
import dev.inkan.app.core.RealCore
import dev.inkan.app.core.ScreenActivity
import dev.inkan.app.enroll.EnrollActivity
import dev.inkan.app.home.MainActivity
import dev.inkan.app.look.CameraPlace
import dev.inkan.app.platform.AndroidKeyVault
import dev.inkan.app.platform.FakeKeystore
import dev.inkan.app.platform.FakePerson
import dev.inkan.app.platform.Phone
import dev.inkan.screens.Ids
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import dev.inkan.walks.Asked
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.SESSION
import dev.inkan.walks.json
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import java.util.UUID
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit

/** The real process; and what the system does at installation and Robolectric does not. */
class FlowApplication : InkanApplication() {
    override fun onCreate() {
        super.onCreate()
        shadowOf(this).grantPermissions(android.Manifest.permission.HIDE_OVERLAY_WINDOWS)
    }
}

@RunWith(RobolectricTestRunner::class)
@Config(application = FlowApplication::class, qualifiers = "ja-w393dp-h852dp-mdpi")
class FlowTest {
    private val app = RuntimeEnvironment.getApplication() as FlowApplication
    private val keystore = FakeKeystore()
    private val person = FakePerson()
    private val user = "c-${UUID.randomUUID()}"
    private val broker = Broker(server)

    @Before
    fun process() {
        app.phone =
            object : Phone {
                override fun camera(activity: android.app.Activity): CameraPlace? = null

                override val vault: KeyVault = AndroidKeyVault(keystore, person, hasStrongBox = true)
                override val doorbell = Doorbell { _, _ -> false }
            }
        begin()
    }

    @After
    fun end() = killed()

    /** A process begins over what is on the disk. */
    private fun begin(options: Options = Options(extraRoots = listOf(server.root))) {
        app.core = RealCore(app, app.phone.vault, options)
        app.started = false
    }

    private fun killed() = (app.core.ceremonies as? Authenticator)?.close() ?: Unit

    // --- what a person sees and does ---

    private val ScreenActivity<*>.page: Page get() = checkNotNull(view.page)

    private fun ScreenActivity<*>.offers(id: String) = page.actions.any { it.id == id } ||
        page.parts.filterIsInstance<Part.Inline>().any { part -> part.buttons.any { it.id == id } }

    /** Lets the main thread work until it is so; the core's own threads are waited for, with a bound. */
    private fun until(what: String, page: () -> Page? = { null }, isSo: () -> Boolean) {
        val ends = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST)
        val nobody = Semaphore(0)
        while (true) {
            shadowOf(Looper.getMainLooper()).idle()
            if (isSo()) return
            check(System.nanoTime() < ends) { "never: $what; the page is ${page()}" }
            nobody.tryAcquire(10, TimeUnit.MILLISECONDS)
        }
    }

    private fun ScreenActivity<*>.tapWhenOffered(id: String) {
        until("a button $id", { page }) { offers(id) }
        tapped(id)
    }

    private fun ScreenActivity<*>.becomes(id: String) = until("a page $id", { page }) { page.id == id }

    private fun enrolling(uri: String): ActivityController<EnrollActivity> {
        val link = Robolectric.buildActivity(LinkActivity::class.java, Intent(Intent.ACTION_VIEW, Uri.parse(uri))).create().get()
        val next = shadowOf(link).nextStartedActivity
        assertEquals(EnrollActivity::class.java.name, next.component?.className)
        return Robolectric.buildActivity(EnrollActivity::class.java, next).setup()
    }

    private fun digits(activity: EnrollActivity): String {
        until("six digits", { activity.page }) { activity.page.parts.any { it is Part.Code } }
        return activity.page.parts.filterIsInstance<Part.Code>().single().groups.joinToString("")
    }

    private fun enrolled(): AccountId {
        val begun = runBlocking { broker.begin(user) }
        enrolling(begun.uri).use { controller ->
            val activity = controller.get()
            activity.tapWhenOffered(Ids.YES)
            assertEquals(200, runBlocking { broker.confirm(begun, digits(activity)) }.status)
            activity.tapWhenOffered(Ids.SAVE_NAME)
            activity.tapWhenOffered(Ids.LATER)
            activity.tapWhenOffered(Ids.CLOSE)
        }
        // the approval key was used once, to prove itself
        person.prompts.clear()
        return runBlocking { checkNotNull(app.core.ceremonies).accounts().single().id }
    }

    private fun asked(start: String = "number"): Asked = runBlocking { broker.ask(user, json("start" to start)) }

    private fun shown(account: AccountId, asked: Asked, kept: Bundle? = null): ActivityController<RequestActivity> {
        val intent = RequestActivity.of(app, account, asked.challenge)
        val controller = Robolectric.buildActivity(RequestActivity::class.java, intent)
        return if (kept == null) controller.setup() else controller.setup(kept)
    }

    private fun byLink(link: String): ActivityController<RequestActivity> {
        val door = Robolectric.buildActivity(LinkActivity::class.java, Intent(Intent.ACTION_VIEW, Uri.parse(link))).create().get()
        return Robolectric.buildActivity(RequestActivity::class.java, shadowOf(door).nextStartedActivity).setup()
    }

    private fun state(asked: Asked) = runBlocking { broker.state(asked) }

    // --- flows ---

    @Test
    fun enrollByLinkThenApproveWithTheNumber() {
        val account = enrolled()
        assertEquals(setOf(true), keystore.asked.filter { it.attestationChallenge != null }.map { it.isStrongBoxBacked }.toSet())
        val asked = asked()
        shown(account, asked).use { controller ->
            val activity = controller.get()
            until(
                "the amount",
                { activity.page },
            ) { activity.page.parts.any { it is Part.RequestHead && it.amount == "¥1,250,000" } }
            activity.tapped(Ids.APPROVE)
            assertEquals("without the number nothing is sent", "pending", state(asked))
            activity.typed(Ids.NUMBER, asked.number)
            activity.tapped(Ids.APPROVE)
            activity.becomes("ended.approved")
        }
        assertEquals(1, person.prompts.size)
        assertEquals(200, runBlocking { broker.redeem(asked) }.status)
    }

    @Test
    fun linkScanAndNone() {
        val account = enrolled()
        val link = asked("link")
        byLink(link.link).use { it.get().apply { tapWhenOffered(Ids.APPROVE) }.becomes("ended.approved") }
        assertEquals(200, runBlocking { broker.redeem(link, "session" to SESSION) }.status)

        val scan = asked("scan")
        shown(account, scan).use { controller ->
            val activity = controller.get()
            activity.tapWhenOffered(Ids.SCAN)
            shadowOf(Looper.getMainLooper()).idle()
            activity.onRequestPermissionsResult(1, arrayOf(android.Manifest.permission.CAMERA), intArrayOf(0))
            activity.scanned("https://example.com/")
            activity.scanned(runBlocking { broker.scanCode(scan) })
            activity.tapWhenOffered(Ids.APPROVE)
            activity.becomes("ended.approved")
        }
        assertEquals("approved", state(scan))
    }

    @Test
    fun denyAndReport() {
        val account = enrolled()
        val first = asked()
        shown(account, first).use { controller ->
            val activity = controller.get()
            activity.tapWhenOffered(Ids.DENY)
            activity.tapWhenOffered(Ids.DENY_MINE)
            activity.becomes("ended.denied")
        }
        assertEquals("denied", state(first))
        val second = asked()
        shown(account, second).use { controller ->
            val activity = controller.get()
            activity.tapWhenOffered(Ids.DENY)
            activity.tapWhenOffered(Ids.DENY_NOT_MINE)
            activity.becomes("ended.reported")
        }
        assertEquals("reported", state(second))
    }

    @Test
    fun rotationInTheMiddleOfEachStepOfAnEnrollment() {
        val begun = runBlocking { broker.begin(user) }
        enrolling(begun.uri).use { controller ->
            controller.recreate()
            controller.get().tapWhenOffered(Ids.YES)
            controller.recreate()
            val digits = digits(controller.get())
            controller.recreate()
            assertEquals("the digits stay", digits, digits(controller.get()))
            assertEquals(200, runBlocking { broker.confirm(begun, digits) }.status)
            until("the name", { controller.get().page }) { controller.get().offers(Ids.SAVE_NAME) }
            controller.recreate()
            controller.get().tapWhenOffered(Ids.SAVE_NAME)
            controller.recreate()
            controller.get().tapWhenOffered(Ids.LATER)
        }
    }

    @Test
    fun theProcessDiesWhileTheDigitsAreShown() {
        val begun = runBlocking { broker.begin(user) }
        val kept = Bundle()
        val digits =
            enrolling(begun.uri).let { controller ->
                controller.get().tapWhenOffered(Ids.YES)
                digits(controller.get()).also { controller.saveInstanceState(kept).pause().stop().destroy() }
            }
        killed()
        begin()
        val intent = EnrollActivity.of(app, begun.uri)
        Robolectric.buildActivity(EnrollActivity::class.java, intent).setup(kept).use { controller ->
            controller.get().tapWhenOffered(Ids.YES)
            assertEquals(digits, digits(controller.get()))
            assertEquals(200, runBlocking { broker.confirm(begun, digits) }.status)
            controller.get().tapWhenOffered(Ids.SAVE_NAME)
        }
    }

    @Test
    fun theProcessDiesWhileARequestIsShown() {
        val account = enrolled()
        val asked = asked()
        val kept = Bundle()
        shown(account, asked).let { controller ->
            until("the request", { controller.get().page }) { controller.get().offers(Ids.APPROVE) }
            controller.saveInstanceState(kept).pause().stop().destroy()
        }
        killed()
        begin()
        shown(account, asked, kept).use { controller ->
            val activity = controller.get()
            until("the request again", { activity.page }) { activity.offers(Ids.APPROVE) }
            activity.typed(Ids.NUMBER, asked.number)
            activity.tapped(Ids.APPROVE)
            controller.recreate()
            controller.get().becomes("ended.approved")
        }
        assertEquals("approved", state(asked))
    }

    @Test
    fun theServerGoesAndComesBack() {
        runBlocking { LiveServer.start() }.use { own ->
            begin(Options(extraRoots = listOf(own.root)))
            val world = Broker(own)
            val begun = runBlocking { world.begin(user) }
            enrolling(begun.uri).use { controller ->
                controller.get().tapWhenOffered(Ids.YES)
                assertEquals(200, runBlocking { world.confirm(begun, digits(controller.get())) }.status)
                controller.get().tapWhenOffered(Ids.SAVE_NAME)
            }
            val account = runBlocking { checkNotNull(app.core.ceremonies).accounts().single().id }
            val asked = runBlocking { world.ask(user) }
            shown(account, asked).use { controller ->
                val activity = controller.get()
                until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
                runBlocking { own.strike() }
                activity.typed(Ids.NUMBER, asked.number)
                activity.tapped(Ids.APPROVE)
                until("kept", { activity.page }) { activity.offers(Ids.RESEND) }
                runBlocking { own.resume() }
                activity.tapped(Ids.RESEND)
                activity.becomes("ended.approved")
            }
            assertEquals("approved", runBlocking { world.state(asked) })
        }
    }

    @Test
    fun theLanguageChangesWhileARequestIsShown() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { controller ->
            until("the request", { controller.get().page }) { controller.get().offers(Ids.APPROVE) }
            val before = controller.get().page.parts.filterIsInstance<Part.RequestHead>().single().operation
            RuntimeEnvironment.setQualifiers("+en")
            controller.recreate()

            fun head() = controller.get().page.parts.filterIsInstance<Part.RequestHead>().firstOrNull()?.operation
            until("English", { controller.get().page }) { head().let { it != null && it != before } }
            controller.get().typed(Ids.NUMBER, asked.number)
            controller.get().tapped(Ids.APPROVE)
            controller.get().becomes("ended.approved")
        }
        val past = runBlocking { checkNotNull(app.core.ceremonies).history(account) }.single()
        assertEquals("what was signed is what was shown", Language.EN, past.language)
    }

    @Test
    fun thePersonIsNotVerifiedAndTheKeyIsGone() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { controller ->
            val activity = controller.get()
            until("the request", { activity.page }) { activity.offers(Ids.APPROVE) }
            person.refusal = dev.inkan.VaultException.UserCancelled()
            activity.typed(Ids.NUMBER, asked.number)
            activity.tapped(Ids.APPROVE)
            until("asked again", { activity.page }) { activity.offers(Ids.APPROVE) && person.prompts.size == 1 }
            assertEquals("pending", state(asked))
            keystore.invalidate()
            person.refusal = null
            activity.tapped(Ids.APPROVE)
            until("enroll again", { activity.page }) { activity.offers(Ids.ENROLL) }
        }
    }

    @Test
    fun twoRequestsAtOnceAndOneEndsElsewhere() {
        val account = enrolled()
        val (first, second) =
            asked() to
                runBlocking { broker.ask(user, JsonObject(json("operation" to "login") + ("details" to JsonArray(emptyList())))) }
        Robolectric.buildActivity(MainActivity::class.java).setup().use { controller ->
            until("both", { controller.get().page }) { controller.get().page.id == "inbox.several" }
        }
        shown(account, first).use { controller ->
            until("the request", { controller.get().page }) { controller.get().offers(Ids.APPROVE) }
            runBlocking { broker.ok("DELETE", "/v1/challenges/${first.challenge}") }
            controller.get().becomes("ended.cancelled")
        }
        assertEquals("pending", state(second))
    }

    @Test
    fun whatIsNotOursNotAllowedOrForgedSaysSo() {
        val begun = runBlocking { broker.begin(user) }
        val pages = mutableListOf<String>()
        begin(Options(allowedServers = listOf("https://inkan.example"), extraRoots = listOf(server.root)))
        val texts = listOf("https://inkan.example/nothing", begun.uri, begun.uri.replace("v=1", "v=2"))
        for (text in texts) {
            enrolling(text).use { controller ->
                until("a failure of $text", { controller.get().page }) {
                    controller.get().page.actions.isNotEmpty() &&
                        "reading" !in controller.get().page.id
                }
                pages += controller.get().page.id + controller.get().page.parts.filterIsInstance<Part.Title>().map { it.text }
            }
        }
        assertEquals("each says something of its own: $pages", texts.size, pages.toSet().size)
        killed()
        begin()
        val forged = begun.uri.replace(Regex("s=[^&]*"), "s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        assertNotEquals(begun.uri, forged)
        enrolling(forged).use { controller ->
            until("refused", { controller.get().page }) {
                controller.get().page.actions.isNotEmpty() &&
                    "reading" !in controller.get().page.id
            }
            assertTrue("${controller.get().page}", !controller.get().offers(Ids.YES))
        }
    }

    private companion object {
        const val LONGEST = 40L
        val server: LiveServer by lazy { runBlocking { LiveServer.start() } }
    }
}
