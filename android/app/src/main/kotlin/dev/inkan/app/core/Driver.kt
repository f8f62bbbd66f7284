/*
 * A screen in motion: its state, what it wants done, and who looks at it.
 *
 *     event ─▶ state.handle ─▶ next state ─▶ window
 *                    └───────▶ effects ─▶ window (what takes one) or work ─▶ event
 *
 * It lives as long as the screen, over rotations: what is under way goes on while no window is there, and what needs a
 * window waits for the next one.
 */
package dev.inkan.app.core

import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import dev.inkan.screens.Screen
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Who shows a screen. */
interface Window<S : Screen<S>> {
    /** Shows the state. */
    fun show(state: S)

    /** Does what takes a window; whether it was that. */
    fun run(effect: Effect): Boolean
}

/** Runs a machine. All of it on the main thread. */
class Driver<S : Screen<S>>(first: S, private val work: Work) {
    /** Where the screen stands. */
    var state: S = first
        private set

    private val all = SupervisorJob()
    private val scope = CoroutineScope(all + MainThread)
    private val running = HashMap<Effect, Job>()
    private val waiting = ArrayDeque<Effect>()
    private var window: Window<S>? = null

    /** A window has come; it gets the state and what waited for it. */
    fun attach(to: Window<S>) {
        window = to
        to.show(state)
        while (waiting.isNotEmpty() && window === to) to.run(waiting.removeFirst())
    }

    /** The window has gone, or is no longer looked at: what only watches ends, and begins anew with the next start. */
    fun detach(from: Window<S>) {
        if (window === from) window = null
        running.values.forEach { it.cancel() }
    }

    /** Something has happened. */
    fun handle(event: Event) {
        val step = state.handle(event)
        state = step.state
        window?.show(state)
        step.effects.forEach(::begin)
    }

    /** The screen has ended. */
    fun close() {
        window = null
        scope.cancel()
    }

    /** Whether nothing of it goes on any more: what the core was asked has ended, after [close]. */
    internal val isOver: Boolean get() = all.isCompleted

    private fun begin(effect: Effect) {
        if (effect.takesWindow()) {
            val done = window?.run(effect) ?: false
            if (!done) waiting.addLast(effect)
            return
        }
        // A wait that is under way is not begun again. A look is: the machine counts what it asked for.
        if (effect.watches() && running[effect]?.isActive == true) return
        val job =
            scope.launch {
                val event = work.run(effect)
                if (effect.watches()) running.remove(effect)
                event?.let(::handle)
            }
        if (effect.watches() && job.isActive) running[effect] = job
    }

    private fun Effect.watches(): Boolean =
        this is Effect.WatchState || this is Effect.WatchEnrollment || (this is Effect.LoadInbox && wait)
}

/** Whether an effect is the window's: everything else is the core's. */
internal fun Effect.takesWindow(): Boolean = when (this) {
    is Effect.OpenBrowser, is Effect.Dial, Effect.AskForCamera, Effect.AskForNotifications, Effect.OpenSystemSettings,
    Effect.OpenAppStore, Effect.LookAtCamera, Effect.LookAtNotifications, is Effect.ChooseLanguage, is Effect.Go, Effect.Close,
    -> true

    else -> false
}
