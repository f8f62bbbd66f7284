// Every place where the core waits for the shell: each call of its vault and of its transport, once before and once
// after. A test stops one of them, cancels the coroutine that waits behind it, and goes on.
package dev.inkan.walks

import dev.inkan.CreatedKey
import dev.inkan.HttpHeader
import dev.inkan.HttpRequest
import dev.inkan.HttpResponse
import dev.inkan.KeyLabel
import dev.inkan.KeyPurpose
import dev.inkan.KeySignature
import dev.inkan.KeyVault
import dev.inkan.Protection
import dev.inkan.SoftwareKeyVault
import dev.inkan.Transport
import dev.inkan.UserVerification
import dev.inkan.VaultException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import java.net.URI
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.toJavaDuration

/** Counts the crossings of one phone and stops at one of them. */
class Crossings {
    private class Wanted(
        val number: Int,
        val stopped: CompletableDeferred<String?> = CompletableDeferred(),
        val seen: AtomicInteger = AtomicInteger(),
    )

    @Volatile
    private var wanted: Wanted? = null

    /** Stops the crossing of that number, counted from 1 and from now on. What is answered completes with its name. */
    fun stopAt(number: Int): CompletableDeferred<String?> = Wanted(number).also { wanted = it }.stopped

    /** The step has ended: nothing will be stopped any more. */
    fun stepEnded() {
        wanted?.stopped?.complete(null)
        wanted = null
    }

    /** One crossing. Where it is stopped it stays until its coroutine is cancelled. */
    internal suspend fun pass(name: String) {
        val now = wanted ?: return
        if (now.seen.incrementAndGet() == now.number) {
            now.stopped.complete(name)
            awaitCancellation()
        }
    }
}

/** Who holds the phone. [refusal] is what comes of asking them, if not their finger. */
class Person {
    @Volatile
    var refusal: VaultException? = null
}

/** A vault of software keys, with a person in front of it who may do otherwise than expected. */
class TestVault(
    private val keys: SoftwareKeyVault,
    private val crossings: Crossings,
    private val person: Person,
) : KeyVault by keys {
    override suspend fun createKey(
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: ByteArray,
    ): CreatedKey = crossed("createKey") { keys.createKey(label, purpose, challenge) }

    override suspend fun verifyUser(
        label: KeyLabel,
        prompt: String,
    ): UserVerification =
        crossed("verifyUser") {
            person.refusal?.let { throw it }
            keys.verifyUser(label, prompt)
        }

    override suspend fun sign(
        label: KeyLabel,
        message: ByteArray,
    ): KeySignature = crossed("sign") { keys.sign(label, message) }

    override suspend fun deleteKey(label: KeyLabel): Unit = crossed("deleteKey") { keys.deleteKey(label) }

    private suspend fun <T> crossed(
        name: String,
        work: suspend () -> T,
    ): T {
        crossings.pass("before $name")
        return work().also { crossings.pass("after $name") }
    }
}

/**
 * A transport that can be stopped before a request is sent and after its answer has come. It checks no pins: it is for
 * cutting, and the core's own transport is walked with beside it.
 */
class TestTransport(
    private val https: Https,
    private val crossings: Crossings,
) : Transport {
    override suspend fun send(request: HttpRequest): HttpResponse {
        val what = "${request.method} ${URI(request.url).path.replace(ID, "/ID")}"
        crossings.pass("before $what")
        val reply =
            https.send(
                request.method,
                request.url,
                request.headers.map { it.name to it.value },
                request.body,
                request.timeout.toJavaDuration(),
            )
        crossings.pass("after $what")
        return HttpResponse(reply.status, reply.headers.map { HttpHeader(it.first, it.second) }, reply.body)
    }

    private companion object {
        val ID = Regex("/[0-9a-f]{8}-[0-9a-f-]{27}")
    }
}
