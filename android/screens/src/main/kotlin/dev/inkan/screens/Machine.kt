// A screen as a value: an event makes the next state and says what is to be done.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.HistoryEntry
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.Language
import dev.inkan.Outcome
import dev.inkan.Request
import dev.inkan.ReturnAddress
import dev.inkan.ScannedCode
import dev.inkan.StoreReport
import java.time.Instant

/** A state after an event, and what is to be done, in this order. */
data class Step<S>(val state: S, val effects: List<Effect> = emptyList())

/** A machine's state. It knows nothing of frameworks, threads and clocks. */
interface Screen<S : Screen<S>> {
    /** Moves on. */
    fun handle(event: Event): Step<S>

    /** What is shown of it. */
    fun page(words: Words): Page
}

/** What happens: a hand on the page, the clock, or the end of an effect. */
sealed interface Event {
    /** The screen begins, or comes to the front again. */
    data class Started(val now: Instant) : Event

    /** A button, a link, a row; `back` in the bar. */
    data class Tapped(val id: String) : Event

    data class Typed(val field: String, val text: String) : Event

    data class Switched(val id: String, val on: Boolean) : Event

    /** The camera has read a code; [code] is what the core says it is. */
    data class Scanned(val text: String, val code: ScannedCode) : Event

    /** The scanner has no picture, or has it no more. */
    data class CameraTroubled(val why: CameraTrouble) : Event

    /** A camera can be had again. */
    data object CameraBack : Event

    /** A second has passed. */
    data class Tick(val now: Instant) : Event

    data class RequestLoaded(val request: Request, val account: Account?, val now: Instant) : Event

    data class Decided(val outcome: Outcome, val account: Account?) : Event

    /** The challenge is no longer pending, by the server's word. */
    data class StateRead(val state: ChallengeState) : Event

    data class InboxLoaded(val inbox: Inbox, val accounts: List<Account>, val now: Instant) : Event

    data class AccountsLoaded(val accounts: List<Account>) : Event

    data class HistoryLoaded(val entries: List<HistoryEntry>) : Event

    data class EnrollmentFound(val preview: EnrollmentPreview) : Event

    data class LeftOver(val previews: List<EnrollmentPreview>) : Event

    data class CodeToShow(val digits: String) : Event

    data class Progressed(val progress: EnrollmentProgress) : Event

    /** An answer to a question of the system: camera, notifications. */
    data class Permission(val given: Boolean) : Event

    /** The doorbell of the enrollment's end rang, or did not within its time. */
    data class PushTested(val arrived: Boolean) : Event

    /** What was asked is done and brings nothing back: renamed, frozen, left … */
    data class Done(val what: Effect) : Event

    /** What was asked failed. [what] is the effect. */
    data class Failed(val what: Effect, val error: InkanException) : Event

    /** The browser could not be opened. */
    data object BrowserFailed : Event

    data class StoreOpened(val report: StoreReport) : Event

    data class StoreFailed(val why: InternalFailure) : Event
}

/**
 * What a machine wants done, in this order and side by side. Each ends with an event; `Done` where there is nothing to bring,
 * `Failed` where it did not work. A screen that goes away lets go of what only looks and waits; never of a decision.
 */
sealed interface Effect {
    data class LoadRequest(val account: AccountId, val challenge: ChallengeId) : Effect

    /** Proves a scanned code or an opened link to its server; ends with `RequestLoaded`. */
    data class OpenLink(val link: String) : Effect

    /**
     * Approves, denies or reports. The same decision again sends the same bytes again, or brings what became of them.
     * [reason] is why it is denied, [shown] the language of the page that was approved.
     */
    data class Decide(
        val decision: Decision,
        val account: AccountId,
        val challenge: ChallengeId,
        val number: String? = null,
        val reason: DenyReason? = null,
        val shown: Language? = null,
    ) : Effect

    /** Waits for the challenge to be no longer pending, however long that takes; ends with `StateRead`, or fails. */
    data class WatchState(val account: AccountId, val challenge: ChallengeId) : Effect

    data class Freeze(val account: AccountId) : Effect

    data class OpenBrowser(val address: ReturnAddress) : Effect

    data class Dial(val number: String) : Effect

    /** Asks the person for the camera; ends with `Permission`. */
    data object AskForCamera : Effect

    /** Asks the person for notifications; ends with `Permission`. */
    data object AskForNotifications : Effect

    /** Whether the camera is allowed, without asking anybody; ends with `Permission`. */
    data object LookAtCamera : Effect

    /** Whether notifications are allowed, without asking anybody; ends with `Permission`. */
    data object LookAtNotifications : Effect

    data object OpenSystemSettings : Effect

    data object OpenAppStore : Effect

    /** Looks at all accounts; with [wait], waits at the servers for the first to come. Ends at once where one is there. */
    data class LoadInbox(val wait: Boolean) : Effect

    data object LoadAccounts : Effect

    /** What was decided in the past, of all accounts. Asks no server. */
    data object LoadHistory : Effect

    /** Looks whether enrollments were begun and not ended. */
    data object LoadLeftOver : Effect

    data class BeginEnrollment(val link: String) : Effect

    data class BeginTyped(val host: String, val code: String) : Effect

    data class ConfirmAccount(val id: AccountId) : Effect

    /** Waits up to 25 seconds for the enrollment to move on; ends with `Progressed`, or fails. */
    data class WatchEnrollment(val id: AccountId) : Effect

    data class AbandonEnrollment(val id: AccountId) : Effect

    data class Rename(val account: AccountId, val name: String) : Effect

    /** Registers the doorbell and waits for the test to ring. */
    data class TestPush(val account: AccountId) : Effect

    data class RenewKeys(val account: AccountId) : Effect

    data class Leave(val account: AccountId) : Effect

    data class Forget(val account: AccountId) : Effect

    data class ChooseLanguage(val language: Language?) : Effect

    data class Refresh(val account: AccountId) : Effect

    /** Another screen: `request`, `enroll`, `home`, `history`, `settings`. */
    data class Go(val to: Place) : Effect

    data object Close : Effect

    data object OpenStore : Effect

    data object SetStoreAside : Effect

    data object OpenAuthenticator : Effect
}

/** The screens of the app. */
sealed interface Place {
    data class OfRequest(val account: AccountId, val challenge: ChallengeId) : Place

    data object Enrollment : Place

    data object Home : Place

    data object History : Place

    data object Settings : Place
}
