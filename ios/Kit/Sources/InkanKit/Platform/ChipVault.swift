// The rules of a vault over the phone's chip. The app brings the calls to the system, each of which does one thing.
import Foundation

/// The keys in the phone's chip, as the system gives them out: one call each, no rule. An error is what its number means
/// (``KeyFault``).
public protocol KeyChip: Sendable {
    /// What the system hands out when it has verified the person, and what signs then.
    associatedtype Proof: Sendable

    /// Makes a key that never leaves this device, and returns its public half: 65 bytes, X9.63.
    func make(_ tag: String, recipe: KeyRecipe) throws(VaultError) -> Data
    /// Whether a key of that name is there. Asks nobody.
    func exists(_ tag: String) throws(VaultError) -> Bool
    /// The names of all keys that are there.
    func tags() throws(VaultError) -> [String]
    /// Deletes a key; one that is not there is deleted.
    func delete(_ tag: String) throws(VaultError)
    /// Verifies the person for keys of that recipe. Nothing, where the system did not recognise them.
    func verify(_ prompt: String, recipe: KeyRecipe) async throws(VaultError) -> Proof?
    /// Makes a proof worth nothing.
    func end(_ proof: Proof)
    /// Signs SHA-256 of a message, DER. `proof` for a key that asks for the person.
    func sign(_ tag: String, message: Data, proof: Proof?) throws(VaultError) -> Data
    /// Encrypts for a key of this device.
    func encrypt(_ bytes: Data, tag: String) throws(VaultError) -> Data
    /// The reverse.
    func decrypt(_ wrapped: Data, tag: String) throws(VaultError) -> Data
}

/// The phone's keys in its chip, as the core asks for them.
///
/// An approval key signs once for each verification: the proof is kept until the signature takes it, and is then worth
/// nothing. It is for the key of its label alone, and goes when that key is verified for again, replaced or deleted.
public actor ChipVault<Chip: KeyChip>: KeyVault {
    private let chip: Chip
    private let attestation: AppAttestation
    private let kept: Protection
    private var proofs: [KeyLabel: Chip.Proof] = [:]
    private let watch: @Sendable (Bool) -> Void

    /// `watch` is told when the system's dialog comes, and when it has gone.
    public init(
        chip: Chip, attestation: AppAttestation, protection: Protection, watch: @escaping @Sendable (Bool) -> Void
    ) {
        self.chip = chip
        self.attestation = attestation
        kept = protection
        self.watch = watch
    }

    /// Makes a key in place of both that the label may name, with Apple's word beside it where there is one.
    public func createKey(
        label: KeyLabel, purpose: KeyPurpose, challenge: Data
    ) async throws(VaultError) -> CreatedKey {
        try deleteBoth(label)
        let publicKey = try chip.make(KeyTag.of(label, purpose), recipe: .of(purpose))
        return CreatedKey(
            publicKey: publicKey, attestation: await attestation.attest(publicKey: publicKey, challenge: challenge))
    }

    /// Asks the person for the next signature of this key. Of a key that is not there nobody is asked.
    public func verifyUser(label: KeyLabel, prompt: String) async throws(VaultError) -> UserVerification {
        forget(label)
        guard try chip.exists(KeyTag.of(label, .approval)) else { throw .keyMissing }
        watch(true)
        defer { watch(false) }
        guard let proof = try await chip.verify(prompt, recipe: .of(.approval)) else { throw .userVerificationFailed }
        // Two may have asked at once.
        forget(label)
        // Nobody waits for it any more: what the person has said was said of something that is over.
        if Task.isCancelled {
            chip.end(proof)
            throw .userCancelled
        }
        proofs[label] = proof
        // Which of face, finger and passcode it was, the system does not say for an access control.
        return .unknown
    }

    /// Signs: a possession key by itself, an approval key with the proof of the person, once.
    public func sign(label: KeyLabel, message: Data) async throws(VaultError) -> KeySignature {
        if try chip.exists(KeyTag.of(label, .possession)) {
            return .der(try chip.sign(KeyTag.of(label, .possession), message: message, proof: nil))
        }
        let approval = KeyTag.of(label, .approval)
        guard let proof = proofs.removeValue(forKey: label) else {
            throw try chip.exists(approval) ? .userVerificationFailed : .keyMissing
        }
        defer { chip.end(proof) }
        return .der(try chip.sign(approval, message: message, proof: proof))
    }

    /// Deletes both keys that the label may name.
    public func deleteKey(label: KeyLabel) async throws(VaultError) {
        try deleteBoth(label)
    }

    /// The labels of our keys.
    public func labels() async throws(VaultError) -> [KeyLabel] {
        try chip.tags().compactMap(KeyTag.label(in:))
    }

    /// Encrypts the store's key. The key for it is made at the first time.
    public func wrap(key: Data) async throws(VaultError) -> Data {
        if try !chip.exists(KeyTag.wrapping) { _ = try chip.make(KeyTag.wrapping, recipe: .wrapping) }
        return try chip.encrypt(key, tag: KeyTag.wrapping)
    }

    /// Decrypts the store's key. Makes no key: what another one has wrapped it could not open.
    public func unwrap(wrapped: Data) async throws(VaultError) -> Data {
        try chip.decrypt(wrapped, tag: KeyTag.wrapping)
    }

    /// Where the keys are.
    public func protection() async throws(VaultError) -> Protection {
        kept
    }

    /// Both are tried, whatever becomes of the first.
    private func deleteBoth(_ label: KeyLabel) throws(VaultError) {
        forget(label)
        var failed: VaultError?
        for tag in KeyTag.all(label) {
            do { try chip.delete(tag) } catch { failed = failed ?? error }
        }
        if let failed { throw failed }
    }

    private func forget(_ label: KeyLabel) {
        if let proof = proofs.removeValue(forKey: label) { chip.end(proof) }
    }
}
