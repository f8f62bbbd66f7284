// Random walks through every screen: whatever comes in whatever order, nobody is left on a page that leads nowhere.
package dev.inkan.screens

import dev.inkan.AccountId
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.Language
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.time.ZoneId
import kotlin.random.Random

class WalkTest {
    @Test
    fun `a request never leads nowhere`() = walk { RequestScreen(AccountId("a-1"), ChallengeId("c-1")) }

    @Test
    fun `an enrollment never leads nowhere`() = walk { EnrollScreen() }

    @Test
    fun `the home screen never leads nowhere`() = walk { HomeScreen() }

    @Test
    fun `the history never leads nowhere`() = walk { HistoryScreen() }

    @Test
    fun `the settings never lead nowhere`() = walk { SettingsScreen() }

    @Test
    fun `the start never leads nowhere`() = walk { StartScreen() }

    @Test
    fun `a screen that leads nowhere is found`() {
        assertEquals(setOf("lost: nothing to touch and nothing under way"), faults { LostScreen() }.keys)
    }

    private fun <S : Screen<S>> walk(begin: () -> S) = assertEquals(
        "",
        faults(begin).entries.joinToString("\n") {
            "${it.key}\n    ${it.value}"
        },
    )

    private fun <S : Screen<S>> faults(begin: () -> S): Map<String, String> {
        val faults = sortedMapOf<String, String>()
        repeat(WALKS) { seed -> Walk(seed, begin()).go { fault, trail -> faults.putIfAbsent(fault, "seed $seed: $trail") } }
        return faults
    }

    /** The control: once it has failed, it neither goes on nor offers anything. */
    private data class LostScreen(val lost: Boolean = false) : Screen<LostScreen> {
        override fun handle(event: Event): Step<LostScreen> = when (event) {
            is Event.Started -> Step(this, listOf(Effect.LoadAccounts))
            is Event.Failed -> Step(copy(lost = true))
            else -> Step(this)
        }

        override fun page(words: Words): Page {
            val actions = if (lost) emptyList() else listOf(Button(Ids.CLOSE, "Close", ButtonStyle.FILLED))
            return Page(
                if (lost) "lost" else "found",
                Bar("Inkan", back = false, time = null),
                emptyList(),
                actions,
                guarded = false,
                announce = null,
            )
        }
    }

    private class Walk<S : Screen<S>>(seed: Int, private var screen: S) {
        private val dice = Random(seed)
        private val world = World(dice)
        private val underWay = mutableListOf<Effect>()
        private val trail = mutableListOf<String>()
        private var approved = false
        private var closed = false

        fun go(fault: (String, String) -> Unit) {
            send(Event.Started(world.now))
            repeat(STEPS) {
                if (closed) return
                look { fault(it, trail.joinToString(" → ")) }
                step()
            }
        }

        private fun send(event: Event) {
            trail += event.toString().take(SHORT)
            if (event is Event.Decided && event.outcome.decision == Decision.APPROVE) approved = true
            if (event is Event.HistoryLoaded && event.entries.any { it.outcome.decision == Decision.APPROVE }) approved = true
            val step = screen.handle(event)
            screen = step.state
            for (effect in step.effects) {
                if (effect == Effect.Close || effect is Effect.Go || effect == Effect.OpenAuthenticator) closed = true
                if (effect !in HANDED_ON) underWay += effect
            }
            trail += screen.page(WORDS[0]).id
        }

        private fun step() {
            val page = screen.page(WORDS[0])
            val ids = tappable(page) + fields(page)
            when {
                world.chance(10) -> {
                    world.now = world.now.plusSeconds(dice.nextLong(1, 40))
                    send(Event.Tick(world.now))
                }

                world.chance(5) -> {
                    if (world.state == ChallengeState.PENDING) world.state = world.oneOf(ChallengeState.entries)
                }

                page.parts.any { it is Part.Camera } && world.chance(50) -> {
                    send(if (world.chance(60)) world.scanned() else world.ofTheCamera())
                }

                underWay.isNotEmpty() && world.chance(60) -> {
                    finish(underWay.removeAt(dice.nextInt(underWay.size)))
                }

                ids.isNotEmpty() -> {
                    touch(ids)
                }
            }
        }

        private fun touch(ids: List<String>) {
            val id = world.oneOf(ids)
            if (id.startsWith(
                    FIELD,
                )
            ) {
                send(Event.Typed(id.removePrefix(FIELD), if (world.chance(80)) "482913" else ""))
            } else {
                send(Event.Tapped(id))
            }
        }

        private fun finish(effect: Effect) {
            val fails = world.chance(40)
            when (effect) {
                is Effect.WatchState -> {
                    if (fails) send(Event.Failed(effect, world.error())) else watched(effect)
                }

                is Effect.OpenBrowser -> {
                    if (fails) send(Event.BrowserFailed)
                }

                Effect.AskForCamera, Effect.AskForNotifications, Effect.LookAtCamera, Effect.LookAtNotifications -> {
                    send(
                        Event.Permission(!fails),
                    )
                }

                is Effect.TestPush -> {
                    send(Event.PushTested(!fails))
                }

                Effect.OpenStore -> {
                    send(
                        if (fails) {
                            Event.StoreFailed(
                                world.oneOf(dev.inkan.InternalFailure.entries),
                            )
                        } else {
                            Event.StoreOpened(world.store())
                        },
                    )
                }

                else -> {
                    send(if (fails) Event.Failed(effect, world.error()) else result(effect))
                }
            }
        }

