// What is shown of an enrollment that came to nothing: what happened, what did not, what to do.
package dev.inkan.screens

import dev.inkan.EnrollmentFailure
import dev.inkan.InkanException

/** Draws a failed enrollment. */
internal class EnrollFailedPage(private val words: Words) {
    /** [name] is the end of the page's id. */
    private class Said(val name: String, val what: Key, val next: Key)

    fun draw(why: EnrollScreen.Why, party: String): Page {
        val said = said(why)
        val parts =
            listOf(
                Part.Title(words.text(Key.ENROLL_FAILED)),
                Part.Text(words.text(said.what)),
                Part.Text(words.text(Key.NOTHING_ENROLLED)),
                Part.Text(words.text(said.next)),
            )
        val first =
            if (why == EnrollScreen.Why.OtherVersion) {
                Button(Ids.UPDATE, words.text(Key.UPDATE), ButtonStyle.FILLED)
            } else {
                Button(Ids.AGAIN, words.text(Key.ENROLL_RETRY), ButtonStyle.FILLED)
            }
        return Page(
            id = "enroll.failed." + said.name,
            bar = Bar(party, back = false, time = null),
            parts = parts,
            actions = listOf(first, Button(Ids.CLOSE, words.text(Key.CLOSE), ButtonStyle.OUTLINED)),
            guarded = false,
            announce = words.text(Key.ENROLL_FAILED),
        )
    }

    private fun said(why: EnrollScreen.Why): Said = when (why) {
        EnrollScreen.Why.NotOurs -> Said("not_ours", Key.NOT_OURS, Key.NOT_OURS_NEXT)
        EnrollScreen.Why.OtherVersion -> Said("other_version", Key.OTHER_VERSION, Key.UPDATE_NEEDED_NEXT)
        EnrollScreen.Why.OfRequest -> Said("of_request", Key.CODE_OF_REQUEST, Key.CODE_OF_REQUEST_NEXT)
        is EnrollScreen.Why.Ended -> ended(why.how)
        is EnrollScreen.Why.Trouble -> trouble(why.error)
    }

    private fun ended(how: EnrollmentFailure): Said = when (how) {
        EnrollmentFailure.ENDED -> Said("ended", Key.ENROLL_FAILED_ENDED, Key.ENROLL_FAILED_NEXT)
        EnrollmentFailure.FOREIGN_RECORD -> Said("foreign_record", Key.ENROLL_FAILED_FOREIGN, Key.UNTRUSTED_NEXT)
    }

    /** An expired or used code is refused without saying which: the server tells a stranger nothing. */
    private fun trouble(error: InkanException): Said {
        val trouble = error.trouble()
        return when (error) {
            is InkanException.NotRecognised, is InkanException.Refused -> {
                Said(
                    "expired",
                    Key.ENROLL_CODE_STALE,
                    Key.ENROLL_FAILED_NEXT,
                )
            }

            is InkanException.InvalidInput -> {
                Said(error.key.substringAfter('.'), trouble.what, trouble.next)
            }

            else -> {
                Said(error.key.substringBefore('.'), trouble.what, trouble.next)
            }
        }
    }
}
