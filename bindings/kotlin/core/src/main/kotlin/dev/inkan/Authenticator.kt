// The real authenticator: every ceremony, over the core.
package dev.inkan

import kotlinx.coroutines.flow.Flow
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration
import dev.inkan.ffi.Authenticator as CoreAuthenticator
import dev.inkan.ffi.Cancellation as CoreCancellation
import dev.inkan.ffi.Options as CoreOptions
import dev.inkan.ffi.recognise as recogniseInCore

/**
 * What an app may choose beside the profile.
 *
 * @property allowedServers the servers at which this build enrolls, as `https://host[:port]`; `null`: any
 * @property extraRoots certificates (DER) of authorities that are trusted beside the public ones
 * @property transport a way to the servers in place of the core's own
 */
public class Options(
    public val allowedServers: List<String>? = null,
    public val extraRoots: List<ByteArray> = emptyList(),
    public val transport: Transport? = null,
)

/** The authenticator. An app has one. Its screens see [Ceremonies]. */
public class Authenticator private constructor(
    private val core: CoreAuthenticator,
) : Ceremonies,
    AutoCloseable {
    private val closed = AtomicBoolean(false)

    override val inboxes: Flow<Inbox>
        get() = looks(this)

    override fun setLanguage(language: Language): Unit = crossingNow { open().setLocale(language.toCore()) }

    override suspend fun accounts(): List<Account> = ask { cancellation -> accounts(cancellation).map { it.toPublic() } }

    override suspend fun refreshAccount(account: AccountId): Account = ask { refreshAccount(account.value, it).toPublic() }

    override suspend fun beginEnrollment(uri: String): EnrollmentPreview = ask { beginEnrollment(uri.toText(), it).toPublic() }

    override suspend fun beginEnrollmentTyped(
        host: String,
        code: String,
    ): EnrollmentPreview = ask { beginEnrollmentTyped(host, code, it).toPublic() }

    override suspend fun enrollments(): List<EnrollmentPreview> =
        ask { cancellation -> enrollments(cancellation).map { it.toPublic() } }

    override suspend fun confirmAccount(enrollment: AccountId): String = ask { confirmAccount(enrollment.value, it) }

    override suspend fun enrollmentStatus(
        enrollment: AccountId,
        wait: Duration,
    ): EnrollmentProgress = ask { enrollmentStatus(enrollment.value, wait.toWait(), it).toPublic() }

    override suspend fun abandonEnrollment(enrollment: AccountId): Unit = ask { abandonEnrollment(enrollment.value, it) }

    override suspend fun inbox(wait: Duration): Inbox = ask { inbox(wait.toWait(), it).toPublic() }

    override suspend fun request(
        account: AccountId,
        challenge: ChallengeId,
    ): Request = ask { request(account.value, challenge.value, it).toPublic() }

    override suspend fun requestState(
        account: AccountId,
        challenge: ChallengeId,
        wait: Duration,
    ): ChallengeState = ask { requestState(account.value, challenge.value, wait.toWait(), it).toPublic() }

    override suspend fun openLink(link: String): Request = ask { openLink(link.toText(), it).toPublic() }

    override suspend fun approve(
        account: AccountId,
        challenge: ChallengeId,
        number: String?,
        shown: Language?,
    ): Outcome = ask { approve(account.value, challenge.value, number, shown?.toCore(), it).toPublic() }

    override suspend fun deny(
        account: AccountId,
        challenge: ChallengeId,
        reason: DenyReason,
    ): Outcome = ask { deny(account.value, challenge.value, reason.toCore(), it).toPublic() }

    override suspend fun report(
        account: AccountId,
        challenge: ChallengeId,
    ): Outcome = ask { report(account.value, challenge.value, it).toPublic() }

    override suspend fun sendKept(): List<KeptDecision> = ask { cancellation -> sendKept(cancellation).map { it.toPublic() } }

    override suspend fun setPush(
        account: AccountId,
        push: PushAddress?,
    ): Unit = ask { setPush(account.value, push?.toCore(), it) }

    override suspend fun webPushKeys(): WebPushKeys = ask { webPushKeys(it).toPublic() }

    override suspend fun webPushServerKey(account: AccountId): String? = ask { webPushServerKey(account.value, it) }

    override suspend fun pushReceived(
        account: AccountId?,
        payload: PushPayload,
    ): PushHint = ask { pushReceived(account?.value, payload.toCore(), it).toPublic() }

    override suspend fun pushArrived(push: String): Unit = ask { pushArrived(push, it) }

    override suspend fun rename(
        account: AccountId,
        name: String,
    ): Unit = ask { rename(account.value, name, it) }

    override suspend fun rotateKeys(account: AccountId): Unit = ask { rotateKeys(account.value, it) }

    override suspend fun refreshKeys(account: AccountId): Unit = ask { refreshKeys(account.value, it) }

    override suspend fun freeze(account: AccountId): Unit = ask { freeze(account.value, it) }

    override suspend fun leave(account: AccountId): Unit = ask { leave(account.value, it) }

    override suspend fun forget(account: AccountId): Unit = ask { forget(account.value, it) }

    override suspend fun history(account: AccountId): List<HistoryEntry> =
        ask { cancellation -> history(account.value, cancellation).map { it.toPublic() } }

    /**
     * Lets go of the core and of the store. A call that runs ends as it would; every call after this throws
     * [IllegalStateException]. Closing twice is nothing.
     */
    override fun close() {
        if (closed.compareAndSet(false, true)) core.close()
    }

    private suspend fun <T> ask(call: suspend CoreAuthenticator.(CoreCancellation) -> T): T {
        val open = open()
        return crossing { cancellation -> open.call(cancellation) }
    }

    private fun open(): CoreAuthenticator {
        check(!closed.get()) { "this authenticator is closed" }
        return core
    }

    /** Opens it, and what needs none that is open. */
    public companion object {
        /**
         * Opens the authenticator over a store, which is then its own. If the store holds nothing, keys of an earlier
         * installation are deleted: if its report says [StoreReport.emptied], tell the person first.
         *
         * @throws InkanException.InvalidInput with [InvalidInput.SERVER_NAME] or [InvalidInput.NAME]
         * @throws InkanException.Internal with [InternalFailure.STORE_IN_USE] where an authenticator is open over the store
         */
        public suspend fun open(
            store: InkanStore,
            profile: Profile,
            options: Options = Options(),
        ): Authenticator =
            crossing { cancellation ->
                val core =
                    CoreAuthenticator.open(
                        store.core,
                        profile.toCore(),
                        CoreOptions(options.allowedServers, options.extraRoots),
                        options.transport?.let(::TransportGuard),
                        cancellation,
                    )
                Authenticator(core)
            }

        /** Says what a scanned or opened text is, without asking a server. */
        public fun recognise(text: String): ScannedCode = crossingNow { recogniseInCore(text.toText()).toPublic() }

        /**
         * From now on entries of this level and graver go to [listener], panics included.
         *
         * @throws InkanException.Internal if there is a listener already: once in a process
         */
        public fun installLog(
            listener: LogListener,
            level: LogLevel,
        ): Unit = crossingNow { dev.inkan.ffi.installLog(LogGuard(listener), level.toCore()) }
    }
}
