// The core's values in the types of this package. One table for each type, exhaustive, so that a new case of the core
// does not compile before it has a name here.
import Foundation
internal import InkanCore

/// Seconds since 1970, as the core counts them.
func date(_ seconds: UInt64) -> Date {
    Date(timeIntervalSince1970: TimeInterval(seconds))
}

extension Language {
    init(_ core: InkanCore.Locale) {
        switch core {
        case .ja: self = .ja
        case .en: self = .en
        }
    }

    var core: InkanCore.Locale {
        switch self {
        case .ja: .ja
        case .en: .en
        }
    }
}

extension AccountState {
    init(_ core: InkanCore.AccountState) {
        switch core {
        case .active: self = .active
        case .notRecognised: self = .notRecognised
        case .suspended: self = .suspended
        case .keyInvalid: self = .keyInvalid
        }
    }
}

extension Account {
    init(_ core: InkanCore.Account) {
        self.init(
            id: AccountId(core.id), server: core.server, relyingParty: core.relyingParty,
            displayName: core.displayName, deviceName: core.deviceName, state: AccountState(core.state),
            frozen: core.frozen, restrictedUntil: core.restrictedUntil.map(date), enrolledAt: date(core.enrolledAt),
            mutedUntil: core.mutedUntil.map(date), supportPhone: core.supportPhone)
    }
}

extension Profile {
    var core: InkanCore.DeviceProfile {
        InkanCore.DeviceProfile(name: name, model: model, os: os, appVersion: appVersion, locale: language.core)
    }
}

extension PushAddress {
    var core: InkanCore.Push {
        let by: InkanCore.PushProvider =
            switch provider {
            case .apns: .apns
            case .fcm: .fcm
            case .webpush: .webpush
            }
        return InkanCore.Push(provider: by, token: token, p256dh: p256dh, auth: auth)
    }
}

extension WebPushKeys {
    init(_ core: InkanCore.WebPushKeys) {
        self.init(p256dh: core.p256dh, auth: core.auth)
    }
}

extension PushPayload {
    var core: InkanCore.PushPayload {
        switch self {
        case .webPush(let body): .webPush(body)
        case .plain(let json): .plain(json)
        }
    }
}

extension PushHint {
    init(_ core: InkanCore.PushHint) {
        self.init(id: core.id, collapse: core.collapse)
    }
}

extension EnrollmentPreview {
    init(_ core: InkanCore.EnrollmentPreview) {
        self.init(
            id: AccountId(core.id), server: core.server, relyingParty: core.relyingParty,
            displayName: core.displayName)
    }
}

extension EnrollmentProgress {
    init(_ core: InkanCore.EnrollmentProgress) {
        switch core {
        case .claimed: self = .claimed
        case .active(let id): self = .active(AccountId(id))
        case .failed(.ended): self = .failed(.ended)
        case .failed(.foreignRecord): self = .failed(.foreignRecord)
        }
    }
}

extension StoreReport {
    init(_ core: InkanCore.StoreReport) {
        self.init(
            created: core.created, migratedFrom: core.migratedFrom.map { Int(clamping: $0) },
            quarantined: core.quarantined, emptied: core.emptied, damagedRecords: Int(clamping: core.damagedRecords),
            lostCommits: Int(clamping: core.lostCommits))
    }
}

extension ScannedCode {
    init(_ core: InkanCore.Link) {
        switch core {
        case .enrollment(let server): self = .enrollment(server: server)
        case .challenge(let server, let challenge, let kind):
            self = .challenge(server: server, challenge: ChallengeId(challenge), kind: kind == .scan ? .scan : .open)
        case .otherVersion: self = .otherVersion
        case .notOurs: self = .notOurs
        }
    }
}
