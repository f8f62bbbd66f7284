// An account on the phone by every way but the link, and the codes and links that lead nowhere.
import TestWorld
import Testing

@testable import InkanKit

@MainActor @Suite(.timeLimit(.minutes(2))) struct ShellEnrollWalks {
    private func start() async throws -> (Broker, String, App) {
        let server = try await World.shared()
        let app = try App.fresh(server)
        await app.reach("welcome")
        return (Broker(server), World.customer(), app)
    }

    /// The page of a code that leads nowhere: what it says, and that nobody is asked whether it is theirs.
    private func refused(_ app: App, _ page: String, _ keys: Words.Key...) async {
        await app.reach { $0.id.hasPrefix("enroll.failed") || $0.id == "enroll.yours" || $0.id == "enroll.name" }
        #expect(app.shell.page.id == page)
        for key in keys + [.enrollFailed, .nothingEnrolled] { #expect(app.says(key), "\(key)") }
        #expect(app.offers("again") && !app.offers("yes"))
    }

    @Test func byATypedCode() async throws {
        let (broker, user, app) = try await start()
        let begun = try await broker.begin(user)
        app.tap("enroll")
        await app.reach("enroll.start")
        app.tap("type")
        await app.reach("enroll.typed")
        app.type("host", "no host")
        app.type("code", begun.typedCode)
        app.tap("begin")
        await app.reach {
            $0.id == "enroll.typed"
                && $0.parts.contains { part in
                    if case .field("host", _, _, _, let error, _) = part { error != nil } else { false }
                }
        }
        app.type("host", broker.server.origin)
        app.tap("begin")
        await app.reach("enroll.yours")
        try await app.goOn(broker, begun)
        #expect(try await broker.devices(user).count == 1)
        app.close()
    }

    @Test func byTheCamera() async throws {
        let (broker, user, app) = try await start()
        app.tap("enroll")
        await app.reach("enroll.start")
        app.tap("scan")
        await app.reach("enroll.camera")
        app.shell.send(.scanned("https://example.com/"))
        await refused(app, "enroll.failed.not_ours", .notOurs)
        app.tap("again")
        await app.reach("enroll.start")
        app.tap("scan")
        await app.reach("enroll.camera")
        let begun = try await broker.begin(user)
        app.shell.send(.scanned(begun.uri))
        await app.reach("enroll.yours")
        try await app.goOn(broker, begun)
        app.close()
    }

    /// The old phone signs for the new one, which waits until then.
    @Test func aNewPhone() async throws {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        let old = try await App.enrolled(broker, user)
        let new = try App.fresh(broker.server)
        await new.reach("welcome")
        let begun = try await broker.begin(user, by: "password")
        new.shell.open(link: begun.uri)
        await new.reach("enroll.yours")
        let digits = try await new.goOn(broker, begun)

        // Until the old phone has signed, the new one is not asked to pay out.
        let waiting = try await broker.devices(user).filter { $0["restricted_until"].text != nil }
        #expect(waiting.count == 1)
        await old.openRow { $0.hasPrefix("request:") }
        await old.reach("request.number")
        old.type("number", digits)
        old.tap("approve")
        await old.reach("ended.approved")

        #expect(try await broker.devices(user).allSatisfy { $0["restricted_until"].text == nil })
        // It hears of it with the next look: the person takes it in the hand again.
        new.shell.entered(.background)
        await new.shell.settle()
        new.shell.entered(.active)
        let asked = try await broker.ask(user)
        await new.openTheOne(asked)
        await new.reach("request.number")
        new.type("number", asked.number)
        new.tap("approve")
        await new.reach("ended.approved")
        #expect(try await broker.redeem(asked).status == 200)
        for app in [old, new] { app.close() }
    }

    @Test func aCodeThatWasUsed() async throws {
        let (broker, user, app) = try await start()
        let first = try App.fresh(broker.server)
        await first.reach("welcome")
        let begun = try await broker.begin(user)
        first.shell.open(link: begun.uri)
        await first.reach("enroll.yours")
        try await first.goOn(broker, begun)
        app.shell.open(link: begun.uri)
        await refused(app, "enroll.failed.expired", .enrollCodeStale, .enrollFailedNext)
        #expect(
            try await broker.devices(user).map { $0["state"].text } == ["active"], "the first has lost nothing by it")
        for app in [first, app] { app.close() }
    }

    /// Two phones with one code, before either is done: somebody else has seen it, and neither gets an account.
    @Test func aCodeThatTwoPhonesHave() async throws {
        let (broker, user, app) = try await start()
        let first = try App.fresh(broker.server)
        await first.reach("welcome")
        let begun = try await broker.begin(user)
        first.shell.open(link: begun.uri)
        await first.reach("enroll.yours")
        first.tap("yes")
        await first.reach("enroll.code")
        app.shell.open(link: begun.uri)
        await refused(app, "enroll.failed.expired", .enrollCodeStale, .enrollFailedNext)
        await refused(first, "enroll.failed.ended", .enrollFailedEnded, .enrollFailedNext)
        #expect(try await broker.devices(user) == [])
        for app in [first, app] { app.close() }
    }

    /// The shortest life that a code can have is a minute. Whether it is over is the server's word.
    @Test func aCodeThatRanOut() async throws {
        let server = try await LiveServer.start(settings: ["enrollment.seconds=60"])
        let (broker, app) = (Broker(server), try App.fresh(server))
        let begun = try await broker.begin(World.customer())
        var state: String?
        repeat {
            state = try await broker.ok("GET", "/v1/enrollments/\(begun.id)?wait=25")["state"].text
        } while state == "pending"
        await app.reach("welcome")
        app.shell.open(link: begun.uri)
        await refused(app, "enroll.failed.expired", .enrollCodeStale, .enrollFailedNext)
        app.close()
    }

    @Test func aCodeThatWasTakenBack() async throws {
        let (broker, user, app) = try await start()
        let begun = try await broker.begin(user)
        _ = try await broker.ok("DELETE", "/v1/enrollments/\(begun.id)")
        app.shell.open(link: begun.uri)
        await refused(app, "enroll.failed.expired", .enrollCodeStale, .enrollFailedNext)
        app.close()
    }

    @Test func aForgedCode() async throws {
        let (broker, user, app) = try await start()
        let begun = try await broker.begin(user)
        app.shell.open(link: try forged(begun.uri, "s"))
        await refused(app, "enroll.failed.expired", .enrollCodeStale, .enrollFailedNext)
        // It has used nothing up.
        app.shell.open(link: begun.uri)
        await app.reach("enroll.yours")
        app.close()
    }

    /// A code of a newer version, and a code of a request where an account is meant.
    @Test func codesOfAnotherKind() async throws {
        let (broker, user, app) = try await start()
        let begun = try await broker.begin(user)
        app.shell.open(link: begun.uri.replacing("v=1", with: "v=2"))
        await app.reach("enroll.failed.other_version")
        #expect(app.says(.otherVersion, .nothingEnrolled) && app.offers("update"))
        app.tap("close")
        await app.reach("welcome")
        try await app.enroll(broker, user)
        let asked = try await broker.ask(user, ["start": "link"])
        app.tap("nav_settings")
        await app.reach("settings")
        app.tap("enroll")
        await app.reach("enroll.start")
        app.tap("scan")
        await app.reach("enroll.camera")
        app.shell.send(.scanned(asked.link))
        await refused(app, "enroll.failed.of_request", .codeOfRequest)
        #expect(try await broker.state(asked) == "pending")
        app.close()
    }

    /// The network goes while the digits are shown: the page stays and says so, and goes on when it is back.
    @Test func withoutANetworkInTheMiddle() async throws {
        let server = try await LiveServer.start()
        let (broker, user) = (Broker(server), World.customer())
        let app = try App.fresh(server)
        await app.reach("welcome")
        let begun = try await broker.begin(user)
        try await server.strike()
        app.shell.open(link: begun.uri)
        await app.reach("enroll.failed.offline")
        #expect(app.says(.offline, .nothingEnrolled, .offlineNext))
        try await server.resume()
        app.shell.open(link: begun.uri)
        await app.reach("enroll.yours")
        app.tap("yes")
        let digits = try #require(await app.reach("enroll.code").digits)
        try await server.strike()
        await app.reach { _ in app.says(.offline) }
        #expect(app.shell.page.id == "enroll.code" && app.shell.page.digits == digits)
        try await server.resume()
        #expect(try await broker.confirm(begun, digits: digits).status == 200)
        await app.reach("enroll.name")
        app.close()
    }
}

/// A text whose secret of that name is another one of the same length.
func forged(_ text: String, _ name: String) throws -> String {
    let known = try Required.value(text.firstMatch(of: try Regex("[#&]\(name)=([^&]*)")), "\(name) in a link")
    let secret = try Required.value(known.output[1].substring, "a value")
    let forged = text.replacing("\(name)=\(secret)", with: "\(name)=" + String(repeating: "A", count: secret.count))
    guard forged != text else { throw Required(description: "another link") }
    return forged
}
