// swift-tools-version: 6.0
// One package, two hosts. Linux: everything that is no screen, with its tests. Apple: what an app links.
//
//     InkanCoreFFI (C) ◀─ InkanCore (generated, Swift 5) ◀─ InkanKit (façade, screens as values) ◀─ app, tests
//
// What `Generated` holds is made by `cargo xtask swift` on Linux and by `bindings/release/xcframework.sh` on a Mac.
import PackageDescription

#if os(Linux)
    // The header of the C module beside a static library of this machine.
    let coreFFI: Target = .systemLibrary(name: "InkanCoreFFI", path: "Generated/InkanCoreFFI")
    let link: [LinkerSetting] = [.unsafeFlags(["-L", "\(Context.packageDirectory)/Generated/lib"])]
    let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]

    // What starts programs: a server, a relying party and phones (TestWorld), and the tests over them. InkanProbe is the
    // protocol itself, for the vectors, and calls that panic: a shared library, because two static ones of Rust in one
    // program collide. Nothing of it is in what ships.
    let probe = "\(Context.packageDirectory)/Generated/lib"
    let overTheServer: [Target] = [
        .target(name: "TestWorld", dependencies: ["InkanKit"], path: "Tests/TestWorld", swiftSettings: strict),
        .testTarget(name: "FacadeTests", dependencies: ["InkanKit", "InkanCore", "TestWorld"], swiftSettings: strict),
        .testTarget(name: "WalkTests", dependencies: ["InkanKit", "TestWorld"], swiftSettings: strict),
        .systemLibrary(name: "InkanProbeFFI", path: "Generated/InkanProbeFFI"),
        .target(
            name: "InkanProbe", dependencies: ["InkanProbeFFI"], swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: [.unsafeFlags(["-L", probe, "-Xlinker", "-rpath", "-Xlinker", probe])]),
        .testTarget(name: "ProbeTests", dependencies: ["InkanKit", "InkanProbe", "TestWorld"], swiftSettings: strict),
    ]
#else
    // The header and the libraries of device and simulator in one. Without unsafe flags: an app that takes this package
    // from its address may not be given any.
    let coreFFI: Target = .binaryTarget(name: "InkanCoreFFI", path: "Generated/InkanCoreFFI.xcframework")
    let link: [LinkerSetting] = []
    let strict: [SwiftSetting] = []
    let overTheServer: [Target] = []
#endif

let package = Package(
    name: "Inkan",
    defaultLocalization: "ja",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "InkanKit", targets: ["InkanKit"])],
    targets: [
        coreFFI,
        // Swift 5: in Swift 6 mode the 6.0.3 compiler asserts on the generated async foreign traits.
        .target(
            name: "InkanCore", dependencies: ["InkanCoreFFI"], swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: link),
        .target(name: "InkanKit", dependencies: ["InkanCore"], swiftSettings: strict),
        .testTarget(name: "ScreenTests", dependencies: ["InkanKit"], swiftSettings: strict),
    ] + overTheServer,
    swiftLanguageModes: [.v6]
)
