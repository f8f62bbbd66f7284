/*
 * What the process keeps for pushes, put together, and what the screens' work means for it.
 */
package dev.inkan.app.push

import android.content.Context
import android.content.Intent
import dev.inkan.AccountId
import dev.inkan.Ceremonies
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.app.core.Core
import dev.inkan.app.core.Work
import dev.inkan.app.home.MainActivity
import dev.inkan.app.settings.AppLanguage
import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

internal class Pushing(private val context: Context, private val core: () -> Core, private val inFront: () -> Boolean) :
    PushParts {
    override val registrations = Registrations(context.getSharedPreferences(Registrations.FILE, Context.MODE_PRIVATE))
    override val unifiedPush = UnifiedPushDoorbell(context, registrations) { openCore().webPushServerKey(it) }

    /** The doorbell of this build. */
    var doorbell: Doorbell = unifiedPush

    private val notifier = Notifier({ AppLanguage.applied(context) }, ::opening, ::denying)
    private val look = LookOnRing(::openCore, { doorbell }, notifier, inFront)
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    override val ringing: Ringing get() = look

    /** What was heard of it. */
    val rings: SharedFlow<Rung> get() = look.rings

    /** The end of an enrollment: whether it rings. */
    val test = DoorbellTest({ doorbell }, look.rings)

    override suspend fun accounts(): List<AccountId> = openCore().accounts().map { it.id }

    override fun whilePushed(time: Duration, done: () -> Unit, work: suspend () -> Unit) {
        scope.launch {
            try {
                withTimeoutOrNull(time) { work() }
            } catch (_: InkanException) {
                // Nobody looks: what is wrong is told when the app is opened.
            } finally {
                done()
            }
        }
    }

    /** The screens' work, and what follows of it for notifications and addresses. */
    fun along(work: Work): Work = Work { effect -> work.run(effect)?.also { follow(effect, it) } }

    private fun follow(effect: Effect, event: Event) {
        when {
            event is Event.InboxLoaded -> look.settle(event.inbox)

            event !is Event.Done -> Unit

            // both sides are told again now and then, so that neither forgets the other
            effect == Effect.OpenAuthenticator -> whilePushed { accounts().forEach { renew(it) } }

            effect is Effect.Leave -> doorbell.unregister(effect.account)

            effect is Effect.Forget -> doorbell.unregister(effect.account)
        }
    }

    private suspend fun renew(account: AccountId) {
        if (registrations.byAccount(account) == null) return
        try {
            doorbell.register(account)
        } catch (_: InkanException) {
            // This account's server cannot be asked; the next look at the app tries again, and the others are not held up.
            return
        }
    }

    /** A store that is not sound is told to the person first; until then nothing is done over it. */
    private suspend fun openCore(): Ceremonies {
        val core = core()
        core.ceremonies?.let { return it }
        if (!core.openStore().isSound) throw InkanException.Internal(InternalFailure.STORE)
        return core.openAuthenticator()
    }

    private fun opening(context: Context) = Intent(context, MainActivity::class.java)

    private fun denying(context: Context) = Intent(context, MainActivity::class.java).putExtra(DENY, true)

    internal companion object {
        /** In the intent of the notification's button: the person wants to decline what waits. */
        const val DENY = "deny"
    }
}
