/*
 * The front door as a value: the start of the process, and then the list.
 */
package dev.inkan.app.home

import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import dev.inkan.screens.HomeScreen
import dev.inkan.screens.Page
import dev.inkan.screens.Screen
import dev.inkan.screens.StartScreen
import dev.inkan.screens.Step
import dev.inkan.screens.Words
import java.time.Instant

/** [start]: what is shown until the core is open; null from then on. */
data class FrontScreen(val start: StartScreen?, val home: HomeScreen, val now: Instant) : Screen<FrontScreen> {
    override fun handle(event: Event): Step<FrontScreen> {
        val timed =
            when (event) {
                is Event.Started -> copy(now = event.now)
                is Event.Tick -> copy(now = event.now)
                else -> this
            }
        val open = event is Event.Done && event.what == Effect.OpenAuthenticator
        return when {
            start == null -> timed.listing(event)
            open -> timed.copy(start = null).listing(Event.Started(now))
            else -> timed.starting(start, event)
        }
    }

    private fun starting(start: StartScreen, event: Event): Step<FrontScreen> {
        val step = start.handle(event)
        return Step(copy(start = step.state), step.effects)
    }

    private fun listing(event: Event): Step<FrontScreen> {
        val step = home.handle(event)
        return Step(copy(home = step.state), step.effects)
    }

    override fun page(words: Words): Page = start?.page(words) ?: home.page(words)
}
