/*
 * The front door: what waits in all accounts. What is wrong with the store is told here, before anything is done over it.
 *
 * The notification's button to decline leads here too. A notification names no request: what waits is asked for after the
 * tap, because the list that stands here may be an old one.
 */
package dev.inkan.app.home

import android.content.Intent
import android.os.Bundle
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.core.MainThread
import dev.inkan.app.core.ScreenActivity
import dev.inkan.app.push.Pushing
import dev.inkan.screens.Effect
import dev.inkan.screens.Event
import dev.inkan.screens.HomeScreen
import dev.inkan.screens.StartScreen
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

class MainActivity : ScreenActivity<FrontScreen>() {
    /** The person wants to decline what waits. */
    internal var declines = false
        private set

    /** What waits is being asked for. */
    private var asking: Job? = null

    override fun onCreate(kept: Bundle?) {
        // a task that the system brings back has the intent once more: what was wished by it is in what was kept
        val again = intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
        declines = kept?.getBoolean(DECLINES) ?: (!again && intent.getBooleanExtra(Pushing.DENY, false))
        super.onCreate(kept)
    }

    override fun first(kept: Bundle?): FrontScreen {
        val now = app.clock.now()
        return FrontScreen(if (app.started) null else StartScreen(), HomeScreen(now = now), now)
    }

    override fun onSaveInstanceState(kept: Bundle) {
        super.onSaveInstanceState(kept)
        kept.putBoolean(DECLINES, declines)
    }

    override fun onStart() {
        super.onStart()
        decline()
    }

    override fun onStop() {
        // nobody is led anywhere from behind: who comes back is led then, by what waits then
        asking?.cancel()
        asking = null
        super.onStop()
    }

    override fun show(state: FrontScreen) {
        // Once a process: whoever comes back to the list is not told of the store again.
        if (state.start == null) app.started = true
        super.show(state)
        decline()
    }

    override fun onNewIntent(next: Intent) {
        super.onNewIntent(next)
        setIntent(next)
        if (!next.getBooleanExtra(Pushing.DENY, false)) return
        declines = true
        // a look that was begun before this tap does not count
        asking?.cancel()
        asking = null
        decline()
    }

    /** Where one request waits, "was it you?" is asked of it; of several nobody knows which was meant, and the list says more. */
    private fun decline() {
        if (!declines || asking?.isActive == true || !app.started) return
        asking =
            CoroutineScope(MainThread).launch {
                val found = app.work.run(Effect.LoadInbox(wait = false)) as? Event.InboxLoaded
                declines = false
                asking = null
                val one = found?.inbox?.requests?.filter { it.kept == null }?.singleOrNull() ?: return@launch
                startActivity(RequestActivity.declined(this@MainActivity, one.account, one.challenge))
            }
    }

    private companion object {
        const val DECLINES = "declines"
    }
}
