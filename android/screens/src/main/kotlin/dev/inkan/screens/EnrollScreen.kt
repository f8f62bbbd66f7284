// From the code on a broker's page to an account on this phone.
package dev.inkan.screens

import dev.inkan.AccountId
import dev.inkan.EnrollmentFailure
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.InkanException
import dev.inkan.ScannedCode

/**
 * Enrollment.
 *
 * ```text
 * Start ─▶ Camera, Typed, or a link ─▶ Reading ─▶ Yours ─▶ Code ─▶ Name ─▶ Notify ─▶ Testing ─▶ Done
 *                                        └─▶ Failed ◀────────┘
 * ```
 * Whatever was begun is in the core's store: a killed app goes on from `LeftOver`.
 */
data class EnrollScreen(
    val phase: Phase = Phase.Start,
    val preview: EnrollmentPreview? = null,
    val host: String = "",
    val typed: String = "",
    val name: String = "",
    val missing: Boolean = false,
    val failure: InkanException? = null,
    /** The link with which the app was opened. */
    val link: String? = null,
) : Screen<EnrollScreen> {
    /** Where it stands. */
    sealed interface Phase {
        data object Start : Phase

        data class Camera(val refused: Boolean = false) : Phase

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

    override fun handle(event: Event): Step<EnrollScreen> =
        when (event) {
            is Event.Started -> started()
            is Event.LeftOver -> leftOver(event.previews)
            is Event.Tapped -> tapped(event.id)
            is Event.Typed -> Step(typed(event))
            is Event.Scanned -> scanned(event)
            is Event.Permission -> permission(event.given)
            is Event.EnrollmentFound -> Step(copy(phase = Phase.Yours, preview = event.preview, failure = null))
            is Event.CodeToShow -> Step(copy(phase = Phase.Code(event.digits), failure = null), listOfNotNull(id?.let { Effect.WatchEnrollment(it) }))
            is Event.Progressed -> progressed(event.progress)
            is Event.PushTested -> Step(if (phase == Phase.Testing) copy(phase = Phase.Finished(event.arrived)) else this)
            is Event.Done -> done(event.what)
            is Event.Failed -> failed(event.what, event.error)
            else -> Step(this)
        }

    override fun page(words: Words): Page = EnrollPage(this, words).draw()

    private val id: AccountId? get() = preview?.id

    private fun started(): Step<EnrollScreen> =
        when (phase) {
            Phase.Start -> if (link != null) begin(link) else Step(this, listOf(Effect.LoadLeftOver))
            is Phase.Code -> Step(this, listOfNotNull(id?.let { Effect.WatchEnrollment(it) }))
            is Phase.Camera -> Step(this, listOf(Effect.AskForCamera))
            else -> Step(this)
        }

    private fun leftOver(previews: List<EnrollmentPreview>): Step<EnrollScreen> {
        val last = previews.lastOrNull()
        return if (phase == Phase.Start && last != null) Step(copy(phase = Phase.Yours, preview = last)) else Step(this)
    }

    private fun begin(text: String) = Step(copy(phase = Phase.Reading, failure = null), listOf(Effect.BeginEnrollment(text)))

    private fun typed(event: Event.Typed): EnrollScreen =
        when (event.field) {
            Ids.HOST -> copy(host = event.text, missing = false, failure = null)
            Ids.CODE -> copy(typed = event.text, missing = false, failure = null)
            Ids.NAME -> copy(name = event.text, missing = false, failure = null)
            else -> this
        }

    private fun tapped(tap: String): Step<EnrollScreen> =
        when (tap) {
            Ids.SCAN -> Step(copy(phase = Phase.Camera(), failure = null), listOf(Effect.AskForCamera))
            Ids.TYPE -> Step(copy(phase = Phase.Typing, failure = null, missing = false))
            Ids.BEGIN -> beginTyped()
            Ids.YES -> Step(this, listOfNotNull(id?.let { Effect.ConfirmAccount(it) }))
            Ids.NO -> abandon()
            Ids.SAVE_NAME -> saveName()
            Ids.ALLOW -> Step(this, listOf(Effect.AskForNotifications))
            Ids.LATER -> Step(copy(phase = Phase.Finished(null)))
            Ids.SKIP_TEST -> Step(copy(phase = Phase.Finished(false)))
            Ids.AGAIN -> Step(EnrollScreen(host = host))
            Ids.UPDATE -> Step(this, listOf(Effect.OpenAppStore))
            Ids.SYSTEM_SETTINGS -> Step(this, listOf(Effect.OpenSystemSettings))
            Ids.CLOSE -> Step(this, listOf(Effect.Go(Place.Home)))
            Ids.BACK -> back()
            else -> Step(this)
        }

    private fun back(): Step<EnrollScreen> =
        when (phase) {
            is Phase.Camera, Phase.Typing -> Step(copy(phase = Phase.Start, failure = null))
            is Phase.Code, Phase.Yours, Phase.Reading -> Step(this)
            else -> Step(this, listOf(Effect.Close))
        }

    private fun abandon() = Step(EnrollScreen(host = host), listOfNotNull(id?.let { Effect.AbandonEnrollment(it) }))

    private fun beginTyped(): Step<EnrollScreen> {
        if (host.isBlank() || typed.isBlank()) return Step(copy(missing = true))
        return Step(copy(phase = Phase.Reading, failure = null), listOf(Effect.BeginTyped(host.trim(), typed.trim())))
    }

    private fun saveName(): Step<EnrollScreen> {
        if (name.isBlank()) return Step(copy(missing = true))
        return Step(this, listOfNotNull(id?.let { Effect.Rename(it, name.trim()) }))
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

    private fun permission(given: Boolean): Step<EnrollScreen> =
        when (phase) {
            is Phase.Camera -> Step(copy(phase = Phase.Camera(refused = !given)))
            Phase.Notify ->
                if (given) Step(copy(phase = Phase.Testing), listOfNotNull(id?.let { Effect.TestPush(it) })) else Step(copy(phase = Phase.Finished(null)))

            else -> Step(this)
        }

    private fun progressed(progress: EnrollmentProgress): Step<EnrollScreen> =
        when (progress) {
            EnrollmentProgress.Claimed -> Step(this, if (phase is Phase.Code) listOfNotNull(id?.let { Effect.WatchEnrollment(it) }) else emptyList())
            is EnrollmentProgress.Active -> Step(copy(phase = Phase.Naming, failure = null))
            is EnrollmentProgress.Failed -> Step(copy(phase = Phase.Failed(Why.Ended(progress.why))))
        }

    private fun done(what: Effect): Step<EnrollScreen> = Step(if (what is Effect.Rename) copy(phase = Phase.Notify, failure = null) else this)

    private fun failed(what: Effect, error: InkanException): Step<EnrollScreen> =
        when (what) {
            is Effect.BeginTyped -> if (error is InkanException.InvalidInput) Step(copy(phase = Phase.Typing, failure = error)) else stop(error)
            is Effect.BeginEnrollment -> stop(error)
            is Effect.ConfirmAccount, is Effect.Rename -> Step(copy(failure = error))
            // the connection may come back: the page stays, and says so
            is Effect.WatchEnrollment ->
                if (error is InkanException.Offline || error is InkanException.ServerUnavailable) Step(copy(failure = error)) else stop(error)

            is Effect.TestPush -> Step(copy(phase = Phase.Finished(false)))
            else -> Step(this)
        }

    private fun stop(error: InkanException): Step<EnrollScreen> {
        val why =
            when {
                error is InkanException.UpdateNeeded -> Why.OtherVersion
                error is InkanException.InvalidInput && error.input == dev.inkan.InvalidInput.NOT_OURS -> Why.NotOurs
                else -> Why.Trouble(error)
            }
        return Step(copy(phase = Phase.Failed(why)))
    }
}
