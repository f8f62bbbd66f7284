import InkanKit
import Testing

/// A counter that asks for answers and for waits.
private struct Counter: Machine {
    enum Event: Hashable, Sendable { case ask(Int), wait, answered(Int) }
    enum Effect: Hashable, Sendable { case answer(Int), wait }
    var answers: [Int] = []

    mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .ask(let number): return [.answer(number)]
        case .wait: return [.wait]
        case .answered(let number):
            answers.append(number)
            return []
        }
    }
}

/// Opens once; whoever waits is let through, or told that it was cancelled.
private actor Gate {
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for one in waiting { one.resume() }
        waiting = []
    }
}

@MainActor @Suite struct DriverTests {
    @Test func twoEffectsRunAtTheSameTime() async {
        let gate = Gate()
        let driver = Driver(Counter()) { effect in
            guard case .answer(let number) = effect else { return [] }
            // The first can only end after the second: one after the other they would never end.
            if number == 1 { await gate.pass() } else { await gate.open() }
            return [.answered(number)]
        }
        driver.send(.ask(1))
        driver.send(.ask(2))
        #expect(driver.underWay == [.answer(1), .answer(2)])
        await driver.settle()
        #expect(Set(driver.screen.answers) == [1, 2])
        #expect(driver.underWay == [])
    }

    @Test func theEndLetsGoOfWaitsAndNotOfDecisions() async {
        let gate = Gate()
        var cancelled: [Counter.Effect] = []
        var came: [Counter.Effect] = []
        let driver = Driver(Counter(), isWait: { $0 == .wait }) { effect in
            await gate.pass()
            if Task.isCancelled { cancelled.append(effect) } else { came.append(effect) }
            return [.answered(0)]
        }
        driver.send(.wait)
        driver.send(.ask(1))
        driver.end()
        await gate.open()
        await driver.settle()
        #expect(cancelled == [.wait])
        #expect(came == [.answer(1)])
        // What comes after the end changes nothing.
        #expect(driver.screen.answers == [])
        driver.send(.ask(2))
        #expect(driver.underWay == [])
    }

    @Test func aChangeIsToldOnceAndOnlyAChange() async {
        var changes = 0
        let driver = Driver(Counter(), changed: { changes += 1 }) { _ in [.answered(1), .answered(2)] }
        driver.send(.ask(1))
        #expect(changes == 0)
        await driver.settle()
        #expect(changes == 2)
    }
}
