// Day and minute of a time. Written out here, for the system's own formats differ from version to version, and both
// phones show the same.
import Foundation

/// A time in the calendar of a place.
struct Moment: Hashable, Sendable {
    private let month, day, weekday, hour, minute: Int

    init(_ at: Date, _ zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.month, .day, .weekday, .hour, .minute], from: at)
        month = parts.month ?? 1
        day = parts.day ?? 1
        weekday = parts.weekday ?? 1
        hour = parts.hour ?? 0
        minute = parts.minute ?? 0
    }

    /// 11月24日（火）14:25, or Tue 24 Nov, 14:25.
    func text(_ language: Language) -> String {
        let time = "\(two(hour)):\(two(minute))"
        switch language {
        case .ja:
            // The signs of a date, and no words: swiftlint:disable:next words_in_code
            return "\(month)月\(day)日（\(of(["日", "月", "火", "水", "木", "金", "土"], weekday))）\(time)"
        case .en:
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            return "\(of(days, weekday)) \(day) \(of(months, month)), \(time)"
        }
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private func of(_ names: [String], _ number: Int) -> String {
        names.indices.contains(number - 1) ? names[number - 1] : ""
    }
}
