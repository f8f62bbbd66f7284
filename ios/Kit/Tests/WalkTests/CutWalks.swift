// Each step is cut at each place where the core waits for the phone: its task is cancelled there, the core says so, and
// the same step done again comes to the same end. What was signed is kept, a counter is never used twice, and no
// enrollment is claimed a second time.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite struct CutWalks {
    private func enrolled() async throws -> (Phone, Customer) {
        let (_, broker, user, phone, account) = try await World.enrolled(cuts: true)
        return (phone, Customer(broker: broker, user: user, account: account))
    }

    /// Asked and shown, in the way of `more`.
    private func asked(_ more: [String: Json] = [:], opened: Bool = false) async throws -> (Phone, Customer) {
        var (phone, customer) = try await enrolled()
        let asked = try await customer.broker.ask(customer.user, more)
        customer.asked = asked
        if opened { _ = try await phone.app.openLink(asked.link) } else { _ = try await phone.shown(asked) }
        return (phone, customer)
    }

    @Test func beginningAnEnrollment() async throws {
        let cuts = try await Phone.cutEverywhere {
            let server = try await World.shared()
            let broker = Broker(server)
            let phone = try await Phone.make(server, cuts: true)
            return (phone, (broker, try await broker.begin(World.customer())))
        } step: { phone, prepared in
            try await phone.app.beginEnrollment(prepared.1.uri)
        } after: { phone, prepared, preview in
            #expect(try await phone.app.enrollments() == [preview])
            let digits = try await phone.app.confirmAccount(preview.id)
            #expect(try await prepared.0.confirm(prepared.1, digits: digits).status == 200)
            #expect(try await phone.becomesActive(preview.id) == preview.id)
        }
        #expect(cuts.contains("before createKey") && cuts.contains("after POST /d/v1/enroll"), "\(cuts)")
    }

    @Test func finishingAnEnrollment() async throws {
        let cuts = try await Phone.cutEverywhere {
            let server = try await World.shared()
            let broker = Broker(server)
            let phone = try await Phone.make(server, cuts: true)
            let begun = try await broker.begin(World.customer())
            let id = try await phone.app.beginEnrollment(begun.uri).id
            let digits = try await phone.app.confirmAccount(id)
            #expect(try await broker.confirm(begun, digits: digits).status == 200)
            return (phone, id)
        } step: { phone, id in
            try await phone.app.enrollmentStatus(id, wait: 25)
        } after: { phone, id, progress in
            let accounts = try await phone.app.accounts()
            #expect(progress == .active(id) && accounts.map(\.id) == [id])
        }
        #expect(cuts.count >= 2, "\(cuts)")
    }

    @Test func looking() async throws {
        let cuts = try await Phone.cutEverywhere {
            var (phone, customer) = try await enrolled()
            customer.asked = try await customer.broker.ask(customer.user)
            return (phone, customer)
        } step: { phone, _ in
            try await phone.app.inbox(wait: 10)
        } after: { _, customer, inbox in
            #expect(inbox.requests.map(\.challenge) == [customer.asked?.challenge])
            #expect(inbox.problems == [])
        }
        #expect(cuts.contains("after GET /d/v1/challenges"), "\(cuts)")
    }

    @Test func openingALink() async throws {
        let cuts = try await Phone.cutEverywhere {
            var (phone, customer) = try await enrolled()
            customer.asked = try await customer.broker.ask(customer.user, ["start": "link"])
            return (phone, customer)
        } step: { phone, customer in
            try await phone.app.openLink(customer.asked?.link ?? "")
        } after: { phone, customer, request in
            #expect(request.approval == .ready)
            _ = try await phone.app.approve(account: customer.account, challenge: request.challenge, number: nil)
        }
        #expect(cuts.contains("after POST /d/v1/start"), "\(cuts)")
    }

    @Test func approving() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await asked()
        } step: { phone, customer in
            try await phone.app.approve(
                account: customer.account, challenge: customer.challenge, number: customer.asked?.number)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "approved")
        }
        #expect(cuts.contains("before verifyUser") && cuts.contains("after sign"), "\(cuts)")
        #expect(cuts.contains("before POST /d/v1/answer") && cuts.contains("after POST /d/v1/answer"), "\(cuts)")
    }

    @Test func approvingAndReturning() async throws {
        let more: [String: Json] = [
            "start": "link", "return_url": .text(LiveServer.returnURL), "minimum_tier": "returned",
        ]
        _ = try await Phone.cutEverywhere {
            try await asked(more, opened: true)
        } step: { phone, customer in
            try await phone.app.approve(account: customer.account, challenge: customer.challenge, number: nil)
        } after: { _, customer, outcome in
            let address = try Required.value(outcome.returnTo?.exposeURL(), "an address to return to")
            let token = try Required.value(address.components(separatedBy: "&r=").last, "a token")
            let verdict = try await customer.broker.redeem(
                try Required.value(customer.asked, "a request"), ["session": "s-1", "return_token": .text(token)])
            #expect(verdict.json["tier"].text == "returned", "\(verdict)")
        }
    }

    @Test func denying() async throws {
        _ = try await Phone.cutEverywhere {
            try await asked()
        } step: { phone, customer in
            try await phone.app.deny(account: customer.account, challenge: customer.challenge, reason: .other)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "denied")
        }
    }

    @Test func reporting() async throws {
        _ = try await Phone.cutEverywhere {
            try await asked()
        } step: { phone, customer in
            try await phone.app.report(account: customer.account, challenge: customer.challenge)
        } after: { phone, customer, outcome in
            try await customer.isDecided(phone, outcome, "reported")
        }
    }

    /// What an answer that was cut leaves behind is sent by the next look, without the person.
    @Test func aLookBringsACutAnswerToItsEnd() async throws {
        let (phone, customer) = try await asked()
        let cut = try await phone.cut(at: "before POST /d/v1/answer") {
            try await phone.app.approve(
                account: customer.account, challenge: customer.challenge, number: customer.asked?.number)
        }
        #expect(cut is CancellationError)
        let asked = try Required.value(customer.asked, "a request")
        #expect(try await customer.broker.state(asked) == "pending")
        let inbox = try await phone.app.inbox(wait: 0)
        #expect(inbox.settled.map(\.outcome?.decision) == [.approve])
        #expect(try await customer.broker.state(asked) == "approved")
    }

    @Test func newKeys() async throws {
        let cuts = try await Phone.cutEverywhere {
            try await enrolled()
        } step: { phone, customer in
            try await phone.app.rotateKeys(customer.account)
        } after: { phone, customer, _ in
            let asked = try await customer.broker.ask(customer.user)
            _ = try await phone.shown(asked)
            _ = try await phone.app.approve(
                account: customer.account, challenge: asked.challenge, number: asked.number)
        }
        #expect(cuts.contains("after createKey") && cuts.contains { $0.hasPrefix("after P") }, "\(cuts)")
    }

    @Test func namePushAndLeaving() async throws {
        _ = try await Phone.cutEverywhere {
            try await enrolled()
        } step: { phone, customer in
            try await phone.app.rename(customer.account, name: "新しい名前")
            try await phone.app.setPush(
                account: customer.account, push: PushAddress(provider: .apns, token: String(repeating: "a", count: 64)))
        } after: { phone, customer, _ in
            let account = try await phone.app.refreshAccount(customer.account)
            #expect(account.deviceName == "新しい名前")
        }
        _ = try await Phone.cutEverywhere {
            try await enrolled()
        } step: { phone, customer in
            // cut after the server has heard it, the account may be gone already
            if try await !phone.app.accounts().isEmpty { try await phone.app.leave(customer.account) }
        } after: { phone, customer, _ in
            let (accounts, devices) = (try await phone.app.accounts(), try await customer.broker.devices(customer.user))
            #expect(accounts == [] && devices.allSatisfy { $0["state"].text != "active" })
        }
    }
}

/// A customer with a phone.
struct Customer: Sendable {
    let broker: Broker
    let user: String
    let account: AccountId
    var asked: Asked?

    var challenge: ChallengeId { asked?.challenge ?? ChallengeId("") }

    /// Once, at the server and on the phone.
    func isDecided(_ phone: Phone, _ outcome: Outcome, _ state: String) async throws {
        #expect(outcome.challenge == challenge && outcome.account == account)
        let asked = try Required.value(asked, "a request")
        #expect(try await broker.state(asked) == state)
        #expect(try await phone.app.inbox(wait: 0) == Inbox())
        #expect(try await phone.app.history(account).map(\.outcome) == [outcome])
    }
}
