import Foundation
import InkanKit
import LocalAuthentication
import Security

/// Security's and LocalAuthentication's calls for keys in the Secure Enclave. Each throws what the number of its error
/// means; which number means what is `KeyFault`'s, and when which is called is `ChipVault`'s.
struct EnclaveKeys: KeyChip {
    private let wrapping = SecKeyAlgorithm.eciesEncryptionCofactorVariableIVX963SHA256AESGCM

    func make(_ tag: String, recipe: KeyRecipe) throws(VaultError) -> Data {
        let attributes: [String: Any] = [
            kSecAttrKeyType as String: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeySizeInBits as String: 256,
            kSecAttrTokenID as String: kSecAttrTokenIDSecureEnclave,
            kSecPrivateKeyAttrs as String: [
                kSecAttrIsPermanent as String: true,
                kSecAttrApplicationTag as String: Data(tag.utf8),
                kSecAttrAccessControl as String: try access(recipe),
            ] as [String: Any],
        ]
        var error: Unmanaged<CFError>?
        guard let key = SecKeyCreateRandomKey(attributes as CFDictionary, &error) else {
            throw KeyFault.whenMaking(status: Self.code(of: error))
        }
        return try publicBytes(of: key)
    }

    /// What stands before the use of a key.
    private func access(_ recipe: KeyRecipe) throws(VaultError) -> SecAccessControl {
        let protection: CFString =
            switch recipe.access {
            case .afterFirstUnlock: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            case .whenPasscodeSet: kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly
            }
        let flags: SecAccessControlCreateFlags =
            switch recipe.guards {
            case .none: [.privateKeyUsage]
            case .currentBiometricsOrPasscode: [.privateKeyUsage, .biometryCurrentSet, .or, .devicePasscode]
            }
        var error: Unmanaged<CFError>?
        guard let access = SecAccessControlCreateWithFlags(kCFAllocatorDefault, protection, flags, &error) else {
            throw KeyFault.whenMaking(status: Self.code(of: error))
        }
        return access
    }

    func exists(_ tag: String) throws(VaultError) -> Bool {
        try KeyFault.isThere(status: Int(SecItemCopyMatching(query(tag) as CFDictionary, nil)))
    }

    func tags() throws(VaultError) -> [String] {
        let query: [String: Any] = [
            kSecClass as String: kSecClassKey,
            kSecAttrTokenID as String: kSecAttrTokenIDSecureEnclave,
            kSecMatchLimit as String: kSecMatchLimitAll,
            kSecReturnAttributes as String: true,
        ]
        var found: CFTypeRef?
        guard try KeyFault.found(status: Int(SecItemCopyMatching(query as CFDictionary, &found))) else { return [] }
        let items = found as? [[String: Any]] ?? []
        return items.compactMap { $0[kSecAttrApplicationTag as String] as? Data }.compactMap {
            String(data: $0, encoding: .utf8)
        }
    }

    func delete(_ tag: String) throws(VaultError) {
        _ = try KeyFault.found(status: Int(SecItemDelete(query(tag) as CFDictionary)))
    }

    /// The context in which the person is verified, for whatever signs in it next.
    func verify(_ prompt: String, recipe: KeyRecipe) async throws(VaultError) -> LAContext? {
        let context = LAContext()
        context.localizedReason = prompt
        context.touchIDAuthenticationAllowableReuseDuration = 0
        let access = try access(recipe)
        do {
            return try await context.evaluateAccessControl(access, operation: .useKeySign, localizedReason: prompt)
                ? context : nil
        } catch {
            throw Self.meaning(of: error)
        }
    }

    func end(_ proof: LAContext) { proof.invalidate() }

    func sign(_ tag: String, message: Data, proof: LAContext?) throws(VaultError) -> Data {
        let key = try privateKey(tag, context: proof)
        var error: Unmanaged<CFError>?
        let signed = SecKeyCreateSignature(key, .ecdsaSignatureMessageX962SHA256, message as CFData, &error)
        guard let signature = signed as Data? else { throw Self.meaning(of: error) }
        return signature
    }

    /// Encrypts for a key of this device (ECIES). The Secure Enclave alone can decrypt.
    func encrypt(_ bytes: Data, tag: String) throws(VaultError) -> Data {
        guard let key = SecKeyCopyPublicKey(try privateKey(tag, context: nil)) else { throw .keyMissing }
        var error: Unmanaged<CFError>?
        guard let wrapped = SecKeyCreateEncryptedData(key, wrapping, bytes as CFData, &error) as Data? else {
            throw Self.meaning(of: error)
        }
        return wrapped
    }

    /// The reverse.
    func decrypt(_ wrapped: Data, tag: String) throws(VaultError) -> Data {
        let key = try privateKey(tag, context: nil)
        var error: Unmanaged<CFError>?
        guard let bytes = SecKeyCreateDecryptedData(key, wrapping, wrapped as CFData, &error) as Data? else {
            throw Self.meaning(of: error)
        }
        return bytes
    }

    /// What an error of either framework means.
    private static func meaning(of error: any Error) -> VaultError {
        if let known = error as? VaultError { return known }
        let error = error as NSError
        return KeyFault.of(domain: error.domain, code: error.code)
    }

    private static func meaning(of error: Unmanaged<CFError>?) -> VaultError {
        guard let error = error?.takeRetainedValue() else { return .unexpected(reason: "no error was given") }
        return meaning(of: error as any Error)
    }

    private static func code(of error: Unmanaged<CFError>?) -> Int {
        guard let error = error?.takeRetainedValue() else { return 0 }
        return ((error as any Error) as NSError).code
    }

    private func query(_ tag: String) -> [String: Any] {
        [kSecClass as String: kSecClassKey, kSecAttrApplicationTag as String: Data(tag.utf8)]
    }

    private func privateKey(_ tag: String, context: LAContext?) throws(VaultError) -> SecKey {
        var query = query(tag)
        query[kSecReturnRef as String] = true
        if let context { query[kSecUseAuthenticationContext as String] = context }
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        guard status == errSecSuccess, let found, CFGetTypeID(found) == SecKeyGetTypeID() else {
            throw status == errSecSuccess ? .keyMissing : KeyFault.of(status: Int(status))
        }
        // Its type has just been asked; a conditional cast to a type of CoreFoundation does not compile.
        // swift-format-ignore: NeverForceUnwrap
        return found as! SecKey  // swiftlint:disable:this force_cast
    }

    private func publicBytes(of key: SecKey) throws(VaultError) -> Data {
        var error: Unmanaged<CFError>?
        guard let publicKey = SecKeyCopyPublicKey(key),
            let bytes = SecKeyCopyExternalRepresentation(publicKey, &error) as Data?
        else { throw Self.meaning(of: error) }
        return bytes
    }
}
