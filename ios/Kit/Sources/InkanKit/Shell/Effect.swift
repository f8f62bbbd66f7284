/// What a screen wants done, in this order and side by side. Each ends with an event; `done` where there is nothing to
/// bring, `failed` where it did not work. A screen that goes away lets go of what only looks and waits; never of a
/// decision.
public enum Effect: Hashable, Sendable {
    /// Reads a request from its server.
    case loadRequest(AccountId, ChallengeId)
    /// Proves a scanned code or an opened link to its server; ends with `requestLoaded`.
    case openLink(String)
    /// Approves, denies or reports. The same decision again sends the same bytes again, or brings what became of them.
    /// `reason` is why it is denied.
    case decide(
        Decision, AccountId, ChallengeId, number: String? = nil, reason: DenyReason? = nil, shown: Language? = nil)
    /// Waits for the challenge to be no longer pending, however long that takes; ends with `stateRead`, or fails.
    case watchState(AccountId, ChallengeId)
    /// Stops all approvals of a customer.
    case freeze(AccountId)
    /// Brings the browser back.
    case openBrowser(ReturnAddress)
    /// Offers to call a number.
    case dial(String)
    /// Asks the person for the camera; ends with `permission`.
    case askForCamera
    /// Asks the person for notifications; ends with `permission`.
    case askForNotifications
    /// Whether the camera is allowed, without asking anybody; ends with `permission`.
    case lookAtCamera
    /// Whether notifications are allowed, without asking anybody; ends with `permission`.
    case lookAtNotifications
    /// The app's page in the system's settings.
    case openSystemSettings
    /// The app's page in the shop.
    case openAppStore
    /// Looks at all accounts; with `wait`, waits at the servers for the first to come. Ends at once where one is there.
    case loadInbox(wait: Bool)
    /// All accounts, as they are kept.
    case loadAccounts
    /// What was decided in the past, of all accounts. Asks no server.
    case loadHistory
    /// Looks whether enrollments were begun and not ended.
    case loadLeftOver
    /// Begins an enrollment by its code.
    case beginEnrollment(String)
    /// Begins an enrollment by what was typed.
    case beginTyped(host: String, code: String)
    /// "Yes, this is my account."
    case confirmAccount(AccountId)
    /// Waits up to 25 seconds for the enrollment to move on; ends with `progressed`, or fails.
    case watchEnrollment(AccountId)
    /// Gives an enrollment up.
    case abandonEnrollment(AccountId)
    /// Another name of this phone.
    case rename(AccountId, name: String)
    /// Registers the doorbell and waits for the test to ring.
    case testPush(AccountId)
    /// New keys in place of the old ones.
    case renewKeys(AccountId)
    /// Ends an enrollment at the server, then here.
    case leave(AccountId)
    /// Forgets an account here alone.
    case forget(AccountId)
    /// Another language; nothing: the system's.
    case chooseLanguage(Language?)
    /// Asks the server where this device stands.
    case refresh(AccountId)
    /// Another screen.
    case go(Place)
    /// This screen ends.
    case close
    /// Opens the store.
    case openStore
    /// Puts the store aside.
    case setStoreAside
    /// Opens the authenticator over the store.
    case openAuthenticator
}

/// The screens of the app.
public enum Place: Hashable, Sendable {
    /// One request.
    case ofRequest(AccountId, ChallengeId)
    /// The way from a code to an account.
    case enrollment
    /// What waits.
    case home
    /// What was decided.
    case history
    /// Accounts, devices, and the app itself.
    case settings
}
