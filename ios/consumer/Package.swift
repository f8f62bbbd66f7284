// swift-tools-version: 6.0
// The smallest app there is: it takes InkanKit as any app does, enrolls a phone and approves a request. It brings its own
// server (`INKAN_SERVER_BIN` names the program), so that `swift run` is a whole first approval.
import PackageDescription

let package = Package(
    name: "FirstApproval",
    platforms: [.iOS(.v16), .macOS(.v13)],
    dependencies: [.package(path: "../Kit")],
    targets: [
        // a link: the server and the relying party of Kit's tests
        .target(name: "TestWorld", dependencies: [.product(name: "InkanKit", package: "Kit")]),
        .executableTarget(
            name: "FirstApproval", dependencies: ["TestWorld", .product(name: "InkanKit", package: "Kit")]),
    ],
    swiftLanguageModes: [.v6]
)
