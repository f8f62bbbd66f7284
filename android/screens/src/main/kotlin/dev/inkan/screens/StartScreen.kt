// The app's start, where the phone's own state is not what it has to be: told before anything is done over it.
package dev.inkan.screens

import dev.inkan.InternalFailure
import dev.inkan.StoreReport

/**
 * Opening the store.
 *
 * ```text
 * OpenStore ─▶ sound ─────────────▶ OpenAuthenticator ─▶ home
 *     │     └▶ damaged: told ─────▶ OpenAuthenticator
 *     └▶ failed: told ─▶ retry, or (key gone) set aside ─▶ OpenStore
 * ```
 */
data class StartScreen(val report: StoreReport? = null, val failure: InternalFailure? = null, val told: Boolean = false) :
    Screen<StartScreen> {
    override fun handle(event: Event): Step<StartScreen> = when (event) {
        is Event.Started -> {
            Step(copy(failure = null), listOf(Effect.OpenStore))
        }

        is Event.StoreOpened -> {
            Step(
                copy(report = event.report, failure = null),
                if (event.report.isSound) listOf(Effect.OpenAuthenticator) else emptyList(),
            )
        }

        is Event.StoreFailed -> {
            Step(copy(failure = event.why))
        }

        is Event.Failed -> {
            Step(
                copy(
                    failure =
                        (event.error as? dev.inkan.InkanException.Internal)?.why ?: InternalFailure.OTHER,
                ),
            )
        }

        is Event.Done -> {
            if (event.what == Effect.SetStoreAside) Step(StartScreen(), listOf(Effect.OpenStore)) else Step(this)
        }

        is Event.Tapped -> {
            tapped(event.id)
        }

        else -> {
            Step(this)
        }
    }

    private fun tapped(id: String): Step<StartScreen> = when {
        id == Ids.CONTINUE && report != null -> {
            Step(copy(told = true), listOf(Effect.OpenAuthenticator))
        }

        id == Ids.RETRY && report != null -> {
            Step(copy(failure = null), listOf(Effect.OpenAuthenticator))
        }

        id == Ids.RETRY -> {
            Step(StartScreen(), listOf(Effect.OpenStore))
        }

        id == Ids.SET_ASIDE && failure == InternalFailure.STORE_KEY_MISSING -> {
            Step(
                copy(failure = null),
                listOf(Effect.SetStoreAside),
            )
        }

        id == Ids.UPDATE -> {
            Step(this, listOf(Effect.OpenAppStore))
        }

        id == Ids.SYSTEM_SETTINGS -> {
            Step(this, listOf(Effect.OpenSystemSettings))
        }

        id == Ids.BACK -> {
            Step(this, listOf(Effect.Close))
        }

        else -> {
            Step(this)
        }
    }

    override fun page(words: Words): Page {
        val failure = failure
        val report = report
        return when {
            failure != null -> failed(failure, words)
            report != null && !report.isSound && !told -> damaged(report, words)
            else -> page("start", listOf(Part.Text(words.text(Key.LOADING))), emptyList())
        }
    }

    private fun failed(why: InternalFailure, words: Words): Page {
        val trouble = why.trouble()
        val retry = Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.FILLED)
        val actions =
            when (why) {
                InternalFailure.STORE_KEY_MISSING -> listOf(Button(Ids.SET_ASIDE, words.text(Key.SET_ASIDE), ButtonStyle.FILLED))
                InternalFailure.STORE_NEWER -> listOf(Button(Ids.UPDATE, words.text(Key.UPDATE), ButtonStyle.FILLED))
                else -> listOf(retry)
            }
        val parts =
            listOf(
                Part.Title(words.text(trouble.what)),
                Part.Text(words.text(Key.NOTHING_LOST)),
                Part.Text(words.text(trouble.next)),
            )
        return page("start." + why.name.lowercase(java.util.Locale.ROOT), parts, actions)
    }

    private fun damaged(report: StoreReport, words: Words): Page {
        val emptied = report.emptied
        val parts =
            listOf(
                Part.Title(words.text(Key.STORE_DAMAGED)),
                Part.Text(words.text(if (emptied) Key.STORE_EMPTIED else Key.STORE_PARTLY)),
                Part.Text(words.text(if (emptied) Key.STORE_EMPTIED_NEXT else Key.STORE_PARTLY_NEXT)),
            )
        return page(
            if (emptied) "start.emptied" else "start.damaged",
            parts,
            listOf(Button(Ids.CONTINUE, words.text(Key.GO_ON), ButtonStyle.FILLED)),
        )
    }

    private fun page(id: String, parts: List<Part>, actions: List<Button>) =
        Page(id, Bar(APP, back = false, time = null), parts, actions, guarded = false, announce = null)
}
