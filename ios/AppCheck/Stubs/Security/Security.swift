// Security: keys of the keychain and the Secure Enclave.
@_exported import AppleFoundation

public final class SecKey {}
public func SecKeyGetTypeID() -> CFTypeID { stub() }
public final class SecAccessControl {}
public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let biometryCurrentSet = Self(rawValue: 1 << 3)  // iOS 11.3
    public static let devicePasscode = Self(rawValue: 1 << 4)
    public static let or = Self(rawValue: 1 << 14)
    public static let privateKeyUsage = Self(rawValue: 1 << 30)
}
public struct SecKeyAlgorithm: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let ecdsaSignatureMessageX962SHA256 = Self(rawValue: "")
    public static let eciesEncryptionCofactorVariableIVX963SHA256AESGCM = Self(rawValue: "")  // iOS 11
}
// Constants of type CFString: shared globals of the C header.
nonisolated(unsafe) public let kSecAttrKeyType: CFString = ""
nonisolated(unsafe) public let kSecAttrKeyTypeECSECPrimeRandom: CFString = ""
nonisolated(unsafe) public let kSecAttrKeySizeInBits: CFString = ""
nonisolated(unsafe) public let kSecAttrTokenID: CFString = ""
nonisolated(unsafe) public let kSecAttrTokenIDSecureEnclave: CFString = ""
nonisolated(unsafe) public let kSecPrivateKeyAttrs: CFString = ""
nonisolated(unsafe) public let kSecAttrIsPermanent: CFString = ""
nonisolated(unsafe) public let kSecAttrApplicationTag: CFString = ""
nonisolated(unsafe) public let kSecAttrAccessControl: CFString = ""
nonisolated(unsafe) public let kSecClass: CFString = ""
nonisolated(unsafe) public let kSecClassKey: CFString = ""
nonisolated(unsafe) public let kSecReturnRef: CFString = ""
nonisolated(unsafe) public let kSecReturnAttributes: CFString = ""
nonisolated(unsafe) public let kSecMatchLimit: CFString = ""
nonisolated(unsafe) public let kSecMatchLimitAll: CFString = ""
nonisolated(unsafe) public let kSecUseAuthenticationContext: CFString = ""
nonisolated(unsafe) public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly: CFString = ""
nonisolated(unsafe) public let kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly: CFString = ""
public let errSecSuccess: OSStatus = 0
public let errSecItemNotFound: OSStatus = -25300
public let errSecInteractionNotAllowed: OSStatus = -25308
public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ protection: CFTypeRef, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecAccessControl? { stub() }
public func SecKeyCreateRandomKey(
    _ parameters: CFDictionary, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecKey? { stub() }
public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { stub() }
public func SecKeyCopyExternalRepresentation(
    _ key: SecKey, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecKeyCreateSignature(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ dataToSign: CFData,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecKeyCreateEncryptedData(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ plaintext: CFData,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecKeyCreateDecryptedData(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ ciphertext: CFData,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { stub() }
public func SecItemCopyMatching(
    _ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?
) -> OSStatus { stub() }
