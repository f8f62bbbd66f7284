// The half of the manifest that Linux skips: on Apple's systems the core is a framework, and no flag is unsafe.
import Foundation
import TestWorld
import Testing

extension ToolchainTests {
    @Suite struct PackageTests {
        private func manifest(for system: String) async throws -> Json {
            let folder = try temporaryFolder()
            let source = try String(contentsOf: Toolchain.kit.appending(path: "Package.swift"), encoding: .utf8)
            let there = source.replacingOccurrences(of: "#if os(Linux)", with: "#if os(\(system))")
            #expect(there.contains("#if os(\(system))"))
            try Data(there.utf8).write(to: folder.appending(path: "Package.swift"))
            let dumped = try await Toolchain.run("swift-package", ["--package-path", folder.path, "dump-package"])
            guard dumped.status == 0 else { throw Required(description: dumped.words) }
            let text = dumped.words.drop { $0 != "{" }
            return try JSONDecoder().decode(Json.self, from: Data(text.utf8))
        }

        private func targets(_ manifest: Json, named name: String) throws -> Json {
            try Required.value(manifest["targets"].list.first { $0["name"].text == name }, "a target \(name)")
        }

        @Test func onApplesSystemsTheCoreIsAFramework() async throws {
            let apple = try await manifest(for: "Haiku")
            let core = try targets(apple, named: "InkanCoreFFI")
            #expect(core["type"].text == "binary" && core["path"].text == "Generated/InkanCoreFFI.xcframework")
            let words = String(decoding: try JSONEncoder().encode(apple), as: UTF8.self)
            #expect(!words.contains("unsafeFlags"))
            #expect(apple["products"].list.map { $0["name"].text } == ["InkanKit"])
            #expect(!words.contains("InkanProbe"), "nothing of the tests' own library")
        }

        /// The control: the other half is the one that these tests run in.
        @Test func onLinuxItIsAStaticLibrary() async throws {
            let linux = try await manifest(for: "Linux")
            #expect(try targets(linux, named: "InkanCoreFFI")["type"].text == "system")
            let words = String(decoding: try JSONEncoder().encode(linux), as: UTF8.self)
            #expect(words.contains("unsafeFlags"))
        }
    }
}
