import CryptoKit
import DeviceCheck
import Foundation
import InkanKit

/// App Attest's calls.
struct AttestService: AppAttester {
    var isSupported: Bool { DCAppAttestService.shared.isSupported }

    func statement(over bytes: Data) async throws -> Data {
        let service = DCAppAttestService.shared
        let key = try await service.generateKey()
        return try await service.attestKey(key, clientDataHash: Data(SHA256.hash(data: bytes)))
    }
}
