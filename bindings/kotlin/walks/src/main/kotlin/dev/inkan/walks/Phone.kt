// A phone: the real core behind the façade, over keys and a store in a folder of its own.
package dev.inkan.walks

import dev.inkan.AccountId
import dev.inkan.Authenticator
import dev.inkan.EnrollmentProgress
import dev.inkan.InkanStore
import dev.inkan.Language
import dev.inkan.Options
import dev.inkan.Profile
import dev.inkan.Request
import dev.inkan.SoftwareKeyVault
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.io.File
import kotlin.time.Duration.Companion.seconds

/**
 * A phone with everything that a test has in hand of it.
 *
 * @property app what an app has
 * @property person who holds it
 * @property crossings where the core waits for it
 * @property folder where its keys and its store are
 */
class Phone private constructor(
    val app: Authenticator,
    val person: Person,
    val crossings: Crossings,
    val folder: File,
) : AutoCloseable {
    /** The app is killed. */
    override fun close(): Unit = app.close()

    /** Enrolls it for a customer, from the code to the account. */
    suspend fun enroll(
        broker: Broker,
        user: String,
        method: String = "identity_proof",
    ): AccountId {
        val begun = broker.begin(user, method)
        val preview = app.beginEnrollment(begun.uri)
        val reply = broker.confirm(begun, app.confirmAccount(preview.id))
        check(reply.status == 200) { "confirm: $reply" }
        return becomesActive(preview.id)
    }

    /** Waits for the account that comes of an enrollment. */
    suspend fun becomesActive(enrollment: AccountId): AccountId {
        val progress = app.enrollmentStatus(enrollment, 30.seconds)
        check(progress is EnrollmentProgress.Active) { "no account: $progress" }
        return progress.account
    }

    /** The request of a challenge, as it waits in the inbox. */
    suspend fun shown(asked: Asked): Request {
        val inbox = app.inbox(10.seconds)
        return checkNotNull(inbox.requests.find { it.challenge == asked.challenge }) { "no request in $inbox" }
    }

    /** How phones come to be. */
    companion object {
        /** A new phone that trusts a server. [cuts]: its requests go through a transport that can be stopped. */
        suspend fun make(
            server: LiveServer,
            name: String = "わたしの電話",
            language: Language = Language.JA,
            cuts: Boolean = false,
        ): Phone = open(temporaryFolder(), server, name, language, cuts)

        /** The app was killed, and is opened again. Close what was made of it before. */
        suspend fun open(
            folder: File,
            server: LiveServer,
            name: String = "わたしの電話",
            language: Language = Language.JA,
            cuts: Boolean = false,
        ): Phone {
            val records = folder.resolve("store").apply { mkdirs() }
            val (person, crossings) = Person() to Crossings()
            val keys = SoftwareKeyVault(folder.resolve("keys").apply { mkdirs() })
            val store = InkanStore.open(records, TestVault(keys, crossings, person))
            val app =
                Authenticator.open(
                    store,
                    Profile(name, "Pixel 12", "Android 17", "1.0.0", language),
                    Options(
                        extraRoots = listOf(server.root),
                        transport = if (cuts) TestTransport(server.https, crossings) else null,
                    ),
                )
            return Phone(app, person, crossings, folder)
        }
    }
}

/**
 * Runs a step once for each place at which the core waits for the phone: there its coroutine is cancelled, and then the
 * step is done again on the same phone. [prepare] makes what the step begins from, [step] is what is cut, and [after]
 * says whether the end is as without a cut. Returns where it was cut.
 */
suspend fun <P, V> cutEverywhere(
    prepare: suspend () -> Pair<Phone, P>,
    step: suspend (Phone, P) -> V,
    after: suspend (Phone, P, V) -> Unit,
): List<String> {
    val cuts = mutableListOf<String>()
    while (true) {
        val (phone, prepared) = prepare()
        phone.use {
            val stopped = phone.crossings.stopAt(cuts.size + 1)
            // not the answer of the coroutine, which says "cancelled" whatever happens in it
            val answer = CompletableDeferred<Result<V>>()
            val cut =
                coroutineScope {
                    val running =
                        launch {
                            answer.complete(runCatching { step(phone, prepared) })
                            phone.crossings.stepEnded()
                        }
                    stopped.await().also { if (it != null) running.cancel() }
                }
            val ended = answer.await()
            if (cut == null) after(phone, prepared, ended.getOrThrow())
            check(cut == null || ended.exceptionOrNull() is CancellationException) { "no cancellation $cut: $ended" }
            if (cut == null) return cuts
            cuts.add(cut)
            val end = runCatching { after(phone, prepared, step(phone, prepared)) }
            end.onFailure { throw AssertionError("after the cut $cut (${cuts.size}): $it", it) }
        }
    }
}
