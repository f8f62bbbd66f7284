/// A screen as a value: what stands on it, in reading order. Views only lay it out.
///
/// The order of `parts` is the order in which VoiceOver reads them.
public struct Page: Hashable, Sendable {
    /// A stable name such as `request` or `ended.approved`; scenarios and pictures are named after it.
    public let id: String
    /// What stands at the top.
    public let bar: Bar
    /// The content, in reading order.
    public let parts: [Part]
    /// The buttons that stay at the bottom, in reading order. At most one is filled.
    public let actions: [Button]
    /// Whether it must not be seen by others: no screenshots, no recording, nothing in the app switcher.
    public let guarded: Bool
    /// Said once by the screen reader when the page appears or changes.
    public let announce: String?

    /// A page.
    public init(
        id: String, bar: Bar, parts: [Part], actions: [Button] = [], guarded: Bool = false, announce: String? = nil
    ) {
        self.id = id
        self.bar = bar
        self.parts = parts
        self.actions = actions
        self.guarded = guarded
        self.announce = announce
    }
}

extension Page {
    /// What the eye and the screen reader take for one place: a request stays where it is while its answer is on its way,
    /// and a scanner lives on while its camera is gone. Another place begins at its top.
    public var place: String {
        let screen = id.prefix { $0 != "." }
        for part in parts {
            switch part {
            case .requestHead: return "\(screen) \(bar.title)"
            case .camera: return "\(screen) camera"
            default: continue
            }
        }
        return id
    }

    /// The bar at the top.
    public struct Bar: Hashable, Sendable {
        /// The relying party, or the app.
        public let title: String
        /// Whether there is a way back.
        public let back: Bool
        /// The time that is left, where something ends.
        public let time: Countdown?

        /// A bar.
        public init(title: String, back: Bool = false, time: Countdown? = nil) {
            self.title = title
            self.back = back
            self.time = time
        }
    }

    /// The time that is left.
    public struct Countdown: Hashable, Sendable {
        /// As it is shown: 残り 1:42.
        public let text: String
        /// As it is spoken.
        public let spoken: String
        /// Of the whole life, 1 to 0, for the rim.
        public let fraction: Double
        /// Whether it is about to end.
        public let urgent: Bool

        /// A countdown.
        public init(text: String, spoken: String, fraction: Double, urgent: Bool) {
            self.text = text
            self.spoken = spoken
            self.fraction = fraction
            self.urgent = urgent
        }
    }

    /// A button, at the bottom or within the content.
    public struct Button: Hashable, Sendable, Identifiable {
        /// What comes back in `Event.tapped`.
        public let id: String
        /// What stands on it.
        public let text: String
        /// How it looks.
        public let style: Style
        /// Whether what it began is still under way.
        public let busy: Bool

        /// A button.
        public init(id: String, text: String, style: Style, busy: Bool = false) {
            self.id = id
            self.text = text
            self.style = style
            self.busy = busy
        }

        /// How a button looks.
        public enum Style: String, Hashable, Sendable, CaseIterable {
            /// The one that leads on.
            case filled
            /// As large, with a border.
            case outlined
            /// An underlined link.
            case quiet
            /// Something stops: ink, with 止.
            case grave
        }
    }
}