        private fun watched(effect: Effect) {
            if (world.state == ChallengeState.PENDING) underWay += effect else send(Event.StateRead(world.state))
        }

        private fun result(effect: Effect): Event = when (effect) {
            is Effect.LoadRequest, is Effect.OpenLink -> Event.RequestLoaded(world.request(), world.account(), world.now)
            is Effect.Decide -> Event.Decided(world.outcome(effect.decision), world.account())
            is Effect.LoadInbox -> world.inbox()
            Effect.LoadAccounts -> Event.AccountsLoaded(listOf(world.account()))
            Effect.LoadHistory -> Event.HistoryLoaded(world.history())
            Effect.LoadLeftOver -> Event.LeftOver(world.leftOver())
            is Effect.BeginEnrollment, is Effect.BeginTyped -> Event.EnrollmentFound(world.preview())
            is Effect.ConfirmAccount -> Event.CodeToShow("731048")
            is Effect.WatchEnrollment -> Event.Progressed(world.progress())
            else -> Event.Done(effect)
        }

        private fun look(fault: (String) -> Unit) {
            for (words in WORDS) look(screen.page(words), fault)
            val answers = underWay.filterIsInstance<Effect.Decide>()
            if (answers.groupBy { it.challenge }.any { it.value.size > 1 }) fault("two answers to one request are under way")
            for (effect in underWay.filter {
                it is Effect.Freeze || it is Effect.Rename || it is Effect.Leave ||
                    it is Effect.RenewKeys
            }) {
                if (underWay.count { it == effect } > 1) fault("twice under way: ${effect::class.simpleName}")
            }
        }

        private fun look(page: Page, fault: (String) -> Unit) {
            val taps = tappable(page)
            if (taps.isEmpty() && underWay.isEmpty()) fault("${page.id}: nothing to touch and nothing under way")
            if (page.actions.any { it.busy } && underWay.isEmpty()) fault("${page.id}: busy with nothing")
            if (page.actions.count { it.style == ButtonStyle.FILLED } > 1) fault("${page.id}: two filled buttons")
            if (page.id.startsWith("ended.approved") && !approved) fault("${page.id}: success without a receipt")
            val waits = page.id.startsWith("request.") && page.id != "request.sending" && taps.contains(Ids.APPROVE)
            if (waits && underWay.none { it.looks() } && !comesBack()) {
                fault("${page.id}: can be approved, and nobody watches whether it has ended")
            }
            if (page.id == "enroll.code" && underWay.none { it is Effect.WatchEnrollment } && !comesBack()) {
                fault("enroll.code: nobody waits for the digits")
            }
            if (page.id == "request.verifying" && underWay.isEmpty()) fault("request.verifying: nothing is verified")
            if (page.id.startsWith("inbox") && underWay.none { it is Effect.LoadInbox } &&
                !comesBack()
            ) {
                fault("${page.id}: nobody looks any more")
            }
            if (underWay.count { it is Effect.LoadInbox && it.wait } > 1) fault("${page.id}: two waits for the list")
            if (page.id == "request.kept" && underWay.none { it is Effect.Decide || it.looks() } && !comesBack()) {
                fault("request.kept: nobody sends what is kept")
            }
        }

        private fun Effect.looks() =
            this is Effect.WatchState || this is Effect.LoadRequest || this is Effect.OpenLink || this == Effect.LoadHistory

        /** Whether the clock alone makes it look again. */
        private fun comesBack(): Boolean = screen.handle(Event.Tick(world.now.plusSeconds(PATIENCE))).let {
            it.effects.isNotEmpty() ||
                it.state.page(WORDS[0]).id.startsWith("ended")
        }

        private fun tappable(page: Page): List<String> =
            (page.actions + page.parts.filterIsInstance<Part.Inline>().flatMap { it.buttons }).filter { !it.busy }.map { it.id } +
                page.parts.filterIsInstance<Part.Rows>().flatMap { part -> part.rows.map { it.id } } +
                (if (page.bar.back) listOf(Ids.BACK) else emptyList())

        private fun fields(page: Page): List<String> = page.parts.filterIsInstance<Part.Field>().map { FIELD + it.id } +
            page.parts.filterIsInstance<Part.Digits>().map { FIELD + it.id }
    }

    private companion object {
        const val WALKS = 4000
        const val STEPS = 40
        const val SHORT = 90

        /** Seconds within which a screen looks again by itself. */
        const val PATIENCE = 40L
        const val FIELD = "field:"

        /** Somebody else goes on with these. */
        val HANDED_ON = setOf<Effect>(Effect.Close, Effect.OpenSystemSettings, Effect.OpenAppStore, Effect.OpenAuthenticator)
        val WORDS = Language.entries.map { language -> Words(language, ZoneId.of("Asia/Tokyo")) { "${it.name} %1\$s" } }
    }
}
