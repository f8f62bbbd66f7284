// From the code on a broker's page to an account on this phone.
package dev.inkan.screens

import dev.inkan.AccountId
import dev.inkan.EnrollmentFailure
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.InkanException
import dev.inkan.ScannedCode
import java.time.Instant

/**
 * Enrollment.
 *
 * ```text
 * Start ─▶ Camera, Typed, a link ─▶ Reading ─▶ Yours ─▶ Code ─▶ Name ─▶ Notify ─▶ Testing ─▶ Done
 *   └─▶ Left over ────────────────────┼────────▲          │
 *                                     └─▶ Failed ◀────────┘
 * ```
 * Whatever was begun is in the core's store: a killed app goes on from what is left over.
 */
data class EnrollScreen(
    val phase: Phase = Phase.Start,
    val preview: EnrollmentPreview? = null,
    val host: String = "",
    val typed: String = "",
    /** What the phone is to be called; it begins as its model. */
    val name: String = "",
    val missing: Boolean = false,
    val failure: InkanException? = null,
    /** The link with which the app was opened. */
    val link: String? = null,
    /** What was tapped last is under way. */
    val busy: Boolean = false,
    val now: Instant = Instant.EPOCH,
    /** When the code was claimed. The server gives it five minutes. */
    val claimed: Instant? = null,
    /** When to ask once more how far it is. */
    val again: Instant? = null,
) : Screen<EnrollScreen> {
    /** Where it stands. */
    sealed interface Phase {
        data object Start : Phase

        /** Several were begun and not ended. */
        data class LeftOver(val previews: List<EnrollmentPreview>) : Phase

        data class Camera(val refused: Boolean = false, val trouble: CameraTrouble? = null) : Phase {
            /** Who has refused is not asked again and again: it may have been allowed in the system's settings. */
            internal fun ask(): Effect = if (refused) Effect.LookAtCamera else Effect.AskForCamera
        }

        data object Typing : Phase

        data object Reading : Phase

        data object Yours : Phase

        data class Code(val digits: String) : Phase

        data object Naming : Phase

        data object Notify : Phase

        data object Testing : Phase

        /** [rings]: whether the test rang; null if notifications were not wanted. */
        data class Finished(val rings: Boolean?) : Phase

        data class Failed(val why: Why) : Phase
    }

    /** Why an enrollment came to nothing. */
    sealed interface Why {
        data object NotOurs : Why

        data object OtherVersion : Why

        /** A code of a request, not of an enrollment. */
        data object OfRequest : Why

        data class Ended(val how: EnrollmentFailure) : Why

        data class Trouble(val error: InkanException) : Why
    }

    override fun handle(event: Event): Step<EnrollScreen> = when (event) {
        is Event.Started -> copy(now = event.now, again = null).started()
        is Event.Tick -> tick(event.now)
        is Event.LeftOver -> leftOver(event.previews)
        is Event.Tapped -> tapped(event.id)
        is Event.Typed -> Step(typed(event))
        is Event.Scanned -> scanned(event)
        is Event.Permission -> permission(event.given)
        is Event.CameraTroubled -> Step(sees(event.why))
        Event.CameraBack -> Step(sees(null))
        is Event.EnrollmentFound -> found(event.preview)
        is Event.CodeToShow -> confirmed(event.digits)
        is Event.Progressed -> progressed(event.progress)
        is Event.PushTested -> Step(if (phase == Phase.Testing) copy(phase = Phase.Finished(event.arrived)) else this)
        is Event.Done -> done(event.what)
        is Event.Failed -> failed(event.what, event.error)
        else -> Step(this)
    }

    override fun page(words: Words): Page = EnrollPage(this, words).draw()

    private val id: AccountId? get() = preview?.id

    private fun started(): Step<EnrollScreen> = when (phase) {
        Phase.Start -> if (link != null) begin(link) else Step(this, listOf(Effect.LoadLeftOver))
        is Phase.Code -> watch()
        is Phase.Camera -> Step(copy(phase = phase.copy(trouble = null)), listOf(phase.ask()))
        else -> Step(this)
    }

    private fun watch(): Step<EnrollScreen> = Step(copy(again = null), listOfNotNull(id?.let { Effect.WatchEnrollment(it) }))

    private fun tick(now: Instant): Step<EnrollScreen> {
        val state = copy(now = now)
        val due = again?.let { !now.isBefore(it) } ?: false
        return if (due && phase is Phase.Code) state.watch() else Step(state)
    }

    private fun leftOver(previews: List<EnrollmentPreview>): Step<EnrollScreen> {
        val one = previews.singleOrNull()
        return when {
            phase != Phase.Start || previews.isEmpty() -> Step(this)
            one != null -> Step(copy(phase = Phase.Yours, preview = one))
            else -> Step(copy(phase = Phase.LeftOver(previews)))
        }
    }

    private fun goOn(row: String): Step<EnrollScreen> {
        val chosen = (phase as? Phase.LeftOver)?.previews?.firstOrNull { LEFT_OVER + it.id.value == row }
        return Step(if (chosen == null) this else copy(phase = Phase.Yours, preview = chosen))
    }

    private fun found(preview: EnrollmentPreview): Step<EnrollScreen> =
        Step(if (phase == Phase.Reading) copy(phase = Phase.Yours, preview = preview, failure = null, claimed = now) else this)

    private fun confirmed(digits: String): Step<EnrollScreen> =
        if (phase == Phase.Yours && busy) copy(phase = Phase.Code(digits), busy = false, failure = null).watch() else Step(this)

    private fun begin(text: String) = Step(copy(phase = Phase.Reading, failure = null), listOf(Effect.BeginEnrollment(text)))

    private fun typed(event: Event.Typed): EnrollScreen = when (event.field) {
        Ids.HOST -> copy(host = event.text, missing = false, failure = null)
        Ids.CODE -> copy(typed = event.text, missing = false, failure = null)
        Ids.NAME -> copy(name = event.text, missing = false, failure = null)
        else -> this
    }

    private fun tapped(tap: String): Step<EnrollScreen> = when (tap) {
        Ids.SCAN -> scan()
        Ids.RETRY -> if (phase is Phase.Camera) scan() else Step(this)
        Ids.TYPE -> Step(copy(phase = Phase.Typing, failure = null, missing = false))
        Ids.BEGIN -> beginTyped()
        Ids.YES -> yes()
        Ids.NO -> abandon()
        Ids.SAVE_NAME -> saveName()
        Ids.ALLOW -> if (phase == Phase.Notify) Step(this, listOf(Effect.AskForNotifications)) else Step(this)
        Ids.LATER -> Step(if (phase == Phase.Notify) copy(phase = Phase.Finished(null)) else this)
        Ids.SKIP_TEST -> Step(if (phase == Phase.Testing) copy(phase = Phase.Finished(false)) else this)
        Ids.AGAIN -> Step(anew())
        Ids.UPDATE -> Step(this, listOf(Effect.OpenAppStore))
        Ids.SYSTEM_SETTINGS -> Step(this, listOf(Effect.OpenSystemSettings))
        Ids.CLOSE -> Step(this, listOf(Effect.Go(Place.Home)))
        Ids.BACK -> back()
        else -> goOn(tap)
    }

    private fun scan() = Step(copy(phase = Phase.Camera(), failure = null), listOf(Effect.AskForCamera))

    /** What becomes of the camera, where one is shown. */
    private fun sees(trouble: CameraTrouble?): EnrollScreen =
        if (phase is Phase.Camera && !phase.refused) copy(phase = phase.copy(trouble = trouble)) else this

    private fun back(): Step<EnrollScreen> = when (phase) {
        is Phase.Camera, Phase.Typing -> Step(copy(phase = Phase.Start, failure = null))
        is Phase.Code, Phase.Yours, Phase.Reading -> Step(this)
        else -> Step(this, listOf(Effect.Close))
    }

    private fun anew() = EnrollScreen(host = host, name = name, now = now)

    private fun abandon(): Step<EnrollScreen> = if (phase == Phase.Yours ||
        phase is Phase.Code
    ) {
        Step(anew(), listOfNotNull(id?.let { Effect.AbandonEnrollment(it) }))
    } else {
        Step(this)
    }

    private fun yes(): Step<EnrollScreen> = if (phase != Phase.Yours ||
        busy
    ) {
        Step(this)
    } else {
        Step(copy(busy = true, failure = null), listOfNotNull(id?.let { Effect.ConfirmAccount(it) }))
    }

    private fun beginTyped(): Step<EnrollScreen> {
        if (phase != Phase.Typing) return Step(this)
        if (host.isBlank() || typed.isBlank()) return Step(copy(missing = true))
        return Step(copy(phase = Phase.Reading, failure = null), listOf(Effect.BeginTyped(host.trim(), typed.trim())))
    }

    private fun saveName(): Step<EnrollScreen> {
        if (phase != Phase.Naming || busy) return Step(this)
        if (name.isBlank()) return Step(copy(missing = true))
        return Step(copy(busy = true, failure = null), listOfNotNull(id?.let { Effect.Rename(it, name.trim()) }))
    }

    private fun scanned(event: Event.Scanned): Step<EnrollScreen> {
        if (phase !is Phase.Camera) return Step(this)
        return when (event.code) {
            is ScannedCode.Enrollment -> begin(event.text)
            is ScannedCode.Challenge -> Step(copy(phase = Phase.Failed(Why.OfRequest)))
            ScannedCode.OtherVersion -> Step(copy(phase = Phase.Failed(Why.OtherVersion)))
            ScannedCode.NotOurs -> Step(copy(phase = Phase.Failed(Why.NotOurs)))
        }
    }

    private fun permission(given: Boolean): Step<EnrollScreen> = when (phase) {
        is Phase.Camera -> {
            Step(copy(phase = Phase.Camera(refused = !given, trouble = phase.trouble.takeIf { given })))
        }

        Phase.Notify -> {
            if (given) {
                Step(
                    copy(phase = Phase.Testing),
                    listOfNotNull(
                        id?.let {
                            Effect.TestPush(it)
                        },
                    ),
                )
            } else {
                Step(copy(phase = Phase.Finished(null)))
            }
        }

        else -> {
            Step(this)
        }
    }

    private fun progressed(progress: EnrollmentProgress): Step<EnrollScreen> = when {
        phase !is Phase.Code -> Step(this)
        progress is EnrollmentProgress.Active -> Step(copy(phase = Phase.Naming, failure = null))
        progress is EnrollmentProgress.Failed -> Step(copy(phase = Phase.Failed(Why.Ended(progress.why))))
        else -> copy(failure = null).watch()
    }

    private fun done(what: Effect): Step<EnrollScreen> = Step(
        if (what is Effect.Rename &&
            phase == Phase.Naming
        ) {
            copy(phase = Phase.Notify, busy = false, failure = null)
        } else {
            this
        },
    )

    internal companion object {
        /** Before the id of an enrollment that is left over. */
        const val LEFT_OVER = "left_over:"
    }
}
