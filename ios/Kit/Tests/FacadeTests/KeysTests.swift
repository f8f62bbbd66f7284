// The keys of errors name texts in two languages: none may be missing, doubled or of another form.
import InkanKit
import Testing

@Suite struct KeysTests {
    @Test func keysAreUniqueAndSnakeCase() {
        let keys = InkanError.allKeys
        #expect(Set(keys).count == keys.count)
        #expect(keys.count == 6 + 11 + 13 + 3 + 9)
        #expect(keys.filter { $0.wholeMatch(of: /[a-z_]+(\.[a-z_]+)?/) == nil } == [])
    }
}
