import Foundation

/// Addresses that the app hands to the system: https and telephone numbers, and nothing else.
public enum WebAddress {
    /// An address for the browser. Nothing for one that is not https or has no host: no other app is opened by it.
    public static func url(_ text: String) -> URL? {
        guard let url = URL(string: text), url.scheme?.lowercased() == "https", url.host?.isEmpty == false else {
            return nil
        }
        return url
    }

    /// A telephone number: digits, with a plus in front at most. Spaces, hyphens and brackets go; anything else is none.
    public static func telephone(_ text: String) -> URL? {
        let number = text.filter { !" -()".contains($0) }
        guard number.wholeMatch(of: /\+?[0-9]{3,15}/) != nil else { return nil }
        return URL(string: "tel:\(number)")
    }

    /// The app's page in the shop, by the number that Apple gave it. Nothing where the build has none.
    public static func shop(_ number: String?) -> URL? {
        guard let number, number.wholeMatch(of: /[0-9]{6,12}/) != nil else { return nil }
        return URL(string: "https://apps.apple.com/app/id\(number)")
    }
}
