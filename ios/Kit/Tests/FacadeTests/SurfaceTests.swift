// What an app can see of InkanKit, declaration by declaration, beside what was agreed: a file in `api/` for each folder
// of the sources that is guarded, the façade first of all. A change of that surface is a change of these files:
//
//     INKAN_WRITE_API=1 swift test --filter SurfaceTests
import Foundation
import TestWorld
import Testing

extension ToolchainTests {
    @Suite struct SurfaceTests {
        private static let agreed = Toolchain.kit.appending(path: "api")

        @Test func theSurfaceIsAsAgreed() async throws {
            let surface = try await Self.surface()
            let files = try FileManager.default.contentsOfDirectory(at: Self.agreed, includingPropertiesForKeys: nil)
            #expect(files.contains { $0.lastPathComponent == "Core.api" })
            for file in files {
                let folder = file.deletingPathExtension().lastPathComponent
                let now = (surface[folder] ?? []).sorted().joined(separator: "\n") + "\n"
                if ProcessInfo.processInfo.environment["INKAN_WRITE_API"] != nil { try Data(now.utf8).write(to: file) }
                let before = try String(contentsOf: file, encoding: .utf8)
                let (old, new) = (Set(before.split(separator: "\n")), Set(now.split(separator: "\n")))
                #expect(old.subtracting(new).sorted() == [], "gone from \(folder)")
                #expect(new.subtracting(old).sorted() == [], "new in \(folder)")
            }
        }

        /// Generated names never come to the surface.
        @Test func noGeneratedNameIsSeen() async throws {
            let lines = try await Self.surface().values.flatMap { $0 }
            #expect(lines.count > 300)
            #expect(
                lines.filter { $0.contains("Uniffi") || $0.contains("InkanCore") || $0.contains("RustBuffer") } == [])
        }

        private struct Graph: Decodable {
            struct Symbol: Decodable {
                struct Identifier: Decodable { let precise: String }
                struct Fragment: Decodable { let spelling: String }
                struct Location: Decodable { let uri: String }

                let identifier: Identifier
                let pathComponents: [String]
                let declarationFragments: [Fragment]
                let location: Location?
            }

            struct Relationship: Decodable {
                let kind: String
                let source: String
                let target: String
                let targetFallback: String?
            }

            let symbols: [Symbol]
            let relationships: [Relationship]
        }

        /// Declarations and conformances, by folder.
        private static func surface() async throws -> [String: [String]] {
            let output = try temporaryFolder()
            let extracted = try await Toolchain.run(
                "swift-symbolgraph-extract",
                [
                    "-module-name", "InkanKit", "-target", Toolchain.triple, "-output-dir", output.path,
                    "-minimum-access-level", "public", "-skip-synthesized-members",
                ] + Toolchain.modules)
            guard extracted.status == 0 else { throw Required(description: extracted.words) }
            let data = try Data(contentsOf: output.appending(path: "InkanKit.symbols.json"))
            let graph = try JSONDecoder().decode(Graph.self, from: data)
            var surface: [String: [String]] = [:]
            var homes: [String: (folder: String, name: String)] = [:]
            for symbol in graph.symbols {
                guard let folder = symbol.location?.uri.firstMatch(of: /InkanKit\/(\w+)\//)?.output.1 else { continue }
                let name = symbol.pathComponents.joined(separator: ".")
                let declaration = symbol.declarationFragments.map(\.spelling).joined().split(separator: /\s+/)
                surface[String(folder), default: []].append("\(name) | \(declaration.joined(separator: " "))")
                homes[symbol.identifier.precise] = (String(folder), name)
            }
            for relationship in graph.relationships where relationship.kind == "conformsTo" {
                guard let home = homes[relationship.source] else { continue }
                let target = homes[relationship.target]?.name ?? relationship.targetFallback ?? relationship.target
                surface[home.folder, default: []].append("\(home.name) : \(target)")
            }
            return surface
        }
    }
}
