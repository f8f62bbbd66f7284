// An enrollment is cut wherever the core waits for the phone, from its code to its end.
import InkanKit
import TestWorld
import Testing

@Suite struct CutEnrollWalks {
    private let claimed = [
        "before createKey", "after createKey", "before sign", "after sign", "before POST /d/v1/enroll",
        "after POST /d/v1/enroll",
    ]

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
        expectCut(cuts, claimed)
    }

    /// What was typed buys the link once. Until it is sent it can be typed again; from then on the page's code, which stays
    /// valid, brings the same enrollment to its end.
    @Test func beginningByATypedCode() async throws {
        let (servers, typed) = (Servers(), Answers())
        let cuts = try await Phone.cutEverywhere {
            let server = try await servers.next()
            let broker = Broker(server)
            return (try await Phone.make(server, cuts: true), (broker, try await broker.begin(World.customer())))
        } step: { phone, prepared in
            let (broker, begun) = prepared
            do {
                let preview = try await phone.app.beginEnrollmentTyped(
                    host: broker.server.origin, code: begun.typedCode)
                await typed.note(true)
                return preview
            } catch InkanError.notRecognised {
                await typed.note(false)
                return try await phone.app.beginEnrollment(begun.uri)
            }
        } after: { phone, prepared, preview in
            #expect(try await phone.app.enrollments() == [preview])
            let digits = try await phone.app.confirmAccount(preview.id)
            #expect(try await prepared.0.confirm(prepared.1, digits: digits).status == 200)
            #expect(try await phone.becomesActive(preview.id) == preview.id)
        }
        expectCut(cuts, ["before POST /d/v1/typed", "after POST /d/v1/typed"] + claimed)
        let bought = try Required.value(cuts.firstIndex(of: "after POST /d/v1/typed"), "the purchase")
        let expected = cuts.indices.map { $0 < bought } + [true]
        #expect(await typed.all == expected, "\(cuts)")
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
        expectCut(cuts, ["before GET /d/v1/device", "after GET /d/v1/device"])
    }

    /// No key and no record is left of it, and the same code begins anew or is refused, as the server says.
    @Test func givingAnEnrollmentUp() async throws {
        let cuts = try await Phone.cutEverywhere {
            let server = try await World.shared()
            let begun = try await Broker(server).begin(World.customer())
            let phone = try await Phone.make(server, cuts: true)
            let id = try await phone.app.beginEnrollment(begun.uri).id
            let keys = try await phone.keys()
            #expect(keys.count == 2, "the control: there are keys")
            return (phone, id)
        } step: { phone, id in
            do {
                try await phone.app.abandonEnrollment(id)
            } catch InkanError.invalidInput(.unknownEnrollment, _) {
                // cut after its last work was done
            }
        } after: { phone, _, _ in
            let (left, keys) = (try await phone.app.enrollments(), try await phone.keys())
            #expect(left == [] && keys == [])
        }
        expectCut(cuts, ["before deleteKey", "after deleteKey"])
    }

    @Test func theOldPhoneSignsForTheNewOne() async throws {
        let cuts = try await Phone.cutEverywhere {
            let (old, customer) = try await Customer.enrolled()
            let new = try await Phone.make(customer.broker.server, name: "新しい電話")
            let begun = try await customer.broker.begin(customer.user, by: "password")
            let preview = try await new.app.beginEnrollment(begun.uri)
            let digits = try await new.app.confirmAccount(preview.id)
            #expect(try await customer.broker.confirm(begun, digits: digits).status == 200)
            let account = try await new.becomesActive(preview.id)
            let waits = try await new.app.refreshAccount(account)
            #expect(waits.restrictedUntil != nil, "the control: it waits")
            let request = try Required.value(try await old.app.inbox(wait: 10).requests.first, "a request")
            return (old, (request, digits, new, account))
        } step: { old, prepared in
            let (request, digits, _, _) = prepared
            return try await old.app.approve(
                account: request.account, challenge: request.challenge, number: digits, shown: request.language)
        } after: { old, prepared, outcome in
            let (request, _, new, account) = prepared
            #expect(outcome.decision == .approve && outcome.challenge == request.challenge)
            let past = try await old.app.history(request.account)
            let fresh = try await new.app.refreshAccount(account)
            #expect(past.map(\.outcome) == [outcome] && fresh.restrictedUntil == nil)
        }
        expectCut(
            cuts,
            [
                "before verifyUser", "after verifyUser", "before sign", "after sign", "before POST /d/v1/answer",
                "after POST /d/v1/answer",
            ])
    }
}

/// An address may try five typed codes at once, and a walk takes two: after two walks it is another server's turn.
private actor Servers {
    private var uses = 0
    private var server: LiveServer?

    func next() async throws -> LiveServer {
        if uses == 2 { (uses, server) = (0, nil) }
        uses += 1
        if let server { return server }
        let started = try await LiveServer.start()
        server = started
        return started
    }
}

/// What came of each walk in turn.
private actor Answers {
    private(set) var all: [Bool] = []

    func note(_ answer: Bool) { all.append(answer) }
}
