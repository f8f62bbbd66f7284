// A panic is told to the log's listener: where, and none of its words. In the probe's library, which has the core's own
// hook and listener put in by the core's own function: nothing that ships panics on request.
import InkanProbe
import Synchronization
import Testing

@Suite struct PanicReportTests {
    private struct Entry: Sendable {
        let level: String
        let target: String
        let message: String
    }

    private final class Listener: ProbeListener {
        let entries = Mutex<[Entry]>([])

        func heard(level: String, target: String, message: String) throws {
            entries.withLock { $0.append(Entry(level: level, target: target, message: message)) }
        }

        /// What was told of panics so far. Other tests of this process panic too.
        var reports: [Entry] { entries.withLock { $0.filter { $0.message.hasPrefix("panic ") } } }
    }

    /// All three ways in which a call can panic; each ends as an error, whatever is heard of it.
    private func panics() async {
        #expect(throws: (any Error).self) { try panicAtOnce() }
        await #expect(throws: ProbeError.self) { try await panicInACall() }
        await #expect(throws: ProbeError.self) { try await panicAfterAWait() }
    }

    @Test func theListenerHearsThePlaceAndNoneOfTheWords() async throws {
        let listener = Listener()
        try installProbeLog(listener: listener)
        await panics()
        let reports = listener.reports
        #expect(Set(reports.map(\.message)).count == 3, "three places: \(reports)")
        for report in reports {
            #expect(report.level == "Error" && report.target == "inkan")
            let place = try #/panic place="bindings/probe/src/runtime\.rs:[0-9]+"/#.wholeMatch(in: report.message)
            #expect(place != nil, "\(report)")
        }

        // The control: it is the hook that reports. Without it the same calls fail alike, and nobody hears where. A panic
        // that runs in another test has been told by the time the hook is gone.
        try takePanicHook()
        let (told, heard) = (listener.reports.count, listener.entries.withLock { $0.count })
        await panics()
        #expect(listener.reports.count == told)
        let all = listener.entries.withLock { $0 }
        #expect(all.count > heard && all.contains { $0.message.contains("internal.panic") }, "the log is heard still")
        #expect(!all.contains { $0.message.contains("on purpose") }, "\(all)")
    }
}
