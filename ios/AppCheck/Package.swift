// swift-tools-version: 6.0
// Linux alone: type-checks the app (App is a link to ../App) against stand-ins of Apple's modules. It cannot run.
import PackageDescription

let needs: [String: [Target.Dependency]] = [
    "AppleFoundation": [],
    "AVFoundation": ["UIKit"],
    "LocalAuthentication": ["Security"],
    "SwiftUI": ["Combine", "UIKit"],
]
let apple = [
    "AppleFoundation", "AVFoundation", "Combine", "CryptoKit", "DeviceCheck", "LocalAuthentication", "Security",
    "SwiftUI", "UIKit", "UserNotifications",
]
let standIns: [Target] = apple.map { name in
    .target(
        name: name, dependencies: needs[name] ?? ["AppleFoundation"], path: "Stubs/\(name)",
        swiftSettings: [.swiftLanguageMode(.v5)])
}
let app: Target = .target(
    name: "InkanApp", dependencies: [.product(name: "InkanKit", package: "Kit")] + apple.map { .byName(name: $0) },
    path: "App",
    exclude: [
        "Assets.xcassets", "Info.plist", "InfoPlist.xcstrings", "Inkan.entitlements", "Licences.txt",
        "Localizable.xcstrings",
        "Platform.xcstrings", "PrivacyInfo.xcprivacy",
    ],
    swiftSettings: [.unsafeFlags(["-parse-as-library"])])

let package = Package(
    name: "AppCheck", dependencies: [.package(path: "../Kit")], targets: standIns + [app], swiftLanguageModes: [.v6])
