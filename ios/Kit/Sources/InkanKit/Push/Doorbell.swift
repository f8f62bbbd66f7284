// Notifications, as values: what a payload is, what a tap on it does, and which of them go.
import Foundation

/// What a push brings, for the core that reads it.
public enum Doorbell {
    /// The payload that the system gives, as JSON. Nothing where it holds what is no JSON: somebody rang nevertheless.
    public static func payload(_ userInfo: [AnyHashable: Any]) -> PushPayload? {
        .apns(userInfo)
    }

    /// The token that Apple's service gives, as the server takes it: hexadecimal.
    public static func address(token: Data) -> PushAddress {
        .apns(token)
    }
}

/// What a person can do to a notification. There is no approval here.
public enum NotificationAction: String, CaseIterable, Hashable, Sendable {
    /// The notification itself, or its button: the app opens with what waits.
    case open
    /// After the device is unlocked the app opens, and asks whether it was you.
    case deny
}

/// What a tap on a notification leads to.
public enum NotificationTap: Hashable, Sendable {
    /// The app shows what waits.
    case showInbox
    /// The app asks whether it was you, where exactly one request waits: a notification names none.
    case decline
    /// Nothing at all.
    case nothing

    /// By the identifier that the system gives. `dismissed` and `opened` are the system's own.
    public static func of(identifier: String, opened: String, dismissed: String) -> NotificationTap {
        switch identifier {
        case opened, NotificationAction.open.rawValue: .showInbox
        case NotificationAction.deny.rawValue: .decline
        case dismissed: .nothing
        default: .showInbox
        }
    }
}

/// The category that a push of ours names, so that its buttons are shown.
public enum NotificationCategory {
    /// Something waits.
    public static let request = "request"
}
