// Apple's word that this is our app on a real device, bound to one key.
import Foundation

/// The system's service for it: one call each.
public protocol AppAttester: Sendable {
    /// Whether this device has it.
    var isSupported: Bool { get }
    /// A statement over SHA-256 of these bytes, by a key that is made for it.
    func statement(over bytes: Data) async throws -> Data
}

/// What is attested, and how long is waited for it.
///
/// App Attest speaks for the app, not for the key in the chip: no call attests such a key itself. So what is attested
/// covers the core's challenge and the key's public half, in this order. Without an answer in time the enrollment goes on
/// without one; the server decides by its policy.
public struct AppAttestation: Sendable {
    private let attester: any AppAttester
    private let limit: Duration

    /// By this service.
    public init(_ attester: any AppAttester, limit: Duration = .seconds(10)) {
        self.attester = attester
        self.limit = limit
    }

    /// The statement for a key, or nothing.
    public func attest(publicKey: Data, challenge: Data) async -> KeyAttestation? {
        guard attester.isSupported else { return nil }
        return await Deadline.first(within: limit) { [attester] in
            guard let statement = try? await attester.statement(over: challenge + publicKey) else { return nil }
            return .appAttest(statement)
        }
    }
}
