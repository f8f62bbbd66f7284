/*
 * From a code to an account. What was begun is in the core's store; the last steps, which only the phone knows of, are
 * kept here.
 */
package dev.inkan.app.enroll

import android.content.Context
import android.content.Intent
import android.os.Build
import android.os.Bundle
import dev.inkan.AccountId
import dev.inkan.EnrollmentPreview
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.EnrollScreen
import dev.inkan.screens.EnrollScreen.Phase

class EnrollActivity : ScreenActivity<EnrollScreen>() {
    override fun first(kept: Bundle?): EnrollScreen {
        if (kept == null) return EnrollScreen(name = Build.MODEL, link = intent.getStringExtra(LINK))
        val plain = EnrollScreen(name = kept.getString(NAME, Build.MODEL), host = kept.getString(HOST).orEmpty())
        val id = kept.getString(ID)
        return when {
            kept.getBoolean(TYPING) -> plain.copy(phase = Phase.Typing)
            id == null -> plain
            else -> plain.enrolled(id, kept)
        }
    }

    private fun EnrollScreen.enrolled(id: String, kept: Bundle) = copy(
        phase = if (kept.getBoolean(NAMED)) Phase.Notify else Phase.Naming,
        preview =
            EnrollmentPreview(
                AccountId(id),
                kept.getString(SERVER).orEmpty(),
                kept.getString(BROKER).orEmpty(),
                kept.getString(CUSTOMER).orEmpty(),
            ),
    )

    override fun keep(state: EnrollScreen, into: Bundle) {
        into.putString(NAME, state.name)
        into.putString(HOST, state.host)
        // What was typed of the code is not written down: it is a secret, and works once.
        into.putBoolean(TYPING, state.phase == Phase.Typing)
        val enrolled = state.phase == Phase.Naming || state.phase == Phase.Notify || state.phase == Phase.Testing
        val preview = state.preview?.takeIf { enrolled } ?: return
        into.putString(ID, preview.id.value)
        into.putString(SERVER, preview.server)
        into.putString(BROKER, preview.relyingParty)
        into.putString(CUSTOMER, preview.displayName)
        into.putBoolean(NAMED, state.phase != Phase.Naming)
    }

    override fun onNewIntent(next: Intent) {
        super.onNewIntent(next)
        setIntent(next)
        next.getStringExtra(LINK)?.let { restart(EnrollScreen(name = Build.MODEL, link = it)) }
    }

    companion object {
        private const val LINK = "link"
        private const val NAME = "name"
        private const val HOST = "host"
        private const val TYPING = "typing"
        private const val ID = "id"
        private const val SERVER = "server"
        private const val BROKER = "broker"
        private const val CUSTOMER = "customer"
        private const val NAMED = "named"

        /** The way to an enrollment by a link. */
        fun of(from: Context, link: String): Intent =
            Intent(from, EnrollActivity::class.java).putExtra(LINK, link).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }
}
