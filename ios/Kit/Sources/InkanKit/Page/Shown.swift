// Parts that several screens draw alike: a request's lines, a countdown, a trouble.
import Foundation

/// The lines of a request, sorted into where they stand. Their words are the core's.
struct ShownLines {
    let lines: [Line]

    var operation: String { value(.operation) ?? "" }
    var amount: String? { value(.amount) }
    var reasons: [String] { lines.filter { $0.role == .reason }.map(\.value) }
    var origin: [Page.Fact] { lines.filter { $0.role == .origin }.map { Page.Fact(label: $0.label, value: $0.value) } }

    var side: Page.Side? {
        for line in lines {
            switch line.role {
            case .buy: return .buy
            case .sell: return .sell
            default: continue
            }
        }
        return nil
    }

    /// Account, payee and details; the badge of a new payee stands beside the payee.
    var facts: [Page.Fact] {
        let shown: Set<LineRole> = [.account, .buy, .sell, .payee, .fact]
        return lines.filter { shown.contains($0.role) }.map { line in
            Page.Fact(label: line.label, value: line.value, badge: line.role == .payee ? value(.newPayee) : nil)
        }
    }

    /// What identifies it in a list or on a result: amount and payee.
    var summary: [Page.Fact] {
        let shown: Set<LineRole> = [.operation, .amount, .buy, .sell, .payee]
        return lines.filter { shown.contains($0.role) }.map { Page.Fact(label: $0.label, value: $0.value) }
    }

    private func value(_ role: LineRole) -> String? { lines.first { $0.role == role }?.value }
}

/// The seconds that are left, whole ones.
func secondsLeft(until ends: Date, now: Date) -> Int {
    // To the millisecond first: a date is a floating number, and 102 seconds may be a breath less.
    Int(((ends.timeIntervalSince(now) * 1000).rounded() / 1000).rounded(.down))
}

/// The time that is left until `ends`, of a life that began at `begun`.
func countdown(begun: Date, ends: Date, now: Date, _ words: Words) -> Page.Countdown {
    let left = max(secondsLeft(until: ends, now: now), 0)
    let whole = max(secondsLeft(until: ends, now: begun), 1)
    let seconds = left % 60
    let clock = "\(left / 60):\(seconds < 10 ? "0" : "")\(seconds)"
    return Page.Countdown(
        text: words.text(.left, clock), spoken: words.text(.leftAnnounced, left),
        fraction: min(max(Double(left) / Double(whole), 0), 1), urgent: left <= 30)
}

/// The seconds left until `end`, if a mark at which they are said was passed between two looks. A look may come late.
func passedMark(before: Date, now: Date, end: Date) -> Int? {
    let left = secondsLeft(until: end, now: now)
    let earlier = secondsLeft(until: end, now: before)
    return left > 0 && [60, 30, 10].contains { left <= $0 && $0 < earlier } ? left : nil
}

/// A length of time as one says it, roughly: seconds, from two minutes on minutes, from two hours on hours.
func span(_ seconds: Int, _ words: Words) -> String {
    let minutes = (seconds + 30) / 60
    if seconds < 120 { return words.text(.spanSeconds, seconds) }
    if minutes < 120 { return words.text(.spanMinutes, minutes) }
    return words.text(.spanHours, (minutes + 30) / 60)
}

/// A trouble within a page: what happened, what did not, what to do.
func notice(_ error: InkanError, _ words: Words, didNot: Words.Key?) -> Page.Part {
    notice(error.trouble.what, [didNot, error.trouble.next], words)
}

/// A trouble within a page: what happened, and the sentences after it.
func notice(_ what: Words.Key, _ rest: [Words.Key?], _ words: Words) -> Page.Part {
    let sentences = rest.compactMap { $0 }.map(words.sentence).joined()
    return .notice(kind: .caution, title: words.text(what), text: sentences.trimmed)
}

/// The digits in a text, whatever keyboard they were typed on.
func digits(of text: String) -> String {
    text.unicodeScalars.compactMap { sign -> String? in
        guard sign.properties.numericType == .decimal else { return nil }
        return sign.properties.numericValue.map { String(Int($0)) }
    }.joined()
}

extension Words {
    /// A sentence with the space that its language puts after it.
    func sentence(_ key: Key) -> String { language == .ja ? text(key) : text(key) + " " }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// Caution without a title.
func caution(_ text: String) -> Page.Part { .notice(kind: .caution, title: nil, text: text) }

/// Something to know.
func info(_ text: String) -> Page.Part { .notice(kind: .info, title: nil, text: text) }

/// What stands in the bar where no relying party is known.
let appName = "Inkan"
