// An account as a screen shows it, and what the phone says of itself.
import Foundation

/// The languages in which requests are shown.
public enum Language: String, CaseIterable, Hashable, Sendable {
    /// 日本語
    case ja
    /// English
    case en
}

/// Where an account stands. No state deletes anything.
public enum AccountState: String, CaseIterable, Hashable, Sendable {
    /// May answer.
    case active
    /// The server has refused this device several times in a row: offer to enroll again, delete nothing.
    case notRecognised = "not_recognised"
    /// The server has suspended this device: enroll again.
    case suspended
    /// A key is gone: enroll again. If it is the approval key, deny and report still work.
    case keyInvalid = "key_invalid"
}

/// One customer at one relying party, as this phone knows it.
public struct Account: Hashable, Sendable, Identifiable {
    /// Its id on this phone.
    public let id: AccountId
    /// The device host, as `https://host[:port]`.
    public let server: String
    /// Who asks, as customers read it.
    public let relyingParty: String
    /// The customer's name there, usually masked.
    public let displayName: String
    /// What this phone is called there.
    public let deviceName: String
    /// Where it stands.
    public let state: AccountState
    /// Whether the customer's approvals are stopped.
    public let frozen: Bool
    /// A new device: until then it may not approve everything.
    public let restrictedUntil: Date?
    /// When it was enrolled.
    public let enrolledAt: Date
    /// Until then the server sends no push, after a report.
    public let mutedUntil: Date?
    /// The relying party's telephone number, where the server says one.
    public let supportPhone: String?

    /// An account of these parts, for tests and previews.
    public init(
        id: AccountId, server: String, relyingParty: String, displayName: String, deviceName: String,
        state: AccountState, frozen: Bool, restrictedUntil: Date?, enrolledAt: Date, mutedUntil: Date? = nil,
        supportPhone: String? = nil
    ) {
        self.id = id
        self.server = server
        self.relyingParty = relyingParty
        self.displayName = displayName
        self.deviceName = deviceName
        self.state = state
        self.frozen = frozen
        self.restrictedUntil = restrictedUntil
        self.enrolledAt = enrolledAt
        self.mutedUntil = mutedUntil
        self.supportPhone = supportPhone
    }
}

/// What a phone says of itself in an enrollment. Each text has 1 to 64 characters that can be shown.
public struct Profile: Hashable, Sendable {
    /// The name that the customer gave it; at first the model.
    public let name: String
    /// Its model.
    public let model: String
    /// Operating system and version.
    public let os: String
    /// The app's version.
    public let appVersion: String
    /// The language that it shows at first.
    public let language: Language

    /// A profile of these parts.
    public init(name: String, model: String, os: String, appVersion: String, language: Language) {
        self.name = name
        self.model = model
        self.os = os
        self.appVersion = appVersion
        self.language = language
    }
}
