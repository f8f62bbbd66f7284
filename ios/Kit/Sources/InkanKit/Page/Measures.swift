/// How much of the rim is drawn.
public enum Rim {
    /// Of the whole life, 0 to 1. Where the person wants no motion, the rim moves in tenths of the life: what it tells is
    /// in the words of the bar as well.
    public static func shown(fraction: Double, reduceMotion: Bool) -> Double {
        let whole = min(max(fraction, 0), 1)
        return reduceMotion ? (whole * 10).rounded(.up) / 10 : whole
    }
}

/// The lines on which digits are written.
public enum DigitBoxes {
    /// One sign a line; a space where nothing has been written.
    public static func signs(of value: String, count: Int) -> [String] {
        let written = value.prefix(count).map(String.init)
        return written + Array(repeating: " ", count: max(0, count - written.count))
    }

    /// Whether a small break stands before this line: in the middle of an even number of digits, from four on.
    public static func isBreak(before index: Int, of count: Int) -> Bool {
        count >= 4 && count.isMultiple(of: 2) && index == count / 2
    }
}

/// The words below the bars of an enrollment.
public enum StepWords {
    /// The label of the step that is under way; the last one where all are done.
    public static func now(done: Int, labels: [String]) -> String? {
        labels.indices.contains(done) ? labels[done] : labels.last
    }
}
