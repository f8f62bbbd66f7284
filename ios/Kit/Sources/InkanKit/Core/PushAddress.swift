// The doorbell: where the server rings, and what a ring says. It permits nothing: a forged one makes a phone look.
import Foundation

/// Who rings the doorbell.
public enum PushProvider: String, CaseIterable, Hashable, Sendable {
    /// Apple's.
    case apns
    /// Google's.
    case fcm
    /// Web Push (RFC 8030), encrypted by RFC 8291.
    case webpush
}

/// Where the server rings this phone's doorbell.
public struct PushAddress: Hashable, Sendable {
    /// By whom.
    public let provider: PushProvider
    /// The provider's token, or the endpoint of Web Push.
    public let token: String
    /// Web Push: the phone's public key, base64url.
    public let p256dh: String?
    /// Web Push: the authentication secret, base64url.
    public let auth: String?

    /// An address of these parts.
    public init(provider: PushProvider, token: String, p256dh: String? = nil, auth: String? = nil) {
        self.provider = provider
        self.token = token
        self.p256dh = p256dh
        self.auth = auth
    }

    /// By Apple's token, as the server takes it: hexadecimal.
    static func apns(_ token: Data) -> PushAddress {
        PushAddress(provider: .apns, token: token.map { String(format: "%02x", Int($0)) }.joined())
    }
}

/// The public half of what this installation receives Web Push with, for `PushAddress`.
public struct WebPushKeys: Hashable, Sendable {
    /// The phone's public key, base64url.
    public let p256dh: String
    /// The authentication secret, base64url.
    public let auth: String

    /// Keys of these parts, for tests.
    public init(p256dh: String, auth: String) {
        self.p256dh = p256dh
        self.auth = auth
    }
}

/// A push as the platform hands it over.
public enum PushPayload: Hashable, Sendable {
    /// The body of a Web Push message, still encrypted.
    case webPush(Data)
    /// JSON in clear: the payload of APNs or the data of FCM, as an object.
    case plain(Data)

    /// The payload that Apple's system hands over; nothing where it holds what is no JSON.
    static func apns(_ userInfo: [AnyHashable: Any]) -> PushPayload? {
        var named: [String: Any] = [:]
        for (key, value) in userInfo {
            guard let key = key as? String else { return nil }
            named[key] = value
        }
        guard JSONSerialization.isValidJSONObject(named) else { return nil }
        return (try? JSONSerialization.data(withJSONObject: named, options: [.sortedKeys])).map { .plain($0) }
    }
}

/// All that a push carries.
public struct PushHint: Hashable, Sendable {
    /// Names the push, for `Ceremonies.pushArrived`.
    public let id: String
    /// Pushes with one key replace each other.
    public let collapse: String

    /// A hint of these parts, for tests.
    public init(id: String, collapse: String) {
        self.id = id
        self.collapse = collapse
    }
}
