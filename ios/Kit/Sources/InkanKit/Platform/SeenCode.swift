/// What the camera has read last: while a code stays in sight it is told once, not thirty times a second.
public struct SeenCode: Hashable, Sendable {
    private var last: String?

    /// Nothing has been read.
    public init() {}

    /// Whether the text is another one than the last.
    public mutating func isNew(_ text: String) -> Bool {
        defer { last = text }
        return text != last
    }
}
