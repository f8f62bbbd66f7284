// Notifications, as values: what a payload is, what a tap on it does, and which of them go.
import Foundation

/// What a push brought: the name of the push, by which its server knows that it arrived. Whatever else it is, somebody
/// rang, and the app looks what waits.
public enum Doorbell {
    /// The name in the payload that the system gives. Nothing for a payload that is none of ours or of another version.
    public static func id(of payload: [AnyHashable: Any]) -> String? {
        let isOurs = payload["v"] as? Int == 1 || payload["v"] as? String == "1"
        guard isOurs, let id = payload["id"] as? String, UUID(uuidString: id)?.uuidString.lowercased() == id else {
            return nil
        }
        return id
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
