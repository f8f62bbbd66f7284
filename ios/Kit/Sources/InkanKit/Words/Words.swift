import Foundation

/// Every word that is ours, in one language, for the calendar of a place. What a request says comes from the core and is not here.
///
/// The texts stand in `Localizable.xcstrings`, key by key equal to Android's; a test compares them. The few that one
/// platform alone needs stand in `Platform.xcstrings`.
public struct Words: Sendable {
    /// The language.
    public let language: Language
    private let zone: TimeZone
    private let lookUp: @Sendable (_ key: String, _ table: String) -> String?

    /// Words that `lookUp` finds, by key and table.
    public init(
        language: Language, zone: TimeZone, lookUp: @escaping @Sendable (_ key: String, _ table: String) -> String?
    ) {
        self.language = language
        self.zone = zone
        self.lookUp = lookUp
    }

    /// A text, with what stands in its places `%1$@`, `%2$@`, … A key without a text shows itself: a test finds it.
    public func text(_ key: Key, _ values: any CustomStringConvertible...) -> String {
        Self.fill(lookUp(key.rawValue, "Localizable") ?? key.rawValue, values.map(\.description))
    }

    /// What stands between two things that are read in one go.
    var pause: String { language == .ja ? "、" : ", " }

    /// Day and minute of a time, as a customer reads them.
    public func moment(_ at: Date) -> String { Moment(at, zone).text(language) }

    /// A text of this platform alone.
    public func text(_ key: PlatformKey) -> String {
        lookUp(key.rawValue, "Platform") ?? key.rawValue
    }

    /// Puts values where a text has places for them. What a value contains is never taken for a place.
    static func fill(_ text: String, _ values: [String]) -> String {
        // Most have none.
        guard text.contains("%") else { return text }
        var filled = ""
        var rest = text[...]
        while let place = rest.firstMatch(of: /%([1-9])\$@/) {
            filled += rest[..<place.range.lowerBound]
            if let number = Int(place.output.1), values.indices.contains(number - 1) { filled += values[number - 1] }
            rest = rest[place.range.upperBound...]
        }
        return filled + rest
    }
}

extension Language {
    /// The language to speak: what the person has chosen in the app, else the system's, else Japanese.
    public static func spoken(chosen: Language?, system: String?) -> Language {
        chosen ?? system.flatMap(Language.init(rawValue:)) ?? .ja
    }
}

extension Words {
    /// Words that iOS alone needs.
    public enum PlatformKey: String, CaseIterable, Sendable {
        /// What is seen in place of a request while the screen is recorded or mirrored.
        case coverCaptured = "cover_captured"
    }
}
