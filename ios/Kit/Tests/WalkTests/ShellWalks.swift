// From a link to a first approval, page by page, and the other answers.
import TestWorld
import Testing

@testable import InkanKit

@MainActor @Suite(.timeLimit(.minutes(2))) struct ShellWalks {
    @Test func fromALinkToAnApproval() async throws {
        let server = try await World.shared()
        let (broker, user) = (Broker(server), World.customer())
        let parts = try Phone.Parts(temporaryFolder(), server)
        let asked = try await App.during(parts) { app in
            try await app.enroll(broker, user)
            await app.reach("inbox.empty")
            let asked = try await broker.ask(user)
            await app.openAndType(asked)
            app.tap("approve")
            await app.reach("ended.approved")
            #expect(try await broker.redeem(asked).json["tier"].text == "number")
            app.tap("close")
            await app.reach("inbox.empty")
            return asked
        }
        // The app is killed and comes back: what was decided is in the history.
        try await App.during(parts) { app in
            await app.reach("inbox.empty")
            app.tap("nav_history")
            let history = await app.reach("history")
            #expect(history.rowIds == ["entry:approve:\(asked.challenge)"])
        }
    }

    @Test func aDeclineAReportAndAWrongNumber() async throws {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        let app = try await App.enrolled(broker, user)

        let declined = try await broker.ask(user)
        await app.openTheOne(declined)
        await app.reach("request.number")
        app.tap("deny")
        app.tap("deny_mine")
        await app.reach("ended.denied")
        app.tap("close")

        let wrong = try await broker.ask(user)
        await app.openTheOne(wrong)
        await app.reach("request.number")
        app.type("number", wrong.wrongNumber)
        app.tap("approve")
        await app.reach("ended.number_wrong")
        app.tap("close")

        let foreign = try await broker.ask(user)
        await app.openTheOne(foreign)
        await app.reach("request.number")
        app.tap("report")
        await app.reach("ended.reported")
        app.tap("freeze")
        await app.reach("ended.frozen")
        app.close()
    }

    @Test func aScan() async throws {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        let app = try await App.enrolled(broker, user)
        let asked = try await broker.ask(user, ["start": "scan"])
        await app.openTheOne(asked)
        await app.reach("request.scan")
        app.tap("approve")
        #expect(app.shell.page.id == "request.scan", "before the code nothing is sent")
        app.tap("scan")
        await app.reach("request.scanning")
        app.shell.send(.scanned("https://example.com/"))
        #expect(app.says(.scanForeign))
        app.shell.send(.scanned(try await broker.scanCode(asked)))
        await app.reach("request.ready")
        app.tap("approve")
        await app.reach("ended.approved")
        #expect(try await broker.redeem(asked).json["tier"].text == "scan")
        app.close()
    }

    @Test func aLink() async throws {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        let app = try await App.enrolled(broker, user)
        let asked = try await broker.ask(user, ["start": "link"])
        app.shell.open(link: asked.link)
        await app.reach("request.ready")
        app.tap("approve")
        await app.reach("ended.approved")
        #expect(app.device.opened == [])
        #expect(try await broker.redeem(asked, ["session": "s-1"]).json["tier"].text == "link")
        app.close()
    }

    /// The browser is brought back with what only this phone can have: challenge and token.
    @Test func aLinkThatLeadsBackToThePage() async throws {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        let app = try await App.enrolled(broker, user)
        let asked = try await broker.ask(
            user, ["start": "link", "return_url": .text(LiveServer.returnURL), "minimum_tier": "returned"])
        app.shell.open(link: asked.link)
        await app.reach("request.ready")
        app.tap("approve")
        await app.reach("ended.approved.returning")
        // Once more, where the browser did not come to the front.
        app.tap("return")
        await app.shell.settle()
        let address = try #require(app.device.opened.first)
        #expect(app.device.opened == [address, address])
        let token = try #require(address.components(separatedBy: "&r=").last)
        #expect(address == "\(LiveServer.returnURL)#c=\(asked.challenge)&r=\(token)")
        let without = try await broker.redeem(asked, ["session": "s-1"])
        #expect(without.status != 200, "without the token it is no return: \(without)")
        let verdict = try await broker.redeem(asked, ["session": "s-1", "return_token": .text(token)])
        #expect(verdict.json["tier"].text == "returned", "\(verdict)")
        app.close()
    }
}
