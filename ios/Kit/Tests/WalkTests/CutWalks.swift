// Each step is cut at each place where the core waits for the phone: its task is cancelled there, the core says so, and
// the same step done again comes to the same end. What was signed is kept, a counter is never used twice, and no
// enrollment is claimed a second time.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite struct CutWalks {
    /// Every decision is signed, sent and answered; an approval asks the person first.
    private let sent = ["before sign", "after sign", "before POST /d/v1/answer", "after POST /d/v1/answer"]
    private let verified = ["before verifyUser", "after verifyUser"]

    @Test func looking() async throws {
        let cuts = try await Phone.cutEverywhere {
            var (phone, customer) = try await Customer.enrolled()
            customer.asked = try await customer.broker.ask(customer.user)
            return (phone, customer)
        } step: { phone, _ in
            try await phone.app.inbox(wait: 10)
        } after: { _, customer, inbox in
            #expect(inbox.requests.map(\.challenge) == [customer.asked?.challenge])
            #expect(inbox.problems == [])
        }
        expectCut(cuts, ["before GET /d/v1/challenges", "after GET /d/v1/challenges"])
    }

    // MARK: Opening

    private func openings(_ start: String, _ text: @escaping @Sendable (Customer) async throws -> String) async throws {
        let cuts = try await Phone.cutEverywhere {
            var (phone, customer) = try await Customer.enrolled()
            customer.asked = try await customer.broker.ask(customer.user, ["start": .text(start)])
            return (phone, customer)
        } step: { phone, customer in
            try await phone.app.openLink(try await text(customer))
        } after: { phone, customer, request in
            #expect(request.challenge == customer.challenge && request.approval == .ready)
            _ = try await phone.app.approve(
                account: customer.account, challenge: request.challenge, number: nil, shown: nil)
            try await customer.isRedeemed(start)
        }
        expectCut(cuts, ["before sign", "after sign", "before POST /d/v1/start", "after POST /d/v1/start"])
    }

    @Test func openingALink() async throws { try await openings("link") { $0.asked?.link ?? "" } }

    /// The code of the moment is read anew each time, as a camera does.
    @Test func openingByAScan() async throws {
        try await openings("scan") { try await $0.broker.scanCode(try Required.value($0.asked, "a request")) }
    }

    // MARK: Deciding

    @Test func approving() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.asked()
        } step: { phone, customer in
            try await phone.app.approve(
                account: customer.account, challenge: customer.challenge, number: customer.asked?.number, shown: nil)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "approved")
        }
        expectCut(cuts, verified + sent)
    }

    @Test(arguments: [("scan", Customer.Opening.scan), ("link", .link)])
    func approvingWhatWasOpened(start: String, opening: Customer.Opening) async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.asked(["start": .text(start)], opening: opening)
        } step: { phone, customer in
            try await phone.app.approve(
                account: customer.account, challenge: customer.challenge, number: nil, shown: nil)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "approved")
            try await customer.isRedeemed(start)
        }
        expectCut(cuts, verified + sent)
    }

    @Test func approvingAndReturning() async throws {
        let more: [String: Json] = [
            "start": "link", "return_url": .text(LiveServer.returnURL), "minimum_tier": "returned",
        ]
        let cuts = try await Phone.cutEverywhere {
            try await Customer.asked(more, opening: .link)
        } step: { phone, customer in
            try await phone.app.approve(
                account: customer.account, challenge: customer.challenge, number: nil, shown: nil)
        } after: { _, customer, outcome in
            let address = try Required.value(outcome.returnTo?.exposeURL(), "an address to return to")
            let token = try Required.value(address.components(separatedBy: "&r=").last, "a token")
            try await customer.isRedeemed("returned", ["session": "s-1", "return_token": .text(token)])
        }
        expectCut(cuts, verified + sent)
    }

    @Test func denying() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.asked()
        } step: { phone, customer in
            try await phone.app.deny(account: customer.account, challenge: customer.challenge, reason: .other)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "denied")
        }
        expectCut(cuts, sent)
        #expect(!cuts.contains("before verifyUser"), "nobody is verified for a refusal")
    }

    @Test func reporting() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await Customer.asked()
        } step: { phone, customer in
            try await phone.app.report(account: customer.account, challenge: customer.challenge)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "reported")
        }
        expectCut(cuts, sent)
        #expect(!cuts.contains("before verifyUser"), "nobody is verified for a refusal")
    }

    /// What an answer that was cut leaves behind is sent by the next look, without the person.
    @Test func aLookBringsACutAnswerToItsEnd() async throws {
        let (phone, customer) = try await Customer.asked()
        let cut = try await phone.cut(at: "before POST /d/v1/answer") {
            try await phone.app.approve(
                account: customer.account, challenge: customer.challenge, number: customer.asked?.number, shown: nil)
        }
        #expect(cut is CancellationError)
        let asked = try Required.value(customer.asked, "a request")
        #expect(try await customer.broker.state(asked) == "pending")
        let inbox = try await phone.app.inbox(wait: 0)
        #expect(inbox.settled.map(\.outcome?.decision) == [.approve])
        #expect(try await customer.broker.state(asked) == "approved")
    }
}
