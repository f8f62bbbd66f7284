// A way to the servers, for an app that brings its own. The core has one, with TLS and pins: most apps need none.
package dev.inkan

import java.time.Instant
import kotlin.time.Duration

/**
 * A pinned public key: SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4).
 *
 * @property sha256 the hash, 32 bytes
 * @property notAfter from then on the pin counts for nothing
 */
public class HttpPin(
    public val sha256: ByteArray,
    public val notAfter: Instant?,
)

/**
 * One header.
 *
 * @property name in lower case
 * @property value its value
 */
public data class HttpHeader(
    val name: String,
    val value: String,
)

/**
 * One request.
 *
 * @property method `GET`, `POST`, `PUT`, `PATCH` or `DELETE`
 * @property url an absolute `https` URL
 * @property headers the headers
 * @property body the body; empty for none
 * @property pins while one of these is in date, the server must show a pinned key; else [TransportException.PinMismatch]
 * @property timeout from the first byte to the last
 * @property answerLimit the largest answer that is taken, in bytes
 * @property safeToRepeat whether the server treats a second arrival of the same bytes like the first
 */
public class HttpRequest(
    public val method: String,
    public val url: String,
    public val headers: List<HttpHeader>,
    public val body: ByteArray,
    public val pins: List<HttpPin>,
    public val timeout: Duration,
    public val answerLimit: Long,
    public val safeToRepeat: Boolean,
)

/**
 * One answer, of any status.
 *
 * @property status the status code
 * @property headers the headers
 * @property body the body
 */
public class HttpResponse(
    public val status: Int,
    public val headers: List<HttpHeader>,
    public val body: ByteArray,
)

/** Why there is no answer. */
public sealed class TransportException(
    message: String,
) : Exception(message) {
    /** No connection, or it broke. Whether the server has seen the request is not known. */
    public class Offline : TransportException("no connection to the server")

    /** No complete answer in time. */
    public class TimedOut : TransportException("the server did not answer in time")

    /** Pins are in force and the server showed none of the pinned keys. */
    public class PinMismatch : TransportException("the server's key is not the pinned one")

    /**
     * The secure connection failed: name, validity, issuer or protocol.
     *
     * @property reason words for the log
     */
    public class Tls(
        public val reason: String,
    ) : TransportException(reason)

    /**
     * Anything else: a request that cannot be sent, an answer that is not HTTP or too large.
     *
     * @property reason words for the log
     */
    public class Unexpected(
        public val reason: String,
    ) : TransportException(reason)
}

/**
 * A way to the servers. It must not follow redirections, keep cookies or add headers that name the person.
 *
 * What it throws besides [TransportException] is taken for one of them: an `SSLException` for [TransportException.Tls],
 * a timeout for [TransportException.TimedOut], any other `IOException` for [TransportException.Offline], all else for
 * [TransportException.Unexpected].
 */
public fun interface Transport {
    /** Sends one request. Any status is an answer, not an error. */
    public suspend fun send(request: HttpRequest): HttpResponse
}
