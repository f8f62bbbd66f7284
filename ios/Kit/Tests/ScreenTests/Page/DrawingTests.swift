import InkanKit
import Testing

@Suite struct DrawingTests {
    @Test func theSealsAreThoseOfTheServersPages() throws {
        let seals = try Repository.text("core/virtual-phone/assets/seals.svg")
        for path in [SealDrawing.stamp, SealDrawing.stop, SealDrawing.strike] {
            #expect(seals.contains("d=\"\(path)\""), "\(path)")
        }
        #expect(seals.contains("r=\"29\"") && seals.contains("r=\"31\""))
    }

    @Test func strokesAreReadAsTheyAreDrawn() throws {
        let strokes = try #require(SealDrawing.strokes(of: "M30 16 18 20V47M18 30H29.5"))
        #expect(
            strokes.map(\.points) == [
                [.init(x: 30, y: 16), .init(x: 18, y: 20), .init(x: 18, y: 47)],
                [.init(x: 18, y: 30), .init(x: 29.5, y: 30)],
            ])
        #expect(SealDrawing.strokes(of: SealDrawing.stamp)?.count == 4)
        #expect(SealDrawing.strokes(of: SealDrawing.stop)?.count == 4)
        #expect(SealDrawing.strokes(of: SealDrawing.strike)?.count == 2)
    }

    @Test(arguments: ["C1 2 3 4 5 6", "H5", "M1", "M1 2L", "12 13", "M1 2Z"])
    func whatIsNoSealIsRefused(path: String) {
        #expect(SealDrawing.strokes(of: path) == nil)
    }

    @Test func theRimStepsInTenthsWithoutMotion() {
        #expect(Rim.shown(fraction: 0.85, reduceMotion: false) == 0.85)
        #expect(Rim.shown(fraction: 0.85, reduceMotion: true) == 0.9)
        #expect(Rim.shown(fraction: 0.81, reduceMotion: true) == 0.9)
        #expect(Rim.shown(fraction: 1.5, reduceMotion: false) == 1)
        #expect(Rim.shown(fraction: -1, reduceMotion: true) == 0)
    }

    @Test func digitsStandOnTheirLines() {
        #expect(DigitBoxes.signs(of: "12", count: 4) == ["1", "2", " ", " "])
        #expect(DigitBoxes.signs(of: "1234567", count: 6) == ["1", "2", "3", "4", "5", "6"])
        #expect((0..<6).filter { DigitBoxes.isBreak(before: $0, of: 6) } == [3])
        #expect((0..<2).filter { DigitBoxes.isBreak(before: $0, of: 2) } == [])
        #expect((0..<5).filter { DigitBoxes.isBreak(before: $0, of: 5) } == [])
    }

    @Test func aRequestStaysWhereItIsWhileItsAnswerIsOnItsWay() {
        let head = Page.Part.requestHead(operation: "出金", amount: nil, side: nil, rim: nil, spoken: "")
        let page = { (id: String, parts: [Page.Part]) in Page(id: id, bar: .init(title: "みらい証券"), parts: parts).place }
        #expect(page("request.number", [head]) == page("request.sending", [head, .note("a")]))
        #expect(page("request.number", [head]) != page("history.entry", [head]))
        #expect(page("request.asking", []) != page("request.stuck.offline", []))
    }

    @Test func stepsNameTheOneThatIsUnderWay() {
        #expect(StepWords.now(done: 1, labels: ["a", "b", "c"]) == "b")
        #expect(StepWords.now(done: 3, labels: ["a", "b", "c"]) == "c")
        #expect(StepWords.now(done: 0, labels: []) == nil)
    }

    @Test func whatIsSpokenLeavesNothingOut() {
        #expect(Spoken.fact(.init(label: "出金先", value: "***4567", badge: "新しい出金先")) == "出金先, ***4567, 新しい出金先")
        #expect(Spoken.fact(.init(label: "a", value: "b", spoken: "c")) == "a, c")
        #expect(Spoken.row(.init(id: "1", title: "t", detail: "", value: "v", action: "a")) == "t, v, a")
        #expect(Spoken.field(label: "l", hint: "h", error: "e") == "e, l, h")
        #expect(Spoken.digits("731") == "7 3 1")
    }
}
