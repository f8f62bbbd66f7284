/*
 * A window for a machine: it draws its pages, hands it what the customer does and the seconds that pass, and does for it
 * what takes a window. The machine is kept over a rotation; of a process that the system ends, each screen keeps what it
 * needs to begin again ([keep], [first]).
 */
package dev.inkan.app.core

import android.app.Activity
import android.content.Context
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import android.window.OnBackInvokedCallback
import android.window.OnBackInvokedDispatcher
import dev.inkan.InkanException
import dev.inkan.ScannedCode
import dev.inkan.app.InkanApplication
import dev.inkan.app.look.PageListener
import dev.inkan.app.look.PageView
import dev.inkan.app.look.guardWindow
import dev.inkan.app.settings.AppLanguage
import dev.inkan.screens.CameraTrouble
import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import dev.inkan.screens.Screen
import dev.inkan.screens.Words

/** An activity that shows a [Screen]. */
abstract class ScreenActivity<S : Screen<S>> :
    Activity(),
    Window<S>,
    PageListener {
    /** The machine. */
    internal lateinit var driver: Driver<S>
        private set

    /** What is on the screen. */
    lateinit var view: PageView
        private set

    /** The process' own. */
    protected val app: InkanApplication get() = application as InkanApplication

    private lateinit var words: Words
    private val seconds = Handler(Looper.getMainLooper())
    private val asks = WindowEffects(this) { driver.handle(it) }

    /** The state to begin with; [kept]: what [keep] wrote, where the system had ended the process. */
    protected abstract fun first(kept: Bundle?): S

    /** Whether the window is guarded whatever it shows. */
    protected open val alwaysGuarded: Boolean get() = false

    /** Writes what is needed to begin again. */
    protected open fun keep(state: S, into: Bundle) = Unit

    override fun attachBaseContext(base: Context) = super.attachBaseContext(AppLanguage.applied(base))

    override fun onCreate(kept: Bundle?) {
        super.onCreate(kept)
        @Suppress("UNCHECKED_CAST")
        val retained = lastNonConfigurationInstance as? Driver<S>
        driver = retained ?: Driver(first(kept), app.work)
        words = words()
        app.core.ceremonies?.setLanguage(resources.language())
        view = PageView(this, this, app.phone.camera(this))
        guardWindow(alwaysGuarded || driver.state.page(words).guarded)
        setContentView(view)
        show(driver.state)
        kept?.getInt(SCROLLED)?.let { view.scrolledTo = it }
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            onBackInvokedDispatcher.registerOnBackInvokedCallback(OnBackInvokedDispatcher.PRIORITY_DEFAULT, Back(this))
        }
    }

    override fun onStart() {
        super.onStart()
        driver.attach(this)
        driver.handle(Event.Started(app.clock.now()))
        tick()
    }

    override fun onStop() {
        seconds.removeCallbacksAndMessages(null)
        driver.detach(this)
        super.onStop()
    }

    override fun onDestroy() {
        if (!isChangingConfigurations) driver.close()
        super.onDestroy()
    }

    @Suppress("OVERRIDE_DEPRECATION") // the fragments that replace it come with a library
    override fun onRetainNonConfigurationInstance(): Any = driver

    override fun onSaveInstanceState(kept: Bundle) {
        super.onSaveInstanceState(kept)
        keep(driver.state, kept)
        kept.putInt(SCROLLED, view.scrolledTo)
    }

    /** Begins anew with another state: another request, another link. What was decided on the one before goes on. */
    protected fun restart(state: S) {
        driver = Driver(state, app.work, driver)
        driver.attach(this)
        driver.handle(Event.Started(app.clock.now()))
    }

    private fun tick() {
        // On the full second of the phone's own clock, so that two countdowns do not step one after the other.
        val next = SECOND - SystemClock.uptimeMillis() % SECOND
        seconds.postDelayed(
            {
                driver.handle(Event.Tick(app.clock.now()))
                tick()
            },
            next,
        )
    }

    override fun show(state: S) {
        val page = state.page(words)
        guardWindow(alwaysGuarded || page.guarded)
        if (view.page != page) view.show(page)
    }

    override fun tapped(id: String) = driver.handle(Event.Tapped(id))

    override fun typed(field: String, text: String) = driver.handle(Event.Typed(field, text))

    override fun switched(id: String, on: Boolean) = driver.handle(Event.Switched(id, on))

    override fun scanned(text: String) {
        val code =
            try {
                app.core.recognise(text)
            } catch (_: InkanException) {
                ScannedCode.NotOurs
            }
        driver.handle(Event.Scanned(text, code))
    }

    override fun cameraTroubled(why: CameraTrouble) = driver.handle(Event.CameraTroubled(why))

    override fun cameraBack() = driver.handle(Event.CameraBack)

    override fun run(effect: Effect): Boolean = asks.run(effect)

    /** Whether the system shows our notifications. */
    protected fun notificationsOn(): Boolean = asks.notificationsOn()

    override fun onRequestPermissionsResult(code: Int, permissions: Array<out String>, results: IntArray) {
        super.onRequestPermissionsResult(code, permissions, results)
        asks.answered(code, results)
    }

    @Suppress("OVERRIDE_DEPRECATION") // before API 33 there is no other way
    override fun onBackPressed() = tapped(PageView.BACK)

    /** A class of its own: the interface is API 33, and older phones must not meet it while they load the activity. */
    private class Back(private val activity: ScreenActivity<*>) : OnBackInvokedCallback {
        override fun onBackInvoked() = activity.tapped(PageView.BACK)
    }

    private companion object {
        const val SECOND = 1000L
        const val SCROLLED = "scrolled"
    }
}
