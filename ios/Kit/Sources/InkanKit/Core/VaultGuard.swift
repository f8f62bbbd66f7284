// Between an app's key vault and the core: the only way in, so that the core meets no error that it does not know.
import Foundation
internal import InkanCore

/// An app's vault, as the core sees it.
final class VaultGuard: InkanCore.KeyVault {
    private let vault: any KeyVault

    init(_ vault: any KeyVault) {
        self.vault = vault
    }

    func createKey(
        label: String, purpose: InkanCore.KeyPurpose, challenge: Data
    ) async throws -> InkanCore.CreatedKey {
        try await guarded { () async throws(VaultError) in
            try await vault.createKey(label: KeyLabel(label), purpose: KeyPurpose(purpose), challenge: challenge)
        }.core
    }

    func verifyUser(label: String, prompt: String) async throws -> InkanCore.UserVerification {
        try await guarded { () async throws(VaultError) in
            try await vault.verifyUser(label: KeyLabel(label), prompt: prompt)
        }.core
    }

    func sign(label: String, message: Data) async throws -> InkanCore.KeySignature {
        try await guarded { () async throws(VaultError) in
            try await vault.sign(label: KeyLabel(label), message: message)
        }.core
    }

    /// Returns the label, for the core takes no empty answer for a success.
    func deleteKey(label: String) async throws -> String {
        try await guarded { () async throws(VaultError) in
            try await vault.deleteKey(label: KeyLabel(label))
        }
        return label
    }

    func labels() async throws -> [String] {
        try await guarded { () async throws(VaultError) in
            try await vault.labels()
        }.map(\.value)
    }

    func wrap(key: Data) async throws -> Data {
        try await guarded { () async throws(VaultError) in
            try await vault.wrap(key: key)
        }
    }

    func unwrap(wrapped: Data) async throws -> Data {
        try await guarded { () async throws(VaultError) in
            try await vault.unwrap(wrapped: wrapped)
        }
    }

    func protection() async throws -> InkanCore.Protection {
        try await guarded { () async throws(VaultError) in
            try await vault.protection()
        }.core
    }
}

/// Runs a vault's method and gives its error in the core's type.
private func guarded<Value>(_ body: () async throws(VaultError) -> Value) async throws(InkanCore.VaultError) -> Value {
    do {
        return try await body()
    } catch {
        throw error.core
    }
}

extension VaultError {
    var core: InkanCore.VaultError {
        switch self {
        case .userCancelled: .UserCancelled
        case .userVerificationFailed: .UserVerificationFailed
        case .keyInvalidated: .KeyInvalidated
        case .keyMissing: .KeyMissing
        case .locked: .Locked
        case .unsupported: .Unsupported
        case .unexpected(let reason): .Unexpected(reason: reason)
        }
    }

    init(_ core: InkanCore.VaultError) {
        switch core {
        case .UserCancelled: self = .userCancelled
        case .UserVerificationFailed: self = .userVerificationFailed
        case .KeyInvalidated: self = .keyInvalidated
        case .KeyMissing: self = .keyMissing
        case .Locked: self = .locked
        case .Unsupported: self = .unsupported
        case .Unexpected(let reason): self = .unexpected(reason: reason)
        }
    }
}

extension KeyPurpose {
    init(_ core: InkanCore.KeyPurpose) {
        switch core {
        case .possession: self = .possession
        case .approval: self = .approval
        }
    }

    var core: InkanCore.KeyPurpose {
        switch self {
        case .possession: .possession
        case .approval: .approval
        }
    }
}

extension CreatedKey {
    var core: InkanCore.CreatedKey {
        InkanCore.CreatedKey(
            publicKey: publicKey,
            attestation: attestation.map { InkanCore.KeyAttestation(format: $0.format, statement: $0.statement) })
    }

    init(_ core: InkanCore.CreatedKey) {
        self.init(
            publicKey: core.publicKey,
            attestation: core.attestation.map { KeyAttestation(format: $0.format, statement: $0.statement) })
    }
}

extension UserVerification {
    var core: InkanCore.UserVerification {
        switch self {
        case .biometric: .biometric
        case .deviceCredential: .deviceCredential
        case .unknown: .unknown
        }
    }

    init(_ core: InkanCore.UserVerification) {
        switch core {
        case .biometric: self = .biometric
        case .deviceCredential: self = .deviceCredential
        case .unknown: self = .unknown
        }
    }
}

extension KeySignature {
    var core: InkanCore.KeySignature {
        switch self {
        case .der(let bytes): .der(bytes)
        case .fixed(let bytes): .fixed(bytes)
        }
    }

    init(_ core: InkanCore.KeySignature) {
        switch core {
        case .der(let bytes): self = .der(bytes)
        case .fixed(let bytes): self = .fixed(bytes)
        }
    }
}

extension Protection {
    var core: InkanCore.Protection {
        switch self {
        case .software: .software
        case .tee: .tee
        case .strongBox: .strongBox
        case .secureEnclave: .secureEnclave
        }
    }

    init(_ core: InkanCore.Protection) {
        switch core {
        case .software: self = .software
        case .tee: self = .tee
        case .strongBox: self = .strongBox
        case .secureEnclave: self = .secureEnclave
        }
    }
}
