/*
 * A screen in motion: its state, what it wants done, and who looks at it.
 *
 *     event ─▶ state.handle ─▶ next state ─▶ window
 *                    └───────▶ effects ─▶ window (what takes one) or work ─▶ event
 *
 * It lives as long as the screen, over rotations: what is under way goes on while no window is there, and what needs a
 * window waits for the next one. What only waits for news ends with the screen; a decision that is under way never does.
 */
package dev.inkan.app.core

import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import dev.inkan.screens.Screen
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.launch

/** Who shows a screen. */
interface Window<S : Screen<S>> {
    /** Shows the state. */
    fun show(state: S)

    /** Does what takes a window; whether it was that. */
    fun run(effect: Effect): Boolean
}

/**
 * Runs a machine. All of it on the main thread. [before]: whose place it takes in its window; what that one has under way
 * goes on behind it.
 */
class Driver<S : Screen<S>>(first: S, private val work: Work, private var before: Driver<S>? = null) {
    /** Where the screen stands. */
    var state: S = first
        private set

    private val all = SupervisorJob()
    private val scope = CoroutineScope(all + MainThread)
    private val running = HashMap<Effect, Job>()
    private val waiting = ArrayDeque<Effect>()
    private var reading: Job? = null
    private var window: Window<S>? = null
    private var behind = false
    private var ended = false

    init {
        before?.giveWay()
    }

    /** A window has come; it gets the state and what waited for it. */
    fun attach(to: Window<S>) {
        window = to
        if (!behind) to.show(state)
        while (waiting.isNotEmpty() && window === to) to.run(waiting.removeFirst())
        before?.attach(to)
    }

    /** The window has gone, or is no longer looked at: what only watches ends, and begins anew with the next start. */
    fun detach(from: Window<S>) {
        if (window === from) window = null
        rest()
        before?.detach(from)
    }

    /** Something has happened. After the end nothing is taken any more. */
    fun handle(event: Event) {
        if (ended) return
        val step = state.handle(event)
        state = step.state
        if (!behind) window?.show(state)
        step.effects.forEach(::begin)
    }

    /** The screen has ended. What was decided goes on to its end, which is in the store and nowhere shown. */
    fun close() {
        ended = true
        window = null
        rest()
        all.complete()
        before?.close()
    }

    /** Whether nothing of it goes on any more: what the core was asked has ended, after [close]. */
    internal val isOver: Boolean get() = all.isCompleted && before?.isOver != false

    /** The process ends: whatever is under way ends with it. For tests. */
    internal fun cut() {
        scope.cancel()
        before?.cut()
    }

    /** Another takes its place: it is shown no more and waits for nothing; the browser of its answer still opens. */
    private fun giveWay() {
        behind = true
        rest()
        all.complete()
        before = before?.takeUnless { it.isOver }
    }

    private fun rest() = running.values.forEach { it.cancel() }

    private fun begin(effect: Effect) {
        if (effect.takesWindow()) {
            val done = window?.run(effect) ?: false
            if (!done) waiting.addLast(effect)
            return
        }
        if (behind && effect.watches()) return
        // A wait that is under way is not begun again. A look is: the machine counts what it asked for.
        if (effect.watches() && running[effect]?.isActive == true) return
        // A request is read anew, perhaps in another language: the reading that was begun before must not come last.
        if (effect is Effect.LoadRequest) reading?.cancel()
        val job =
            scope.launch {
                val event = work.run(effect)
                ensureActive()
                if (effect.watches()) running.remove(effect)
                event?.let(::handle)
            }
        if (effect.watches() && job.isActive) running[effect] = job
        if (effect is Effect.LoadRequest) reading = job
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
