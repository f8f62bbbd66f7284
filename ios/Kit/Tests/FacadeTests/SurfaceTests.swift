// What an app can see of InkanKit, declaration by declaration, beside what was agreed: a file in `api/` for each folder
// of the sources. A change of that surface is a change of these files:
//
//     INKAN_WRITE_API=1 swift test --filter SurfaceTests
import Foundation
import TestWorld
import Testing

extension ToolchainTests {
    @Suite struct SurfaceTests {
        @Test func theSurfaceIsAsAgreed() async throws {
            let agreed = Toolchain.kit.appending(path: "api")
            let surface = try await Surface(module: "InkanKit", search: Toolchain.modules)
            if ProcessInfo.processInfo.environment["INKAN_WRITE_API"] != nil { try surface.write(to: agreed) }
            #expect(try surface.changes(since: Surface(written: agreed)) == [])
        }

        /// No folder escapes: each that declares something public, by the sources' own text, is in the surface.
        @Test func everyFolderIsGuarded() async throws {
            let sources = Toolchain.kit.appending(path: "Sources/InkanKit")
            let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path)
            let declaring = try folders.filter { folder in
                let files = try FileManager.default.subpathsOfDirectory(atPath: sources.appending(path: folder).path)
                return try files.contains { file in
                    let text = try String(contentsOf: sources.appending(path: "\(folder)/\(file)"), encoding: .utf8)
                    return text.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix("public ") }
                }
            }
            let surface = try await Surface(module: "InkanKit", search: Toolchain.modules)
            #expect(declaring.count > 5)
            #expect(surface.folders.keys.sorted() == declaring.sorted())
        }

        /// Generated names never come to the surface.
        @Test func noGeneratedNameIsSeen() async throws {
            let surface = try await Surface(module: "InkanKit", search: Toolchain.modules)
            let lines = surface.folders.values.flatMap { $0 }
            #expect(lines.count > 300)
            #expect(
                lines.filter { $0.contains("Uniffi") || $0.contains("InkanCore") || $0.contains("RustBuffer") } == [])
        }

        /// The control, in every folder that is guarded: a line that is gone, a new one, a folder that is gone or new.
        @Test func aChangeInAnyFolderIsSeen() async throws {
            let agreed = try Surface(written: Toolchain.kit.appending(path: "api"))
            #expect(agreed.changes(since: agreed) == [])
            for (name, lines) in agreed.folders {
                let line = try #require(lines.min())
                var changed = agreed.folders
                changed[name] = lines.subtracting([line]).union(["\(line)?"])
                #expect(
                    Surface(folders: changed).changes(since: agreed) == ["- \(name): \(line)", "+ \(name): \(line)?"])
                changed[name] = nil
                let without = Surface(folders: changed)
                #expect(without.changes(since: agreed).first == "- \(name)")
                #expect(agreed.changes(since: without).first == "+ \(name)")
            }
        }

        /// The control of what is read: a small module of its own, compiled before and after changes of its surface.
        @Test func aChangedSourceIsSeen() async throws {
            let before = try await compiled(
                """
                public struct Knock: Sendable { public let rings: Int; let own = 1; public func again() {} }
                extension Int { public var rings: Knock { Knock(rings: self) } }
                """)
            let inside = try await compiled(
                """
                public struct Knock: Sendable { public let rings: Int; let other = 2; public func again() { _ = 1 } }
                extension Int { public var rings: Knock { Knock(rings: self + 1) } }
                """)
            #expect(inside.changes(since: before) == [])
            let after = try await compiled(
                """
                public struct Knock { public let rings: Int?; let own = 1; func again() {} }
                extension Int { public var rung: Knock { Knock(rings: self) } }
                """)
            #expect(
                after.changes(since: before) == [
                    "- Door: Int.rings | var rings: Knock { get }", "- Door: Knock : Swift.Sendable",
                    "- Door: Knock.again() | func again()", "- Door: Knock.rings | let rings: Int",
                    "+ Door: Int.rung | var rung: Knock { get }", "+ Door: Knock.rings | let rings: Int?",
                ])
        }

        /// The surface of a module with this source in its folder `Door`.
        private func compiled(_ source: String) async throws -> Surface {
            let folder = try temporaryFolder()
            let door = folder.appending(path: "Sources/Small/Door")
            try FileManager.default.createDirectory(at: door, withIntermediateDirectories: true)
            let file = door.appending(path: "Knock.swift")
            try Data(source.utf8).write(to: file)
            let module = folder.appending(path: "Small.swiftmodule").path
            let made = try await Toolchain.run(
                "swiftc", ["-emit-module", "-module-name", "Small", "-emit-module-path", module, file.path])
            guard made.status == 0 else { throw Required(description: made.words) }
            return try await Surface(module: "Small", search: ["-I", folder.path])
        }
    }
}
