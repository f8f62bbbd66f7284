// The tools of the compiler that built these tests, over the modules that it built.
import Foundation
import TestWorld
import Testing

/// Everything that runs the compiler, one after the other: the tests beside it wait for answers in time.
@Suite(.serialized) struct ToolchainTests {}

enum Toolchain {
    /// The package's folder.
    static let kit = URL(filePath: #filePath).appending(path: "../../..").standardized
    /// Where this program lies: the build's products.
    private static let products = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        .deletingLastPathComponent()
    private static let programs = URL(filePath: "/usr/bin/swiftc").resolvingSymlinksInPath().deletingLastPathComponent()

    /// How a program of the toolchain ended, and all that it said.
    struct Ended {
        let status: Int32
        let words: String
    }

    /// Runs a program of the toolchain.
    static func run(_ program: String, _ arguments: [String]) async throws -> Ended {
        let ran = try await runProgram(programs.appending(path: program).path, arguments)
        return Ended(status: ran.status, words: ran.words)
    }

    /// Where the modules are that an app imports.
    static var modules: [String] {
        ["-I", products.appending(path: "Modules").path, "-I", kit.appending(path: "Generated/InkanCoreFFI").path]
    }

    /// The triple for which this program was built: the name of its folder.
    static var triple: String { products.deletingLastPathComponent().lastPathComponent }

    /// Type-checks a source as an app's own, in Swift 6.
    static func check(_ source: String) async throws -> Ended {
        let folder = try temporaryFolder()
        let file = folder.appending(path: "Snippet.swift")
        try Data(source.utf8).write(to: file)
        let strict = ["-swift-version", "6", "-warnings-as-errors", "-parse-as-library"]
        return try await run("swiftc", ["-typecheck", file.path] + strict + modules)
    }
}
