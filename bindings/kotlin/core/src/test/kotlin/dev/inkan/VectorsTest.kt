// Every file of docs/vectors, read and checked from Kotlin: by the protocol's own functions, and each hash and each
// signature again by the JDK's, so that two implementations agree.
package dev.inkan

import dev.inkan.probe.EnrollmentInput
import dev.inkan.probe.ProbeException
import dev.inkan.probe.confirmationCode
import dev.inkan.probe.digest
import dev.inkan.probe.enrollmentLink
import dev.inkan.probe.enrollmentValues
import dev.inkan.probe.isOwnLabel
import dev.inkan.probe.keyPoint
import dev.inkan.probe.prove
import dev.inkan.probe.readMessage
import dev.inkan.probe.render
import dev.inkan.probe.renewalChallenge
import dev.inkan.probe.returnHash
import dev.inkan.probe.rowHash
import dev.inkan.probe.scanMac
import dev.inkan.probe.serverName
import dev.inkan.probe.shownText
import dev.inkan.probe.startLink
import dev.inkan.probe.thumbprint
import dev.inkan.probe.typedCode
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.security.MessageDigest
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

internal class VectorsTest {
    private fun file(name: String): JsonObject =
        Json.parseToJsonElement(repository("docs/vectors/$name.json").readText()) as JsonObject

    private val keys: Map<String, JsonObject> =
        file("test-keys").list("keys").associate { it.string("name") to it.member("jwk") as JsonObject }

    private val messages =
        listOf(
            "keys",
            "identity",
            "enroll",
            "approval-key",
            "enrollment",
            "device",
            "challenge",
            "request",
            "start",
            "answer",
            "renew",
            "receipt",
            "verdict",
            "log-head",
        )

    private fun assertRefused(
        why: String,
        call: () -> Any?,
    ) {
        assertThrows(ProbeException.Refused::class.java, { call() }, why)
    }

    @Test
    fun `no file is left out`() {
        val files = repository("docs/vectors").list().orEmpty().filter { it.endsWith(".json") }
        val read = messages + listOf("test-keys", "derived", "display", "evidence")
        assertEquals(read.map { "$it.json" }.sorted(), files.sorted())
    }

    @Test
    fun `the keys`() {
        for (key in file("test-keys").list("keys")) {
            val jwk = key.member("jwk") as JsonObject
            assertEquals(key.string("thumbprint"), thumbprint("$jwk"))
            val named = """{"crv":"P-256","kty":"EC","x":"${jwk.string("x")}","y":"${jwk.string("y")}"}"""
            assertEquals(key.string("thumbprint"), sha256(named))
            val point = byteArrayOf(4) + bytes(jwk.string("x")) + bytes(jwk.string("y"))
            assertEquals(base64(point), keyPoint("$jwk"))
            assertTrue(isScalarOf(bytes(key.string("private_scalar")), jwk), key.string("name"))
        }
    }

    @Test
    fun `messages to take`() {
        for (name in messages) {
            val file = file(name)
            assertTrue(file.list("valid").isNotEmpty(), name)
            for (vector in file.list("valid")) {
                val (compact, what) = vector.string("compact") to "$name: ${vector.string("name")}"
                val jwk = checkNotNull(keys[vector.string("key")])
                val payload = Json.parseToJsonElement(readMessage(file.string("typ"), compact, "$jwk"))
                assertEquals(vector.member("payload"), payload, what)
                val (header, body, signature) = compact.split('.')
                assertEquals(vector.member("header"), Json.parseToJsonElement(bytes(header).decodeToString()), what)
                assertEquals(vector.member("payload"), Json.parseToJsonElement(bytes(body).decodeToString()), what)
                assertEquals(vector.string("hash"), sha256(compact), what)
                assertEquals(vector.string("hash"), digest(compact), what)
                assertEquals(vector.string("signing_hash"), sha256("$header.$body"), what)
                assertTrue(isSigned("$header.$body", bytes(signature), jwk), what)
                assertFalse(isSigned("$header.$body", bytes(signature), checkNotNull(keys["stranger"])), what)
            }
        }
    }

    @Test
    fun `messages to refuse`() {
        for (name in messages) {
            val file = file(name)
            assertTrue(file.list("invalid").size > 20, name)
            for (vector in file.list("invalid")) {
                val jwk = "${keys[vector.string("key")]}"
                assertRefused("$name: ${vector.string("reason")}") {
                    readMessage(file.string("typ"), vector.string("compact"), jwk)
                }
            }
        }
    }

