import Foundation

/// A screen's behaviour as a value: events go in, effects come out, and a page can be drawn of it at any time.
///
/// It knows nothing of tasks, clocks and frameworks: the time is an argument, and what an effect brought is an event.
public protocol Machine: Hashable, Sendable {
    /// What happens to it.
    associatedtype Event: Sendable
    /// What it wants done.
    associatedtype Effect: Hashable, Sendable

    /// Moves on, and says what is to be done, in this order.
    mutating func handle(_ event: Event) -> [Effect]
}

/// Runs a machine: takes events one after the other, keeps the state, and has the effects done.
///
/// Effects run at the same time. A screen that goes away lets go of those that only wait; a decision is never let go of:
/// what it brought is in the store, and the next look shows it.
@MainActor public final class Driver<Screen: Machine> {
    /// Where the machine stands.
    public private(set) var screen: Screen
    private let run: @MainActor (Screen.Effect) async -> [Screen.Event]
    private let isWait: (Screen.Effect) -> Bool
    private let changed: @MainActor () -> Void
    private var tasks: [Int: (effect: Screen.Effect, task: Task<Void, Never>)] = [:]
    private var begun = 0
    private var ended = false

    /// A driver. `run` does an effect and says which events come of it; `isWait` says of an effect that it may be let go
    /// of; `changed` is told after each event that changed the state.
    public init(
        _ screen: Screen, isWait: @escaping (Screen.Effect) -> Bool = { _ in false },
        changed: @escaping @MainActor () -> Void = {},
        run: @escaping @MainActor (Screen.Effect) async -> [Screen.Event]
    ) {
        self.screen = screen
        self.isWait = isWait
        self.changed = changed
        self.run = run
    }

    /// Takes an event. After the end nothing is taken any more.
    public func send(_ event: Screen.Event) {
        guard !ended else { return }
        let before = screen
        let effects = screen.handle(event)
        if screen != before { changed() }
        for effect in effects { begin(effect) }
    }

    /// The screen goes away.
    public func end() {
        ended = true
        for running in tasks.values where isWait(running.effect) { running.task.cancel() }
    }

    /// Returns when nothing is under way any more, what came of it included.
    public func settle() async {
        while let running = tasks.values.first { await running.task.value }
    }

    /// What is under way.
    public var underWay: [Screen.Effect] { tasks.keys.sorted().compactMap { tasks[$0]?.effect } }

    private func begin(_ effect: Screen.Effect) {
        begun += 1
        let number = begun
        let task = Task { [run] in
            let events = await run(effect)
            tasks[number] = nil
            for event in events { send(event) }
        }
        tasks[number] = (effect, task)
    }
}
