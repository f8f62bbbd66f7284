/// Runs a screen: takes events one after the other, keeps the state, and has the effects done.
///
/// Effects run at the same time. A screen that is covered or goes away lets go of those that only wait for news, and
/// begins them anew when it is started again; a decision is never let go of.
@MainActor public final class Driver<State: Screen> {
    /// Where the screen stands.
    public private(set) var screen: State
    private let run: @MainActor (Effect) async -> [Event]
    private let isWait: (Effect) -> Bool
    private let changed: @MainActor () -> Void
    private var tasks: [Int: (effect: Effect, task: Task<Void, Never>)] = [:]
    /// Waits that were let go of and have not ended yet.
    private var leaving: [Int: Task<Void, Never>] = [:]
    private var begun = 0
    private var ended = false

    /// A driver. `run` does an effect and says which events come of it; `isWait` says of an effect that it may be let go
    /// of; `changed` is told after each event that changed the state.
    public init(
        _ screen: State, isWait: @escaping (Effect) -> Bool = { _ in false },
        changed: @escaping @MainActor () -> Void = {}, run: @escaping @MainActor (Effect) async -> [Event]
    ) {
        self.screen = screen
        self.isWait = isWait
        self.changed = changed
        self.run = run
    }

    /// Takes an event. After the end nothing is taken any more.
    public func send(_ event: Event) {
        guard !ended else { return }
        let before = screen
        let effects = screen.handle(event)
        if screen != before { changed() }
        for effect in effects { begin(effect) }
    }

    /// The screen is covered, or the app is not in front: nobody waits for news.
    public func rest() {
        for (number, running) in tasks where isWait(running.effect) {
            tasks[number] = nil
            leaving[number] = running.task
            running.task.cancel()
        }
    }

    /// The screen goes away.
    public func end() {
        ended = true
        rest()
    }

    /// Returns when nothing is under way any more, what came of it included.
    public func settle() async {
        while let task = tasks.values.first?.task ?? leaving.values.first { await task.value }
    }

    /// What is under way.
    public var underWay: [Effect] { tasks.keys.sorted().compactMap { tasks[$0]?.effect } }

    private func begin(_ effect: Effect) {
        // A wait that is under way already will bring the same news.
        if isWait(effect), tasks.values.contains(where: { $0.effect == effect }) { return }
        begun += 1
        let number = begun
        let task = Task { [run] in
            let events = await run(effect)
            let isWanted = tasks.removeValue(forKey: number) != nil
            leaving[number] = nil
            if isWanted { for event in events { send(event) } }
        }
        tasks[number] = (effect, task)
    }
}
