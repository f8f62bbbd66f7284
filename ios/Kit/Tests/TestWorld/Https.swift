// HTTPS for tests that trusts one authority of its own. URLSession on Linux takes no private root, so `openssl s_client`
// makes the connection, one for each request, and HTTP/1.1 is spoken through it.
import Foundation
import InkanKit

/// An answer.
public struct Reply: Sendable, CustomStringConvertible {
    /// The status.
    public let status: Int
    /// Names in lower case.
    public let headers: [HttpHeader]
    /// The body.
    public let body: Data

    /// The body as JSON; null where it is none.
    public var json: Json {
        (try? JSONDecoder().decode(Json.self, from: body)) ?? .null
    }

    /// Status and body.
    public var description: String { "\(status) \(String(decoding: body, as: UTF8.self))" }
}

/// A client that trusts the authority in a file.
public struct Https: Sendable {
    /// There was no answer.
    public struct NoAnswer: Error {
        /// What the program said.
        public let words: String
    }

    let authority: URL
    let scratch: URL

    /// Sends one request and reads the answer. `url`: `https://localhost:PORT/…`.
    public func send(_ method: String, _ url: String, headers: [HttpHeader], body: Data) async throws -> Reply {
        let parts = try Required.value(URLComponents(string: url), "a URL")
        let place = "\(try Required.value(parts.host, "a host")):\(parts.port ?? 443)"
        let path = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(place)\r\nConnection: close\r\n"
        head += "Content-Length: \(body.count)\r\n"
        head += headers.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        let request = scratch.appending(path: UUID().uuidString)
        try (Data(head.utf8) + body).write(to: request)
        defer { try? FileManager.default.removeItem(at: request) }
        let ran = try await run(
            "/usr/bin/openssl",
            [
                "s_client", "-quiet", "-verify_quiet", "-verify_return_error", "-CAfile", authority.path,
                "-servername", "localhost", "-verify_hostname", "localhost", "-connect", place,
            ], input: request)
        return try Self.read(ran)
    }

    private static func read(_ ran: Ran) throws -> Reply {
        guard let gap = ran.output.range(of: Data("\r\n\r\n".utf8)) else {
            throw NoAnswer(words: String(decoding: ran.errors, as: UTF8.self))
        }
        let lines = String(decoding: ran.output[..<gap.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let status = try Required.value(
            lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }, "a status")
        let headers = lines.dropFirst().compactMap { line in
            line.firstIndex(of: ":").map { colon in
                HttpHeader(
                    name: line[..<colon].lowercased(),
                    value: line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
            }
        }
        let rest = Data(ran.output[gap.upperBound...])
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        guard !headers.contains(where: { $0.name == "transfer-encoding" }), length ?? rest.count <= rest.count else {
            throw NoAnswer(words: "an answer that is cut off, or in chunks")
        }
        return Reply(status: status, headers: headers, body: rest.prefix(length ?? rest.count))
    }
}

/// What a test cannot go on without.
public struct Required: Error, CustomStringConvertible {
    /// What is missing.
    public let description: String

    /// Says what is missing.
    public init(description: String) {
        self.description = description
    }

    /// The value, or an error that says what is missing.
    public static func value<Value>(_ value: Value?, _ what: String) throws -> Value {
        guard let value else { throw Required(description: "there is not \(what)") }
        return value
    }
}
