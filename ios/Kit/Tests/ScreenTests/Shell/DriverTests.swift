import InkanKit
import Testing

/// Notes what is decided, and asks for what its buttons say.
private struct Notebook: Screen {
    var noted: [Event] = []

    mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .tapped("wait"): return [.loadInbox(wait: true)]
        case .tapped(let number): return [.dial(number)]
        default:
            noted.append(event)
            return []
        }
    }

    func page(_ words: Words) -> Page { Page(id: "notebook", bar: .init(title: ""), parts: []) }
}

/// Opens once; whoever waits is let through.
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
    private let isWait = { (effect: Effect) in effect == .loadInbox(wait: true) }

    @Test func twoEffectsRunAtTheSameTime() async {
        let gate = Gate()
        let driver = Driver(Notebook()) { effect in
            // The first can only end after the second: one after the other they would never end.
            if effect == .dial("1") { await gate.pass() } else { await gate.open() }
            return [.done(effect)]
        }
        driver.send(.tapped("1"))
        driver.send(.tapped("2"))
        #expect(driver.underWay == [.dial("1"), .dial("2")])
        await driver.settle()
        #expect(Set(driver.screen.noted) == [.done(.dial("1")), .done(.dial("2"))])
        #expect(driver.underWay == [])
    }

    @Test func theEndLetsGoOfWaitsAndNotOfDecisions() async {
        let gate = Gate()
        var cancelled: [Effect] = []
        var came: [Effect] = []
        let driver = Driver(Notebook(), isWait: isWait) { effect in
            await gate.pass()
            if Task.isCancelled { cancelled.append(effect) } else { came.append(effect) }
            return [.done(effect)]
        }
        driver.send(.tapped("wait"))
        driver.send(.tapped("1"))
        driver.end()
        await gate.open()
        await driver.settle()
        #expect(cancelled == [.loadInbox(wait: true)])
        #expect(came == [.dial("1")])
        // What comes after the end changes nothing.
        #expect(driver.screen.noted == [])
        driver.send(.tapped("2"))
        #expect(driver.underWay == [])
    }

    @Test func oneWaitAtATimeAndAsManyDecisionsAsThereAre() async {
        let gate = Gate()
        let driver = Driver(Notebook(), isWait: isWait) { effect in
            await gate.pass()
            return [.done(effect)]
        }
        for tap in ["wait", "1", "wait", "1"] { driver.send(.tapped(tap)) }
        #expect(driver.underWay == [.loadInbox(wait: true), .dial("1"), .dial("1")])
        await gate.open()
        await driver.settle()
        #expect(driver.screen.noted.count == 3)
    }

    @Test func aChangeIsToldOnceAndOnlyAChange() async {
        var changes = 0
        let driver = Driver(Notebook(), changed: { changes += 1 }) { effect in [.done(effect), .browserFailed] }
        driver.send(.tapped("1"))
        #expect(changes == 0)
        await driver.settle()
        #expect(changes == 2)
    }
}
