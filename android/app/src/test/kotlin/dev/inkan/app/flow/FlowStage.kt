/*
 * The real activities over the real core over the real server, as a stage: what a person sees and does, and what the
 * system and the world do to the app meanwhile. Keys are those of a keystore that refuses as the phone's does.
 */
package dev.inkan.app.flow

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import dev.inkan.AccountId
import dev.inkan.Ceremonies
import dev.inkan.Clock
import dev.inkan.KeyVault
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
import dev.inkan.walks.Begun
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.json
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Before
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowPausedLooper
import java.io.File
import java.util.UUID
import java.util.concurrent.TimeUnit

/** The real process; and what the system does at installation and Robolectric does not. */
open class FlowApplication : InkanApplication() {
    override fun onCreate() {
        super.onCreate()
        shadowOf(this).grantPermissions(android.Manifest.permission.HIDE_OVERLAY_WINDOWS)
    }
}

@RunWith(RobolectricTestRunner::class)
@Config(application = FlowApplication::class, qualifiers = "ja-w393dp-h852dp-mdpi")
abstract class FlowStage {
    protected val app = RuntimeEnvironment.getApplication() as FlowApplication
    internal val keystore = FakeKeystore()
    internal val person = FakePerson()
    protected var user = "c-${UUID.randomUUID()}"
    protected val server: LiveServer get() = shared
    protected val broker by lazy { Broker(server) }

    @Before
    fun process() {
        app.phone =
            object : Phone {
                override fun camera(activity: Activity): CameraPlace? = null

                override val vault: KeyVault = AndroidKeyVault(keystore, person, hasStrongBox = true)
                override val doorbell = Doorbell { _, _ -> false }
            }
        begin()
    }

    @After
    fun end() = killed()

    /** A process begins over what is on the disk. [clock]: the phone's, where it is not right. */
    protected fun begin(options: Options = Options(extraRoots = listOf(server.root)), clock: Clock? = null) {
        app.core = RealCore(app, app.phone.vault, options, clock)
        if (clock != null) app.clock = clock
        app.started = false
    }

    protected fun killed() = runBlocking { (app.core as? RealCore)?.close() ?: Unit }

    /** What was done so far is forgotten: another phone, another customer. */
    protected fun anotherPhone() {
        killed()
        store().deleteRecursively()
        user = "c-${UUID.randomUUID()}"
        begin()
    }

    protected fun store() = File(app.noBackupFilesDir, "store")

    protected val ceremonies: Ceremonies get() = runBlocking { app.core.openAuthenticator() }

    // --- what a person sees and does ---

    protected val ScreenActivity<*>.page: Page get() = checkNotNull(view.page)

    /** The button is there and does something: while an answer is on its way the buttons stay, and a tap is not heard. */
    protected fun ScreenActivity<*>.offers(id: String): Boolean {
        val all = page.actions + page.parts.filterIsInstance<Part.Inline>().flatMap { it.buttons }
        return all.none { it.busy } && all.any { it.id == id }
    }

