// Notifications, as values: what a payload is, what a tap on it does, and which of them go.
import Foundation

/// What a push brought: two opaque names, and nothing else that is used.
public struct Doorbell: Hashable, Sendable {
    /// Names the push, for the server that asks whether it arrived.
    public let id: String
    /// Pushes with one key replace each other.
    public let collapse: String

    /// A doorbell of these parts.
    public init(id: String, collapse: String) {
        self.id = id
        self.collapse = collapse
    }

    /// Reads the payload that the system gives. Nothing for one that is not ours or of another version.
    public init?(payload: [AnyHashable: Any]) {
        guard (payload["v"] as? Int) == 1, let id = Self.uuid(payload["id"]),
            let collapse = Self.uuid(payload["collapse"])
        else { return nil }
        self.init(id: id, collapse: collapse)
    }

    private static func uuid(_ value: Any?) -> String? {
        (value as? String).flatMap(UUID.init(uuidString:))?.uuidString.lowercased()
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
