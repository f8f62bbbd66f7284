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
        val link = intent.getStringExtra(LINK)
        if (kept == null) return EnrollScreen(name = Build.MODEL, link = link)
        val plain = EnrollScreen(name = kept.getString(NAME, Build.MODEL), host = kept.getString(HOST).orEmpty())
        val id = kept.getString(ID)
        return when (kept.getString(STEP)) {
            // the core goes on with the same link where it stood
            READING -> plain.copy(link = link)

            CAMERA -> plain.copy(phase = Phase.Camera())

            TYPING -> plain.copy(phase = Phase.Typing)

            NAMING -> plain.enrolled(Phase.Naming, id, kept)

            NOTIFY -> plain.enrolled(Phase.Notify, id, kept)

            RANG -> plain.enrolled(Phase.Finished(true), id, kept)

            SILENT -> plain.enrolled(Phase.Finished(false), id, kept)

            FINISHED -> plain.enrolled(Phase.Finished(null), id, kept)

            else -> plain
        }
    }

    private fun EnrollScreen.enrolled(phase: Phase, id: String?, kept: Bundle) = if (id == null) {
        this
    } else {
        copy(
            phase = phase,
            preview =
                EnrollmentPreview(
                    AccountId(id),
                    kept.getString(SERVER).orEmpty(),
                    kept.getString(BROKER).orEmpty(),
                    kept.getString(CUSTOMER).orEmpty(),
                ),
        )
    }

    override fun keep(state: EnrollScreen, into: Bundle) {
        into.putString(NAME, state.name)
        into.putString(HOST, state.host)
        into.putString(STEP, step(state))
        val preview = state.preview ?: return
        into.putString(ID, preview.id.value)
        into.putString(SERVER, preview.server)
        into.putString(BROKER, preview.relyingParty)
        into.putString(CUSTOMER, preview.displayName)
    }

    /** Where to begin again; null: from the start, and from what the core's store has. */
    private fun step(state: EnrollScreen): String? = when (val phase = state.phase) {
        Phase.Start, Phase.Reading -> READING.takeIf { state.link != null }

        is Phase.Camera -> CAMERA

        // What was typed of the code is not written down: it is a secret, and works once.
        Phase.Typing -> TYPING

        Phase.Naming -> NAMING

        // nobody waits for the test any more: it can be asked for again
        Phase.Notify, Phase.Testing -> NOTIFY

        is Phase.Finished -> finished(phase.rings)

        is Phase.LeftOver, Phase.Yours, is Phase.Code, is Phase.Failed -> null
    }

    private fun finished(rings: Boolean?): String = when (rings) {
        true -> RANG
        false -> SILENT
        null -> FINISHED
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
        private const val ID = "id"
        private const val SERVER = "server"
        private const val BROKER = "broker"
        private const val CUSTOMER = "customer"
        private const val STEP = "step"
        private const val READING = "reading"
        private const val CAMERA = "camera"
        private const val TYPING = "typing"
        private const val NAMING = "naming"
        private const val NOTIFY = "notify"
        private const val RANG = "rang"
        private const val SILENT = "silent"
        private const val FINISHED = "finished"

        /** The way to an enrollment by a link. */
        fun of(from: Context, link: String): Intent =
            Intent(from, EnrollActivity::class.java).putExtra(LINK, link).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }
}
