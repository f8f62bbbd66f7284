/*
 * The front door: what waits in all accounts. What is wrong with the store is told here, before anything is done over it.
 */
package dev.inkan.app.home

import android.content.Intent
import android.os.Bundle
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.core.ScreenActivity
import dev.inkan.app.push.Pushing
import dev.inkan.screens.HomeScreen
import dev.inkan.screens.StartScreen

class MainActivity : ScreenActivity<FrontScreen>() {
    override fun first(kept: Bundle?): FrontScreen {
        val now = app.clock.now()
        return FrontScreen(if (app.started) null else StartScreen(), HomeScreen(now = now), now)
    }

    override fun show(state: FrontScreen) {
        // Once a process: whoever comes back to the list is not told of the store again.
        if (state.start == null) app.started = true
        super.show(state)
        decline(state)
    }

    /** By the notification's button: where one request waits, "was it you?" is asked of it; of several the list says more. */
    private fun decline(state: FrontScreen) {
        val inbox = state.home.inbox
        if (inbox == null || !intent.getBooleanExtra(Pushing.DENY, false)) return
        intent.removeExtra(Pushing.DENY)
        val one = inbox.requests.singleOrNull() ?: return
        startActivity(RequestActivity.of(this, one.account, one.challenge).putExtra(RequestActivity.ASK, true))
    }

    override fun onNewIntent(next: Intent) {
        super.onNewIntent(next)
        setIntent(next)
    }
}
