// swift-tools-version: 6.0
// One package, two hosts. Linux: everything that is no screen, with its tests. Apple: what the app links.
import PackageDescription

#if os(Linux)
    let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]
#else
    // An app that takes this package from its address may not be given unsafe flags.
    let strict: [SwiftSetting] = []
#endif

let package = Package(
    name: "Inkan",
    defaultLocalization: "ja",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "InkanKit", targets: ["InkanKit"])],
    targets: [
        .target(name: "InkanKit", swiftSettings: strict),
        .testTarget(name: "ScreenTests", dependencies: ["InkanKit"], swiftSettings: strict),
        .testTarget(name: "FacadeTests", dependencies: ["InkanKit"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
