/// What the phone says of itself in an enrollment.
public enum DeviceProfile {
    /// From the system's own words. The name is the model until the customer gives another; each part has 64 characters
    /// at most, and something stands in each.
    public static func profile(
        model: String, system: String, systemVersion: String, appVersion: String?, language: Language
    ) -> Profile {
        let model = part(model, or: "iPhone")
        return Profile(
            name: model, model: model, os: part("\(system) \(systemVersion)", or: "iOS"),
            appVersion: part(appVersion, or: "0"),
            language: language)
    }

    private static func part(_ text: String?, or other: String) -> String {
        let plain = (text ?? "").unicodeScalars.filter { $0.properties.generalCategory != .control }
        let trimmed = String(String.UnicodeScalarView(plain)).drop { $0 == " " }.prefix(64)
        let shown = String(trimmed.reversed().drop { $0 == " " }.reversed())
        return shown.isEmpty ? other : shown
    }
}

/// The servers at which a build may enroll.
public enum AllowedServers {
    /// From the build's setting: names separated by spaces. Nothing for an empty one: any server.
    public static func read(_ setting: String?) -> [String]? {
        let names = (setting ?? "").split(separator: " ").map { name in
            name.hasPrefix("https://") ? String(name) : "https://\(name)"
        }
        return names.isEmpty ? nil : names
    }
}
