// What the walks with cuts begin from, and what they look at: every step is cut at each place where the core waits for the
// phone, and done again on the same phone.
import Foundation
import InkanKit
import TestWorld
import Testing

/// Where a step is cut at least: if the core no longer comes by there, the walk tests less than it says.
func expectCut(_ cuts: [String], _ places: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    for place in places {
        #expect(cuts.contains(place), "\(place) is not among \(cuts)", sourceLocation: sourceLocation)
    }
}

extension Phone {
    /// The keys that are on it, its own and whatever was left over.
    func keys() async throws -> [KeyLabel] {
        try await SoftwareKeyVault(folder: folder.appending(path: "keys")).labels()
    }
}

/// A customer with a phone.
struct Customer: Sendable {
    let broker: Broker
    let user: String
    let account: AccountId
    var asked: Asked?

    var challenge: ChallengeId { asked?.challenge ?? ChallengeId("") }

    /// Enrolled on a phone that can be cut.
    static func enrolled() async throws -> (Phone, Customer) {
        let (_, broker, user, phone, account) = try await World.enrolled(cuts: true)
        return (phone, Customer(broker: broker, user: user, account: account))
    }

    /// Asked and shown, in the way of `more`. `opening`: by the link, or by the code of the moment.
    static func asked(_ more: [String: Json] = [:], opening: Opening = .none) async throws -> (Phone, Customer) {
        var (phone, customer) = try await enrolled()
        let asked = try await customer.broker.ask(customer.user, more)
        customer.asked = asked
        switch opening {
        case .none: _ = try await phone.shown(asked)
        case .link: _ = try await phone.app.openLink(asked.link)
        case .scan: _ = try await phone.app.openLink(try await customer.broker.scanCode(asked))
        }
        return (phone, customer)
    }

    enum Opening { case none, link, scan }

    /// Redeemed, to a verdict of that tier.
    func isRedeemed(_ tier: String, _ body: Json = ["session": "s-1"]) async throws {
        let verdict = try await broker.redeem(try Required.value(asked, "a request"), body)
        #expect(verdict.json["tier"].text == tier, "\(verdict)")
    }

    /// Once, at the server and on the phone.
    func isDecided(_ phone: Phone, _ outcome: Outcome, _ state: String) async throws {
        #expect(outcome.challenge == challenge && outcome.account == account)
        let asked = try Required.value(asked, "a request")
        #expect(try await broker.state(asked) == state)
        #expect(try await phone.app.inbox(wait: 0) == Inbox())
        #expect(try await phone.app.history(account).map(\.outcome) == [outcome])
    }
}