    /**
     * Lets the main thread work until it is so. Every event reaches a machine by the main looper: where that is idle, this
     * thread sleeps until something is posted, with a bound.
     */
    protected fun until(what: String, page: () -> Page? = { null }, isSo: () -> Boolean) {
        val ends = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST)
        val main = shadowOf(Looper.getMainLooper()) as ShadowPausedLooper
        while (true) {
            main.idle()
            if (isSo()) return
            val left = TimeUnit.NANOSECONDS.toMillis(ends - System.nanoTime())
            check(left > 0) { "never: $what; the page is ${page()}" }
            main.poll(left)
        }
    }

    protected fun ScreenActivity<*>.tapWhenOffered(id: String) {
        until("a button $id", { page }) { offers(id) }
        tapped(id)
    }

    protected fun ScreenActivity<*>.becomes(id: String) = until("a page $id", { page }) { page.id == id }

    /** A second passes on the phone's own clock, with what falls into it. */
    protected fun aSecondPasses() = shadowOf(Looper.getMainLooper()).idleFor(1, TimeUnit.SECONDS)

    protected fun texts(activity: ScreenActivity<*>): List<String> = activity.page.parts.flatMap {
        when (it) {
            is Part.Title -> listOf(it.text)
            is Part.Text -> listOf(it.text)
            is Part.Notice -> listOfNotNull(it.title, it.text)
            else -> emptyList()
        }
    }

    /** An activity with its intent, and what the system can do to it. */
    protected inner class Seat<A : ScreenActivity<*>>(private val type: Class<A>, private val intent: Intent) : AutoCloseable {
        private var controller: ActivityController<A> = Robolectric.buildActivity(type, intent).setup()
        val activity: A get() = controller.get()

        fun rotate() {
            controller.recreate()
        }

        /** The app is left, and the process ends; then the person comes back. [meanwhile]: between the two. */
        fun die(options: Options = Options(extraRoots = listOf(server.root)), meanwhile: () -> Unit = {}) {
            val kept = Bundle()
            ends { saveInstanceState(kept).pause().stop().destroy() }
            killed()
            meanwhile()
            begin(options)
            controller = Robolectric.buildActivity(type, intent).setup(kept)
        }

        /** The system takes the activity away and leaves the process; then the person comes back. [meanwhile]: between the two. */
        fun isTakenAway(meanwhile: () -> Unit = {}) {
            val kept = Bundle()
            val driver = activity.driver
            controller.saveInstanceState(kept).pause().stop().destroy()
            meanwhile()
            until("what was under way has ended") { driver.isOver }
            controller = Robolectric.buildActivity(type, intent).setup(kept)
        }

        /** Another app comes to the front. */
        fun isLeft() {
            controller.pause().stop()
        }

        /** The person comes back to it, by [next] if they were led there; the system is free to tell of it [early] or late. */
        fun isBack(next: Intent? = null, early: Boolean = true) {
            if (early) next?.let(controller::newIntent)
            controller.restart().start()
            if (!early) next?.let(controller::newIntent)
            controller.resume()
        }

        /** Something else leads to the same activity while it is looked at. */
        fun isLedTo(next: Intent) {
            controller.pause().newIntent(next).resume()
        }

        override fun close() = ends { close() }

        /** What was under way lets go of the store, as it would with its process. */
        private fun ends(how: ActivityController<A>.() -> Unit) {
            val driver = activity.driver
            controller.how()
            driver.cut()
            until("all has ended") { driver.isOver }
        }
    }

    /** What the system does in the middle of a step. */
    protected enum class Blow { ROTATION, DEATH }

    protected fun Seat<*>.suffers(blow: Blow) = if (blow == Blow.ROTATION) rotate() else die()

    /** Once for each, each with a phone and a customer of its own. */
    protected fun forEachBlow(test: (Blow) -> Unit) = Blow.entries.forEach {
        test(it)
        anotherPhone()
    }

    protected fun followed(link: String): Intent {
        val door = Robolectric.buildActivity(LinkActivity::class.java, Intent(Intent.ACTION_VIEW, Uri.parse(link))).create().get()
        return shadowOf(door).nextStartedActivity
    }

    protected fun enrolling(uri: String): Seat<EnrollActivity> {
        val next = followed(uri)
        assertEquals(EnrollActivity::class.java.name, next.component?.className)
        return Seat(EnrollActivity::class.java, next)
    }

    protected fun enrolling() = Seat(EnrollActivity::class.java, Intent(app, EnrollActivity::class.java))

    protected fun front() = Seat(MainActivity::class.java, Intent(app, MainActivity::class.java))

    protected fun digits(activity: EnrollActivity): String {
        until("six digits", { activity.page }) { activity.page.parts.any { it is Part.Code } }
        return activity.page.parts.filterIsInstance<Part.Code>().single().groups.joinToString("")
    }

    protected fun begun(world: Broker = broker): Begun = runBlocking { world.begin(user) }

    protected fun confirm(begun: Begun, digits: String, world: Broker = broker) =
        assertEquals(200, runBlocking { world.confirm(begun, digits) }.status)

    protected fun enrolled(world: Broker = broker): AccountId {
        val begun = begun(world)
        enrolling(begun.uri).use { seat ->
            val activity = seat.activity
            activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(activity), world)
            activity.tapWhenOffered(Ids.SAVE_NAME)
            activity.tapWhenOffered(Ids.LATER)
            activity.tapWhenOffered(Ids.CLOSE)
        }
        // the approval key was used once, to prove itself; and the list was gone to
        person.prompts.clear()
        shadowOf(app).clearNextStartedActivities()
        return runBlocking { ceremonies.accounts().single().id }
    }

    protected fun asked(start: String = "number"): Asked = runBlocking { broker.ask(user, json("start" to start)) }

    /** Asked beside another: a newer question about the same supersedes the older. */
    protected fun askedToSignIn(): Asked = runBlocking {
        broker.ask(user, JsonObject(json("operation" to "login") + ("details" to JsonArray(emptyList()))))
    }

    /** What the app has led to since it was last asked: an activity of ours, a browser. */
    protected fun led(): Intent {
        var next: Intent? = null
        until("the way on") { shadowOf(app).nextStartedActivity?.also { next = it } != null }
        return checkNotNull(next)
    }

    protected fun shown(account: AccountId, asked: Asked): Seat<RequestActivity> =
        Seat(RequestActivity::class.java, RequestActivity.of(app, account, asked.challenge))

    protected fun byLink(link: String): Seat<RequestActivity> = Seat(RequestActivity::class.java, followed(link))

    protected fun ScreenActivity<*>.approves(asked: Asked) {
        until("the request", { page }) { offers(Ids.APPROVE) }
        typed(Ids.NUMBER, asked.number)
        tapped(Ids.APPROVE)
    }

    protected fun state(asked: Asked, world: Broker = broker) = runBlocking { world.state(asked) }

    private companion object {
        /** Seconds; the shortest life of a request is 30 of them. */
        const val LONGEST = 45L

        // One for all: a server is some seconds to set up, and every test has a customer of its own.
        val shared: LiveServer by lazy { runBlocking { LiveServer.start() } }
    }
}
