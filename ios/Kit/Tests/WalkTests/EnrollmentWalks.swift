// From a code on the page to an account.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite struct EnrollmentWalks {
    @Test func byTheCode() async throws {
        let server = try await World.shared()
        let (broker, user) = (Broker(server), World.customer())
        let phone = try await Phone.make(server)
        let begun = try await broker.begin(user)
        #expect(try Authenticator.recognise(" \(begun.uri)\n") == .enrollment(server: server.origin))
        let preview = try await phone.app.beginEnrollment(begun.uri)
        #expect(preview.server == server.origin)
        #expect(preview.relyingParty == "みらい証券（デモ）")
        #expect(preview.displayName == "山田 *郎 様（***1234）")
        #expect(try await phone.app.enrollments() == [preview])

        let digits = try await phone.app.confirmAccount(preview.id)
        #expect(digits.wholeMatch(of: /[0-9]{6}/) != nil)
        #expect(try await phone.app.enrollmentStatus(preview.id, wait: 0) == .claimed)
        // the page waits at the server, the phone too
        async let active = phone.app.enrollmentStatus(preview.id, wait: 30)
        #expect(try await broker.confirm(begun, digits: digits).status == 200)
        #expect(try await active == .active(preview.id))

        let account = try await phone.app.accounts()
        #expect(account.map(\.id) == [preview.id])
        #expect(account.first?.deviceName == "わたしの電話")
        #expect(account.first?.state == .active)
        #expect(try await phone.app.enrollments() == [])
        #expect(try await broker.devices(user).count == 1)
    }

    @Test func byATypedCode() async throws {
        let server = try await World.shared()
        let (broker, user) = (Broker(server), World.customer())
        let phone = try await Phone.make(server)
        let begun = try await broker.begin(user)
        let preview = try await phone.app.beginEnrollmentTyped(host: server.origin, code: begun.typedCode)
        let digits = try await phone.app.confirmAccount(preview.id)
        #expect(try await broker.confirm(begun, digits: digits).status == 200)
        #expect(try await phone.becomesActive(preview.id) == preview.id)
    }

    @Test func wrongDigitsEndIt() async throws {
        let server = try await World.shared()
        let broker = Broker(server)
        let phone = try await Phone.make(server)
        let begun = try await broker.begin(World.customer())
        let preview = try await phone.app.beginEnrollment(begun.uri)
        let digits = try await phone.app.confirmAccount(preview.id)
        let wrong = digits.hasPrefix("0") ? "111111" : "000000"
        for _ in 0..<3 { #expect(try await broker.confirm(begun, digits: wrong).status == 422) }
        #expect(try await phone.app.enrollmentStatus(preview.id, wait: 30) == .failed(.ended))
        #expect(try await phone.app.enrollments() == [])
    }

    @Test func whatIsNotOursIsSaidToBeNotOurs() async throws {
        let server = try await World.shared()
        let phone = try await Phone.make(server)
        for text in ["", "otpauth://totp/x?secret=ABC", "\u{0}", String(repeating: "長", count: 20_000)] {
            #expect(try Authenticator.recognise(text) == .notOurs)
            #expect(try await failure { try await phone.app.beginEnrollment(text) }.key == "invalid_input.not_ours")
        }
        let begun = try await Broker(server).begin(World.customer())
        let tomorrow = begun.uri.replacingOccurrences(of: "v=1", with: "v=2")
        #expect(try Authenticator.recognise(tomorrow) == .otherVersion)
        #expect(try await failure { try await phone.app.beginEnrollment(tomorrow) }.key == "update_needed")
    }

    @Test func aServerThatTheBuildDoesNotAllow() async throws {
        let server = try await World.shared()
        let store = try await InkanStore.open(folder: try temporaryFolder(), vault: try SoftwareKeyVault())
        let app = try await Authenticator.open(
            store: store, profile: Profile(name: "a", model: "b", os: "c", appVersion: "1", language: .en),
            options: .init(allowedServers: ["https://auth.mirai.example"], extraRoots: [server.root]))
        let begun = try await Broker(server).begin(World.customer())
        let error = try await failure { try await app.beginEnrollment(begun.uri) }
        #expect(error.key == "invalid_input.server_not_allowed")
    }

    @Test func aServerThatIsNotTrusted() async throws {
        let server = try await World.shared()
        let store = try await InkanStore.open(folder: try temporaryFolder(), vault: try SoftwareKeyVault())
        let app = try await Authenticator.open(
            store: store, profile: Profile(name: "a", model: "b", os: "c", appVersion: "1", language: .en))
        let begun = try await Broker(server).begin(World.customer())
        #expect(try await failure { try await app.beginEnrollment(begun.uri) }.key == "untrusted")
    }

    @Test func theOldPhoneSignsForTheNewOne() async throws {
        let (server, broker, user, old, _) = try await World.enrolled()
        let new = try await Phone.make(server, name: "新しい電話")
        let begun = try await broker.begin(user, by: "password")
        let preview = try await new.app.beginEnrollment(begun.uri)
        let digits = try await new.app.confirmAccount(preview.id)
        #expect(try await broker.confirm(begun, digits: digits).status == 200)
        let account = try await new.becomesActive(preview.id)
        #expect(try await new.app.refreshAccount(account).restrictedUntil != nil)

        let request = try Required.value(try await old.app.inbox(wait: 10).requests.first, "a request")
        #expect(request.operation == .deviceAdd)
        #expect(request.lines.contains { $0.value.contains("iPhone 18") })
        let outcome = try await old.app.approve(
            account: request.account, challenge: request.challenge, number: digits, shown: request.language)
        #expect(outcome.decision == .approve)
        #expect(try await new.app.refreshAccount(account).restrictedUntil == nil)
    }

    @Test func aPhoneIsOpenedAgain() async throws {
        let server = try await World.shared()
        let (broker, user) = (Broker(server), World.customer())
        let begun = try await broker.begin(user)
        let (folder, id) = try await { () async throws -> (URL, AccountId) in
            let phone = try await Phone.make(server)
            return (phone.folder, try await phone.app.beginEnrollment(begun.uri).id)
        }()
        // nobody holds the first any more: the store is free, and the enrollment is still there
        let phone = try await Phone.open(folder, server)
        #expect(try await phone.app.enrollments().map(\.id) == [id])
        let digits = try await phone.app.confirmAccount(id)
        #expect(try await broker.confirm(begun, digits: digits).status == 200)
        #expect(try await phone.becomesActive(id) == id)
    }
}
