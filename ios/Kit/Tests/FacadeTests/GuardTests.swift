// What an app throws or returns never becomes a success, a hang or a crash, and its words go nowhere. Each test has its
// control: the same without the guard, straight into the generated code.
import Foundation
import InkanCore
import InkanKit
import TestWorld
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite struct GuardTests {
    private func bare(_ fails: @escaping @Sendable () async throws -> InkanCore.Protection) async throws -> String {
        let folder = try temporaryFolder().path
        do {
            _ = try await InkanCore.InkanStore.open(
                folder: folder, vault: BareVault(fails), clock: nil, cancellation: nil)
        } catch InkanCore.CallError.Failed(let error) {
            return "\(error)"
        }
        throw Required(description: "an error")
    }

    private func guarded(
        _ fails: @escaping @Sendable () async throws -> InkanKit.Protection
    ) async throws -> InkanKit.InkanError {
        do {
            _ = try await InkanKit.InkanStore.open(folder: temporaryFolder(), vault: OwnVault(fails))
        } catch let error as InkanKit.InkanError {
            return error
        }
        throw Required(description: "an error")
    }

    @Test func anUndeclaredErrorOfTheVault() async throws {
        #expect(try await bare { throw Undeclared() }.contains("secret detail"), "the control: its words go on")
        let error = try await guarded { throw Undeclared() }
        #expect(error.key == "internal.vault")
        #expect(error.detail.contains("Undeclared") && !error.detail.contains("secret detail"))
    }

    @Test func aCancelledTaskInTheVault() async throws {
        #expect(
            try await bare { throw CancellationError() }.contains("Internal"), "the control: a failure of the phone")
        #expect(try await guarded { throw CancellationError() }.key == "user_verification.cancelled")
    }

    @Test func theErrorsOfAVaultStayWhatTheyAre() async throws {
        for (error, key) in [
            (InkanKit.VaultError.userCancelled, "user_verification.cancelled"),
            (.userVerificationFailed, "user_verification.not_verified"), (.locked, "user_verification.locked"),
            (.keyInvalidated, "key_invalid"), (.keyMissing, "key_invalid"), (.unsupported, "internal.vault"),
            (.unexpected(reason: "-25300"), "internal.vault"),
        ] {
            #expect(try await guarded { throw error }.key == key)
        }
    }

    @Test func anUndeclaredErrorOfTheTransport() async throws {
        let store = try await InkanCore.InkanStore.open(
            folder: temporaryFolder().path, vault: InkanCore.softwareVault(folder: nil), clock: nil, cancellation: nil)
        let core = try await InkanCore.Authenticator.open(
            store: store,
            profile: DeviceProfile(name: "a", model: "b", os: "c", appVersion: "1", locale: .en),
            options: InkanCore.Options(allowedServers: nil, extraRoots: []),
            transport: BareTransport { throw Undeclared() }, cancellation: nil)
        do {
            _ = try await core.beginEnrollment(link: wellFormedLink, cancellation: nil)
            Issue.record("there is no such server")
        } catch {
            #expect("\(error)".contains("secret detail"), "the control: its words go on")
        }
        let error = try await enrollmentError { _ in throw Undeclared() }
        #expect(error.key == "server_unavailable")
        #expect(error.detail.contains("Undeclared") && !error.detail.contains("secret detail"))
    }

    @Test func theErrorsOfATransport() async throws {
        for (error, key) in [
            (InkanKit.TransportError.offline as any Error, "offline"), (InkanKit.TransportError.timedOut, "offline"),
            (InkanKit.TransportError.pinMismatch, "untrusted"), (InkanKit.TransportError.tls(reason: "x"), "untrusted"),
            (InkanKit.TransportError.unexpected(reason: "x"), "server_unavailable"), (CancellationError(), "offline"),
            (URLError(.notConnectedToInternet), "offline"), (URLError(.networkConnectionLost), "offline"),
            (URLError(.timedOut), "offline"), (URLError(.serverCertificateUntrusted), "untrusted"),
            (URLError(.badServerResponse), "server_unavailable"),
        ] {
            #expect(try await enrollmentError { _ in throw error }.key == key, "\(error)")
        }
    }

    /// The control is the number itself: no status of the wire can hold it, and converting it plainly ends the app.
    @Test(arguments: [-1, 0, 99, 600, 70_000, .max, .min]) func aStatusThatIsNone(status: Int) async throws {
        #expect(UInt16(exactly: status) == nil || !(100..<600).contains(status))
        let error = try await enrollmentError { _ in HttpResponse(status: status, headers: [], body: Data()) }
        #expect(error.key == "server_unavailable")
    }

    @Test func anAnswerThatIsTooLarge() async throws {
        let error = try await enrollmentError { request in
            HttpResponse(status: 200, headers: [], body: Data(count: request.answerLimit + 1))
        }
        #expect(error.key == "server_unavailable")
    }

    /// As with the status: the control is that there is no such number of milliseconds.
    @Test(arguments: [-62_135_769_600, -1, Double.nan, Double.infinity, -Double.infinity, 1e300])
    func aClockThatCannotBe(seconds: TimeInterval) async throws {
        #expect(UInt64(exactly: (seconds * 1000).rounded()) == nil)
        let app = try await open(clock: StoppedClock(time: Date(timeIntervalSince1970: seconds)))
        #expect(try await app.accounts().isEmpty)
    }

    /// Negative and endless waits end the app in the generated code (`Duration` of Rust has neither).
    @Test(arguments: [-1, -Double.infinity, Double.nan]) func aWaitThatIsNone(wait: TimeInterval) async throws {
        let app = try await open()
        #expect(try await app.inbox(wait: wait) == InkanKit.Inbox())
    }

    @Test func anIdThatIsNone() async throws {
        let app = try await open()
        for text in ["", "x", String(repeating: "あ", count: 5_000), "\u{0}"] {
            do {
                _ = try await app.request(account: InkanKit.AccountId(text), challenge: InkanKit.ChallengeId(text))
                Issue.record("an id that is none was taken")
            } catch let error as InkanKit.InkanError {
                #expect(error.key == "invalid_input.argument")
            }
        }
    }

    @Test func theStoreIsOneAtATime() async throws {
        let (folder, vault) = (try temporaryFolder(), try SoftwareKeyVault())
        let store = try await InkanKit.InkanStore.open(folder: folder, vault: vault)
        #expect(store.report == InkanKit.StoreReport(created: true) && store.report.isSound)
        await #expect(throws: InkanKit.InkanError.self) {
            try await InkanKit.InkanStore.open(folder: folder, vault: vault)
        }
        try await store.close()
        let again = try await InkanKit.InkanStore.open(folder: folder, vault: vault)
        #expect(!again.report.created)
        try await again.close()
        _ = try await InkanKit.InkanStore.setAside(folder: folder)
        #expect(try await InkanKit.InkanStore.open(folder: folder, vault: vault).report.created)
    }

    /// Said as what it is; `setAside` makes room.
    @Test func theStoreKeyIsGone() async throws {
        let (folder, keys) = (try temporaryFolder(), try SoftwareKeyVault())
        try await InkanKit.InkanStore.open(folder: folder, vault: keys).close()
        for (failure, key) in [
            (InkanKit.VaultError.keyMissing, "internal.store_key_missing"),
            (.keyInvalidated, "internal.store_key_missing"), (.locked, "internal.store_key_unavailable"),
        ] {
            do {
                _ = try await InkanKit.InkanStore.open(folder: folder, vault: OwnVault(keys, unwrapping: failure))
                Issue.record("the store was opened without its key")
            } catch let error as InkanKit.InkanError {
                #expect(error.key == key)
            }
        }
        #expect(try await InkanKit.InkanStore.setAside(folder: folder).contains("quarantine"))
        #expect(try await InkanKit.InkanStore.open(folder: folder, vault: keys).report.created)
    }

    @Test func damageIsToldUntilSomebodyGoesOn() async throws {
        let (folder, keys) = (try temporaryFolder(), try SoftwareKeyVault())
        try await InkanKit.InkanStore.open(folder: folder, vault: keys).close()
        try Data("nothing of a store".utf8).write(to: folder.appendingPathComponent("data/conf"))
        let first = try await InkanKit.InkanStore.open(folder: folder, vault: keys)
        #expect(first.report.emptied && !first.report.isSound)
        try await first.close()
        let store = try await InkanKit.InkanStore.open(folder: folder, vault: keys)
        #expect(store.report == first.report)
        do {
            let app = try await InkanKit.Authenticator.open(store: store, profile: someone)
            #expect(try await app.accounts().isEmpty)
        }
        let after = try await InkanKit.InkanStore.open(folder: folder, vault: keys)
        #expect(after.report.isSound)
        try await after.close()
    }

    @Test func aDoorbellIsReadOrSaidToBeNone() async throws {
        let app = try await open()
        let keys = try await app.webPushKeys()
        #expect(try await app.webPushKeys() == keys && keys.auth.count == 22 && keys.p256dh.count == 87)
        let (id, collapse) = ("01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058")
        func plain(_ version: Int) -> InkanKit.PushPayload {
            .plain(Data(#"{"v":\#(version),"id":"\#(id)","collapse":"\#(collapse)"}"#.utf8))
        }
        let hint = try await app.pushReceived(account: nil, payload: plain(1))
        #expect(hint == InkanKit.PushHint(id: id, collapse: collapse))
        for (payload, account, key) in [
            (plain(2), nil, "update_needed"), (.webPush(Data(count: 200)), nil, "untrusted"),
            (.plain(Data()), nil, "untrusted"), (plain(1), id, "invalid_input.unknown_account"),
        ] as [(InkanKit.PushPayload, String?, String)] {
            do {
                _ = try await app.pushReceived(account: account.map(InkanKit.AccountId.init), payload: payload)
                Issue.record("a doorbell that is none was taken")
            } catch let error as InkanKit.InkanError {
                #expect(error.key == key)
            }
        }
    }
}
