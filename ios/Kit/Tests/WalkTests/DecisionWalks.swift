// No, not me, too late, elsewhere: every other end of a request.
import Foundation
import InkanKit
import TestWorld
import Testing

@Suite struct DecisionWalks {
    @Test func deny() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        _ = try await phone.shown(asked)
        let outcome = try await phone.app.deny(account: account, challenge: asked.challenge, reason: .changedMind)
        #expect(outcome.decision == .deny)
        #expect(try await broker.state(asked) == "denied")
        #expect(try await broker.redeem(asked).json["code"].text == "not_approved")
        #expect(try await phone.app.requestState(account: account, challenge: asked.challenge, wait: 0) == .denied)
    }

    @Test func reportAndFreeze() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        // from a notification: never shown before
        let outcome = try await phone.app.report(account: account, challenge: asked.challenge)
        #expect(outcome.decision == .report)
        #expect(try Required.value(outcome.mutedUntil, "the end of the mute") > outcome.decidedAt)
        #expect(try await broker.state(asked) == "reported")
        try await phone.app.freeze(account)
        let stopped = try await phone.app.refreshAccount(account)
        #expect(stopped.frozen && stopped.supportPhone == LiveServer.supportPhone)
        #expect(stopped.mutedUntil == outcome.mutedUntil)
        #expect(try await broker.call("POST", "/v1/challenges", askAgain(user)).json["code"].text == "user_locked")
        let lifted: Json = ["reason": "identity checked"]
        _ = try await broker.ok("POST", "/v1/users/\(user)/unfreeze", lifted)
        #expect(try await !phone.app.refreshAccount(account).frozen)
    }

    private func askAgain(_ user: String) -> Json {
        [
            "user": .text(user), "operation": "login", "details": [], "start": "number",
            "origin": ["ip": "203.0.113.24", "user_agent": "Mozilla/5.0", "session": "s-1"],
        ]
    }

    @Test func aWrongNumberEndsIt() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let origin: Json = ["ip": "198.51.100.7", "user_agent": "Mozilla/5.0", "session": "s-2"]
        let asked = try await broker.ask(user, ["origin": origin])
        _ = try await phone.shown(asked)
        let error = try await failure {
            try await phone.app.approve(
                account: account, challenge: asked.challenge, number: asked.wrongNumber, shown: nil)
        }
        guard case .refused(let refusal, _) = error else { throw Required(description: "a refusal: \(error)") }
        #expect(refusal.reason == .numberWrong && refusal.state == .failed)
        #expect(error.key == "refused.number_wrong")
    }

    /// The shortest life that a request can have is half a minute: the phone waits at the server until it is over. The
    /// server answers a wait after 25 seconds at the latest.
    @Test func expired() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user, ["expires_in": 30])
        _ = try await phone.shown(asked)
        var state = ChallengeState.pending
        for _ in 0..<3 where state == .pending {
            state = try await phone.app.requestState(account: account, challenge: asked.challenge, wait: 25)
        }
        #expect(state == .expired)
        let late = try await failure {
            try await phone.app.approve(account: account, challenge: asked.challenge, number: asked.number, shown: nil)
        }
        #expect(["invalid_input.expired", "refused.expired"].contains(late.key))
        #expect(try await broker.state(asked) == "expired")
        #expect(try await phone.app.inbox(wait: 0).requests == [])
    }

    @Test func answeredOnAnotherDevice() async throws {
        let (server, broker, user, one, first) = try await World.enrolled()
        let two = try await Phone.make(server, name: "二台目")
        let second = try await two.enroll(broker, user)
        let asked = try await broker.ask(user)
        #expect(try await two.shown(asked).approval == .number(digits: 6))
        _ = try await one.shown(asked)
        // the second phone waits on its screen while the first answers
        async let screen = two.app.requestState(account: second, challenge: asked.challenge, wait: 30)
        _ = try await one.app.approve(account: first, challenge: asked.challenge, number: asked.number, shown: nil)
        #expect(try await screen == .approved)
        let late = try await failure {
            try await two.app.approve(account: second, challenge: asked.challenge, number: asked.number, shown: nil)
        }
        guard case .refused(let refusal, _) = late else { throw Required(description: "a refusal: \(late)") }
        #expect(refusal.reason == .alreadyDecided && refusal.state == .approved)
    }

    @Test func takenBackByThePage() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        _ = try await phone.shown(asked)
        _ = try await broker.ok("DELETE", "/v1/challenges/\(asked.challenge)")
        #expect(try await phone.app.requestState(account: account, challenge: asked.challenge, wait: 10) == .cancelled)
    }

    @Test func thePersonDoesNotWant() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        _ = try await phone.shown(asked)
        for (answer, key) in [
            (VaultError.userCancelled, "user_verification.cancelled"),
            (.userVerificationFailed, "user_verification.not_verified"), (.locked, "user_verification.locked"),
        ] {
            await phone.person.answers(answer)
            let error = try await failure {
                try await phone.app.approve(
                    account: account, challenge: asked.challenge, number: asked.number, shown: nil)
            }
            #expect(error.key == key)
        }
        #expect(try await broker.state(asked) == "pending")
        await phone.person.answers(nil)
        _ = try await phone.app.approve(account: account, challenge: asked.challenge, number: asked.number, shown: nil)
    }

    @Test func theKeyIsLost() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        _ = try await phone.shown(asked)
        await phone.person.answers(.keyInvalidated)
        let error = try await failure {
            try await phone.app.approve(account: account, challenge: asked.challenge, number: asked.number, shown: nil)
        }
        #expect(error.key == "key_invalid")
        #expect(try await phone.app.accounts().first?.state == .keyInvalid)
        #expect(try await phone.shown(asked).approval == .blocked(.keyInvalid))
        #expect(
            try await phone.app.deny(account: account, challenge: asked.challenge, reason: .other).decision == .deny)
    }

    @Test func revoked() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        _ = try await phone.shown(asked)
        let device = try Required.value(try await broker.devices(user).first?["id"].text, "a device")
        _ = try await broker.ok("DELETE", "/v1/users/\(user)/devices/\(device)")
        let error = try await failure {
            try await phone.app.approve(account: account, challenge: asked.challenge, number: asked.number, shown: nil)
        }
        #expect(error.key == "not_recognised")
        for _ in 0..<3 {
            let inbox = try await phone.app.inbox(wait: 0)
            #expect(inbox.problems.allSatisfy { $0.account == account && $0.error.key == "not_recognised" })
        }
        #expect(try await phone.app.accounts().map(\.state) == [.notRecognised], "and deletes nothing")
    }

    @Test func theLanguageOfTheLines() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        let japanese = try await phone.shown(asked)
        try phone.app.setLanguage(.en)
        let english = try await phone.app.request(account: account, challenge: asked.challenge)
        #expect(english.language == .en && english.lines != japanese.lines)
        #expect(english.lines.map(\.role) == japanese.lines.map(\.role))
        _ = try await phone.app.approve(account: account, challenge: asked.challenge, number: asked.number, shown: nil)
        #expect(try await phone.app.history(account).first?.lines == english.lines)
    }

    /// The request was made again in another language while the old page still took the tap.
    @Test func theLanguageOfThePageThatWasRead() async throws {
        let (_, broker, user, phone, account) = try await World.enrolled()
        let asked = try await broker.ask(user)
        let page = try await phone.shown(asked)
        try phone.app.setLanguage(.en)
        #expect(try await phone.app.request(account: account, challenge: asked.challenge).language == .en)
        _ = try await phone.app.approve(
            account: account, challenge: asked.challenge, number: asked.number, shown: page.language)
        #expect(page.language == .ja)
        #expect(try await phone.app.history(account).first?.lines == page.lines)
    }
}
