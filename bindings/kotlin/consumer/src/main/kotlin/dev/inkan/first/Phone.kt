// The phone's side, as `docs/embed-android.md` shows it, piece by piece.
package dev.inkan.first

import dev.inkan.AccountId
import dev.inkan.Authenticator
import dev.inkan.Ceremonies
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.InkanStore
import dev.inkan.KeyVault
import dev.inkan.Language
import dev.inkan.Options
import dev.inkan.Outcome
import dev.inkan.Profile
import dev.inkan.Request
import dev.inkan.SoftwareKeyVault
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.flow.first
import java.io.File
import kotlin.time.Duration.Companion.seconds

/** Keys of this process, which ask nobody: for an emulator. On a phone it is the Android Keystore. */
fun makeWeakVault(folder: File): KeyVault = SoftwareKeyVault(folder)

/** Opens what the phone remembers, and the authenticator over it. An app does this once. */
suspend fun openInkan(
    folder: File,
    vault: KeyVault,
    roots: List<ByteArray> = emptyList(),
): Authenticator {
    val store = InkanStore.open(folder, vault)
    if (store.report.emptied) {
        // nothing could be saved: every account has to be enrolled again, and the person has to hear it
    }
    val profile = Profile("わたしの電話", "Pixel 12", "Android 17", "1.0.0", Language.JA)
    return Authenticator.open(store, profile, Options(extraRoots = roots))
}

/** From the scanned text to the six digits that the person types into the page. */
suspend fun beginEnrollment(
    app: Ceremonies,
    scanned: String,
    isTheirs: suspend (EnrollmentPreview) -> Boolean,
): Pair<AccountId, String>? {
    val preview = app.beginEnrollment(scanned)
    if (!isTheirs(preview)) {
        app.abandonEnrollment(preview.id)
        return null
    }
    return preview.id to app.confirmAccount(preview.id)
}

/** Waits while the person types. Each wait ends after 25 seconds at the latest; cancel the coroutine to stop. */
suspend fun waitForAccount(
    app: Ceremonies,
    enrollment: AccountId,
): AccountId? {
    while (true) {
        when (val progress = app.enrollmentStatus(enrollment, wait = 25.seconds)) {
            EnrollmentProgress.Claimed -> continue
            is EnrollmentProgress.Active -> return progress.account
            is EnrollmentProgress.Failed -> return null
        }
    }
}

/** Shows what waits, until [isDone]. The next look begins when this one has been shown. */
suspend fun watchInbox(
    app: Ceremonies,
    isDone: suspend (Inbox) -> Boolean,
) {
    app.inboxes.first { isDone(it) }
}

/** The person has read the lines, typed the number if one is asked for, and tapped "approve". */
suspend fun approve(
    app: Ceremonies,
    request: Request,
    typed: String?,
): Outcome {
    val outcome = app.approve(request.account, request.challenge, typed, request.language)
    outcome.returnTo?.let { address ->
        // the page on this phone waits for it: open it in the browser, once
        address.exposeUrl()
    }
    return outcome
}

/** The key of the text that says what happened. A cancelled coroutine has nothing to say, and goes on being cancelled. */
fun textKey(error: Throwable): String =
    when (error) {
        is CancellationException -> throw error
        is InkanException -> error.key
        else -> "internal.other"
    }
