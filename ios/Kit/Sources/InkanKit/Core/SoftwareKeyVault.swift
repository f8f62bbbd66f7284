// The weak vault, for tests and simulators.
import Foundation
internal import InkanCore

/// Keys in this process, in a folder or in memory. Weak: they can be copied, and nobody is asked. Verdicts say so.
public final class SoftwareKeyVault: KeyVault {
    private let core: any InkanCore.KeyVault

    /// A vault over the keys in `folder`, which exists; without one, in memory.
    public init(folder: URL? = nil) throws(VaultError) {
        do {
            core = try InkanCore.softwareVault(folder: folder?.path)
        } catch {
            throw VaultError(fromCore: error)
        }
    }

    /// Makes a key.
    public func createKey(
        label: KeyLabel, purpose: KeyPurpose, challenge: Data
    ) async throws(VaultError) -> CreatedKey {
        CreatedKey(
            try await said { try await $0.createKey(label: label.value, purpose: purpose.core, challenge: challenge) })
    }

    /// Asks nobody, and says so.
    public func verifyUser(label: KeyLabel, prompt: String) async throws(VaultError) -> UserVerification {
        UserVerification(try await said { try await $0.verifyUser(label: label.value, prompt: prompt) })
    }

    /// Signs.
    public func sign(label: KeyLabel, message: Data) async throws(VaultError) -> KeySignature {
        KeySignature(try await said { try await $0.sign(label: label.value, message: message) })
    }

    /// Deletes a key.
    public func deleteKey(label: KeyLabel) async throws(VaultError) {
        _ = try await said { try await $0.deleteKey(label: label.value) }
    }

    /// The labels of all keys.
    public func labels() async throws(VaultError) -> [KeyLabel] {
        try await said { try await $0.labels() }.map(KeyLabel.init)
    }

    /// Encrypts under a key that lies beside the others.
    public func wrap(key: Data) async throws(VaultError) -> Data {
        try await said { try await $0.wrap(key: key) }
    }

    /// The reverse.
    public func unwrap(wrapped: Data) async throws(VaultError) -> Data {
        try await said { try await $0.unwrap(wrapped: wrapped) }
    }

    /// Software.
    public func protection() async throws(VaultError) -> Protection {
        Protection(try await said { try await $0.protection() })
    }

    private func said<Value>(
        _ body: (any InkanCore.KeyVault) async throws -> Value
    ) async throws(VaultError) -> Value {
        do {
            return try await body(core)
        } catch {
            throw VaultError(fromCore: error)
        }
    }
}

extension VaultError {
    fileprivate init(fromCore error: any Error) {
        if let error = error as? InkanCore.VaultError { self.init(error) } else { self.init(catching: error) }
    }
}
