// How keys are made and named on the phone, and what the system's errors mean: values, so that they can be tested where
// there is no Secure Enclave.

/// How a key of the phone is made.
public struct KeyRecipe: Hashable, Sendable {
    /// When the system gives the key out at all. Never to another device, never into a backup.
    public let access: Access
    /// What stands before each use.
    public let guards: Guards

    /// When a key can be used.
    public enum Access: Hashable, Sendable {
        /// From the first unlock after a start: in the background as well.
        case afterFirstUnlock
        /// While the device is unlocked and has a passcode; it goes when the passcode is taken away.
        case whenPasscodeSet
    }

    /// What has to be done before each use.
    public enum Guards: Hashable, Sendable {
        /// Nothing.
        case none
        /// The face or finger of those who are enrolled now, or the device's passcode.
        case currentBiometricsOrPasscode
    }

    /// The recipe of a purpose.
    public static func of(_ purpose: KeyPurpose) -> KeyRecipe {
        switch purpose {
        case .possession: KeyRecipe(access: .afterFirstUnlock, guards: .none)
        case .approval: KeyRecipe(access: .whenPasscodeSet, guards: .currentBiometricsOrPasscode)
        }
    }

    /// The key that wraps the store's key: opening the store asks nobody.
    public static let wrapping = KeyRecipe(access: .afterFirstUnlock, guards: .none)
}

/// The names under which keys stand in the keychain. It keeps them over an installation, so all begin alike.
public enum KeyTag {
    /// The name of the key that wraps the store's key. It is not in the list of labels.
    public static let wrapping = "dev.inkan.wrapping"
    private static let possession = "dev.inkan.key.possession."
    private static let approval = "dev.inkan.key.approval."

    /// The name of a key.
    public static func of(_ label: KeyLabel, _ purpose: KeyPurpose) -> String {
        (purpose == .possession ? possession : approval) + label.value
    }

    /// Both names that a label may have.
    public static func all(_ label: KeyLabel) -> [String] {
        KeyPurpose.allCases.map { of(label, $0) }
    }

    /// The label in a name; nothing for a name that is none of ours.
    public static func label(in tag: String) -> KeyLabel? {
        for start in [possession, approval] where tag.hasPrefix(start) && tag.count > start.count {
            return KeyLabel(String(tag.dropFirst(start.count)))
        }
        return nil
    }
}

/// What an error of Security or LocalAuthentication means. By number: the frameworks are not here.
public enum KeyFault {
    /// The domain of LocalAuthentication's errors.
    public static let authenticationDomain = "com.apple.LocalAuthentication"

    /// A status of the keychain (`OSStatus`), for a key that has been made before.
    public static func of(status: Int) -> VaultError {
        switch status {
        case -25300: .keyMissing  // errSecItemNotFound
        case -128: .userCancelled  // errSecUserCanceled
        case -25293: .userVerificationFailed  // errSecAuthFailed
        case -25308: .locked  // errSecInteractionNotAllowed
        case -4: .unsupported  // errSecUnimplemented
        default: .unexpected(reason: "status \(status)")
        }
    }

    /// Whether a search has found something, by its status.
    public static func found(status: Int) throws(VaultError) -> Bool {
        switch status {
        case 0: true
        case -25300: false  // errSecItemNotFound
        default: throw of(status: status)
        }
    }

    /// Whether a key is there, by the status of a search for it: one that may not be used now is there.
    public static func isThere(status: Int) throws(VaultError) -> Bool {
        if status == -25308 { return true }  // errSecInteractionNotAllowed
        return try found(status: status)
    }

    /// An error, by its domain and number.
    public static func of(domain: String, code: Int) -> VaultError {
        guard domain == authenticationDomain else { return of(status: code) }
        return switch code {
        case -2, -3, -4, -9: .userCancelled  // user, fallback, system, app
        case -1: .userVerificationFailed  // authenticationFailed
        case -8, -1004: .locked  // biometryLockout, notInteractive
        case -5: .keyInvalidated  // passcodeNotSet: keys that need a passcode went with it
        case -6, -7: .unsupported  // biometryNotAvailable, biometryNotEnrolled
        default: .unexpected(reason: "authentication \(code)")
        }
    }

    /// An error while a key is made: no passcode, no such key.
    public static func whenMaking(status: Int) -> VaultError {
        switch status {
        case -25300, -25293, -25308, -50: .unsupported
        default: of(status: status)
        }
    }
}
