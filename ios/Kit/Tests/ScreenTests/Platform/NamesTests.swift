import InkanKit
import Testing

@Suite struct NamesTests {
    @Test func theBrowserGetsHttpsAlone() {
        #expect(WebAddress.url("https://a.example.jp/x?y#z")?.absoluteString == "https://a.example.jp/x?y#z")
        for other in ["http://a.example.jp", "tel:110", "inkan://x", "https://", "https:///x", "", "javascript:1"] {
            #expect(WebAddress.url(other) == nil, "\(other)")
        }
    }

    @Test func aTelephoneNumberIsDigits() {
        #expect(WebAddress.telephone("0120-000-000")?.absoluteString == "tel:0120000000")
        #expect(WebAddress.telephone("+81 (3) 0000-0000")?.absoluteString == "tel:+81300000000")
        for other in ["", "12", "*31#0120000000", "0120;ext=1", "１２３４", "tel:110", "+", "1+23"] {
            #expect(WebAddress.telephone(other) == nil, "\(other)")
        }
    }

    @Test func aPhoneSaysSomethingOfItself() {
        let profile = DeviceProfile.profile(
            model: "  iPhone\u{7} ", system: "iOS", systemVersion: "18.1", appVersion: nil, language: .ja)
        #expect(
            [profile.name, profile.model, profile.os, profile.appVersion] == ["iPhone", "iPhone", "iOS 18.1", "0"])
        let long = DeviceProfile.profile(
            model: String(repeating: "あ", count: 65), system: "", systemVersion: "", appVersion: "1.0", language: .en)
        #expect(long.model.count == 64)
        #expect(long.os == "iOS")
    }

    @Test func aBuildNamesItsServersOrTakesAny() {
        #expect(AllowedServers.read(nil) == nil)
        #expect(AllowedServers.read("  ") == nil)
        #expect(
            AllowedServers.read("a.example.jp https://b.example.jp:8443") == [
                "https://a.example.jp", "https://b.example.jp:8443",
            ])
    }
}
