// HTTPS to one server, by the JDK's client.
package dev.inkan.walks

import kotlinx.coroutines.future.await
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.contentOrNull
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import javax.net.ssl.SSLContext

/** An answer of any status. */
class Reply(
    val status: Int,
    val headers: List<Pair<String, String>>,
    val body: ByteArray,
) {
    /** Its body, where that is JSON. */
    val json: JsonElement
        get() = if (body.isEmpty()) JsonNull else Json.parseToJsonElement(body.decodeToString())

    override fun toString(): String = "$status ${body.decodeToString()}"
}

/** A member of an object; `null` where there is none. */
operator fun JsonElement?.get(name: String): JsonElement? = (this as? JsonObject)?.get(name)

/** What is written in quotes, or as a number. */
val JsonElement?.text: String?
    get() = (this as? JsonPrimitive)?.contentOrNull

/** A client. Each request has a connection of its own, so that a server that was struck leaves none behind. */
class Https private constructor(
    private val client: () -> HttpClient,
) {
    /** A client that trusts so. */
    constructor(trust: SSLContext) : this({ HttpClient.newBuilder().sslContext(trust).build() })

    /** The same trust, but connections are kept from one request to the next. */
    fun lasting(): Https = client().let { kept -> Https { kept } }

    /** Sends one request. */
    suspend fun send(
        method: String,
        url: String,
        headers: List<Pair<String, String>> = emptyList(),
        body: ByteArray = ByteArray(0),
        timeout: Duration = Duration.ofSeconds(60),
    ): Reply {
        val request =
            HttpRequest
                .newBuilder(URI(url))
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .timeout(timeout)
        // those of the connection are the client's own
        headers.filter { it.first !in OWN }.forEach { (name, value) -> request.header(name, value) }
        val answer = client().sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray()).await()
        val lines = answer.headers().map().flatMap { (name, values) -> values.map { name to it } }
        return Reply(answer.statusCode(), lines, answer.body())
    }
}

private val OWN = setOf("host", "content-length", "connection")
