// Looks at the servers again and again, as often as somebody reads what is found.
import Foundation

extension Ceremonies {
    /// What waits, again and again: the next look begins when the one before has been read, and ends with the task that
    /// reads. Beyond the server's own wait there is a pause where a look returns at once: two seconds while something
    /// waits for an answer, and after problems, doubling up to a minute, for as long as they last. An error of the phone
    /// itself ends the sequence and is thrown.
    public var inboxes: AsyncThrowingStream<Inbox, any Error> {
        let pace = Pace()
        return AsyncThrowingStream {
            do {
                try await pace.wait()
                let inbox = try await inbox(wait: 25)
                await pace.note(inbox)
                return inbox
            } catch is CancellationError {
                return nil
            }
        }
    }
}

/// How long the next look waits.
struct Pause {
    private(set) var next: Int?

    mutating func note(_ inbox: Inbox) {
        next =
            if !inbox.problems.isEmpty {
                Swift.min((next ?? 1) * 2, 60)
            } else if !inbox.requests.isEmpty {
                2
            } else {
                nil
            }
    }
}

/// The pauses of one sequence.
private actor Pace {
    private var pause = Pause()

    func wait() async throws {
        if let seconds = pause.next { try await Task.sleep(for: .seconds(seconds)) }
    }

    func note(_ inbox: Inbox) {
        pause.note(inbox)
    }
}
