// The core's log comes to the app's listener, redacted, and a listener is installed once.
import Foundation
import InkanKit
import Synchronization
import TestWorld
import Testing

@Suite struct LogTests {
    private final class Listener: LogListener {
        let entries = Mutex<[LogEntry]>([])

        func log(_ entry: LogEntry) {
            entries.withLock { $0.append(entry) }
        }
    }

    @Test func whatTheCoreSaysIsHeard() async throws {
        let listener = Listener()
        try Authenticator.installLog(listener, level: .debug)
        #expect(throws: InkanError.self) { try Authenticator.installLog(listener, level: .debug) }

        let secret = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"
        #expect(wellFormedLink.contains(secret))
        let error = try await enrollmentError { _ in
            throw TransportError.unexpected(
                reason: "s=\(secret) of https://auth.mirai.example for yamada@example.jp, 123456")
        }
        #expect(error.key == "server_unavailable")
        let heard = listener.entries.withLock { $0 }
        let failed = heard.filter { $0.message.contains("begin_enrollment") }
        #expect(failed.contains { $0.level == .info && $0.target == "inkan" })
        for entry in heard {
            for personal in [secret, "mirai.example", "yamada@example.jp", "123456"] {
                #expect(!entry.message.contains(personal), "\(entry)")
            }
        }
    }
}
