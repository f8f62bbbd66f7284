// Every text that is shown, in both languages, and the hash that is signed over it.
import Foundation
import InkanProbe
import TestWorld
import Testing

@Suite(.serialized) struct DisplayVectors {
    @Test(arguments: ["ja", "en"]) func everyLineAndItsHash(language: String) throws {
        for vector in try Vectors.list(Vectors.file("display"), "cases") {
            let (name, said) = (try vector.string("name"), vector[language])
            let shown = try render(challenge: vector["challenge"].written(), language: language)
            let lines = try Vectors.list(said, "lines").map { line in
                ShownLine(
                    role: try line.string("role"), label: try line.string("label"), value: try line.string("value"))
            }
            #expect(shown.lines == lines, "lines of \(name)")
            #expect(try shown.hashedText == said.string("hashed_text"), "text of \(name)")
            #expect(try shown.displayHash == said.string("display_hash"), "hash of \(name)")
            // by other hands than the core's
            let text = lines.map { "\($0.label)\t\($0.value)\n" }.joined()
            #expect(try Array(text.utf8) == Array(said.string("hashed_text").utf8), "text of \(name)")
            #expect(try hash(text) == said.string("display_hash"), "hash of \(name)")
        }
    }

    @Test func whatCannotBeShownIsRefused() throws {
        for vector in try Vectors.list(Vectors.file("display"), "invalid") {
            let challenge: Json = [
                "relying_party": "a", "account": "b", "operation": vector["operation"], "details": [],
                "origin": ["client": "c"], "reasons": [], "iat": 0, "zone": vector["zone"],
                "display": vector["display"],
            ]
            let text = try challenge.written()
            #expect(try isRefused { try render(challenge: text, language: "ja") }, "\(vector["reason"])")
        }
    }

    /// The control of the test before: it is the named fault, not the rest, that is refused.
    @Test func withoutTheFaultItIsShown() throws {
        let challenge: Json = [
            "relying_party": "a", "account": "b", "operation": "login", "details": [], "origin": ["client": "c"],
            "reasons": [], "iat": 0, "zone": "Asia/Tokyo", "display": ["template": "login", "version": 1],
        ]
        #expect(try !render(challenge: challenge.written(), language: "ja").lines.isEmpty)
    }

    @Test func labelsAndStrings() throws {
        let file = try Vectors.file("display")
        for label in try Vectors.list(file, "own_labels").compactMap(\.text) {
            #expect(try isOwnLabel(label: label), "\(label)")
        }
        for label in try Vectors.list(file, "free_labels").compactMap(\.text) {
            #expect(try !isOwnLabel(label: label), "\(label)")
        }
        for text in try Vectors.list(file, "strings").compactMap(\.text) {
            #expect(try shownText(value: text, most: 64) == text)
        }
        for text in try Vectors.list(file, "strings_refused").compactMap(\.text) {
            #expect(try isRefused { try shownText(value: text, most: 64) }, "\(text.debugDescription)")
        }
    }
}
