/*
 * One request. Its window is guarded whatever it shows, and its task is not among the recent apps.
 */
package dev.inkan.app.challenge

import android.content.Context
import android.content.Intent
import android.os.Bundle
import dev.inkan.AccountId
import dev.inkan.ChallengeId
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.Ids
import dev.inkan.screens.RequestScreen

class RequestActivity : ScreenActivity<RequestScreen>() {
    override fun first(kept: Bundle?): RequestScreen = if (kept?.containsKey(CHALLENGE) == true) of(kept) else asked(intent)

    override val alwaysGuarded: Boolean get() = true

    override fun keep(state: RequestScreen, into: Bundle) {
        into.putString(ACCOUNT, state.account.value)
        into.putString(CHALLENGE, state.challenge.value)
        // A link is good for one proof: only one that was not followed yet is kept.
        if (state.request == null) into.putString(LINK, state.link)
    }

    /** Another request while this one is here: it is shown; this one stays in the list. */
    override fun onNewIntent(next: Intent) {
        super.onNewIntent(next)
        val asked = asked(next)
        val same = asked.challenge == driver.state.challenge && asked.link == null
        setIntent(next)
        if (!same) restart(asked)
    }

    override fun show(state: RequestScreen) {
        super.show(state)
        if (state.phase != RequestScreen.Phase.Shown || !intent.getBooleanExtra(ASK, false)) return
        intent.removeExtra(ASK)
        // after the event that brought it here
        view.post { tapped(Ids.DENY) }
    }

    private fun asked(by: Intent): RequestScreen = of(by.extras ?: Bundle.EMPTY)

    private fun of(names: Bundle) = RequestScreen(
        account = AccountId(names.getString(ACCOUNT).orEmpty()),
        challenge = ChallengeId(names.getString(CHALLENGE).orEmpty()),
        link = names.getString(LINK),
        now = app.clock.now(),
    )

    companion object {
        private const val ACCOUNT = "account"
        private const val CHALLENGE = "challenge"
        private const val LINK = "link"

        /** In the intent: the person has declined in the notification, and is asked whether it was their own. */
        const val ASK = "ask"

        /** The way to a request. */
        fun of(from: Context, account: AccountId, challenge: ChallengeId): Intent = Intent(from, RequestActivity::class.java)
            .putExtra(ACCOUNT, account.value)
            .putExtra(CHALLENGE, challenge.value)
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)

        /** The way to a request by a link, which says whose it is when it has been proved. */
        fun of(from: Context, challenge: ChallengeId, link: String): Intent = Intent(from, RequestActivity::class.java)
            .putExtra(CHALLENGE, challenge.value)
            .putExtra(LINK, link)
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }
}
