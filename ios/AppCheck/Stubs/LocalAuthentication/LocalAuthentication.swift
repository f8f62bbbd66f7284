// LocalAuthentication. `LAContext` is documented as usable from any thread.
@_exported import AppleFoundation
import Security

public enum LAAccessControlOperation: Int, Sendable {
    case createItem, useItem, createKey, useKeySign, useKeyDecrypt, useKeyKeyExchange
}
open class LAContext: NSObject, @unchecked Sendable {
    open var localizedReason: String { get { stub() } set {} }  // iOS 11
    open var touchIDAuthenticationAllowableReuseDuration: TimeInterval { get { stub() } set {} }
    open func evaluateAccessControl(
        _ accessControl: SecAccessControl, operation: LAAccessControlOperation, localizedReason: String
    ) async throws -> Bool { stub() }
    open func invalidate() {}
}
