// Where the files are that no compiler here reads.
import Foundation

enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../..").standardizedFileURL
    static let ios = root.appending(path: "ios")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func data(_ path: String) throws -> Data {
        try Data(contentsOf: root.appending(path: path))
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// The Swift files below a folder, with their text.
    static func sources(below folder: String) throws -> [(name: String, path: String, text: String)] {
        let files = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
        return try (files?.compactMap { $0 as? URL } ?? [])
            .filter { $0.pathExtension == "swift" }
            .map { ($0.lastPathComponent, $0.path, try String(contentsOf: $0, encoding: .utf8)) }
    }
}

/// The objects of a property list in any of its three forms.
func propertyList(_ data: Data) throws -> [String: Any]? {
    try PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any]
}
