// What is not the phone's own work: the vault, which is hardware on a phone, and the network. Both are called through
// these, which count the calls and take the time.
package dev.inkan.walks.bench

import dev.inkan.HttpHeader
import dev.inkan.HttpRequest
import dev.inkan.HttpResponse
import dev.inkan.KeyLabel
import dev.inkan.KeySignature
import dev.inkan.KeyVault
import dev.inkan.Protection
import dev.inkan.SoftwareKeyVault
import dev.inkan.Transport
import dev.inkan.UserVerification
import dev.inkan.walks.Https
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.toJavaDuration

/** How often the core called out, and for how long it was away, in nanoseconds. */
internal class Away {
    val vault = AtomicLong()
    val transport = AtomicLong()
    val nanos = AtomicLong()

    suspend fun <T> calls(
        counter: AtomicLong,
        work: suspend () -> T,
    ): T {
        counter.incrementAndGet()
        val begun = System.nanoTime()
        return try {
            work()
        } finally {
            nanos.addAndGet(System.nanoTime() - begun)
        }
    }
}

/** Software keys, watched. Making and deleting keys is no part of what is measured. */
internal class WatchedVault(
    private val keys: SoftwareKeyVault,
    private val away: Away,
) : KeyVault by keys {
    override suspend fun verifyUser(
        label: KeyLabel,
        prompt: String,
    ): UserVerification = away.calls(away.vault) { keys.verifyUser(label, prompt) }

    override suspend fun sign(
        label: KeyLabel,
        message: ByteArray,
    ): KeySignature = away.calls(away.vault) { keys.sign(label, message) }

    override suspend fun labels(): List<KeyLabel> = away.calls(away.vault) { keys.labels() }

    override suspend fun wrap(key: ByteArray): ByteArray = away.calls(away.vault) { keys.wrap(key) }

    override suspend fun unwrap(wrapped: ByteArray): ByteArray = away.calls(away.vault) { keys.unwrap(wrapped) }

    override suspend fun protection(): Protection = away.calls(away.vault) { keys.protection() }
}

/** A way to the server, watched; it remembers when an answer was handed to it. */
internal class WatchedTransport(
    private val https: Https,
    private val away: Away,
) : Transport {
    /** When, and how long the core had been away by then; both in nanoseconds. */
    @Volatile
    var answered: Pair<Long, Long> = 0L to 0L
        private set

    override suspend fun send(request: HttpRequest): HttpResponse {
        if (request.url.endsWith("/d/v1/answer")) answered = System.nanoTime() to away.nanos.get()
        return away.calls(away.transport) {
            val headers = request.headers.map { it.name to it.value }
            val timeout = request.timeout.toJavaDuration()
            val reply = https.send(request.method, request.url, headers, request.body, timeout)
            HttpResponse(reply.status, reply.headers.map { HttpHeader(it.first, it.second) }, reply.body)
        }
    }
}
