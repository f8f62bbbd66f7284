// The asset catalogue holds the tokens of the server's pages, and they are legible.
import Foundation
import Testing

@Suite struct ColourTests {
    struct Shades: Equatable {
        var light: String
        var dark: String
    }

    @Test func theCatalogueHoldsTheTokensOfTheServersPages() throws {
        let pages = try tokens()
        let catalogue = try colours()
        #expect(catalogue.count == 17)
        for (name, shades) in catalogue {
            #expect(pages[name] == shades, "\(name)")
        }
    }

    @Test func everyNameInTheCodeIsInTheCatalogue() throws {
        let catalogue = try colours()
        let look = try Repository.text("ios/App/page/Look.swift")
        let names = look.matches(of: /Color\("inkan_(\w+)"\)/).map { String($0.output.1) }
        #expect(names.count >= 10)
        #expect(names.filter { catalogue[$0] == nil } == [])
    }

    @Test(
        arguments: [
            ("ink", "sheet", 4.5), ("ink", "well", 4.5), ("ink_2", "sheet", 4.5), ("on_act", "act", 4.5),
            ("act", "sheet", 4.5), ("sheet", "ink", 4.5), ("caution", "sheet", 4.5), ("caution", "caution_soft", 4.5),
            ("ink", "caution_soft", 4.5), ("buy", "buy_soft", 4.5), ("sell", "sell_soft", 4.5), ("buy", "sheet", 4.5),
            ("sell", "sheet", 4.5), ("ink_2", "well", 4.5), ("edge", "sheet", 3), ("caution_edge", "sheet", 3),
        ] as [(String, String, Double)])
    func textIsLegible(text: String, ground: String, least: Double) throws {
        let catalogue = try colours()
        let front = try #require(catalogue[text])
        let back = try #require(catalogue[ground])
        #expect(contrast(front.light, back.light) >= least)
        #expect(contrast(front.dark, back.dark) >= least)
    }

    @Test func tooLittleContrastIsSeen() {
        #expect(contrast("807889", "F5F4F6") < 4.5)
        #expect(contrast("000000", "FFFFFF") > 20.9)
    }

    private func colours() throws -> [String: Shades] {
        struct Set: Decodable {
            struct Entry: Decodable {
                struct Colour: Decodable { let components: [String: String] }
                struct Appearance: Decodable { let value: String }
                let color: Colour
                let appearances: [Appearance]?
            }
            let colors: [Entry]
        }
        let folder = Repository.ios.appending(path: "App/Assets.xcassets")
        var found: [String: Shades] = [:]
        for item in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where item.pathExtension == "colorset" {
            let set = try JSONDecoder().decode(Set.self, from: Data(contentsOf: item.appending(path: "Contents.json")))
            let hex = { (entry: Set.Entry) in
                ["red", "green", "blue"].map { String((entry.color.components[$0] ?? "").dropFirst(2)) }.joined()
            }
            let dark = set.colors.filter { $0.appearances?.contains { $0.value == "dark" } == true }
            let light = set.colors.filter { $0.appearances == nil }
            let name = item.deletingPathExtension().lastPathComponent.replacingOccurrences(of: "inkan_", with: "")
            found[name] = Shades(light: light.map(hex).joined(), dark: dark.map(hex).joined())
        }
        return found
    }

    /// The values of the style sheet: first the light ones, then the dark ones. `act` is the brand's own.
    private func tokens() throws -> [String: Shades] {
        let sheet = try Repository.text("core/virtual-phone/assets/tokens.css")
        var found: [String: Shades] = [:]
        for match in sheet.matches(of: /--([a-z0-9-]+): #([0-9a-f]{6});/) {
            let name = match.output.1.replacingOccurrences(of: "-", with: "_")
            let value = match.output.2.uppercased()
            if found[name] == nil { found[name] = Shades(light: value, dark: value) } else { found[name]?.dark = value }
        }
        if let light = found["brand"]?.light, let dark = found["brand_dark"]?.light {
            found["act"] = Shades(light: light, dark: dark)
        }
        return found
    }

    /// WCAG 2.2, relative luminance.
    private func contrast(_ one: String, _ other: String) -> Double {
        let values = [one, other].map(luminance).sorted()
        return (values[1] + 0.05) / (values[0] + 0.05)
    }

    private func luminance(_ hex: String) -> Double {
        let number = Int(hex, radix: 16) ?? 0
        let parts = [16, 8, 0].map { Double((number >> $0) & 0xFF) / 255 }
        let linear = parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}
