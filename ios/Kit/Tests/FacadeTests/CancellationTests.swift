// Only the core says "cancelled", and then nothing of the call runs any more.
import Foundation
import InkanCore
@testable import InkanKit
import TestWorld
import Testing

@Suite struct CancellationTests {
    /// A vault that never answers does not hold a task that is cancelled, and its own task is cancelled with it.
    @Test func aCallBehindAVaultThatNeverAnswers() async throws {
        let (asked, gate) = (Signal(), Signal())
        let folder = try temporaryFolder()
        let vault = try OwnVault {
            await asked.fire()
            await gate.wait()
            throw CancellationError()
        }
        let task = Task { try await InkanKit.InkanStore.open(folder: folder, vault: vault) }
        await asked.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await gate.wasCancelled)
    }

    /// The control: without a `Cancellation` a cancelled task stops nothing; the call goes on to its success.
    @Test func withoutItACancelledTaskStopsNothing() async throws {
        let (asked, gate) = (Signal(), Signal())
        let folder = try temporaryFolder().path
        let vault = try BareVault {
            await asked.fire()
            await gate.wait()
            return .software
        }
        let task = Task {
            try await InkanCore.InkanStore.open(folder: folder, vault: vault, clock: nil, cancellation: nil)
        }
        await asked.wait()
        task.cancel()
        await gate.fire()
        _ = try await task.value
    }

    /// The transport waits for the end of its task and for nothing else: without the core's "cancelled" this never ends.
    @Test func ofATaskThatIsCancelledAlready() async throws {
        let gate = Signal()
        let app = try await open(
            transport: OwnTransport { _ in
                await gate.wait()
                throw CancellationError()
            })
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await app.beginEnrollment(wellFormedLink)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        // The control: of a task that nobody cancels it ends with what the transport brings.
        await gate.fire()
        await #expect(throws: InkanKit.InkanError.self) { try await app.beginEnrollment(wellFormedLink) }
    }

    @Test func theInboxesEndWithWhoeverReadsThem() async throws {
        let app = try await open()
        let reader = Task {
            var seen = 0
            for try await inbox in app.inboxes {
                #expect(inbox == InkanKit.Inbox())
                seen += 1
                withUnsafeCurrentTask { $0?.cancel() }
            }
            return seen
        }
        #expect(try await reader.value == 1, "and no error is made of it")
    }

    @Test func thePausesBetweenLooks() {
        var pause = Pause()
        var seen: [Int] = []
        for problems in [false, true, true, true, true, true, true, true, false, true] {
            pause.note(problems: problems)
            seen.append(pause.seconds)
        }
        #expect(seen == [0, 2, 4, 8, 16, 32, 60, 60, 0, 2])
    }
}

/// Fires once. Whoever waits is woken by it, or by the end of their task.
actor Signal {
    private var fired = false
    private var waiting: [UUID: CheckedContinuation<Void, Never>] = [:]
    private var ended: [CheckedContinuation<Void, Never>] = []
    private var cancelled = false

    /// Whether a waiter was woken by the end of its task; waits for that.
    var wasCancelled: Bool {
        get async {
            if !cancelled { await withCheckedContinuation { ended.append($0) } }
            return cancelled
        }
    }

    func fire() {
        fired = true
        for one in waiting.values { one.resume() }
        waiting = [:]
    }

    func wait() async {
        let name = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if fired || Task.isCancelled { continuation.resume() } else { waiting[name] = continuation }
            }
            if Task.isCancelled { note() }
        } onCancel: {
            Task { await self.giveUp(name) }
        }
    }

    private func giveUp(_ name: UUID) {
        waiting.removeValue(forKey: name)?.resume()
    }

    private func note() {
        cancelled = true
        for one in ended { one.resume() }
        ended = []
    }
}
