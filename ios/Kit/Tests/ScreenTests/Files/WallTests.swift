// Outside the façade nobody knows the generated code, and nobody builds what goes over the wire: links, paths, headers,
// signed messages and their encodings are the core's.
import Foundation
import Testing

@Suite struct WallTests {
    /// What may stand in no source at all.
    private static let code: [(fault: String, texts: [String])] = [
        ("generated code", ["InkanCore", "InkanProbe", "uniffi", "RustBuffer", "FfiConverter"]),
        ("an encoding", ["JSONEncoder", "JSONDecoder", "JSONSerialization", "base64Encoded", "%02x", "%02X"]),
        ("the network", ["URLSession", "URLRequest", "URLComponents", "URLQueryItem", "NWConnection"]),
    ]

    /// What may stand in no text between quotes.
    private static let quoted: [(fault: String, texts: [String])] = [
        ("a path", ["/v1"]),
        (
            "a link",
            ["/e#", "/c#"] + ["v", "c", "t", "s", "k", "n", "m", "r"].flatMap { ["#\($0)=", "&\($0)=", "?\($0)="] }
        ),
        ("a header", ["Authorization", "authorization", "Bearer ", "ontent-type", "ontent-Type", "application/j"]),
        ("a message", ["inkan-", "+jwt", "eyJ", "ES256", "apple-appattest", "android-key"]),
    ]

    /// What is wrong with a source, in words. Comments may speak of everything.
    private static func faults(_ source: String) -> [String] {
        let lines = source.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
        let all = lines.joined(separator: "\n")
        // Between the first quote of a line and its last: what stands between two texts is looked at as well.
        let texts = lines.compactMap { line in
            line.firstIndex(of: "\"").flatMap { first in line.lastIndex(of: "\"").map { line[first...$0] } }
        }.joined(separator: "\n")
        return code.filter { rule in rule.texts.contains { all.contains($0) } }.map(\.fault)
            + quoted.filter { rule in rule.texts.contains { texts.contains($0) } }.map(\.fault)
    }

    @Test func outsideTheFacadeNobodyKnowsTheGeneratedCodeNorTheWire() throws {
        let folders = ["ios/App", "ios/Kit/Sources/InkanKit"]
        let files = try folders.flatMap { try Repository.sources(below: $0) }
        let outside = files.filter { !$0.path.contains("/InkanKit/Core/") }
        #expect(outside.count > 70 && files.count - outside.count > 15, "the search finds the sources")
        for file in outside { #expect(Self.faults(file.text) == [], "\(file.name)") }
    }

    /// The control: where the façade is looked at, it is found.
    @Test func theFacadeWouldBeFound() throws {
        let facade = try Repository.sources(below: "ios/Kit/Sources/InkanKit/Core")
        #expect(facade.filter { Self.faults($0.text).contains("generated code") }.count > 5)
        #expect(facade.contains { Self.faults($0.text).contains("an encoding") })
        #expect(facade.contains { Self.faults($0.text).contains("a message") })
    }

    /// Each fault, in a view that is otherwise as it should be.
    @Test(arguments: [
        ("import Inkan@", "generated code"), ("internal import class Inkan@.Authenticator", "generated code"),
        ("import Inkan@FFI", "generated code"), ("func f(_ b: RustBuffer) {}", "generated code"),
        ("let n = uniffi_inkan_fn_method", "generated code"), (#"let p = "/d/v1/answer""#, "a path"),
        (#"let p = "https://\(host)/v1/challenges""#, "a path"),
        (#"let l = "\(server)/c#v=1&c=\(id)&t=\(t)""#, "a link"),
        (#"let l = link + "&t=" + token"#, "a link"), (#"let l = "?c=\(id)""#, "a link"),
        (#"let h = ["Authorization": "Bearer \(key)"]"#, "a header"), (#"let t = "inkan-answer+jwt""#, "a message"),
        (#"let a = ["alg": "ES256"]"#, "a message"), (#"let f = "apple-appattest""#, "a message"),
        ("let d = try JSONEncoder().encode(x)", "an encoding"), ("let d = x.base64EncodedString()", "an encoding"),
        ("let s = URLSession.shared", "the network"), ("var c = URLComponents()", "the network"),
    ])
    func aSeededFaultIsSeen(line: String, fault: String) throws {
        let view = try Repository.text("ios/App/RootView.swift")
        // The linter would find the name in this file too.
        let line = line.replacingOccurrences(of: "@", with: "Core")
        #expect(Self.faults(view) == [])
        #expect(Self.faults(view + "\n" + line + "\n").contains(fault))
        #expect(Self.faults(view + "\n// " + line + "\n") == [], "what is only spoken of is none")
    }
}
