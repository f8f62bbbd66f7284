// Looks at the servers again and again, as long as somebody reads what is found.
import Foundation

extension Ceremonies {
    /// What waits, again and again: the next look begins when the one before has been read, and ends with the task that
    /// reads. A look waits at the server for the first request to come. While one is there it waits at the server for
    /// that one to end, for two seconds. After problems it pauses, doubling up to a minute, for as long as they last. An
    /// error of the phone itself ends the sequence and is thrown.
    public var inboxes: AsyncThrowingStream<Inbox, any Error> {
        let pace = Pace()
        return AsyncThrowingStream {
            do {
                try await pace.untilNextLook(self)
                let inbox = try await inbox(wait: 25)
                await pace.note(inbox)
                return inbox
            } catch is CancellationError {
                return nil
            }
        }
    }
}

/// How long the next look is put off after problems, in seconds.
struct Pause {
    private(set) var seconds = 0

    mutating func note(problems: Bool) {
        seconds = problems ? Swift.min(Swift.max(seconds * 2, 2), 60) : 0
    }
}

/// The pauses of one sequence.
private actor Pace {
    private var pause = Pause()
    private var last: Inbox?

    /// Returns when it is time to look again.
    func untilNextLook(_ ceremonies: some Ceremonies) async throws {
        guard let last else { return }
        self.last = nil
        var problems = !last.problems.isEmpty
        if !problems, let shown = last.requests.first {
            do {
                _ = try await ceremonies.requestState(account: shown.account, challenge: shown.challenge, wait: 2)
            } catch is InkanError {
                // the next look says so
                problems = true
            }
        }
        pause.note(problems: problems)
        if pause.seconds > 0 { try await Task.sleep(for: .seconds(pause.seconds)) }
    }

    func note(_ inbox: Inbox) {
        last = inbox
    }
}
