// Notifications, as values: what a payload is, what a tap on it does, and which of them go.
import Foundation

/// What a push brought. The core reads it; whatever it is, the app looks what waits.
public enum Doorbell {
    /// The payload that the system gives, as the JSON that the core reads. Nothing where it holds what is no JSON.
    public static func bytes(of payload: [AnyHashable: Any]) -> Data? {
        let named = Dictionary(
            payload.compactMap { key, value in (key as? String).map { ($0, value) } },
            uniquingKeysWith: { first, _ in first })
        guard named.count == payload.count, JSONSerialization.isValidJSONObject(named) else { return nil }
        return try? JSONSerialization.data(withJSONObject: named, options: [.sortedKeys])
    }

    /// The token that Apple's service gives, as the server takes it: hexadecimal.
    public static func address(token: Data) -> PushAddress {
        PushAddress(provider: .apns, token: token.map { String(format: "%02x", Int($0)) }.joined())
    }
}

/// What a person can do to a notification. There is no approval here.
public enum NotificationAction: String, CaseIterable, Hashable, Sendable {
    /// The notification itself, or its button: the app opens with what waits.
    case open
    /// After the device is unlocked: what waits is declined.
    case deny
}

/// What a tap on a notification leads to.
public enum NotificationTap: Hashable, Sendable {
    /// The app shows what waits.
    case showInbox
    /// Declines without opening the app: only where exactly one request waits, for a notification names none.
    case denyTheOnlyOne
    /// Nothing at all.
    case nothing

    /// By the identifier that the system gives. `dismissed` and `opened` are the system's own.
    public static func of(identifier: String, opened: String, dismissed: String) -> NotificationTap {
        switch identifier {
        case opened, NotificationAction.open.rawValue: .showInbox
        case NotificationAction.deny.rawValue: .denyTheOnlyOne
        case dismissed: .nothing
        default: .showInbox
        }
    }
}

/// Which notifications are taken away: when nothing waits any more, none of them is true.
public enum Delivered {
    /// Of those on the screen, the identifiers to remove.
    public static func stale(_ delivered: [String], waiting: Int) -> [String] {
        waiting == 0 ? delivered : []
    }
}

/// The category that a push of ours names, so that its buttons are shown.
public enum NotificationCategory {
    /// Something waits.
    public static let request = "request"
}
