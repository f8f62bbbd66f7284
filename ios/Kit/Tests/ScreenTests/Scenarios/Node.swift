// JSON, read by name. What is missing is an error that says where.
import Foundation

indirect enum Node: Decodable, Hashable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Node])
    case object([String: Node])

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Node].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: Node].self))
        }
    }

    /// A member; nothing where it is not there or null.
    subscript(name: String) -> Node? {
        guard case .object(let members) = self, let member = members[name], member != .null else { return nil }
        return member
    }

    func need(_ name: String) throws -> Node {
        guard let member = self[name] else { throw Missing(description: "no \(name) in \(self)") }
        return member
    }

    func text(_ name: String) throws -> String { try need(name).text }
    func int(_ name: String) throws -> Int { Int(try need(name).number) }
    func flag(_ name: String) throws -> Bool { try need(name).flag }
    func list(_ name: String) throws -> [Node] { try need(name).list }
    func texts(_ name: String) throws -> [String] { try list(name).map { try $0.text } }
    func time(_ name: String) throws -> Date { try need(name).time }

    var text: String {
        get throws {
            guard case .text(let text) = self else { throw Missing(description: "no text: \(self)") }
            return text
        }
    }

    var number: Double {
        get throws {
            guard case .number(let number) = self else { throw Missing(description: "no number: \(self)") }
            return number
        }
    }

    var flag: Bool {
        get throws {
            guard case .flag(let flag) = self else { throw Missing(description: "no flag: \(self)") }
            return flag
        }
    }

    var list: [Node] {
        get throws {
            guard case .list(let list) = self else { throw Missing(description: "no list: \(self)") }
            return list
        }
    }

    var time: Date {
        get throws { try Date(try text, strategy: .iso8601) }
    }

    /// One of an enumeration, by its raw name.
    func one<Value: RawRepresentable>(_ type: Value.Type = Value.self) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: try text) else {
            throw Missing(description: "no \(type): \(self)")
        }
        return value
    }

    /// This object with members of another in place of its own.
    func replaced(by other: Node) -> Node {
        guard case .object(let own) = self, case .object(let others) = other else { return self }
        return .object(own.merging(others) { $1 })
    }
}
