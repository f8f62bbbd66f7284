/// Whether the screen is covered, so that others do not see it: in the app switcher, on a recording, on a mirrored
/// display.
public enum Cover: Hashable, Sendable {
    /// The page is seen.
    case none
    /// A blank sheet with the empty seal.
    case blank
    /// The same, and words that say why.
    case captured

    /// Where the app is.
    public enum Phase: Hashable, Sendable {
        /// In front.
        case active
        /// Something lies over it: the system's own dialog, a call, the app switcher on its way.
        case inactive
        /// Not seen.
        case background

        /// Whether its clocks go on: where nobody sees them they stand.
        public var ticks: Bool { self != .background }
    }

    /// What is to be shown. While the person is verified for a request, the system's dialog lies over the page: what is
    /// approved stays in sight.
    public static func over(guarded: Bool, phase: Phase, captured: Bool, verifying: Bool) -> Cover {
        switch phase {
        case .background: .blank
        case .inactive: verifying && !(guarded && captured) ? .none : .blank
        case .active: guarded && captured ? .captured : .none
        }
    }
}
