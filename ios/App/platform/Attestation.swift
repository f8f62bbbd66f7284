import CryptoKit
import DeviceCheck
import Foundation
import InkanKit

/// Apple's word that this is our app on a real device, bound to one key: the hash that is attested covers the core's
/// challenge and the key's public half.
///
/// App Attest speaks for the app, not for the key in the Secure Enclave: no call attests such a key itself. Without an
/// answer in time the enrollment goes on without one; the server decides by its policy.
struct Attestation: Sendable {
    private let limit: Duration = .seconds(10)

    func attest(publicKey: Data, challenge: Data) async -> KeyAttestation? {
        let service = DCAppAttestService.shared
        guard service.isSupported else { return nil }
        let digest = Data(SHA256.hash(data: challenge + publicKey))
        return await Deadline.first(within: limit) {
            guard let key = try? await service.generateKey(),
                let statement = try? await service.attestKey(key, clientDataHash: digest)
            else { return nil }
            return KeyAttestation(format: "apple-appattest", statement: statement)
        }
    }
}
