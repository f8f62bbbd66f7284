// The phone's side, as `docs/embed-ios.md` shows it, piece by piece.
import Foundation
import InkanKit

/// Keys of this process, which ask nobody: for a simulator. On a phone it is the Secure Enclave.
func makeWeakVault(in folder: URL) throws -> any KeyVault {
    try SoftwareKeyVault(folder: folder)
}

/// Opens what the phone remembers, and the authenticator over it. An app does this once.
func openInkan(in folder: URL, vault: any KeyVault, roots: [Data] = []) async throws -> Authenticator {
    let store = try await InkanStore.open(folder: folder, vault: vault)
    if store.report.emptied {
        // nothing could be saved: every account has to be enrolled again, and the person has to hear it
    }
    let profile = Profile(name: "iPhone", model: "iPhone 18", os: "iOS 27.0", appVersion: "1.0.0", language: .ja)
    return try await Authenticator.open(store: store, profile: profile, options: .init(extraRoots: roots))
}

/// From the scanned text to the six digits that the person types into the page.
@MainActor func beginEnrollment(
    _ app: any Ceremonies, scanned: String, isTheirs: @MainActor (EnrollmentPreview) async -> Bool
) async throws -> (enrollment: AccountId, digits: String)? {
    let preview = try await app.beginEnrollment(scanned)
    guard await isTheirs(preview) else {
        try await app.abandonEnrollment(preview.id)
        return nil
    }
    return (preview.id, try await app.confirmAccount(preview.id))
}

/// Waits while the person types. Each wait ends after 25 seconds at the latest, so that it can be cancelled and begun anew.
func waitForAccount(_ app: any Ceremonies, _ enrollment: AccountId) async throws -> AccountId? {
    while true {
        switch try await app.enrollmentStatus(enrollment, wait: 25) {
        case .claimed: continue
        case .active(let account): return account
        case .failed: return nil
        }
    }
}

/// Shows what waits, until `isDone`. The next look begins when this one has been read.
@MainActor func watchInbox(
    _ app: any Ceremonies, isDone: @MainActor (Inbox) async throws -> Bool
) async throws {
    for try await inbox in app.inboxes {
        if try await isDone(inbox) { return }
    }
}

/// The person has read the lines, typed the number if one is asked for, and tapped "approve".
func approve(_ app: any Ceremonies, _ request: Request, typed: String?) async throws -> Outcome {
    let outcome = try await app.approve(account: request.account, challenge: request.challenge, number: typed, shown: request.language)
    if let address = outcome.returnTo {
        // the page on this phone waits for it: open it in the system's browser, once
        _ = address.exposeURL()
    }
    return outcome
}

/// The key of the text that says what happened; nothing, where the task was cancelled and there is nothing to say.
func textKey(for error: any Error) -> String? {
    switch error {
    case is CancellationError: nil
    case let error as InkanError: error.key
    default: InkanError.internal(.other).key
    }
}
