/// A screen's behaviour as a value: events go in, effects come out, and a page can be drawn of it at any time.
///
/// It knows nothing of tasks, clocks and frameworks: the time comes in events, and so does what an effect brought.
public protocol Screen: Hashable, Sendable {
    /// Moves on, and says what is to be done, in this order.
    mutating func handle(_ event: Event) -> [Effect]

    /// What is shown of it.
    func page(_ words: Words) -> Page
}
