// The relying party's backend: it speaks the public API, JSON in and out, and knows nothing else of the server.
package dev.inkan.walks

import dev.inkan.ChallengeId
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.add
import kotlinx.serialization.json.addJsonObject
import kotlinx.serialization.json.buildJsonArray
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import kotlinx.serialization.json.putJsonObject
import java.time.Instant
import java.time.temporal.ChronoUnit

/** A relying party's backend. */
class Broker(
    private val server: LiveServer,
    private val https: Https = server.https,
) {
    /** Any call. */
    suspend fun call(
        method: String,
        path: String,
        body: JsonElement? = null,
    ): Reply {
        val headers = mutableListOf("authorization" to "Bearer ${server.key}")
        if (body != null) headers.add("content-type" to "application/json")
        return https.send(method, server.origin + path, headers, body?.toString()?.encodeToByteArray() ?: ByteArray(0))
    }

    /** A call that has to succeed. */
    suspend fun ok(
        method: String,
        path: String,
        body: JsonElement? = null,
    ): JsonElement {
        val reply = call(method, path, body)
        check(reply.status in 200..299) { "$method $path: $reply" }
        return reply.json
    }

    /** Begins an enrollment, after the customer was authenticated by [method]. */
    suspend fun begin(
        user: String,
        method: String = "identity_proof",
    ): Begun {
        val all =
            ok(
                "POST",
                "/v1/enrollments",
                buildJsonObject {
                    put("user", user)
                    put("display_name", "山田 *郎 様（***1234）")
                    putJsonObject("authentication") {
                        putJsonArray("methods") { add(method) }
                        put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                    }
                },
            )
        return Begun(all.required("id"), all.required("uri"), all.required("typed_code"))
    }

    /** The customer types the six digits into the page. */
    suspend fun confirm(
        begun: Begun,
        digits: String,
    ): Reply = call("POST", "/v1/enrollments/${begun.id}/confirm", json("code" to digits))

    /** Asks a customer: a withdrawal of ¥1,250,000, in mode `number`, unless [more] says otherwise. */
    suspend fun ask(
        user: String,
        more: JsonObject = JsonObject(emptyMap()),
    ): Asked {
        val all = ok("POST", "/v1/challenges", asking(user, more))
        return Asked(ChallengeId(all.required("id")), all)
    }

    /** What [ask] sends. */
    fun asking(
        user: String,
        more: JsonObject = JsonObject(emptyMap()),
    ): JsonObject =
        JsonObject(
            buildJsonObject {
                put("user", user)
                put("operation", "withdrawal")
                put("expires_in", 120)
                put("start", "number")
                put("details", WITHDRAWAL)
                putJsonObject("origin") {
                    put("ip", "203.0.113.24")
                    put("user_agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0")
                    put("session", SESSION)
                }
            } + more,
        )

    /** Where a challenge stands. */
    suspend fun state(asked: Asked): String? = ok("GET", "/v1/challenges/${asked.challenge}")["state"].text

    /** Redeems an approval. */
    suspend fun redeem(
        asked: Asked,
        vararg members: Pair<String, String>,
    ): Reply = call("POST", "/v1/challenges/${asked.challenge}/redeem", json(*members))

    /** The code of the moment, as the page shows it. */
    suspend fun scanCode(asked: Asked): String {
        val picture = https.send("GET", asked.all.required("scan_url"))
        check(picture.status == 200) { "scan_url: $picture" }
        return readCode(picture.body.decodeToString())
    }

    /** The customer's devices. */
    suspend fun devices(user: String): List<JsonElement> = ok("GET", "/v1/users/$user/devices")["data"] as JsonArray

    private companion object {
        val WITHDRAWAL =
            buildJsonArray {
                addJsonObject {
                    put("type", "amount")
                    put("value", "1250000")
                    put("currency", "JPY")
                }
                addJsonObject {
                    put("type", "bank_account")
                    put("bank", "みほん銀行")
                    put("branch", "銀座支店")
                    put("kind", "普通")
                    put("masked", "***4567")
                    put("id", "b-1")
                }
            }
    }
}

/** The name of the customer's web session. */
const val SESSION = "s-1"

/** An enrollment that has begun, as the page gets it: its id, what the code says, and what is typed in its place. */
class Begun(
    val id: String,
    val uri: String,
    val typedCode: String,
)

/** What the page has in hand once it has asked: which challenge, and everything that was answered. */
class Asked(
    val challenge: ChallengeId,
    val all: JsonElement,
) {
    /** What the page shows and the customer types. */
    val number: String
        get() = all.required("number")

    /** A number of the same length that is not the right one. */
    val wrongNumber: String
        get() = number.map { if (it == '9') '0' else it + 1 }.joinToString("")

    /** What opens the app. */
    val link: String
        get() = all.required("link")
}

/** An object of texts. */
fun json(vararg members: Pair<String, String>): JsonObject =
    JsonObject(members.associate { (name, value) -> name to JsonPrimitive(value) })

internal fun JsonElement.required(name: String): String = checkNotNull(this[name].text) { "no $name in $this" }
