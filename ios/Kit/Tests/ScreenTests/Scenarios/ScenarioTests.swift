// One behaviour on both phones: the scenario table, run through the screens in both languages.
import Foundation
import InkanKit
import Testing

/// The table, read once.
struct Scenarios: Sendable {
    let zone: TimeZone
    let fixtures: Node
    let all: [Scenario]
    let pages: [String]

    struct Scenario: Sendable, CustomTestStringConvertible {
        let name: String
        let screen: String
        let given: Node?
        let steps: [Node]

        var testDescription: String { name }
    }

    static let shared = Result { try Scenarios() }

    private init() throws {
        let table = try JSONDecoder().decode(Node.self, from: Repository.data("tests/phones/scenarios.json"))
        zone = TimeZone(identifier: try table.text("zone")) ?? .gmt
        fixtures = try table.need("fixtures")
        pages = try table.texts("pages")
        all = try table.list("scenarios").map { node in
            Scenario(
                name: try node.text("name"), screen: try node.text("screen"), given: node["given"],
                steps: try node.list("steps"))
        }
    }

    func words(_ language: Language) throws -> Words {
        let texts = try Catalogue.read("Localizable").texts(language)
        return Words(language: language, zone: zone) { key, _ in texts[key] }
    }

    /// Runs a scenario, and hands each step to `look`: what came of it, and what the table says.
    func run(
        _ scenario: Scenario, _ language: Language, _ words: Words,
        look: (_ step: Node, _ index: Int, _ effects: [Effect], _ page: Page) throws -> Void
    ) throws {
        let fixtures = Fixtures(table: fixtures, language: language)
        var screen = try fixtures.screen(scenario.screen, given: scenario.given)
        var asked: [Effect] = []
        for (index, step) in scenario.steps.enumerated() {
            let event = try fixtures.event(step.need("event")) { name in
                guard let effect = asked.last(where: { $0.described.prefix { $0 != "(" } == name }) else {
                    throw Node.Missing(description: "nobody asked for \(name)")
                }
                return effect
            }
            let effects = screen.handle(event)
            asked += effects
            try look(step, index, effects, screen.page(words))
        }
    }
}

/// What came of a step.
private struct Ran: Equatable {
    let effects: [String]
    /// Id, whether there is a way back, whether it is guarded.
    let page: [String]
    let kinds, buttons, texts, spoken: [String]
    let announce: String?

    init(_ effects: [Effect], _ page: Page, _ words: Words) {
        self.effects = effects.map(\.described)
        self.page = [page.id, "\(page.bar.back)", "\(page.guarded)"]
        kinds = page.kinds
        buttons = page.buttons
        texts = page.texts(words)
        spoken = page.spoken
        announce = page.announce
    }

    init(_ step: Node, _ language: Language) throws {
        let page = try step.need("page")
        let said = try step.need(language.rawValue)
        effects = try step.texts("effects")
        self.page = [try page.text("id"), "\(try page.flag("back"))", "\(try page.flag("guarded"))"]
        kinds = try page.texts("parts")
        buttons = try page.texts("buttons")
        texts = try said.texts("texts")
        spoken = try said.texts("spoken")
        announce = try said["announce"]?.text
    }
}

@Suite struct ScenarioTests {
    let table: Scenarios

    init() throws {
        table = try Scenarios.shared.get()
    }

    @Test(arguments: (try? Scenarios.shared.get().all) ?? [], Language.allCases)
    func bothPhonesDoTheSame(scenario: Scenarios.Scenario, language: Language) throws {
        let words = try table.words(language)
        try table.run(scenario, language, words) { step, index, effects, page in
            let at = Comment(rawValue: "step \(index + 1)")
            let ran = Ran(effects, page, words)
            let table = try Ran(step, language)
            #expect(ran.effects == table.effects, at)
            #expect(ran.page == table.page, at)
            #expect(ran.kinds == table.kinds, at)
            #expect(ran.buttons == table.buttons, at)
            #expect(ran.texts == table.texts, at)
            #expect(ran.spoken == table.spoken, at)
            #expect(ran.announce == table.announce, at)
        }
    }

    /// The control: a table that says something else is not agreed with.
    @Test(arguments: ["texts", "effects", "id"])
    func aDifferenceIsSeen(where place: String) throws {
        let scenario = try #require(table.all.first)
        let words = try table.words(.ja)
        try table.run(scenario, .ja, words) { step, _, effects, page in
            let other = Node.text("other")
            let faulty: Node =
                switch place {
                case "texts":
                    step.replaced(
                        by: .object(["ja": try step.need("ja").replaced(by: .object([place: .list([other])]))]))
                case "effects": step.replaced(by: .object([place: .list([other])]))
                default:
                    step.replaced(by: .object(["page": try step.need("page").replaced(by: .object([place: other]))]))
                }
            let ran = Ran(effects, page, words)
            let right = try Ran(step, .ja)
            let wrong = try Ran(faulty, .ja)
            #expect(ran == right)
            #expect(ran != wrong)
        }
    }

    @Test func everyPageIsInTheTableAndHoldsToTheRulesOfPages() throws {
        let words = try table.words(.ja)
        var used: Set<String> = []
        for scenario in table.all {
            try table.run(scenario, .ja, words) { _, _, _, page in
                used.insert(page.id)
                #expect(page.actions.filter { $0.style == .filled }.count <= 1, "\(page.id)")
                #expect(page.texts(words).allSatisfy { $0.contains { !$0.isWhitespace } }, "\(page.id)")
                let ids = page.buttons.map { $0.prefix { $0 != ":" } }
                #expect(Set(ids).count == ids.count, "\(page.id)")
                if page.id.hasPrefix("request.") { #expect(page.guarded, "\(page.id)") }
            }
        }
        #expect(used == Set(table.pages))
        let unseen = try written().filter { id in
            !used.contains { $0 == id || (id.hasSuffix(".") && $0.hasPrefix(id)) }
        }
        #expect(unseen == [])
    }

    /// The ids as they stand in the sources; one that ends with a dot is put together with a reason.
    private func written() throws -> [String] {
        let id = /"((?:request|ended|enroll|inbox|history|settings|start)\.[a-z_.]*)/
        let found = try Repository.sources(below: "ios/Kit/Sources/InkanKit")
            .filter { $0.name.hasSuffix("Page.swift") || $0.name.hasSuffix("Screen.swift") }
            .flatMap { $0.text.matches(of: id).map { String($0.output.1) } }
        #expect(found.count > 40)
        return found
    }
}
