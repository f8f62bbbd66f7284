// How a request ends that was not simply answered: without the server, too late, elsewhere, by a key that is gone, by a link
// that leads nowhere.
import Foundation
import TestWorld
import Testing

@testable import InkanKit

@MainActor @Suite(.timeLimit(.minutes(2))) struct ShellRequestWalks {
    private func enrolled() async throws -> (Broker, String, App) {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        return (broker, user, try await App.enrolled(broker, user))
    }

    /// The server goes while the answer is sent: it is kept, said to be kept, and sent by itself when the server is back.
    @Test func keptAndSentWhenTheServerIsBack() async throws {
        let server = try await LiveServer.start()
        let (broker, user) = (Broker(server), World.customer())
        let app = try await App.enrolled(broker, user)
        let asked = try await broker.ask(user)
        await app.openAndType(asked)
        try await server.strike()
        app.tap("approve")
        await app.reach("request.kept")
        #expect(!app.offers("approve") && app.offers("resend"))
        try await server.resume()
        await app.reach("ended.approved")
        #expect(try await broker.redeem(asked).status == 200)
        app.close()
    }

    /// The same, and the app is killed in between: the next process brings it to its end, and says so.
    @Test func keptOverTheEndOfTheProcess() async throws {
        let server = try await LiveServer.start()
        let (broker, user) = (Broker(server), World.customer())
        let parts = try Phone.Parts(temporaryFolder(), server)
        let asked = try await App.during(parts) { app in
            try await app.enroll(broker, user)
            let asked = try await broker.ask(user)
            await app.openAndType(asked)
            try await server.strike()
            app.tap("approve")
            await app.reach("request.kept")
            return asked
        }
        try await App.during(parts) { app in
            await app.reach("inbox.offline")
            #expect(app.says(.offline))
            try await server.resume()
            await app.reach { _ in app.says(.settledApprove) }
            #expect(try await broker.redeem(asked).status == 200)
        }
    }

    /// The network goes while the request is shown: the page says so, stays, and can be answered when it is back.
    @Test func theConnectionGoesWhileItIsShown() async throws {
        let server = try await LiveServer.start()
        let (broker, user) = (Broker(server), World.customer())
        let app = try await App.enrolled(broker, user)
        let asked = try await broker.ask(user)
        await app.openAndType(asked)
        try await server.strike()
        await app.reach { _ in app.says(.offline) }
        #expect(app.shell.page.id == "request.number")
        try await server.resume()
        await app.reach { _ in !app.says(.offline) }
        app.tap("approve")
        await app.reach("ended.approved")
        app.close()
    }

    @Test func expired() async throws {
        let (broker, user, app) = try await enrolled()
        let asked = try await broker.ask(user, ["expires_in": 30])
        await app.openTheOne(asked)
        await app.reach("ended.expired")
        #expect(app.says(.expired, .againNext) && !app.offers("approve"))
        #expect(try await broker.state(asked) == "expired")
        app.tap("close")
        await app.reach("inbox.empty")
        app.close()
    }

    @Test func answeredElsewhere() async throws {
        let (broker, user, app) = try await enrolled()
        let other = try await Phone.make(broker.server, name: "二台目")
        let second = try await other.enroll(broker, user)
        let asked = try await broker.ask(user)
        await app.openTheOne(asked)
        await app.reach("request.number")
        _ = try await other.shown(asked)
        _ = try await other.app.approve(account: second, challenge: asked.challenge, number: asked.number, shown: nil)
        await app.reach("ended.elsewhere.approved")
        #expect(app.says(.elsewhere, .elsewhereApproved) && app.offers("report"))
        app.close()
    }

    /// A newer one of the same page, and one that the page took back.
    @Test func anotherTakesItsPlaceAndIsTakenBack() async throws {
        let (broker, user, app) = try await enrolled()
        let first = try await broker.ask(user)
        await app.openTheOne(first)
        await app.reach("request.number")
        let second = try await broker.ask(user)
        await app.reach("ended.superseded")
        #expect(app.says(.superseded, .supersededNext))
        app.tap("close")
        await app.openTheOne(second)
        await app.reach("request.number")
        _ = try await broker.ok("DELETE", "/v1/challenges/\(second.challenge)")
        await app.reach("ended.cancelled")
        #expect(app.says(.cancelled))
        app.close()
    }

    @Test func theDeviceIsRevoked() async throws {
        let (broker, user, app) = try await enrolled()
        let asked = try await broker.ask(user)
        await app.openAndType(asked)
        let device = try #require(try await broker.devices(user).first?["id"].text)
        _ = try await broker.ok("DELETE", "/v1/users/\(user)/devices/\(device)")
        app.tap("approve")
        await app.reach("request.stuck.not_recognised")
        #expect(app.says(.notRecognised, .nothingWithdrawal, .notRecognisedNext) && app.offers("enroll"))
        app.tap("close")
        // And it deletes nothing.
        await app.reach("inbox.not_recognised")
        #expect(app.says(.notRecognised) && app.offers("enroll"))
        app.close()
    }

    @Test func theKeyIsLostAndThePersonIsNotVerified() async throws {
        let (broker, user, app) = try await enrolled()
        let asked = try await broker.ask(user)
        await app.openAndType(asked)
        for (answer, key) in [
            (VaultError.userCancelled, Words.Key.verificationCancelled), (.userVerificationFailed, .verification),
            (.locked, .verificationLocked),
        ] {
            await app.person.answers(answer)
            app.tap("approve")
            await app.reach { $0.id == "request.number" && app.says(key) }
        }
        #expect(try await broker.state(asked) == "pending")
        await app.person.answers(.keyInvalidated)
        app.tap("approve")
        await app.reach("request.blocked.key_invalid")
        #expect(app.says(.keyInvalid) && app.offers("enroll") && !app.offers("approve"))
        // It can still be declined.
        app.tap("deny")
        app.tap("deny_mine")
        await app.reach("ended.denied")
        #expect(try await broker.state(asked) == "denied")
        app.close()
    }

    // MARK: Links that lead nowhere

    /// Where a link leads that opens nothing, and what the page says. It begins in the list, and ends there.
    private func opensNothing(_ app: App, _ link: String, _ page: String, _ keys: Words.Key...) async {
        let list = await app.reach { $0.id.hasPrefix("inbox.") || $0.id == "welcome" }.id
        app.shell.open(link: link)
        await app.reach { $0.id != "request.verifying" && $0.id != list }
        #expect(app.shell.page.id == page)
        for key in keys { #expect(app.says(key), "\(key): \(app.shell.page.sentences)") }
        #expect(!app.offers("approve"))
        app.tap("close")
        await app.reach { $0.id.hasPrefix("inbox.") || $0.id == "welcome" }
    }

    @Test func aLinkThatAnotherPhoneHasOpened() async throws {
        let (broker, user, app) = try await enrolled()
        let other = try await Phone.make(broker.server, name: "二台目")
        let second = try await other.enroll(broker, user)
        let asked = try await broker.ask(user, ["start": "link"])
        _ = try await other.app.openLink(asked.link)
        await opensNothing(
            app, asked.link, "request.stuck.refused", .codeOld, .nothingAnswered, .codeOldNext)
        // The other one has lost nothing by it.
        _ = try await other.app.approve(account: second, challenge: asked.challenge, number: nil, shown: nil)
        #expect(try await broker.state(asked) == "approved")
        app.close()
    }

    @Test func aLinkOfARequestThatHasEnded() async throws {
        let (broker, user, app) = try await enrolled()
        let cancelled = try await broker.ask(user, ["start": "link"])
        _ = try await broker.ok("DELETE", "/v1/challenges/\(cancelled.challenge)")
        await opensNothing(app, cancelled.link, "ended.cancelled", .cancelled, .nothingOther, .againNext)

        let answered = try await broker.ask(user, ["start": "link"])
        app.shell.open(link: answered.link)
        await app.reach("request.ready")
        app.tap("approve")
        await app.reach("ended.approved")
        app.tap("close")
        await opensNothing(app, answered.link, "ended.approved", .approved, .approvedNext)
        #expect(try await broker.redeem(answered, ["session": "s-1"]).status == 200, "once, and not again")
        app.close()
    }

    @Test func aLinkOfARequestThatRanOut() async throws {
        let (broker, user, app) = try await enrolled()
        let asked = try await broker.ask(user, ["start": "link", "expires_in": 30])
        while try await broker.ok("GET", "/v1/challenges/\(asked.challenge)?wait=25")["state"].text == "pending" {}
        await opensNothing(app, asked.link, "ended.expired", .expired, .againNext)
        app.close()
    }

    @Test func aForgedLink() async throws {
        let (broker, user, app) = try await enrolled()
        let asked = try await broker.ask(user, ["start": "link"])
        await opensNothing(
            app, try forged(asked.link, "t"), "request.stuck.refused", .codeOld, .nothingAnswered, .codeOldNext)
        #expect(try await broker.state(asked) == "pending", "it has used nothing up")
        app.shell.open(link: asked.link)
        await app.reach("request.ready")
        app.tap("approve")
        await app.reach("ended.approved")
        app.close()
    }

    /// A picture of the page's code, scanned when the page shows another one by now; and one that is not the page's at all.
    @Test func aForgedCode() async throws {
        let (broker, user, app) = try await enrolled()
        let asked = try await broker.ask(user, ["start": "scan"])
        let code = try await broker.scanCode(asked)
        await app.openTheOne(asked)
        await app.reach("request.scan")
        app.tap("scan")
        await app.reach("request.scanning")
        app.shell.send(.scanned(try forged(code, "m")))
        await app.reach { $0.id == "request.scan" && app.says(.codeOld, .codeOldNext) }
        app.tap("scan")
        app.shell.send(.scanned(try await broker.scanCode(asked)))
        await app.reach("request.ready")
        app.close()
    }

    /// A link to a server at which this phone has no account.
    @Test func aLinkForNobodyHere() async throws {
        let (broker, user, other) = try await enrolled()
        let asked = try await broker.ask(user, ["start": "link"])
        let app = try App.fresh(broker.server)
        await app.reach("welcome")
        await opensNothing(
            app, asked.link, "request.stuck.invalid_input", .noAccountForLink, .nothingAnswered, .noAccountForLinkNext)
        #expect(try await broker.state(asked) == "pending")
        for app in [app, other] { app.close() }
    }
}
