// Vaults, transports and clocks that go wrong, as an app could write them, and as the generated code would let them in.
import Foundation
import InkanCore
import InkanKit
import TestWorld

/// An error of the app's own that the core knows nothing of. Its words are somebody's secret.
struct Undeclared: Error, CustomStringConvertible {
    let description = "secret detail"
}

/// A vault of the generated code, without a guard: only where it says its protection does it do anything.
final class BareVault: InkanCore.KeyVault {
    private let fails: @Sendable () async throws -> InkanCore.Protection
    private let keys: any InkanCore.KeyVault

    init(_ fails: @escaping @Sendable () async throws -> InkanCore.Protection) throws {
        self.fails = fails
        keys = try InkanCore.softwareVault(folder: nil)
    }

    func protection() async throws -> InkanCore.Protection { try await fails() }
    func createKey(
        label: String, purpose: InkanCore.KeyPurpose, challenge: Data
    ) async throws -> InkanCore.CreatedKey {
        try await keys.createKey(label: label, purpose: purpose, challenge: challenge)
    }
    func verifyUser(label: String, prompt: String) async throws -> InkanCore.UserVerification {
        try await keys.verifyUser(label: label, prompt: prompt)
    }
    func sign(label: String, message: Data) async throws -> InkanCore.KeySignature {
        try await keys.sign(label: label, message: message)
    }
    func deleteKey(label: String) async throws -> String { try await keys.deleteKey(label: label) }
    func labels() async throws -> [String] { try await keys.labels() }
    func wrap(key: Data) async throws -> Data { try await keys.wrap(key: key) }
    func unwrap(wrapped: Data) async throws -> Data { try await keys.unwrap(wrapped: wrapped) }
}

/// The same through the façade.
struct OwnVault: InkanKit.KeyVault {
    let keys: SoftwareKeyVault
    let fails: @Sendable () async throws -> InkanKit.Protection
    let unwrapping: InkanKit.VaultError?

    init(_ fails: @escaping @Sendable () async throws -> InkanKit.Protection) throws {
        self.fails = fails
        keys = try SoftwareKeyVault()
        unwrapping = nil
    }

    /// These keys, but the store's key cannot be had.
    init(_ keys: SoftwareKeyVault, unwrapping: InkanKit.VaultError) {
        self.keys = keys
        self.unwrapping = unwrapping
        fails = { .software }
    }

    func protection() async throws(InkanKit.VaultError) -> InkanKit.Protection {
        do { return try await fails() } catch { throw InkanKit.VaultError(catching: error) }
    }
    func createKey(
        label: InkanKit.KeyLabel, purpose: InkanKit.KeyPurpose, challenge: Data
    ) async throws(InkanKit.VaultError) -> InkanKit.CreatedKey {
        try await keys.createKey(label: label, purpose: purpose, challenge: challenge)
    }
    func verifyUser(
        label: InkanKit.KeyLabel, prompt: String
    ) async throws(InkanKit.VaultError) -> InkanKit.UserVerification {
        try await keys.verifyUser(label: label, prompt: prompt)
    }
    func sign(label: InkanKit.KeyLabel, message: Data) async throws(InkanKit.VaultError) -> InkanKit.KeySignature {
        try await keys.sign(label: label, message: message)
    }
    func deleteKey(label: InkanKit.KeyLabel) async throws(InkanKit.VaultError) {
        try await keys.deleteKey(label: label)
    }
    func labels() async throws(InkanKit.VaultError) -> [InkanKit.KeyLabel] { try await keys.labels() }
    func wrap(key: Data) async throws(InkanKit.VaultError) -> Data { try await keys.wrap(key: key) }
    func unwrap(wrapped: Data) async throws(InkanKit.VaultError) -> Data {
        if let unwrapping { throw unwrapping }
        return try await keys.unwrap(wrapped: wrapped)
    }
}

/// A transport of the generated code, without a guard.
final class BareTransport: InkanCore.Transport {
    private let answer: @Sendable () async throws -> InkanCore.HttpResponse

    init(_ answer: @escaping @Sendable () async throws -> InkanCore.HttpResponse) {
        self.answer = answer
    }

    func send(request: InkanCore.HttpRequest) async throws -> InkanCore.HttpResponse { try await answer() }
}

/// The same through the façade.
struct OwnTransport: InkanKit.Transport {
    let answer: @Sendable (InkanKit.HttpRequest) async throws -> InkanKit.HttpResponse

    func send(_ request: InkanKit.HttpRequest) async throws -> InkanKit.HttpResponse { try await answer(request) }
}

/// A clock that says one time.
struct StoppedClock: InkanKit.Clock {
    let time: Date
    func now() -> Date { time }
}

let someone = InkanKit.Profile(name: "a", model: "b", os: "c", appVersion: "1", language: .en)

/// An enrollment link of the right form, to a server that nobody asks.
let wellFormedLink: String = {
    let value = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"
    return "https://auth.mirai.example/e#v=1&t=\(value)&s=\(value)&k=\(value)&n=7"
}()

/// What the façade makes of a transport's answer to the first request of an enrollment.
func enrollmentError(
    _ answer: @escaping @Sendable (InkanKit.HttpRequest) async throws -> InkanKit.HttpResponse
) async throws -> InkanKit.InkanError {
    let app = try await open(transport: OwnTransport(answer: answer))
    do {
        _ = try await app.beginEnrollment(wellFormedLink)
    } catch let error as InkanKit.InkanError {
        return error
    }
    throw Required(description: "an error")
}

/// An authenticator over keys in memory and a store in a folder of its own.
func open(
    vault: (any InkanKit.KeyVault)? = nil, clock: (any InkanKit.Clock)? = nil,
    transport: (any InkanKit.Transport)? = nil
) async throws -> InkanKit.Authenticator {
    let vault = try vault ?? SoftwareKeyVault()
    let store = try await InkanKit.InkanStore.open(folder: temporaryFolder(), vault: vault, clock: clock)
    return try await InkanKit.Authenticator.open(store: store, profile: someone, options: .init(transport: transport))
}
