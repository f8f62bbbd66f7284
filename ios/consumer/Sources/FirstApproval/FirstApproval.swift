// A first approval, from an empty folder to a redeemed verdict, over a real server.
import Foundation
import InkanKit
import TestWorld

@main
struct FirstApproval {
    static func main() async throws {
        let server = try await LiveServer.start()
        let broker = Broker(server)
        let keys = try temporaryFolder()
        let app = try await openInkan(
            in: temporaryFolder(), vault: makeWeakVault(in: keys), roots: [server.root])

        let begun = try await broker.begin("c-1001")
        let claimed = try await beginEnrollment(app, scanned: begun.uri) { $0.server == server.origin }
        let (enrollment, digits) = try Required.value(claimed, "an enrollment")
        _ = try await broker.confirm(begun, digits: digits)
        _ = try Required.value(try await waitForAccount(app, enrollment), "an account")

        let asked = try await broker.ask("c-1001")
        var approved: Outcome?
        try await watchInbox(app) { inbox in
            guard let request = inbox.requests.first else { return false }
            print(request.lines.map { "\($0.label): \($0.value)" }.joined(separator: "\n"))
            approved = try await approve(app, request, typed: asked.number)
            return true
        }
        let outcome = try Required.value(approved, "an approval")
        let verdict = try await broker.redeem(asked)
        guard verdict.status == 200, outcome.challenge == asked.challenge else {
            throw Required(description: "a verdict: \(verdict)")
        }
        print("approved, row \(outcome.logRow) of the server's log, tier \(verdict.json["tier"].text ?? "")")
    }
}
