// The relying party's backend: it speaks the public API, JSON in and out, and knows nothing else of the server.
import Foundation
import InkanKit

/// A relying party's backend.
public struct Broker: Sendable {
    /// Whose public API it speaks.
    public let server: LiveServer

    /// The backend of a server.
    public init(_ server: LiveServer) {
        self.server = server
    }

    /// Any call.
    public func call(_ method: String, _ path: String, _ body: Json? = nil) async throws -> Reply {
        var headers = [HttpHeader(name: "authorization", value: "Bearer \(server.key)")]
        if body != nil { headers.append(HttpHeader(name: "content-type", value: "application/json")) }
        let bytes = try body.map { try JSONEncoder().encode($0) } ?? Data()
        return try await server.https.send(method, server.origin + path, headers: headers, body: bytes)
    }

    /// A call that has to succeed.
    public func ok(_ method: String, _ path: String, _ body: Json? = nil) async throws -> Json {
        let reply = try await call(method, path, body)
        guard (200..<300).contains(reply.status) else { throw Required(description: "\(method) \(path): \(reply)") }
        return reply.json
    }

    /// Begins an enrollment, after an identity proof.
    public func begin(_ user: String, by method: String = "identity_proof") async throws -> Begun {
        let all = try await ok(
            "POST", "/v1/enrollments",
            [
                "user": .text(user), "display_name": "山田 *郎 様（***1234）",
                "authentication": ["methods": [.text(method)], "at": .text(Date.now.formatted(.iso8601))],
            ])
        return Begun(
            id: try Required.value(all["id"].text, "an id"), uri: try Required.value(all["uri"].text, "a uri"),
            typedCode: try Required.value(all["typed_code"].text, "a typed code"))
    }

    /// The customer types the six digits into the page.
    public func confirm(_ begun: Begun, digits: String) async throws -> Reply {
        try await call("POST", "/v1/enrollments/\(begun.id)/confirm", ["code": .text(digits)])
    }

    /// Asks a customer: a withdrawal of ¥1,250,000, in mode `number`, unless `more` says otherwise.
    public func ask(_ user: String, _ more: [String: Json] = [:]) async throws -> Asked {
        var body: Json = [
            "user": .text(user), "operation": "withdrawal", "expires_in": 120, "start": "number",
            "details": [
                ["type": "amount", "value": "1250000", "currency": "JPY"],
                [
                    "type": "bank_account", "bank": "みほん銀行", "branch": "銀座支店", "kind": "普通",
                    "masked": "***4567", "id": "b-1",
                ],
            ],
            "origin": [
                "ip": "203.0.113.24", "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0",
                "session": "s-1",
            ],
        ]
        for (member, value) in more { body = body.with(member, value) }
        let all = try await ok("POST", "/v1/challenges", body)
        return Asked(challenge: ChallengeId(try Required.value(all["id"].text, "an id")), all: all)
    }

    /// Where a challenge stands.
    public func state(_ asked: Asked) async throws -> String? {
        try await ok("GET", "/v1/challenges/\(asked.challenge)")["state"].text
    }

    /// Redeems an approval.
    public func redeem(_ asked: Asked, _ body: Json = [:]) async throws -> Reply {
        try await call("POST", "/v1/challenges/\(asked.challenge)/redeem", body)
    }

    /// The code of the moment, as the page shows it.
    public func scanCode(_ asked: Asked) async throws -> String {
        let address = try Required.value(asked.all["scan_url"].text, "a scan_url")
        let reply = try await server.https.send("GET", address, headers: [], body: Data())
        return try readCode(svg: String(decoding: reply.body, as: UTF8.self))
    }

    /// The customer's devices.
    public func devices(_ user: String) async throws -> [Json] {
        try await ok("GET", "/v1/users/\(user)/devices")["data"].list
    }
}

/// An enrollment that has begun, as the page gets it.
public struct Begun: Sendable {
    /// Its id at the server.
    public let id: String
    /// What the code says.
    public let uri: String
    /// What is typed where no code can be scanned.
    public let typedCode: String
}

/// What the page has in hand once it has asked.
public struct Asked: Sendable {
    /// Which challenge.
    public let challenge: ChallengeId
    /// Everything that was answered.
    public let all: Json

    /// What the page shows and the customer types.
    public var number: String { all["number"].text ?? "" }

    /// A number of the same length that is not the right one.
    public var wrongNumber: String {
        String(number.map { $0 == "9" ? "0" : Character(String((Int(String($0)) ?? 0) + 1)) })
    }

    /// What opens the app.
    public var link: String { all["link"].text ?? "" }
}
