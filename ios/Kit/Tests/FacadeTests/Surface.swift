// What another module can see of a module, as the compiler's symbol graph tells it: a set of lines for each folder of the
// sources, so that a folder's surface is read, agreed and compared on its own.
import Foundation
import TestWorld

struct Surface: Equatable {
    /// By folder below `Sources/InkanKit`. What lies in no folder has the module's own name.
    let folders: [String: Set<String>]

    init(folders: [String: Set<String>]) { self.folders = folders }

    /// Declarations and conformances, also those that extend types of other modules.
    init(module: String, search: [String]) async throws {
        let output = try temporaryFolder()
        let extracted = try await Toolchain.run(
            "swift-symbolgraph-extract",
            [
                "-module-name", module, "-target", Toolchain.triple, "-output-dir", output.path,
                "-minimum-access-level", "public", "-skip-synthesized-members",
            ] + search)
        guard extracted.status == 0 else { throw Required(description: extracted.words) }
        var folders: [String: Set<String>] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: output, includingPropertiesForKeys: nil) {
            let graph = try JSONDecoder().decode(Graph.self, from: Data(contentsOf: file))
            for (folder, line) in graph.lines(module: module) { folders[folder, default: []].insert(line) }
        }
        self.folders = folders
    }

    /// As it was agreed: the files of a folder, each named after what it guards.
    init(written folder: URL) throws {
        var folders: [String: Set<String>] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            folders[file.deletingPathExtension().lastPathComponent] = Set(lines)
        }
        self.folders = folders
    }

    /// Writes the files of a folder anew; those of folders that are no more are taken away.
    func write(to folder: URL) throws {
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            try FileManager.default.removeItem(at: file)
        }
        for (name, lines) in folders {
            let text = lines.sorted().joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: folder.appending(path: "\(name).api"))
        }
    }

    /// What differs, a line each: `-` for what is gone since, `+` for what is new. A folder that the other side does not
    /// know differs even where it is empty.
    func changes(since agreed: Surface) -> [String] {
        Set(folders.keys).union(agreed.folders.keys).sorted().flatMap { name in
            let (old, new) = (agreed.folders[name], folders[name])
            let known = old == nil ? ["+ \(name)"] : new == nil ? ["- \(name)"] : []
            let gone = (old ?? []).subtracting(new ?? []).sorted().map { "- \(name): \($0)" }
            return known + gone + (new ?? []).subtracting(old ?? []).sorted().map { "+ \(name): \($0)" }
        }
    }
}

/// A file of the compiler's, with what is read of it.
private struct Graph: Decodable {
    struct Symbol: Decodable {
        struct Identifier: Decodable { let precise: String }
        struct Fragment: Decodable { let spelling: String }
        struct Location: Decodable { let uri: String }

        let identifier: Identifier
        let pathComponents: [String]
        let declarationFragments: [Fragment]
        /// Absent for what the compiler made itself.
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

    func lines(module: String) -> [(folder: String, line: String)] {
        var lines: [(folder: String, line: String)] = []
        var homes: [String: (folder: String, name: String)] = [:]
        for symbol in symbols {
            guard let parts = symbol.location.map({ $0.uri.components(separatedBy: "/Sources/\(module)/") }),
                let place = parts.last?.split(separator: "/"), let first = place.first, parts.count > 1
            else { continue }
            let folder = place.count > 1 ? String(first) : module
            let name = symbol.pathComponents.joined(separator: ".")
            let declaration = symbol.declarationFragments.map(\.spelling).joined().split(separator: /\s+/)
            lines.append((folder, "\(name) | \(declaration.joined(separator: " "))"))
            homes[symbol.identifier.precise] = (folder, name)
        }
        for relationship in relationships where relationship.kind == "conformsTo" {
            guard let home = homes[relationship.source] else { continue }
            let target = homes[relationship.target]?.name ?? relationship.targetFallback ?? relationship.target
            lines.append((home.folder, "\(home.name) : \(target)"))
        }
        return lines
    }
}
