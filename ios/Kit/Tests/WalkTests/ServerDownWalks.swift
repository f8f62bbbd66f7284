// The server goes and comes back, in the middle of everything.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite struct ServerDownWalks {
    @Test func anAnswerIsKeptUntilTheServerIsBack() async throws {
        let server = try await LiveServer.start()
        let (broker, user) = (Broker(server), World.customer())
        let phone = try await Phone.make(server)
        let account = try await phone.enroll(broker, user)
        let asked = try await broker.ask(user)
        _ = try await phone.shown(asked)

        try await server.strike()
        let error = try await failure {
            try await phone.app.approve(account: account, challenge: asked.challenge, number: asked.number, shown: nil)
        }
        #expect(error.key == "offline")
        let away = try await phone.app.inbox(wait: 0)
        #expect(away.requests == [])
        #expect(away.problems.map(\.error.key) == ["offline"])
        #expect(away.settled.map(\.problem?.key) == ["offline"], "signed, kept, and not there yet")

        try await server.resume()
        let back = try await phone.app.inbox(wait: 10)
        let settled = try Required.value(back.settled.first, "a settled decision in \(back)")
        #expect(settled.challenge == asked.challenge && settled.decision == .approve && settled.problem == nil)
        #expect(settled.outcome?.decision == .approve)
        #expect(try await broker.redeem(asked).status == 200)
        #expect(try await phone.app.history(account).count == 1)
    }

    @Test func theInboxesGoOnAfterTheServerWasAway() async throws {
        let server = try await LiveServer.start()
        let (broker, user) = (Broker(server), World.customer())
        let phone = try await Phone.make(server)
        _ = try await phone.enroll(broker, user)
        let asked = try await broker.ask(user)
        var inboxes = phone.app.inboxes.makeAsyncIterator()
        #expect(try await inboxes.next()?.requests.map(\.challenge) == [asked.challenge])
        try await server.strike()
        #expect(try await inboxes.next()?.problems.map(\.error.key) == ["offline"])
        try await server.resume()
        #expect(try await inboxes.next()?.requests.map(\.challenge) == [asked.challenge])
    }
}
