// Everything that an app can ask of the core, as an interface, so that an app can be tested with a fake.
package dev.inkan

import kotlinx.coroutines.flow.Flow
import kotlin.time.Duration

/**
 * Every ceremony, in the order in which a person meets them. [Authenticator] is the real one.
 *
 * Any method may be called at any time, from any thread, and several at once; none blocks its caller. Errors are
 * [InkanException], or [kotlin.coroutines.cancellation.CancellationException] where the coroutine was cancelled and the
 * core has let go; what was begun is then in the store, and the next call goes on from there.
 */
public interface Ceremonies {
    /** From now on requests are shown, and answered, in this language. What is on a screen is fetched again. */
    public fun setLanguage(language: Language)

    /** All accounts, as they are kept. */
    public suspend fun accounts(): List<Account>

    /** Asks the server where this device stands, and keeps it. */
    public suspend fun refreshAccount(account: AccountId): Account

    /** Begins an enrollment by the text of its code. The same text goes on where it stood. */
    public suspend fun beginEnrollment(uri: String): EnrollmentPreview

    /** Begins an enrollment by a host name (or `https://host[:port]`) and a code that were typed. */
    public suspend fun beginEnrollmentTyped(
        host: String,
        code: String,
    ): EnrollmentPreview

    /** The enrollments that have begun and not ended. */
    public suspend fun enrollments(): List<EnrollmentPreview>

    /** The customer has said that it is their account: the six digits to type into the page. */
    public suspend fun confirmAccount(enrollment: AccountId): String

    /** How far an enrollment is; waits up to [wait] for news. */
    public suspend fun enrollmentStatus(
        enrollment: AccountId,
        wait: Duration = Duration.ZERO,
    ): EnrollmentProgress

    /** Gives an enrollment up, and deletes its keys. */
    public suspend fun abandonEnrollment(enrollment: AccountId)

    /**
     * What waits in all accounts; sends kept decisions first. Returns at once if anything waits, else waits up to [wait]
     * for the first to come.
     */
    public suspend fun inbox(wait: Duration = Duration.ZERO): Inbox

    /**
     * What waits, again and again, until its collector ends. What fails for an account is in [Inbox.problems]; the flow
     * itself fails only with what no waiting mends.
     */
    public val inboxes: Flow<Inbox>

    /** One request, read again from the server. */
    public suspend fun request(
        account: AccountId,
        challenge: ChallengeId,
    ): Request

    /** Where a challenge stands; waits up to [wait] for it to be no longer pending. News, not authority. */
    public suspend fun requestState(
        account: AccountId,
        challenge: ChallengeId,
        wait: Duration = Duration.ZERO,
    ): ChallengeState

    /** A scanned code or an opened link of a page: proves it to the server, and the challenge is this phone's. */
    public suspend fun openLink(link: String): Request

    /**
     * Approves what was shown. [number]: what was typed, where a number is asked for. [shown]: [Request.language] of the
     * request that was read; without it, the language in which it was made last. Returns when the receipt has been
     * verified; before that nothing may say success. Cancelled, it may have been signed: then it is kept, and sent with
     * the next look.
     */
    public suspend fun approve(
        account: AccountId,
        challenge: ChallengeId,
        number: String? = null,
        shown: Language? = null,
    ): Outcome

    /** "It was me, and I do not want it any more." */
    public suspend fun deny(
        account: AccountId,
        challenge: ChallengeId,
        reason: DenyReason,
    ): Outcome

    /** "This was not me." Also of what was decided within the last 30 days. */
    public suspend fun report(
        account: AccountId,
        challenge: ChallengeId,
    ): Outcome

    /** Sends every decision that is signed and kept, the same bytes again. [inbox] does it too. */
    public suspend fun sendKept(): List<KeptDecision>

    /** Where the server rings this phone's doorbell; `null`: nowhere. */
    public suspend fun setPush(
        account: AccountId,
        push: PushAddress?,
    )

    /** What this installation receives Web Push with: made at the first call, the same ever after. For [setPush]. */
    public suspend fun webPushKeys(): WebPushKeys

    /**
     * What names this account's server to push services (VAPID), for the registration with a push app; `null` where it rings
     * nobody by Web Push. Where it has changed, register anew.
     */
    public suspend fun webPushServerKey(account: AccountId): String?

    /**
     * Reads a push and keeps its id, so that the server is told of it whatever happens next. Sends nothing. [account]:
     * whose registration it came to, where the platform says.
     *
     * @throws InkanException.Untrusted or [InkanException.UpdateNeeded] for what cannot be read: look into the [inbox]
     * nevertheless, somebody rang
     * @throws InkanException.InvalidInput with [InvalidInput.UNKNOWN_ACCOUNT] where that account is gone: end the
     * registration
     */
    public suspend fun pushReceived(
        account: AccountId?,
        payload: PushPayload,
    ): PushHint

    /** Tells the servers that the doorbell of that id arrived, and brings the accounts up to date. */
    public suspend fun pushArrived(push: String)

    /** Another name of this phone at that account, 1–64 characters. */
    public suspend fun rename(
        account: AccountId,
        name: String,
    )

    /** New keys in place of the old ones. Asks for the user's verification, twice on some phones. */
    public suspend fun rotateKeys(account: AccountId)

    /** Fetches the server's newest key set. */
    public suspend fun refreshKeys(account: AccountId)

    /** Stops all approvals of this customer; only an identity check starts them again. */
    public suspend fun freeze(account: AccountId)

    /** Ends the enrollment at the server, then here. */
    public suspend fun leave(account: AccountId)

    /** Forgets the account here alone, whatever the server knows. */
    public suspend fun forget(account: AccountId)

    /** What was decided in the past, the newest first. */
    public suspend fun history(account: AccountId): List<HistoryEntry>
}
