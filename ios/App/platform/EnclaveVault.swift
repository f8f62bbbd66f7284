import Foundation
import InkanKit
import LocalAuthentication

/// The phone's keys in the Secure Enclave, as the core asks for them.
///
/// An approval key signs once for each verification: the context in which the person was verified is kept until the
/// signature takes it, and is then invalid.
actor EnclaveVault: KeyVault {
    private let keys = EnclaveKeys()
    private let attestation = Attestation()
    private var verified: [KeyLabel: LAContext] = [:]
    private let watch: @Sendable (Bool) -> Void

    /// `watch` is told when the system's dialog comes, and when it has gone.
    init(watch: @escaping @Sendable (Bool) -> Void) {
        self.watch = watch
    }

    func createKey(label: KeyLabel, purpose: KeyPurpose, challenge: Data) async throws(VaultError) -> CreatedKey {
        for tag in KeyTag.all(label) { try keys.delete(tag) }
        let publicKey = try keys.make(KeyTag.of(label, purpose), recipe: .of(purpose))
        return CreatedKey(
            publicKey: publicKey, attestation: await attestation.attest(publicKey: publicKey, challenge: challenge))
    }

    func verifyUser(label: KeyLabel, prompt: String) async throws(VaultError) -> UserVerification {
        forgetVerification(of: label)
        let tag = KeyTag.of(label, .approval)
        guard try keys.exists(tag) else { throw .keyMissing }
        let context = LAContext()
        context.localizedReason = prompt
        context.touchIDAuthenticationAllowableReuseDuration = 0
        let access = try keys.access(.of(.approval))
        watch(true)
        defer { watch(false) }
        do {
            guard try await context.evaluateAccessControl(access, operation: .useKeySign, localizedReason: prompt)
            else {
                throw VaultError.userVerificationFailed
            }
        } catch {
            throw EnclaveKeys.meaning(of: error)
        }
        verified[label] = context
        // Which of the two it was, the system does not say for an access control.
        return .unknown
    }

    func sign(label: KeyLabel, message: Data) async throws(VaultError) -> KeySignature {
        if try keys.exists(KeyTag.of(label, .possession)) {
            return .der(try keys.sign(KeyTag.of(label, .possession), message: message, context: nil))
        }
        guard let context = verified.removeValue(forKey: label) else {
            throw try keys.exists(KeyTag.of(label, .approval)) ? .userVerificationFailed : .keyMissing
        }
        defer { context.invalidate() }
        return .der(try keys.sign(KeyTag.of(label, .approval), message: message, context: context))
    }

    func deleteKey(label: KeyLabel) async throws(VaultError) {
        forgetVerification(of: label)
        for tag in KeyTag.all(label) { try keys.delete(tag) }
    }

    func labels() async throws(VaultError) -> [KeyLabel] {
        try keys.tags().compactMap(KeyTag.label(in:))
    }

    func wrap(key: Data) async throws(VaultError) -> Data {
        if try !keys.exists(KeyTag.wrapping) { _ = try keys.make(KeyTag.wrapping, recipe: .wrapping) }
        return try keys.encrypt(key, tag: KeyTag.wrapping)
    }

    func unwrap(wrapped: Data) async throws(VaultError) -> Data {
        try keys.decrypt(wrapped, tag: KeyTag.wrapping)
    }

    func protection() async throws(VaultError) -> Protection {
        .secureEnclave
    }

    private func forgetVerification(of label: KeyLabel) {
        verified.removeValue(forKey: label)?.invalidate()
    }
}
