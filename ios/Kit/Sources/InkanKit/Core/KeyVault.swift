// The phone's keys, as an app implements them. Typed throws: an error that is no `VaultError` does not compile.
import Foundation

/// The opaque name under which a vault keeps a key. Made from random bytes; it tells nothing about the account.
public struct KeyLabel: Hashable, Sendable, CustomStringConvertible {
    /// The text under which the vault stores the key.
    public let value: String

    /// The label of that text.
    public init(_ value: String) {
        self.value = value
    }

    /// The text.
    public var description: String { value }
}

/// What a key is for. It decides how the platform must guard the key.
public enum KeyPurpose: String, CaseIterable, Hashable, Sendable {
    /// Usable in the background, without user verification.
    case possession
    /// User verification on every use.
    case approval
}

/// A platform's statement about a key that it just made.
public struct KeyAttestation: Hashable, Sendable {
    /// Which kind of statement, in the words of `docs/protocol.md`.
    public let format: String
    /// The statement itself.
    public let statement: Data

    /// A statement of these parts.
    public init(format: String, statement: Data) {
        self.format = format
        self.statement = statement
    }

    /// App Attest's statement, as its service gives it.
    public static func appAttest(_ statement: Data) -> KeyAttestation {
        KeyAttestation(format: "apple-appattest", statement: statement)
    }
}

/// What `KeyVault.createKey` made.
public struct CreatedKey: Hashable, Sendable {
    /// The P-256 public key: 65 bytes, uncompressed (`0x04 || x || y`).
    public let publicKey: Data
    /// Where the platform attests keys.
    public let attestation: KeyAttestation?

    /// A key of these parts.
    public init(publicKey: Data, attestation: KeyAttestation? = nil) {
        self.publicKey = publicKey
        self.attestation = attestation
    }
}

/// How the platform says that it verified the user. Its word, not a proof.
public enum UserVerification: String, CaseIterable, Hashable, Sendable {
    /// A fingerprint, a face.
    case biometric
    /// The device's passcode.
    case deviceCredential = "device_credential"
    /// The platform does not say.
    case unknown
}

/// An ECDSA signature over SHA-256 of the message, in the encoding that the platform gives.
public enum KeySignature: Hashable, Sendable {
    /// ASN.1 DER, as Security returns it.
    case der(Data)
    /// `r || s`, 64 bytes.
    case fixed(Data)
}

/// Where a vault keeps its keys.
public enum Protection: String, CaseIterable, Hashable, Sendable {
    /// In this process. Weak: for tests and simulators.
    case software
    /// Trusted execution environment.
    case tee
    /// Android StrongBox.
    case strongBox = "strong_box"
    /// Apple Secure Enclave.
    case secureEnclave = "secure_enclave"
}

/// Why a vault could not do what it was asked.
public enum VaultError: Error, Hashable, Sendable {
    /// The person closed the system's dialog.
    case userCancelled
    /// The system did not recognise the person.
    case userVerificationFailed
    /// The key is gone for good, for example because a face was added.
    case keyInvalidated
    /// There is no key under this label.
    case keyMissing
    /// The device is locked, or has been locked out after failures; later it may work.
    case locked
    /// This device cannot do it at all.
    case unsupported
    /// Anything else, in words for the log: codes, nothing personal.
    case unexpected(reason: String)

    /// Any error as one of these, for a `catch` that takes everything. A cancelled task is a person who went away. Of
    /// an error that is not known, the name of its type alone goes on: its words may be personal.
    public init(catching error: any Error) {
        switch error {
        case let error as VaultError: self = error
        case is CancellationError: self = .userCancelled
        default: self = .unexpected(reason: String(describing: type(of: error)))
        }
    }
}

/// Keys in the phone's hardware, and the wrapping of the store's key.
///
/// Each method is called with a deadline, and from any thread. An answer after the deadline is thrown away, and the
/// task that made it is cancelled.
public protocol KeyVault: Sendable {
    /// Makes a P-256 key under `label`, with `challenge` (32 bytes) in its attestation. An existing key of that label is
    /// replaced.
    func createKey(label: KeyLabel, purpose: KeyPurpose, challenge: Data) async throws(VaultError) -> CreatedKey

    /// Shows `prompt`, verifies the user for the next use of this approval key and for no other, and says how.
    func verifyUser(label: KeyLabel, prompt: String) async throws(VaultError) -> UserVerification

    /// Signs SHA-256 of `message`. An approval key signs once for each `verifyUser`; without one it is
    /// `userVerificationFailed`. The core verifies the signature before it uses it.
    func sign(label: KeyLabel, message: Data) async throws(VaultError) -> KeySignature

    /// Deletes a key; deleting what is not there succeeds.
    func deleteKey(label: KeyLabel) async throws(VaultError)

    /// The labels of all keys, those of an earlier installation included.
    func labels() async throws(VaultError) -> [KeyLabel]

    /// Encrypts the store's key (32 bytes) under a hardware key that never leaves this device.
    func wrap(key: Data) async throws(VaultError) -> Data

    /// The reverse of `wrap`. `keyMissing` or `keyInvalidated` if the hardware key is gone.
    func unwrap(wrapped: Data) async throws(VaultError) -> Data

    /// Where the keys are kept. Read once, when the store is opened.
    func protection() async throws(VaultError) -> Protection
}
