// Everything that an app can ask of the core, as a protocol, so that an app can be tested with a fake.
import Foundation

/// Every ceremony, in the order in which a person meets them. `Authenticator` is the real one.
///
/// Any method may be called at any time, from anywhere, and several at once. Errors are `InkanError`, or
/// `CancellationError` where the task was cancelled and the core has let go; what was begun is then in the store, and
/// the next call goes on from there. A task that is cancelled too late gets its result.
public protocol Ceremonies: Sendable {
    /// From now on requests are shown, and answered, in this language. What is on a screen is fetched again.
    func setLanguage(_ language: Language) throws(InkanError)

    /// All accounts, as they are kept.
    func accounts() async throws -> [Account]
    /// Asks the server where this device stands, and keeps it.
    func refreshAccount(_ account: AccountId) async throws -> Account

    /// Begins an enrollment by the text of its code.
    func beginEnrollment(_ uri: String) async throws -> EnrollmentPreview
    /// Begins an enrollment by a host name and a code that were typed.
    func beginEnrollmentTyped(host: String, code: String) async throws -> EnrollmentPreview
    /// The enrollments that have begun and not ended.
    func enrollments() async throws -> [EnrollmentPreview]
    /// The customer has said that it is their account: the six digits to type into the page.
    func confirmAccount(_ enrollment: AccountId) async throws -> String
    /// How far an enrollment is; waits up to `wait` seconds for news.
    func enrollmentStatus(_ enrollment: AccountId, wait: TimeInterval) async throws -> EnrollmentProgress
    /// Gives an enrollment up, and deletes its keys.
    func abandonEnrollment(_ enrollment: AccountId) async throws

    /// What waits in all accounts; sends kept decisions first. Returns at once if anything waits, else waits up to `wait`
    /// seconds for the first to come.
    func inbox(wait: TimeInterval) async throws -> Inbox
    /// What waits, again and again, until the consumer ends.
    var inboxes: AsyncThrowingStream<Inbox, any Error> { get }
    /// One request, read again from the server.
    func request(account: AccountId, challenge: ChallengeId) async throws -> Request
    /// Where a challenge stands; waits up to `wait` seconds for it to be no longer pending.
    func requestState(account: AccountId, challenge: ChallengeId, wait: TimeInterval) async throws -> ChallengeState
    /// A scanned code or an opened link of a page: proves it to the server, and the challenge is this phone's.
    func openLink(_ link: String) async throws -> Request

    /// Approves what was shown. `number`: what was typed, where a number is asked for. Returns when the receipt has been
    /// verified; before that nothing may say success. `shown`: `Request.language` of the request that was read; `nil`: the
    /// language in which it was made last.
    func approve(account: AccountId, challenge: ChallengeId, number: String?, shown: Language?) async throws -> Outcome
    /// "It was me, and I do not want it any more."
    func deny(account: AccountId, challenge: ChallengeId, reason: DenyReason) async throws -> Outcome
    /// "This was not me." Also of what was decided within the last 30 days.
    func report(account: AccountId, challenge: ChallengeId) async throws -> Outcome
    /// Sends every decision that is signed and kept. `inbox` does it too.
    func sendKept() async throws -> [KeptDecision]

    /// Where the server rings this phone's doorbell; `nil`: nowhere.
    func setPush(account: AccountId, push: PushAddress?) async throws
    /// What this installation receives Web Push with: made at the first call, the same ever after. For `setPush`.
    func webPushKeys() async throws -> WebPushKeys
    /// Reads a push and keeps its id, so that the server is told of it whatever happens next. Sends nothing. `account`:
    /// whose registration it came to, where the platform says.
    ///
    /// `untrusted` or `updateNeeded` for what cannot be read: look into the inbox nevertheless, somebody rang.
    func pushReceived(account: AccountId?, payload: PushPayload) async throws -> PushHint
    /// Tells the servers that the doorbell of that id arrived, and brings the accounts up to date.
    func pushArrived(_ push: String) async throws
    /// Another name of this phone at that account.
    func rename(_ account: AccountId, name: String) async throws
    /// New keys in place of the old ones.
    func rotateKeys(_ account: AccountId) async throws
    /// Fetches the server's newest key set.
    func refreshKeys(_ account: AccountId) async throws
    /// Stops all approvals of this customer.
    func freeze(_ account: AccountId) async throws
    /// Ends the enrollment at the server, then here.
    func leave(_ account: AccountId) async throws
    /// Forgets the account here alone.
    func forget(_ account: AccountId) async throws

    /// What was decided in the past, the newest first.
    func history(_ account: AccountId) async throws -> [HistoryEntry]
}
