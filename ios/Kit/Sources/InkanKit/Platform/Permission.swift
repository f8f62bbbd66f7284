// What the person and whoever rules over the phone allow the app.

/// Whether the camera may be used.
public enum CameraPermission: CaseIterable, Hashable, Sendable {
    /// Nobody has been asked yet.
    case notAsked
    /// Whoever rules over the phone allows it to nobody: nobody is asked, and nobody has refused.
    case forbidden
    /// The person has refused.
    case refused
    /// The person has allowed it.
    case allowed

    /// By the number of `AVAuthorizationStatus`. What came later is taken for a refusal.
    public init(status number: Int) {
        switch number {
        case 0: self = .notAsked
        case 1: self = .forbidden
        case 3: self = .allowed
        default: self = .refused
        }
    }

    /// What a page is told; nothing: the person is to be asked. On a phone that allows it to nobody the scanner is shown,
    /// and says why there is no picture.
    var isGiven: Bool? {
        switch self {
        case .notAsked: nil
        case .forbidden, .allowed: true
        case .refused: false
        }
    }
}

/// Whether notifications may be shown.
public enum NotificationPermission {
    /// By the number of `UNAuthorizationStatus`: only where the person has said so. Notifications that come quietly are no
    /// doorbell.
    public static func isGiven(status number: Int) -> Bool { number == 2 }
}
