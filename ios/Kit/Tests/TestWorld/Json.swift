// JSON as the relying party's backend reads and writes it in tests.
import Foundation

/// Any JSON value.
public enum Json: Hashable, Sendable, Codable {
    /// null
    case null
    /// true or false
    case bool(Bool)
    /// A number without a fraction.
    case integer(Int)
    /// Text.
    case text(String)
    /// A list.
    case list([Json])
    /// An object.
    case object([String: Json])

    /// Reads a value.
    public init(from decoder: any Decoder) throws {
        let one = try decoder.singleValueContainer()
        // the frequent ones first: each wrong guess costs an error
        if let value = try? one.decode(String.self) {
            self = .text(value)
        } else if let value = try? one.decode([String: Json].self) {
            self = .object(value)
        } else if let value = try? one.decode([Json].self) {
            self = .list(value)
        } else if let value = try? one.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? one.decode(Int.self) {
            self = .integer(value)
        } else if one.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: one, debugDescription: "a number with a fraction")
        }
    }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        var one = encoder.singleValueContainer()
        switch self {
        case .null: try one.encodeNil()
        case .bool(let value): try one.encode(value)
        case .integer(let value): try one.encode(value)
        case .text(let value): try one.encode(value)
        case .list(let values): try one.encode(values)
        case .object(let members): try one.encode(members)
        }
    }

    /// A member; null where there is none.
    public subscript(member: String) -> Json {
        if case .object(let members) = self { members[member] ?? .null } else { .null }
    }

    /// The text, or nothing.
    public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// The integer, or nothing.
    public var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The list; empty where it is none.
    public var list: [Json] {
        if case .list(let values) = self { values } else { [] }
    }

    /// The object with another member.
    public func with(_ member: String, _ value: Json) -> Json {
        guard case .object(var members) = self else { return self }
        members[member] = value
        return .object(members)
    }
}

extension Json: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// true or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    public init(arrayLiteral elements: Json...) { self = .list(elements) }
    /// An object.
    public init(dictionaryLiteral elements: (String, Json)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}
