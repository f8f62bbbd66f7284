// A way to the servers, for an app that brings its own. The core has one, with TLS and pins: most apps need none.
import Foundation

/// A pinned public key: SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4).
public struct HttpPin: Hashable, Sendable {
    /// The hash, 32 bytes.
    public let sha256: Data
    /// From then on the pin counts for nothing.
    public let notAfter: Date?

    /// A pin of these parts.
    public init(sha256: Data, notAfter: Date?) {
        self.sha256 = sha256
        self.notAfter = notAfter
    }
}

/// A header, its name in lower case.
public struct HttpHeader: Hashable, Sendable {
    /// The name, in lower case.
    public let name: String
    /// The value.
    public let value: String

    /// A header of these parts.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// One request.
public struct HttpRequest: Hashable, Sendable {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    public let method: String
    /// An absolute `https` URL.
    public let url: String
    /// The headers.
    public let headers: [HttpHeader]
    /// The body; empty for none.
    public let body: Data
    /// While one of these is in date, the server must show a pinned key; else `TransportError.pinMismatch`.
    public let pins: [HttpPin]
    /// Seconds from the first byte to the last.
    public let timeout: TimeInterval
    /// The largest answer that is taken, in bytes.
    public let answerLimit: Int
    /// Whether the server treats a second arrival of the same bytes like the first.
    public let safeToRepeat: Bool

    /// A request of these parts, for tests.
    public init(
        method: String, url: String, headers: [HttpHeader], body: Data, pins: [HttpPin], timeout: TimeInterval,
        answerLimit: Int, safeToRepeat: Bool
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.pins = pins
        self.timeout = timeout
        self.answerLimit = answerLimit
        self.safeToRepeat = safeToRepeat
    }
}

/// One answer, of any status.
public struct HttpResponse: Hashable, Sendable {
    /// The status code.
    public let status: Int
    /// The headers.
    public let headers: [HttpHeader]
    /// The body.
    public let body: Data

    /// An answer of these parts.
    public init(status: Int, headers: [HttpHeader], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why there is no answer.
public enum TransportError: Error, Hashable, Sendable {
    /// No connection, or it broke. Whether the server has seen the request is not known.
    case offline
    /// No complete answer in time.
    case timedOut
    /// Pins are in force and the server showed none of the pinned keys.
    case pinMismatch
    /// The secure connection failed: name, validity, issuer or protocol.
    case tls(reason: String)
    /// Anything else: a request that cannot be sent, an answer that is not HTTP or too large.
    case unexpected(reason: String)
}

/// A way to the servers. It must not follow redirections, keep cookies or add headers that name the person.
///
/// Other errors than `TransportError` are taken for one of them: those of `URLError` that say so for no connection,
/// no answer in time, or no secure connection; any other for `unexpected`.
public protocol Transport: Sendable {
    /// Sends one request. Any status is an answer, not an error.
    func send(_ request: HttpRequest) async throws -> HttpResponse
}
