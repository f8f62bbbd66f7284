/// Waiting with an end.
public enum Deadline {
    /// What `work` gives within `limit`, or nothing. The work is cancelled when the time is over, and not waited for.
    public static func first<Value: Sendable>(
        within limit: Duration, _ work: @escaping @Sendable () async -> Value?
    ) async -> Value? {
        let (answers, answer) = AsyncStream.makeStream(of: Value?.self)
        let working = Task {
            answer.yield(await work())
            answer.finish()
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            answer.yield(nil)
            answer.finish()
        }
        defer {
            working.cancel()
            timer.cancel()
        }
        for await first in answers { return first }
        return nil
    }
}
