/*
 * The door for verified links: the page in the phone's own browser opens an enrollment (`/e`) or a request (`/c`). It
 * shows nothing and keeps nothing; a link that is neither is shown by the enrollment's screen as what it is.
 */
package dev.inkan.app.core

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import dev.inkan.InkanException
import dev.inkan.ScannedCode
import dev.inkan.app.InkanApplication
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.enroll.EnrollActivity

class LinkActivity : Activity() {
    override fun onCreate(kept: Bundle?) {
        super.onCreate(kept)
        // A task that the system brings back has the link once more: it has been followed.
        val followed = intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0
        intent.dataString?.takeUnless { followed }?.let { startActivity(way(it)) }
        finish()
    }

    private fun way(link: String): Intent = when (val code = recognised(link)) {
        is ScannedCode.Challenge -> RequestActivity.of(this, code.challenge, link)
        else -> EnrollActivity.of(this, link)
    }

    private fun recognised(link: String): ScannedCode = try {
        (application as InkanApplication).core.recognise(link)
    } catch (_: InkanException) {
        ScannedCode.NotOurs
    }
}