    @Test
    fun `every text that is shown, in both languages`() {
        val cases = file("display").list("cases")
        assertTrue(cases.size > 50)
        for (case in cases) {
            for (language in listOf("ja", "en")) {
                val (what, said) = "${case.string("name")} in $language" to case.member(language)
                val shown = render("${case.member("challenge")}", language)
                val lines = shown.lines.map { listOf(it.role, it.label, it.value) }
                assertEquals(
                    said.list("lines").map { listOf(it.string("role"), it.string("label"), it.string("value")) },
                    lines,
                    what,
                )
                assertEquals(said.string("hashed_text"), shown.hashedText, what)
                assertEquals(lines.joinToString("") { (_, label, value) -> "$label\t$value\n" }, shown.hashedText, what)
                assertEquals(said.string("display_hash"), shown.displayHash, what)
                assertEquals(said.string("display_hash"), sha256(shown.hashedText), what)
            }
        }
    }

    @Test
    fun `what cannot be shown`() {
        val display = file("display")
        val base = display.list("cases").first().member("challenge") as JsonObject
        for (case in display.list("invalid")) {
            val changed = listOf("operation", "zone", "display").associateWith { case.member(it) }
            val challenge = JsonObject(base + changed + ("details" to JsonArray(emptyList())))
            assertRefused(case.string("reason")) { render("$challenge", "ja") }
        }
        assertRefused("a language that is not known") { render("$base", "fr") }
        for (label in display.texts("own_labels")) assertTrue(isOwnLabel(label), label)
        for (label in display.texts("free_labels")) assertFalse(isOwnLabel(label), label)
        for (text in display.texts("strings")) assertEquals(text, shownText(text, 64u))
        for (text in display.texts("strings_refused")) assertRefused(text) { shownText(text, 64u) }
    }

    @Test
    fun `values of an enrollment`() {
        val derived = file("derived")
        for (vector in derived.list("thumbprints")) {
            assertEquals(vector.string("thumbprint"), sha256(vector.string("hashed_text")))
        }
        val said = derived.member("enrollment")
        val input =
            EnrollmentInput(
                aud = said.string("aud"),
                reveal = said.string("reveal"),
                secret = said.string("secret"),
                possession = said.string("possession"),
                approval = said.string("approval"),
                identity = said.string("identity"),
                enrollHash = said.string("enroll_hash"),
            )
        val values = enrollmentValues(input)
        assertEquals(said.string("ticket"), values.ticket)
        assertEquals(said.string("proof"), values.proof)
        assertEquals(said.string("attestation_challenge_possession"), values.possessionChallenge)
        assertEquals(said.string("attestation_challenge_approval"), values.approvalChallenge)
        assertEquals(said.string("code"), values.code)

        assertEquals(values.ticket, base64(sha256(bytes(input.reveal))))
        assertEquals(values.proof, base64(hmac(bytes(input.secret), said.string("proof_message"))))
        val attested = listOf("inkan-attest-v1", input.aud, values.ticket, input.secret)
        assertEquals(values.possessionChallenge, sha256(attested.joinToString("\n")))
        assertEquals(values.approvalChallenge, sha256((attested + input.possession).joinToString("\n")))

        val codes = derived.list("confirmation_codes")
        assertTrue(codes.any { it.string("code").startsWith("0") })
        for (vector in codes + said) {
            val parts = listOf("aud", "ticket", "identity", "enroll_hash", "reveal").map { vector.string(it) }
            val (aud, ticket, identity, enrollHash, reveal) = parts
            assertEquals(vector.string("code"), confirmationCode(aud, ticket, identity, enrollHash, reveal))
            val hash = sha256((listOf("inkan-code-v1") + parts).joinToString("\n").encodeToByteArray())
            if ("hash" in vector as JsonObject) assertEquals(vector.string("hash"), base64(hash))
            val number = hash.take(8).fold(0uL) { sum, byte -> (sum shl 8) or byte.toUByte().toULong() }
            assertEquals(vector.string("code"), "${number % 1_000_000uL}".padStart(6, '0'))
        }
    }

