// The authenticator: every ceremony, over the core.
import Foundation
internal import InkanCore

/// The authenticator. An app has one. Its methods are those of `Ceremonies`; an app's screens see the protocol.
public final class Authenticator: Sendable {
    let core: InkanCore.Authenticator

    private init(_ core: InkanCore.Authenticator) {
        self.core = core
    }

    /// What an app may choose beside the profile.
    public struct Options: Sendable {
        /// The servers at which this build enrolls, as `https://host[:port]`; `nil`: any.
        public let allowedServers: [String]?
        /// Certificates (DER) of authorities that are trusted beside the public ones.
        public let extraRoots: [Data]
        /// A way to the servers in place of the core's own.
        public let transport: (any Transport)?

        /// These choices.
        public init(
            allowedServers: [String]? = nil, extraRoots: [Data] = [], transport: (any Transport)? = nil
        ) {
            self.allowedServers = allowedServers
            self.extraRoots = extraRoots
            self.transport = transport
        }
    }

    /// Opens the authenticator over a store, which is then its own. If the store holds nothing, keys of an earlier
    /// installation are deleted: if its report says `emptied`, tell the person first.
    public static func open(
        store: InkanStore, profile: Profile, options: Options = Options()
    ) async throws -> Authenticator {
        try await call { cancellation in
            let core = try await InkanCore.Authenticator.open(
                store: store.core, profile: profile.core,
                options: InkanCore.Options(allowedServers: options.allowedServers, extraRoots: options.extraRoots),
                transport: options.transport.map(TransportGuard.init), cancellation: cancellation)
            return Authenticator(core)
        }
    }

    /// Says what a scanned or opened text is, without asking a server.
    public static func recognise(_ text: String) throws(InkanError) -> ScannedCode {
        ScannedCode(try callNow { try InkanCore.recognise(text: text) })
    }

    /// From now on entries of this level and graver go to `listener`. Once in a process.
    public static func installLog(_ listener: any LogListener, level: LogLevel) throws(InkanError) {
        try callNow { try InkanCore.installLog(listener: LogGuard(listener), level: level.core) }
    }
}

extension Authenticator: Ceremonies {
    /// From now on requests are shown, and answered, in this language.
    public func setLanguage(_ language: Language) throws(InkanError) {
        try callNow { try core.setLocale(locale: language.core) }
    }

    /// All accounts.
    public func accounts() async throws -> [Account] {
        try await call { try await core.accounts(cancellation: $0).map(Account.init) }
    }

    /// Asks the server where this device stands.
    public func refreshAccount(_ account: AccountId) async throws -> Account {
        try await call { Account(try await core.refreshAccount(account: account.value, cancellation: $0)) }
    }

    /// Begins an enrollment by the text of its code.
    public func beginEnrollment(_ uri: String) async throws -> EnrollmentPreview {
        try await call { EnrollmentPreview(try await core.beginEnrollment(link: uri, cancellation: $0)) }
    }

    /// Begins an enrollment by what was typed.
    public func beginEnrollmentTyped(host: String, code: String) async throws -> EnrollmentPreview {
        try await call {
            EnrollmentPreview(try await core.beginEnrollmentTyped(host: host, typed: code, cancellation: $0))
        }
    }

    /// The enrollments that have begun and not ended.
    public func enrollments() async throws -> [EnrollmentPreview] {
        try await call { try await core.enrollments(cancellation: $0).map(EnrollmentPreview.init) }
    }

    /// The six digits to type into the page.
    public func confirmAccount(_ enrollment: AccountId) async throws -> String {
        try await call { try await core.confirmAccount(id: enrollment.value, cancellation: $0) }
    }

    /// How far an enrollment is.
    public func enrollmentStatus(_ enrollment: AccountId, wait: TimeInterval) async throws -> EnrollmentProgress {
        try await call {
            EnrollmentProgress(
                try await core.enrollmentStatus(id: enrollment.value, wait: wait.asWait, cancellation: $0))
        }
    }

    /// Gives an enrollment up.
    public func abandonEnrollment(_ enrollment: AccountId) async throws {
        try await call { try await core.abandonEnrollment(id: enrollment.value, cancellation: $0) }
    }

