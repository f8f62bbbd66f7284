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
import dev.inkan.screens.RequestScreen

class RequestActivity : ScreenActivity<RequestScreen>() {
    override fun first(kept: Bundle?): RequestScreen = if (kept?.containsKey(CHALLENGE) == true) of(kept) else asked(intent)

    override val alwaysGuarded: Boolean get() = true

    override fun keep(state: RequestScreen, into: Bundle) {
        into.putString(ACCOUNT, state.account.value)
        into.putString(CHALLENGE, state.challenge.value)
        into.putBoolean(DECLINES, state.declines)
        // A link is good for one proof: only one that was not followed yet is kept.
        if (state.request == null) into.putString(LINK, state.link)
    }

    /** Another request while this one is here: it is shown; this one stays in the list, and an answer to it goes on. */
    override fun onNewIntent(next: Intent) {
        super.onNewIntent(next)
        val asked = asked(next)
        setIntent(next)
        if (!stands(asked)) restart(asked)
    }

    /** Whether that is what stands here already: an answer that is on its way or given is not asked for again. */
    private fun stands(asked: RequestScreen): Boolean {
        val answered = driver.state.phase.let { it is RequestScreen.Phase.Sending || it is RequestScreen.Phase.Ended }
        return asked.challenge == driver.state.challenge && asked.link == null && (!asked.declines || answered)
    }

    private fun asked(by: Intent): RequestScreen = of(by.extras ?: Bundle.EMPTY)

    private fun of(names: Bundle) = RequestScreen(
        account = AccountId(names.getString(ACCOUNT).orEmpty()),
        challenge = ChallengeId(names.getString(CHALLENGE).orEmpty()),
        link = names.getString(LINK),
        declines = names.getBoolean(DECLINES),
        now = app.clock.now(),
    )

    companion object {
        private const val ACCOUNT = "account"
        private const val CHALLENGE = "challenge"
        private const val LINK = "link"
        private const val DECLINES = "declines"

        /** The way to a request. */
        fun of(from: Context, account: AccountId, challenge: ChallengeId): Intent = Intent(from, RequestActivity::class.java)
            .putExtra(ACCOUNT, account.value)
            .putExtra(CHALLENGE, challenge.value)
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)

        /** The same by the notification's button: the person has declined, and is asked whether it was their own. */
        fun declined(from: Context, account: AccountId, challenge: ChallengeId): Intent =
            of(from, account, challenge).putExtra(DECLINES, true)

        /** The way to a request by a link, which says whose it is when it has been proved. */
        fun of(from: Context, challenge: ChallengeId, link: String): Intent = Intent(from, RequestActivity::class.java)
            .putExtra(CHALLENGE, challenge.value)
            .putExtra(LINK, link)
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }
}
