// Signed messages: verified and read by the core's protocol, hashed again here.
import Foundation
import InkanProbe
import TestWorld
import Testing

@Suite(.serialized) struct MessageVectors {
    static let messages = [
        "keys", "identity", "enroll", "approval-key", "enrollment", "device", "challenge", "request", "start", "answer",
        "renew", "receipt", "verdict", "log-head",
    ]

    private func key(_ vector: Json) throws -> String {
        let name = try vector.string("key")
        let keys = try Vectors.list(Vectors.file("test-keys"), "keys")
        return try Required.value(keys.first { $0["name"].text == name }, "the key \(name)")["jwk"].written()
    }

    @Test(arguments: messages) func isReadAsWritten(name: String) throws {
        let file = try Vectors.file(name)
        for vector in try Vectors.list(file, "valid") {
            let compact = try vector.string("compact")
            let payload = try readMessage(typ: file.string("typ"), compact: compact, jwk: key(vector))
            #expect(try Json.read(payload) == vector["payload"])
            let parts = compact.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            #expect(parts.count == 3)
            let header = try Required.value(Base64Url.decode(parts[0]), "a header")
            #expect(try Json.read(String(decoding: header, as: UTF8.self)) == vector["header"])
            #expect(try hash(compact) == vector.string("hash"))
            #expect(try hash(parts.dropLast().joined(separator: ".")) == vector.string("signing_hash"))
        }
    }

    @Test(arguments: messages) func whatIsWrongIsRefused(name: String) throws {
        let file = try Vectors.file(name)
        let invalid = try Vectors.list(file, "invalid")
        #expect(invalid.count > 20)
        for vector in invalid {
            let (typ, compact, key) = (try file.string("typ"), try vector.string("compact"), try key(vector))
            #expect(try isRefused { try readMessage(typ: typ, compact: compact, jwk: key) }, "\(vector["reason"])")
        }
    }

    @Test func noFileIsForgotten() throws {
        #expect(try Vectors.names() == (Self.messages + ["derived", "display", "evidence", "test-keys"]).sorted())
    }

    @Test func keysAndThumbprints() throws {
        for vector in try Vectors.list(Vectors.file("test-keys"), "keys") {
            let jwk = vector["jwk"]
            #expect(try thumbprint(jwk: jwk.written()) == vector.string("thumbprint"))
            let (x, y) = (try jwk.string("x"), try jwk.string("y"))
            #expect(try hash(#"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#) == vector.string("thumbprint"))
            let point = [0x04] + (Base64Url.decode(x) ?? []) + (Base64Url.decode(y) ?? [])
            #expect(try keyPoint(jwk: jwk.written()) == Base64Url.encode(point))
        }
    }

    @Test func evidence() throws {
        let file = try Vectors.file("evidence")
        let (bundle, identity) = (try file["bundle"].written(), try file.string("identity"))
        #expect(try Json.read(prove(bundle: bundle, identity: identity)) == file["proves"])
        let other = try file.string("other_identity")
        #expect(try isRefused { try prove(bundle: bundle, identity: other) })
        for vector in try Vectors.list(file, "invalid") {
            let bundle = try vector["bundle"].written()
            #expect(try isRefused { try prove(bundle: bundle, identity: identity) }, "\(vector["reason"])")
        }
    }
}
