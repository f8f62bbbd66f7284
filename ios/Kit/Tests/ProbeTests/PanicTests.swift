// A panic in the core ends the call and not the app, and its words go nowhere.
import Foundation
import InkanProbe
import TestWorld
import Testing

@testable import InkanKit

@Suite struct PanicTests {
    /// What a call of the façade makes of a panic behind it.
    private func error(_ body: @Sendable () async throws -> String) async throws -> InkanError {
        do {
            _ = try await call { _ in try await body() }
        } catch let error as InkanError {
            return error
        }
        throw Required(description: "an error")
    }

    @Test func inACallThatEndsAtOnce() throws {
        do {
            _ = try callNow { try panicAtOnce() }
            Issue.record("it did not panic")
        } catch {
            #expect(error.key == "internal.panic")
            #expect(!error.detail.contains("on purpose"))
        }
    }

    /// The control: without the façade the words come out.
    @Test func withoutTheFacadeItsWordsComeOut() {
        do {
            _ = try panicAtOnce()
            Issue.record("it did not panic")
        } catch {
            #expect(error.localizedDescription.contains("on purpose, at once"))
        }
    }

    @Test func inACallThatCanWait() async throws {
        #expect(try await error { try panicAtOnce() }.key == "internal.panic")
    }

    /// Where a call runs as every call of the core does, the core itself says what it was.
    @Test func whereTheCoreCatchesItItself() async throws {
        for panic in [panicInACall, panicAfterAWait] {
            do {
                _ = try await panic()
                Issue.record("it did not panic")
            } catch let error as ProbeError {
                guard case .Failed(let key, let detail) = error else { throw error }
                #expect(key == "internal.panic" && !detail.contains("on purpose"))
            }
        }
    }

    @Test func aWaitWithoutEndEndsWhenItIsCancelled() async throws {
        let cancellation = ProbeCancellation()
        let task = Task { try await waitForEver(cancellation: cancellation) }
        cancellation.cancel()
        do {
            _ = try await task.value
            Issue.record("it ended otherwise")
        } catch ProbeError.Cancelled {}
    }
}
