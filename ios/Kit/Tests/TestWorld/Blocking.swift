// Work that blocks its thread, kept off the threads on which tasks run: there are as few of those as processors.
import Foundation

/// Runs work that blocks on a thread of its own.
func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}

/// What a program printed, and how it ended.
struct Ran: Sendable {
    let status: Int32
    let output: Data
    let errors: Data
}

/// Without the variables of these tests: the server takes each that begins with INKAN_ for a field of its configuration.
let plainEnvironment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("INKAN_") }

/// Runs a program to its end. Its input comes from a file: a pipe whose reader has died would end this process.
func run(
    _ program: String, _ arguments: [String], in folder: URL? = nil, input: URL? = nil
) async throws -> Ran {
    try await blocking {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = plainEnvironment
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        let (output, errors) = try startAlone {
            let (output, errors) = (Pipe(), Pipe())
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            return (output, errors)
        }
        // both at once: a full pipe stops its writer
        let reader = Reader(errors.fileHandleForReading)
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let complained = reader.wait()
        process.waitUntilExit()
        return Ran(status: process.terminationStatus, output: printed, errors: complained)
    }
}

private let starting = NSLock()

/// Opens pipes and starts a program while nobody else does. Two at once, and a program may get the ends of another one's
/// pipes: whoever reads those waits until it has ended too, and a server does not end.
func startAlone<Value>(_ work: () throws -> Value) rethrows -> Value {
    try starting.withLock(work)
}

/// Reads a file to its end on a thread of its own.
private final class Reader: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var bytes = Data()

    init(_ file: FileHandle) {
        Thread.detachNewThread { [self] in
            bytes = (try? file.readToEnd()) ?? Data()
            done.signal()
        }
    }

    func wait() -> Data {
        done.wait()
        return bytes
    }
}

/// Runs a program to its end: how it ended, and all that it said.
public func runProgram(_ program: String, _ arguments: [String]) async throws -> (status: Int32, words: String) {
    let ran = try await run(program, arguments)
    return (ran.status, String(decoding: ran.output + ran.errors, as: UTF8.self))
}
