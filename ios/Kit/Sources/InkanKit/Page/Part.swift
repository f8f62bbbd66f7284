import Foundation

extension Page {
    /// A piece of a page's content.
    public enum Part: Hashable, Sendable {
        /// The answer as a seal. Hidden from screen readers: words say it.
        case seal(kind: SealKind, large: Bool)
        /// What is asked, with its amount, its side of the market and the rim that runs down.
        case requestHead(operation: String, amount: String?, side: Side?, rim: Double?, spoken: String)
        /// A heading.
        case title(String)
        /// A paragraph.
        case text(String)
        /// A small paragraph.
        case note(String)
        /// Labels and values, like a paper form.
        case facts([Fact])
        /// Why the server looks twice.
        case reasons([String])
        /// A box with an icon and words.
        case notice(kind: NoticeKind, title: String?, text: String)
        /// Digits that are to be copied.
        case code(groups: [String], spoken: String)
        /// A line to write on.
        case field(id: String, label: String, hint: String?, value: String, error: String?, kind: FieldKind)
        /// Digits to type.
        case digits(id: String, label: String, count: Int, value: String, error: String?)
        /// Rows that can be chosen.
        case rows([Row])
        /// Where an enrollment stands.
        case steps(done: Int, labels: [String])
        /// Something that is on or off.
        case toggle(id: String, label: String, detail: String?, on: Bool)
        /// The preview of the scanner. A text alternative stands behind it. `waits`: there is no picture now; no place is
        /// taken, but a camera's return is told.
        case camera(waits: Bool)
        /// A receipt, or the log.
        case mono(String)
        /// A text of many pages, in paragraphs that are laid out as they come into sight.
        case reading([String])
        /// Nothing is here.
        case empty(title: String, hint: String)
        /// Links within the content.
        case inline([Button])

        /// The paragraphs of a text, which stand apart by an empty line.
        static func paragraphs(_ text: String) -> [String] {
            text.components(separatedBy: "\n\n").map { $0.trimmingCharacters(in: .newlines) }.filter { !$0.isEmpty }
        }
    }

    /// The states of a seal.
    public enum SealKind: String, Hashable, Sendable, CaseIterable {
        /// An empty place whose rim is the time.
        case waiting
        /// Stamped.
        case approved
        /// Struck out.
        case declined
        /// 止.
        case stopped
        /// A broken rim.
        case expired
        /// Stamped by another.
        case elsewhere
    }

    /// A side of the market: always with its word.
    public enum Side: String, Hashable, Sendable, CaseIterable {
        /// 買い
        case buy
        /// 売り
        case sell
    }

    /// How serious a notice is.
    public enum NoticeKind: String, Hashable, Sendable, CaseIterable {
        /// Good to know.
        case info
        /// Look twice.
        case caution
    }

    /// What a field takes; it decides the keyboard.
    public enum FieldKind: String, Hashable, Sendable, CaseIterable {
        /// Words.
        case text
        /// The twelve characters of an enrollment.
        case typedCode
        /// A server's name.
        case host
        /// A device's name.
        case name
    }

    /// A label and its value.
    public struct Fact: Hashable, Sendable {
        /// What it is.
        public let label: String
        /// Its value.
        public let value: String
        /// A word in a frame, such as "new payee".
        public let badge: String?
        /// The value as it is spoken, if that differs.
        public let spoken: String?

        /// A fact.
        public init(label: String, value: String, badge: String? = nil, spoken: String? = nil) {
            self.label = label
            self.value = value
            self.badge = badge
            self.spoken = spoken
        }
    }

    /// A row that can be chosen.
    public struct Row: Hashable, Sendable, Identifiable {
        /// What comes back in `Event.tapped`.
        public let id: String
        /// Its first line.
        public let title: String
        /// Its second line.
        public let detail: String?
        /// What stands on the right.
        public let value: String?
        /// A word in a frame.
        public let badge: String?
        /// A small seal on the left.
        public let seal: SealKind?
        /// What a tap does, in a word.
        public let action: String?

        /// A row.
        public init(
            id: String, title: String, detail: String? = nil, value: String? = nil, badge: String? = nil,
            seal: SealKind? = nil, action: String? = nil
        ) {
            self.id = id
            self.title = title
            self.detail = detail
            self.value = value
            self.badge = badge
            self.seal = seal
            self.action = action
        }
    }
}
