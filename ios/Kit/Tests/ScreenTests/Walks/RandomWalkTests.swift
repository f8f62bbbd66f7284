// Random walks through every screen: whatever comes in whatever order, nobody is left on a page that leads nowhere.
import InkanKit
import Testing

@Suite struct RandomWalkTests {
    private static let walks: UInt64 = 1_000
    private static let words = Language.allCases.map { language in
        Words(language: language, zone: .gmt) { key, _ in key }
    }

    /// What is found on all walks, each with the first way that led there.
    private func faults<State: Screen>(_ begin: State) -> [String: String] {
        var faults: [String: String] = [:]
        for seed in 0..<Self.walks {
            var walk = RandomWalk(seed: seed, begin, Self.words)
            walk.go { fault, trail in
                if faults[fault] == nil { faults[fault] = "seed \(seed): \(trail.joined(separator: " → "))" }
            }
        }
        return faults
    }

    @Test func aRequestNeverLeadsNowhere() {
        #expect(faults(RequestScreen(account: AccountId("a-1"), challenge: ChallengeId("c-1"))) == [:])
    }

    @Test func aRequestByItsLinkNeverLeadsNowhere() {
        let link = "https://auth.example.jp/c"
        #expect(faults(RequestScreen(account: AccountId(""), challenge: ChallengeId("c-1"), link: link)) == [:])
    }

    @Test func aRequestToBeDeclinedNeverLeadsNowhere() {
        let screen = RequestScreen(account: AccountId("a-1"), challenge: ChallengeId("c-1"), declines: true)
        #expect(faults(screen) == [:])
    }

    @Test func anEnrollmentNeverLeadsNowhere() { #expect(faults(EnrollScreen()) == [:]) }

    @Test func theHomeScreenNeverLeadsNowhere() { #expect(faults(HomeScreen()) == [:]) }

    @Test func theHistoryNeverLeadsNowhere() { #expect(faults(HistoryScreen()) == [:]) }

    @Test func theSettingsNeverLeadNowhere() { #expect(faults(SettingsScreen()) == [:]) }

    @Test func theStartNeverLeadsNowhere() { #expect(faults(StartScreen()) == [:]) }

    /// The control: once it has failed, it neither goes on nor offers anything.
    private struct LostScreen: Screen {
        var isLost = false

        mutating func handle(_ event: Event) -> [Effect] {
            switch event {
            case .started: return [.loadAccounts]
            case .failed: isLost = true
            default: break
            }
            return []
        }

        func page(_ words: Words) -> Page {
            let close = Page.Button(id: "close", text: "Close", style: .filled)
            return Page(
                id: isLost ? "lost" : "found", bar: .init(title: "Inkan"), parts: [], actions: isLost ? [] : [close])
        }
    }

    @Test func aScreenThatLeadsNowhereIsFound() {
        #expect(Array(faults(LostScreen()).keys) == ["lost: nothing to touch and nothing under way"])
    }

    /// The control: success where no receipt has come.
    private struct BoastingScreen: Screen {
        mutating func handle(_ event: Event) -> [Effect] { [] }

        func page(_ words: Words) -> Page {
            Page(
                id: "ended.approved", bar: .init(title: "Inkan"), parts: [],
                actions: [.init(id: "close", text: "Close", style: .filled)])
        }
    }

    @Test func aSuccessWithoutAReceiptIsFound() {
        #expect(Array(faults(BoastingScreen()).keys) == ["ended.approved: success without a receipt"])
    }

    @Test func aWalkCanBeWalkedAgain() {
        var trails: [[String]] = []
        for seed in [7, 7, 8] as [UInt64] {
            var walk = RandomWalk(seed: seed, EnrollScreen(), Self.words)
            walk.go { _, _ in }
            trails.append(walk.trail)
        }
        #expect(trails[0] == trails[1] && trails[0] != trails[2])
    }
}