    @Test
    fun `values of everything else`() {
        val derived = file("derived")
        val renewal = derived.member("renewal_attestation_challenge")
        val parts = listOf("aud", "jti", "old_approval").map { renewal.string(it) }
        assertEquals(renewal.string("challenge"), renewalChallenge(parts[0], parts[1], parts[2]))
        for (vector in derived.list("scan")) {
            val (secret, challenge, step) = listOf("secret", "challenge", "step").map { vector.string(it) }
            assertEquals(vector.string("mac"), scanMac(secret, challenge, step.toULong()))
            val mac = hmac(bytes(secret), listOf("inkan-scan-v1", challenge, step).joinToString("\n"))
            assertEquals(vector.string("mac"), base64(mac.copyOf(16)))
        }
        val token = derived.member("return_token")
        assertEquals(token.string("return_hash"), returnHash(token.string("r")))
        assertEquals(token.string("return_hash"), base64(sha256(bytes(token.string("r")))))
        for (vector in derived.list("body_hashes")) assertEquals(vector.string("bh"), sha256(vector.string("body")))
        for (row in derived.list("log_rows")) {
            val hash =
                rowHash(
                    row.string("row").toULong(),
                    row.string("time").toULong(),
                    row.string("kind"),
                    row.string("body"),
                    row.string("previous"),
                )
            assertEquals(row.string("hash"), hash)
        }
    }

    @Test
    fun `links, typed codes and names of servers`() {
        val derived = file("derived")
        for (vector in derived.list("typed_codes")) assertEquals(vector.string("code"), typedCode(vector.string("typed")))
        for (code in derived.texts("typed_codes_refused")) assertRefused(code) { typedCode(code) }
        for (name in derived.texts("server_names")) assertEquals(name, serverName(name))
        for (name in derived.texts("server_names_refused")) assertRefused(name) { serverName(name) }
        for (vector in derived.list("enrollment_uris")) {
            val link = enrollmentLink(vector.string("uri"))
            assertEquals(vector.string("server"), link.server)
            assertEquals(vector.string("ticket"), link.ticket)
            assertEquals(vector.string("secret"), link.secret)
            assertEquals(vector.string("identity"), link.identity)
            assertEquals(vector.string("key_set_version"), "${link.keySetVersion}")
            assertEquals(vector.texts("pins"), link.pins)
            assertEquals(ScannedCode.Enrollment(link.server), Authenticator.recognise(vector.string("uri")))
        }
        for (vector in derived.list("enrollment_uris_refused")) {
            assertRefused(vector.string("reason")) { enrollmentLink(vector.string("uri")) }
            assertFalse(Authenticator.recognise(vector.string("uri")) is ScannedCode.Enrollment)
        }
        for (vector in derived.list("challenge_links")) {
            val link = startLink(vector.string("link"))
            val said = vector as JsonObject
            assertEquals(vector.string("challenge"), link.challenge)
            assertEquals(said["step"]?.let { vector.string("step") }, link.step?.toString())
            assertEquals(said["mac"]?.let { vector.string("mac") }, link.mac)
            assertEquals(said["token"]?.let { vector.string("token") }, link.token)
            val kind = if (link.token == null) LinkKind.SCAN else LinkKind.OPEN
            val expected = ScannedCode.Challenge(link.server, ChallengeId(link.challenge), kind)
            assertEquals(expected, Authenticator.recognise(vector.string("link")))
        }
        for (vector in derived.list("challenge_links_refused")) {
            assertRefused(vector.string("reason")) { startLink(vector.string("link")) }
        }
    }

    @Test
    fun `evidence, and what proves nothing`() {
        val file = file("evidence")
        val identity = file.string("identity")
        assertEquals(file.member("proves"), Json.parseToJsonElement(prove("${file.member("bundle")}", identity)))
        assertRefused("another identity") { prove("${file.member("bundle")}", file.string("other_identity")) }
        assertTrue(file.list("invalid").isNotEmpty())
        for (case in file.list("invalid")) {
            assertRefused(case.string("reason")) { prove("${case.member("bundle")}", identity) }
        }
    }
}

private fun JsonElement.member(name: String): JsonElement = checkNotNull((this as JsonObject)[name]) { "no $name" }

private fun JsonElement.list(name: String): List<JsonElement> = member(name) as JsonArray

private fun JsonElement.string(name: String): String = (member(name) as JsonPrimitive).content

private fun JsonElement.texts(name: String): List<String> = list(name).map { (it as JsonPrimitive).content }

private fun sha256(bytes: ByteArray): ByteArray = MessageDigest.getInstance("SHA-256").digest(bytes)

/** As the protocol writes it. */
private fun sha256(text: String): String = base64(sha256(text.encodeToByteArray()))

private fun hmac(
    key: ByteArray,
    text: String,
): ByteArray =
    Mac.getInstance("HmacSHA256").run {
        init(SecretKeySpec(key, algorithm))
        doFinal(text.encodeToByteArray())
    }
