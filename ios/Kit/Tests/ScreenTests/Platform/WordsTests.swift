import Foundation
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
        let words = Words(language: .en, zone: .gmt) { key, table in table == "Localizable" ? nil : "text of \(key)" }
        #expect(words.text(.coverCaptured) == "text of cover_captured")
    }

    @Test func timesAreReadAsACustomerReadsThem() throws {
        let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
        let at = Date(timeIntervalSince1970: 1_795_496_709)  // 2026-11-24T05:05:09Z
        #expect(Words(language: .ja, zone: tokyo) { _, _ in nil }.moment(at) == "11月24日（火）14:05")
        #expect(Words(language: .en, zone: tokyo) { _, _ in nil }.moment(at) == "Tue 24 Nov, 14:05")
        #expect(Words(language: .en, zone: .gmt) { _, _ in nil }.moment(at) == "Tue 24 Nov, 05:05")
    }

    @Test func theLanguageIsThePersonsElseTheSystemsElseJapanese() {
        #expect(Language.spoken(chosen: .en, system: "ja") == .en)
        #expect(Language.spoken(chosen: nil, system: "en") == .en)
        for other in [nil, "fr", ""] { #expect(Language.spoken(chosen: nil, system: other) == .ja) }
    }
}
