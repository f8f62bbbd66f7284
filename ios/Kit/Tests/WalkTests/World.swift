// One server for all walks but those that kill it. Each walk has customers of its own.
import Foundation
import InkanKit
import TestWorld

enum World {
    private static let starting = Task { try await LiveServer.start() }

    /// The server that all walks share.
    static func shared() async throws -> LiveServer {
        try await starting.value
    }

    /// A customer whom no other test knows.
    static func customer() -> String {
        "c-\(UUID().uuidString.lowercased())"
    }

    /// An enrolled phone, and what belongs to it.
    static func enrolled(
        cuts: Bool = false
    ) async throws -> (server: LiveServer, broker: Broker, user: String, phone: Phone, account: AccountId) {
        let server = try await shared()
        let (broker, user) = (Broker(server), customer())
        let phone = try await Phone.make(server, cuts: cuts)
        let account = try await phone.enroll(broker, user)
        return (server, broker, user, phone, account)
    }
}

/// The error of a call that has to fail.
func failure<Value: Sendable>(_ call: () async throws -> Value) async throws -> InkanError {
    let value: Value
    do {
        value = try await call()
    } catch let error as InkanError {
        return error
    }
    throw Required(description: "an error, but there was \(value)")
}
