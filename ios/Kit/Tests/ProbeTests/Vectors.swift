// Reads `docs/vectors`, which every phone and backend has to agree with.
import Foundation
import InkanProbe
import Synchronization
import TestWorld

enum Vectors {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../../docs/vectors").standardized

    private static let read = Mutex<[String: Json]>([:])

    /// A file, read once.
    static func file(_ name: String) throws -> Json {
        if let known = read.withLock({ $0[name] }) { return known }
        let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
        let file = try JSONDecoder().decode(Json.self, from: data)
        read.withLock { $0[name] = file }
        return file
    }

    /// The names of all files.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
            .map { String($0.dropLast(5)) }.sorted()
    }

    /// A list that must not be empty: nothing checked is nothing proved.
    static func list(_ json: Json, _ member: String) throws -> [Json] {
        let list = json[member].list
        guard !list.isEmpty else { throw Required(description: "anything under \(member)") }
        return list
    }
}

extension Json {
    /// A member that is a text.
    func string(_ member: String) throws -> String {
        try Required.value(self[member].text, "a text \(member) in \(self)")
    }

    /// A member that is a number which is not negative.
    func number(_ member: String) throws -> UInt64 {
        try Required.value(self[member].integer.flatMap(UInt64.init(exactly:)), "a number \(member) in \(self)")
    }

    /// As JSON text.
    func written() throws -> String {
        String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }

    static func read(_ text: String) throws -> Json {
        try JSONDecoder().decode(Json.self, from: Data(text.utf8))
    }
}

/// Whether the protocol refuses; any other failure is thrown on.
func isRefused<Value>(_ call: () throws -> Value) throws -> Bool {
    do {
        _ = try call()
        return false
    } catch ProbeError.Refused {
        return true
    }
}