    /// What waits in all accounts.
    public func inbox(wait: TimeInterval) async throws -> Inbox {
        try await call { Inbox(try await core.inbox(wait: wait.asWait, cancellation: $0)) }
    }

    /// One request, read again.
    public func request(account: AccountId, challenge: ChallengeId) async throws -> Request {
        try await call {
            Request(try await core.request(account: account.value, challenge: challenge.value, cancellation: $0))
        }
    }

    /// Where a challenge stands.
    public func requestState(
        account: AccountId, challenge: ChallengeId, wait: TimeInterval
    ) async throws -> ChallengeState {
        try await call {
            ChallengeState(
                try await core.requestState(
                    account: account.value, challenge: challenge.value, wait: wait.asWait, cancellation: $0))
        }
    }

    /// A scanned code or an opened link of a page.
    public func openLink(_ link: String) async throws -> Request {
        try await call { Request(try await core.openLink(link: link, cancellation: $0)) }
    }

    /// Approves what was shown.
    public func approve(
        account: AccountId, challenge: ChallengeId, number: String?, shown: Language?
    ) async throws -> Outcome {
        try await call {
            Outcome(
                try await core.approve(
                    account: account.value, challenge: challenge.value, number: number, shown: shown?.core,
                    cancellation: $0))
        }
    }

    /// "It was me, and I do not want it any more."
    public func deny(account: AccountId, challenge: ChallengeId, reason: DenyReason) async throws -> Outcome {
        try await call {
            Outcome(
                try await core.deny(
                    account: account.value, challenge: challenge.value, reason: reason.core, cancellation: $0))
        }
    }

    /// "This was not me."
    public func report(account: AccountId, challenge: ChallengeId) async throws -> Outcome {
        try await call {
            Outcome(try await core.report(account: account.value, challenge: challenge.value, cancellation: $0))
        }
    }

    /// Sends every decision that is signed and kept.
    public func sendKept() async throws -> [KeptDecision] {
        try await call { try await core.sendKept(cancellation: $0).map(KeptDecision.init) }
    }

    /// Where the server rings this phone's doorbell.
    public func setPush(account: AccountId, push: PushAddress?) async throws {
        try await call { try await core.setPush(account: account.value, push: push?.core, cancellation: $0) }
    }

    /// What this installation receives Web Push with.
    public func webPushKeys() async throws -> WebPushKeys {
        try await call { WebPushKeys(try await core.webPushKeys(cancellation: $0)) }
    }

    /// Reads a push and keeps its id.
    public func pushReceived(account: AccountId?, payload: PushPayload) async throws -> PushHint {
        try await call {
            PushHint(
                try await core.pushReceived(account: account?.value, payload: payload.core, cancellation: $0))
        }
    }

    /// Tells the servers that the doorbell of that id arrived.
    public func pushArrived(_ push: String) async throws {
        try await call { try await core.pushArrived(push: push, cancellation: $0) }
    }

    /// Another name of this phone.
    public func rename(_ account: AccountId, name: String) async throws {
        try await call { try await core.rename(account: account.value, name: name, cancellation: $0) }
    }

    /// New keys in place of the old ones.
    public func rotateKeys(_ account: AccountId) async throws {
        try await call { try await core.rotateKeys(account: account.value, cancellation: $0) }
    }

    /// Fetches the newest key set.
    public func refreshKeys(_ account: AccountId) async throws {
        try await call { try await core.refreshKeys(account: account.value, cancellation: $0) }
    }

    /// Stops all approvals.
    public func freeze(_ account: AccountId) async throws {
        try await call { try await core.freeze(account: account.value, cancellation: $0) }
    }

    /// Ends the enrollment.
    public func leave(_ account: AccountId) async throws {
        try await call { try await core.leave(account: account.value, cancellation: $0) }
    }

    /// Forgets the account here alone.
    public func forget(_ account: AccountId) async throws {
        try await call { try await core.forget(account: account.value, cancellation: $0) }
    }

    /// What was decided in the past.
    public func history(_ account: AccountId) async throws -> [HistoryEntry] {
        try await call { try await core.history(account: account.value, cancellation: $0).map(HistoryEntry.init) }
    }
}
