// A vault and a transport that never come back, and do not even hear that their task is cancelled: the deadline in Rust ends
// the call. Nothing else could.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct DeadlineTests {
    /// Waits for good. No cancellation ends it.
    private static func never() async -> Never {
        await withUnsafeContinuation { (_: UnsafeContinuation<Never, Never>) in }
    }

    /// The error of a call that has to fail, and after how long it did.
    private func failure<Value: Sendable>(
        _ call: () async throws -> Value
    ) async throws -> (error: InkanError, after: Duration) {
        let begun = ContinuousClock.now
        do {
            _ = try await call()
        } catch let error as InkanError {
            return (error, ContinuousClock.now - begun)
        }
        throw Required(description: "an error")
    }

    @Test func aVaultThatNeverAnswers() async throws {
        let vault = try OwnVault { await Self.never() }
        let (error, after) = try await failure { try await InkanStore.open(folder: temporaryFolder(), vault: vault) }
        #expect(error.key == "internal.vault" && error.detail.contains("deadline"), "\(error)")
        #expect(after >= .seconds(9), "it was the deadline that ended it: \(after)")
    }

    @Test func aTransportThatNeverAnswers() async throws {
        let app = try await open(transport: OwnTransport { _ in await Self.never() })
        let (error, after) = try await failure { try await app.beginEnrollment(wellFormedLink) }
        #expect(error.key == "offline", "\(error)")
        #expect(after >= .seconds(15), "its own time-out and some grace, and no more: \(after)")
    }

    /// The control: those who answer are not waited for.
    @Test func whoAnswersIsNotWaitedFor() async throws {
        let vault = try OwnVault { throw InkanKit.VaultError.locked }
        let locked = try await failure { try await InkanStore.open(folder: temporaryFolder(), vault: vault) }
        #expect(locked.error.key == "user_verification.locked" && locked.after < .seconds(9), "\(locked)")
        let app = try await open(transport: OwnTransport { _ in throw TransportError.offline })
        let offline = try await failure { try await app.beginEnrollment(wellFormedLink) }
        #expect(offline.error.key == "offline" && offline.after < .seconds(15), "\(offline)")
    }
}
