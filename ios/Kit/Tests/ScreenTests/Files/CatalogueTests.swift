// The words: complete in both languages, equal on both platforms, and each of them known to the code.
import Foundation
import InkanKit
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct CatalogueTests {
    static let catalogues = ["Localizable", "Platform", "InfoPlist"]

    @Test(arguments: catalogues)
    func everyTextIsThereInBothLanguages(name: String) throws {
        let catalogue = try Catalogue.read(name)
        #expect(catalogue.sourceLanguage == "ja")
        #expect(catalogue.strings.isEmpty == false)
        #expect(catalogue.faults == [])
    }

    @Test func theCodeKnowsEveryKeyAndNoOther() throws {
        #expect(Set(try Catalogue.read("Localizable").strings.keys) == Set(Words.Key.allCases.map(\.rawValue)))
        #expect(Set(try Catalogue.read("Platform").strings.keys) == Set(Words.PlatformKey.allCases.map(\.rawValue)))
        let info = try #require(try propertyList(Repository.data("ios/App/Info.plist")))
        for (key, entry) in try Catalogue.read("InfoPlist").strings {
            #expect(info[key] as? String == entry.text(.ja), "\(key)")
        }
    }

    @Test(arguments: [(Language.en, "values"), (.ja, "values-ja")])
    func androidSaysTheSame(language: Language, folder: String) throws {
        let android = try AndroidStrings.read(Repository.data("android/app/src/main/res/\(folder)/strings.xml"))
            .filter { $0.key != "app_name" }  // the launcher names the app there, Info.plist here
        let ours = try Catalogue.read("Localizable").texts(language)
        #expect(Set(android.keys).symmetricDifference(ours.keys).sorted() == [])
        for (key, text) in android {
            #expect(ours[key] == text, "\(key)")
        }
    }

    @Test(
        arguments: [
            (#""state" : "translated""#, #""state" : "new""#), (#""value" : "Approved""#, #""value" : """#),
            (#""ja" : {"#, #""fr" : {"#), ("%1$@", "%2$@"), ("%1$@", ""),
        ])
    func aSeededFaultIsSeen(from: String, to: String) throws {
        let text = try Repository.text("ios/App/Localizable.xcstrings")
        let place = try #require(text.range(of: from), "the fault cannot be seeded: \(from)")
        let faulty = text.replacingCharacters(in: place, with: to)
        #expect(try JSONDecoder().decode(Catalogue.self, from: Data(faulty.utf8)).faults != [])
    }

    @Test func japaneseIsWrittenAsJapanese() throws {
        for (key, text) in try Catalogue.read("Localizable").texts(.ja) {
            #expect(text.contains { "()?!".contains($0) } == false, "\(key): full-width in Japanese")
        }
    }

    @Test func androidsEscapesAreRead() throws {
        let xml =
            #"<resources><string name="a">It\'s %1$s \u2014 \"x\"\n&amp; %2$d</string><string name="b">"  q "</string></resources>"#
        #expect(try AndroidStrings.read(Data(xml.utf8)) == ["a": "It's %1$@ \u{2014} \"x\"\n& %2$@", "b": "  q "])
    }
}

/// A string catalogue of Xcode, as far as it is used here.
struct Catalogue: Decodable {
    struct Entry: Decodable {
        struct Localization: Decodable {
            struct Unit: Decodable { let state, value: String }
            let stringUnit: Unit?
        }
        let localizations: [String: Localization]?

        func text(_ language: Language) -> String? { localizations?[language.rawValue]?.stringUnit?.value }
    }
    let sourceLanguage: String
    let strings: [String: Entry]

    static func read(_ name: String) throws -> Catalogue {
        try JSONDecoder().decode(Catalogue.self, from: Repository.data("ios/App/\(name).xcstrings"))
    }

    func texts(_ language: Language) -> [String: String] { strings.compactMapValues { $0.text(language) } }

    /// What is wrong with it, in words.
    var faults: [String] {
        strings.flatMap { key, entry -> [String] in
            let units = Language.allCases.map { entry.localizations?[$0.rawValue]?.stringUnit }
            guard units.allSatisfy({ $0?.state == "translated" && $0?.value.isEmpty == false }),
                entry.localizations?.count == Language.allCases.count
            else { return ["\(key): not in both languages"] }
            let places = units.map { Set(($0?.value ?? "").matches(of: /%([1-9])\$@/).map { String($0.output.1) }) }
            let isWhole = places.allSatisfy {
                $0 == places.first && $0 == Set((1...9).prefix($0.count).map(String.init))
            }
            let strays = units.contains { ($0?.value ?? "").contains(/%(?![1-9]\$@)(?=[\d@sdlf$])/) }
            return isWhole && !strays ? [] : ["\(key): places differ"]
        }
    }
}

/// Android's strings, with its places and escapes turned into ours.
final class AndroidStrings: NSObject, XMLParserDelegate {
    private var name: String?
    private var text = ""
    private var found: [String: String] = [:]

    static func read(_ data: Data) throws -> [String: String] {
        let reader = AndroidStrings()
        let parser = XMLParser(data: data)
        parser.delegate = reader
        guard parser.parse() else { throw CocoaError(.fileReadCorruptFile) }
        return reader.found
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard element == "string" else { return }
        name = attributes["name"]
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        guard element == "string", let name else { return }
        found[name] = Self.plain(text)
        self.name = nil
    }

    private static func plain(_ text: String) -> String {
        var plain = ""
        var rest = text[...]
        while let next = rest.popFirst() {
            guard next == "\\", let escaped = rest.popFirst() else {
                if next != "\"" { plain.append(next) }  // quotes only keep spaces
                continue
            }
            switch escaped {
            case "n": plain.append("\n")
            case "u":
                let number = UInt32(rest.prefix(4), radix: 16).flatMap(Unicode.Scalar.init)
                plain.append(number.map { String($0) } ?? "")
                rest = rest.dropFirst(4)
            default: plain.append(escaped)
            }
        }
        return plain.replacing(/%([1-9])\$[sd]/) { "%\($0.output.1)$@" }
    }
}
