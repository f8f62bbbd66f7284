import Foundation

/// What happens to a screen: a hand on the page, the clock, or the end of an effect.
public enum Event: Hashable, Sendable {
    /// The screen begins, or comes to the front again.
    case started(now: Date)
    /// A button, a link, a row; `back` in the bar.
    case tapped(String)
    /// A field's text has changed.
    case typed(field: String, text: String)
    /// A switch was moved.
    case switched(String, on: Bool)
    /// The camera has read a code; `code` is what the core says it is.
    case scanned(text: String, code: ScannedCode)
    /// The scanner has no picture, or has it no more.
    case cameraTroubled(CameraTrouble)
    /// A camera can be had again.
    case cameraBack
    /// A second has passed.
    case tick(now: Date)
    /// A request was read and verified.
    case requestLoaded(Request, account: Account?, now: Date)
    /// The server has taken a decision, by its receipt.
    case decided(Outcome, account: Account?)
    /// The challenge is no longer pending, by the server's word.
    case stateRead(ChallengeState)
    /// What waits.
    case inboxLoaded(Inbox, accounts: [Account], now: Date)
    /// All accounts.
    case accountsLoaded([Account])
    /// What was decided in the past.
    case historyLoaded([HistoryEntry])
    /// Whose account an enrollment would be.
    case enrollmentFound(EnrollmentPreview)
    /// Enrollments that were begun and not ended.
    case leftOver([EnrollmentPreview])
    /// The six digits for the page.
    case codeToShow(String)
    /// How far an enrollment is.
    case progressed(EnrollmentProgress)
    /// An answer to a question of the system: camera, notifications.
    case permission(given: Bool)
    /// The doorbell of the enrollment's end rang, or did not within its time.
    case pushTested(arrived: Bool)
    /// What was asked is done and brings nothing back: renamed, frozen, left …
    case done(Effect)
    /// What was asked failed.
    case failed(Effect, InkanError)
    /// The browser could not be opened.
    case browserFailed
    /// The store is open, in this condition.
    case storeOpened(StoreReport)
    /// The store is not open.
    case storeFailed(InternalFailure)
}
