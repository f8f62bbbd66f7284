import Testing

@testable import InkanKit

@Suite struct WordsTests {
    @Test func valuesStandInTheirPlaces() {
        #expect(Words.fill("%2$@ of %1$@", ["a", "b"]) == "b of a")
        #expect(Words.fill("%1$@%1$@ 100 %", ["x"]) == "xx 100 %")
        // What a value says is never taken for a place.
        #expect(Words.fill("%1$@/%2$@", ["%2$@", "b"]) == "%2$@/b")
        #expect(Words.fill("%1$@/%3$@", ["a"]) == "a/")
        #expect(Words.fill("", []) == "")
    }

    @Test func aMissingTextShowsItsKey() {
        let words = Words(language: .en) { key, table in table == "Localizable" ? nil : "text of \(key)" }
        #expect(words.text(.coverCaptured) == "text of cover_captured")
    }
}
