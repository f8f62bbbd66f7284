// How every call of the core runs: it ends when the core says so, with what the core says.
//
// A Swift task that is cancelled stops nothing in Rust. So each call carries a `Cancellation` that the task's
// cancellation asks for, and `CancellationError` is thrown only when the core has answered that nothing of the call runs
// any more. Where the core was faster, its result is the result.
import Foundation
internal import InkanCore

/// Runs one call that can be cancelled.
func call<Value: Sendable>(
    _ body: (InkanCore.Cancellation) async throws -> Value
) async throws -> Value {
    let cancellation = InkanCore.Cancellation()
    do {
        return try await withTaskCancellationHandler {
            try await body(cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    } catch {
        throw asSaid(error)
    }
}

/// What the core said, in the types of this package.
private func asSaid(_ error: any Error) -> any Error {
    switch error as? InkanCore.CallError {
    case .Cancelled: CancellationError()
    case .Failed(let error): InkanError(error)
    case nil: InkanError(unforeseen: error)
    }
}

/// Runs one call that ends at once.
func callNow<Value>(_ body: () throws -> Value) throws(InkanError) -> Value {
    do {
        return try body()
    } catch {
        throw InkanError(unforeseen: error)
    }
}

extension InkanError {
    /// An error of the generated code that is none of the declared ones: a panic, or a broken binding. Its words may
    /// quote what was being worked on, so they stay here; the core's log has the place.
    init(unforeseen error: any Error) {
        switch error {
        case let error as InkanCore.InkanError: self.init(error)
        case let error as InkanCore.VaultError: self = .internal(.vault, detail: "\(VaultError(error))")
        default: self = .internal(.panic, detail: "the core ended with \(type(of: error)), see its log")
        }
    }
}

extension TimeInterval {
    /// A wait as the core takes it. The generated code ends the app for one that is negative or without end.
    var asWait: TimeInterval {
        isFinite ? Swift.min(Swift.max(self, 0), 86_400) : (self > 0 ? 86_400 : 0)
    }
}
