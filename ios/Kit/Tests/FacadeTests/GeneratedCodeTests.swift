// The generated Swift is searched for calls that would end the app: those without a declared error, where a panic or a
// value that cannot be read is met by `try!`.
import Foundation
import TestWorld
import Testing

@Suite struct GeneratedCodeTests {
    private static let kit = URL(filePath: #filePath).appending(path: "../../..").standardized

    /// The functions whose body can end the app, each as the line that declares it.
    static func deadly(_ source: String) -> [String] {
        let lines = source.components(separatedBy: "\n")
        let declarations = ["func ", "convenience init"]
        func isDeadly(_ line: String) -> Bool {
            // the plumbing is written `try! rustCall {`
            let plain = line.split(separator: " ").joined(separator: " ")
            return plain.contains("try! rustCall()") || plain.contains("try! await uniffiRustCallAsync")
        }
        return lines.indices.filter { isDeadly(lines[$0]) }.map { place in
            let start = lines[...place].lastIndex { line in declarations.contains { line.contains($0) } } ?? place
            let type = lines[...start].last { $0.hasPrefix("open class ") }?.dropFirst("open class ".count)
            let name = lines[start].firstMatch(of: /func +`?\w+|convenience init/)?.output ?? "?"
            return "\(type?.prefix { $0.isLetter } ?? "-").\(name)"
        }
    }

    @Test func nothingButTheCancellationCanEndTheApp() throws {
        let folder = Self.kit.appending(path: "Sources/InkanCore/Generated")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        let found = try files.flatMap { Self.deadly(try String(contentsOf: $0, encoding: .utf8)) }
        // its bodies set a flag: they cannot panic
        #expect(found.sorted() == ["Cancellation.convenience init", "Cancellation.func cancel"])
    }

    /// The control: the search sees such functions, sync and async.
    @Test func theSearchSeesThem() {
        let source = """
            open class Thing: ThingProtocol {
            open func touch()  {try! rustCall() {
            }}
            public func later()async  -> String  {
                return
                    try!  await uniffiRustCallAsync(
            uniffiCloneHandle() { try! rustCall {
            """
        #expect(Self.deadly(source) == ["Thing.func touch", "Thing.func later"])
    }

    /// Only the façade knows the generated code.
    @Test func nothingElseImportsTheGeneratedCode() throws {
        let sources = [Self.kit.appending(path: "Sources/InkanKit"), Self.kit.appending(path: "../App")]
        var facade = 0
        for folder in sources {
            let files = FileManager.default.enumerator(at: folder.standardized, includingPropertiesForKeys: nil)
            for case let file as URL in try Required.value(files, "a folder \(folder)")
            where file.pathExtension == "swift" {
                let imports = try String(contentsOf: file, encoding: .utf8).contains(
                    /import +((struct|enum|class|func) +)?InkanCore/)
                let isFacade = file.path.contains("/InkanKit/Core/")
                #expect(!imports || isFacade, "\(file.path)")
                facade += imports && isFacade ? 1 : 0
            }
        }
        #expect(facade > 5, "the search sees those of the façade")
    }
}
