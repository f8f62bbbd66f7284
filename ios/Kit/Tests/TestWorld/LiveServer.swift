// The real `inkan` program as a child process, in a folder of its own: set up, started, killed, started again.
import Foundation

/// A server, and the relying party's key to it.
public actor LiveServer {
    /// Its origin, `https://localhost:PORT`.
    public nonisolated let origin: String
    /// A client that trusts it.
    public nonisolated let https: Https
    /// The relying party's key.
    nonisolated let key: String
    /// The certificate of its authority, DER.
    public nonisolated let root: Data
    private let program: String
    private let folder: URL
    private let settings: [String]
    private var child: Process?

    /// Sets a server up and starts it, with settings (`name=value`) beside its file's. The program is named by
    /// `INKAN_SERVER_BIN`.
    public static func start(settings: [String] = []) async throws -> LiveServer {
        let program = try Required.value(
            ProcessInfo.processInfo.environment["INKAN_SERVER_BIN"],
            "INKAN_SERVER_BIN, the path of the server's program")
        let folder = try temporaryFolder()
        let port = try freePort()
        func inkan(_ arguments: String...) async throws -> String {
            let ran = try await run(program, arguments, in: folder)
            guard ran.status == 0 else {
                throw Required(description: "inkan \(arguments): \(String(decoding: ran.errors, as: UTF8.self))")
            }
            return String(decoding: ran.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        _ = try await inkan("init", "--dir", "server", "--demo", "--port", "\(port)", "--return-url", returnURL)
        let key = try await inkan(
            "key", "create", "--config", "server/inkan.toml", "--name", "walk", "--scopes", "enroll,ask,read,manage")
        let server = try LiveServer(program: program, folder: folder, port: port, key: key, settings: settings)
        try await server.resume()
        return server
    }

    /// Where the browser is brought back to in tier `returned`.
    public static let returnURL = "https://www.mirai.example/return"

    /// The telephone number that phones show beside a report.
    public static let supportPhone = "03-0000-0000"

    private init(program: String, folder: URL, port: UInt16, key: String, settings: [String]) throws {
        self.program = program
        self.settings = settings
        self.folder = folder
        self.key = key
        origin = "https://localhost:\(port)"
        let authority = folder.appending(path: "server/ca.pem")
        https = Https(authority: authority, scratch: folder)
        root = try Self.der(String(contentsOf: authority, encoding: .utf8))
    }

    /// Starts the program over what is on the disk, and waits until it takes connections.
    public func resume() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        let settings = ["relying_party.support_phone=\(Self.supportPhone)"] + self.settings
        process.arguments = ["serve", "--config", "server/inkan.toml"] + settings.flatMap { ["--set", $0] }
        process.currentDirectoryURL = folder
        process.environment = plainEnvironment
        process.standardInput = FileHandle.nullDevice
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        let output = try startAlone {
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            return output
        }
        Children.add(process.processIdentifier)
        let reading = output.fileHandleForReading
        let first = try await blocking { String(decoding: reading.availableData, as: UTF8.self) }
        guard first.hasPrefix("ready") else {
            throw Required(
                description: "the server did not start: \(first) \(try String(contentsOf: log, encoding: .utf8))")
        }
        child = process
    }

    /// Kills the program, as `kill -9` does, and waits until it is gone.
    public func strike() async throws {
        let process = try Required.value(child, "a server that runs")
        child = nil
        kill(process.processIdentifier, SIGKILL)
        try await blocking { [running = Running(process)] in running.process.waitUntilExit() }
        Children.remove(process.processIdentifier)
    }

    private static func der(_ pem: String) throws -> Data {
        let lines = pem.split(separator: "\n").drop { !$0.hasPrefix("-----BEGIN CERTIFICATE") }.dropFirst()
        let text = lines.prefix { !$0.hasPrefix("-----END") }.joined()
        return try Required.value(Data(base64Encoded: text), "a certificate")
    }
}

/// A process on another thread.
private struct Running: @unchecked Sendable {
    let process: Process

    init(_ process: Process) {
        self.process = process
    }
}

/// An empty folder of its own.
public func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "inkan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}

/// Children end with this process, however it ends in order.
private enum Children {
    nonisolated(unsafe) private static var living: Set<Int32> = []
    private static let lock = NSLock()
    private static let atEnd: Void = { atexit { Children.endAll() } }()

    static func add(_ child: Int32) {
        _ = atEnd
        lock.withLock { _ = living.insert(child) }
    }

    static func remove(_ child: Int32) {
        lock.withLock { _ = living.remove(child) }
    }

    static func endAll() {
        lock.withLock { for child in living { kill(child, SIGKILL) } }
    }
}
