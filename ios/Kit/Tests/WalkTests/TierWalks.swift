// The four ways in which page and phone are tied together, each to its verdict.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite struct TierWalks {
    private func tier(_ broker: Broker, _ asked: Asked, _ body: Json = [:]) async throws -> String? {
        let reply = try await broker.redeem(asked, body)
        guard reply.status == 200 else { throw Required(description: "redeem: \(reply)") }
        return reply.json["tier"].text
    }

    @Test func number() async throws {
        let (server, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        let request = try await phone.shown(asked)
        #expect(request.account == account)
        #expect(request.approval == .number(digits: 6))
        #expect(request.start == .number(digits: 6))
        #expect(request.language == .ja)
        #expect(request.lines.contains { $0.role == .amount && $0.value == "¥1,250,000" })
        #expect(request.remaining > 60 && request.remaining <= 120)

        let tooEarly = try await failure {
            try await phone.app.approve(account: account, challenge: asked.challenge, number: nil, shown: nil)
        }
        #expect(tooEarly.key == "invalid_input.number")
        let outcome = try await phone.app.approve(
            account: account, challenge: asked.challenge, number: asked.number, shown: nil)
        #expect(outcome.decision == .approve && outcome.challenge == asked.challenge && outcome.returnTo == nil)
        #expect(outcome.logRow > 0 && outcome.receipt.split(separator: ".").count == 3)
        #expect(try await tier(broker, asked) == "number")
        #expect(try await phone.app.inbox(wait: 0).requests == [])

        let past = try await phone.app.history(account)
        #expect(past.map(\.outcome) == [outcome])
        #expect(past.first?.lines == request.lines)
        _ = server
    }

    @Test func scan() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user, ["start": "scan"])
        #expect(try await phone.shown(asked).approval == .scan)
        let early = try await failure {
            try await phone.app.approve(account: account, challenge: asked.challenge, number: nil, shown: nil)
        }
        #expect(early.key == "invalid_input.start_first")
        let code = try await broker.scanCode(asked)
        guard case .challenge(_, asked.challenge, .scan) = try Authenticator.recognise(code) else {
            throw Required(description: "a code of the challenge: \(code)")
        }
        #expect(try await phone.app.openLink(code).approval == .ready)
        _ = try await phone.app.approve(account: account, challenge: asked.challenge, number: nil, shown: nil)
        #expect(try await tier(broker, asked) == "scan")
    }

    @Test func link() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user, ["start": "link"])
        let opened = try await phone.app.openLink(asked.link)
        #expect(opened.approval == .ready && !opened.returns)
        let outcome = try await phone.app.approve(account: account, challenge: asked.challenge, number: nil, shown: nil)
        #expect(outcome.returnTo == nil)
        #expect(try await tier(broker, asked, ["session": "s-1"]) == "link")
    }

    @Test func returned() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(
            user, ["start": "link", "return_url": .text(LiveServer.returnURL), "minimum_tier": "returned"])
        #expect(try await phone.app.openLink(asked.link).returns)
        let outcome = try await phone.app.approve(account: account, challenge: asked.challenge, number: nil, shown: nil)
        let address = try Required.value(outcome.returnTo, "an address to return to")
        #expect("\(outcome)".contains("returnTo: Optional(ReturnAddress)"), "its words tell nothing")
        let url = address.exposeURL()
        #expect(url.hasPrefix("\(LiveServer.returnURL)#c=\(asked.challenge)&r="))
        let token = try Required.value(url.components(separatedBy: "&r=").last, "a token")
        #expect(!"\(outcome)".contains(token))
        #expect(try await tier(broker, asked, ["session": "s-1", "return_token": .text(token)]) == "returned")
    }
}
