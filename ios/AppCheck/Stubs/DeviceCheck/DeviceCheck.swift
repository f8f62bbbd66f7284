// DeviceCheck's App Attest, iOS 14.
@_exported import AppleFoundation

open class DCAppAttestService: NSObject, @unchecked Sendable {
    public class var shared: DCAppAttestService { stub() }
    open var isSupported: Bool { stub() }
    open func generateKey() async throws -> String { stub() }
    open func attestKey(_ keyId: String, clientDataHash: Data) async throws -> Data { stub() }
}
