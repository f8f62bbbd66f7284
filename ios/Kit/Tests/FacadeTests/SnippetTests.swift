// What the documents show is compiled as an app's own source, in Swift 6 with warnings as errors.
import Foundation
import TestWorld
import Testing

extension ToolchainTests {
    @Suite struct SnippetTests {
        /// The blocks of a document that are marked as Swift.
        private func snippets(_ name: String) throws -> [String] {
            let file = Toolchain.kit.appending(path: "../../docs/\(name)").standardized
            var blocks: [String] = []
            var block: [Substring]?
            for line in try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            {
                if line == "```swift" {
                    block = []
                } else if line == "```", let lines = block {
                    blocks.append(lines.joined(separator: "\n"))
                    block = nil
                } else {
                    block?.append(line)
                }
            }
            return blocks
        }

        /// All in one file: a later one goes on from an earlier one. And each stands in the app that the tests run.
        @Test func theGuideForIOSCompiles() async throws {
            let snippets = try snippets("embed-ios.md").filter { !$0.contains(".package(") }
            #expect(snippets.count >= 5)
            let checked = try await Toolchain.check(snippets.joined(separator: "\n\n"))
            #expect(checked.status == 0, "\(checked.words)")
            let file = Toolchain.kit.appending(path: "../consumer/Sources/FirstApproval/Phone.swift").standardized
            let app = try String(contentsOf: file, encoding: .utf8)
            for snippet in snippets { #expect(app.contains(snippet)) }
        }

        /// The control: the same with one name misspelt.
        @Test func aMistakeInItIsSeen() async throws {
            let source = try snippets("embed-ios.md").filter { !$0.contains(".package(") }.joined(separator: "\n\n")
            let misspelt = source.replacingOccurrences(of: ".confirmAccount(", with: ".confirmAcount(")
            #expect(misspelt != source)
            #expect(try await Toolchain.check(misspelt).status != 0)
        }

        /// What the guide says of the manifest stands in the consumer's, word for word but for the way to the folder.
        @Test func theManifestOfTheGuideIsTheConsumers() throws {
            let shown = try snippets("embed-ios.md").filter { $0.contains(".package(") }
            let manifest = try String(
                contentsOf: Toolchain.kit.appending(path: "../consumer/Package.swift").standardized, encoding: .utf8)
            #expect(Self.missing(try #require(shown.first), in: manifest) == [])
            #expect(shown.count == 1)
        }

        /// The control: another product, another package, another path.
        @Test(arguments: [("InkanKit", "Inkan"), ("package: \"Kit\"", "package: \"Inkan\""), ("/Kit\"", "/Kitt\"")])
        func aManifestOfAnotherIsSeen(from: String, to: String) throws {
            let shown = try #require(try snippets("embed-ios.md").first { $0.contains(".package(") })
            let other = shown.replacingOccurrences(of: from, with: to)
            #expect(other != shown)
            let manifest = try String(
                contentsOf: Toolchain.kit.appending(path: "../consumer/Package.swift").standardized, encoding: .utf8)
            #expect(Self.missing(other, in: manifest).count == 1)
        }

        /// The lines that do not stand in a manifest. Only the folder's name counts of its path.
        private static func missing(_ lines: String, in manifest: String) -> [String] {
            let relative = manifest.replacing(/path: "[^"]*\/(\w+)"/) { "path: \"\($0.output.1)\"" }
            return lines.split(separator: "\n").map { line in
                line.trimmingCharacters(in: .whitespaces.union(.init(charactersIn: ",")))
                    .replacing(/path: "[^"]*\/(\w+)"/) { "path: \"\($0.output.1)\"" }
            }.filter { !$0.isEmpty && !relative.contains($0) }
        }

        /// A vault whose method throws anything else than its own errors is no vault: the compiler refuses it.
        @Test(arguments: [("throw VaultError.locked", true), ("throw Undeclared()", false)])
        func anErrorThatIsNoneOfAVaultsDoesNotCompile(statement: String, compiles: Bool) async throws {
            let source = """
                import InkanKit
                struct Undeclared: Error {}
                func unlock() async throws(VaultError) { \(statement) }
                """
            let checked = try await Toolchain.check(source)
            #expect((checked.status == 0) == compiles, "\(checked.words)")
        }

        /// An app cannot reach the generated code through InkanKit.
        @Test func theGeneratedNamesAreNotInReach() async throws {
            let checked = try await Toolchain.check("import InkanKit\nlet made = softwareVault")
            #expect(
                checked.status != 0 && checked.words.contains("cannot find 'softwareVault' in scope"),
                "\(checked.words)")
        }
    }
}
