/// What a screen reader says of parts whose pieces belong together. Pieces are put side by side; the pause between them
/// is the comma's.
public enum Spoken {
    /// Label, value and badge of a fact.
    public static func fact(_ fact: Page.Fact) -> String {
        join([fact.label, fact.spoken ?? fact.value, fact.badge])
    }

    /// Everything that stands in a row.
    public static func row(_ row: Page.Row) -> String {
        join([row.title, row.detail, row.badge, row.value, row.action])
    }

    /// Label, hint and error of a field, the error first where there is one.
    public static func field(label: String, hint: String?, error: String?) -> String {
        join([error, label, hint])
    }

    /// Digits one by one: a number to copy is no quantity.
    public static func digits(_ text: String) -> String {
        text.map(String.init).joined(separator: " ")
    }

    private static func join(_ pieces: [String?]) -> String {
        pieces.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
