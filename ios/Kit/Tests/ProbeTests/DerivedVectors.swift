// Values that are computed, links, typed codes and names of servers.
import Foundation
import InkanKit
import InkanProbe
import TestWorld
import Testing

@Suite struct DerivedVectors {
    let file: Json

    init() throws {
        file = try Vectors.file("derived")
    }

    @Test func enrollment() throws {
        let said = file["enrollment"]
        let values = try enrollmentValues(
            input: EnrollmentInput(
                aud: said.string("aud"), reveal: said.string("reveal"), secret: said.string("secret"),
                possession: said.string("possession"), approval: said.string("approval"),
                identity: said.string("identity"), enrollHash: said.string("enroll_hash")))
        #expect(try values.ticket == said.string("ticket"))
        #expect(try values.proof == said.string("proof"))
        #expect(try values.possessionChallenge == said.string("attestation_challenge_possession"))
        #expect(try values.approvalChallenge == said.string("attestation_challenge_approval"))
        #expect(try values.code == said.string("code"))
        let reveal = try Required.value(Base64Url.decode(said.string("reveal")), "bytes")
        #expect(try Base64Url.encode(Sha256.hash(reveal)) == said.string("ticket"))
        let secret = try Required.value(Base64Url.decode(said.string("secret")), "bytes")
        let proof = Sha256.mac(Array(try said.string("proof_message").utf8), key: secret)
        #expect(try Base64Url.encode(proof) == said.string("proof"))
    }

    @Test func sixDigits() throws {
        for vector in try Vectors.list(file, "confirmation_codes") {
            let code = try confirmationCode(
                aud: vector.string("aud"), ticket: vector.string("ticket"), identity: vector.string("identity"),
                enrollHash: vector.string("enroll_hash"), reveal: vector.string("reveal"))
            #expect(try code == vector.string("code"))
            let hash = try Required.value(Base64Url.decode(vector.string("hash")), "bytes")
            let number = hash.prefix(8).reduce(UInt64(0)) { (sum: UInt64, byte: UInt8) in sum << 8 | UInt64(byte) }
            let digits = String(number % 1_000_000)
            #expect(code == String(repeating: "0", count: 6 - digits.count) + digits)
        }
    }

    @Test func scannedCodesAndTokens() throws {
        for vector in try Vectors.list(file, "scan") {
            let (secret, challenge) = (try vector.string("secret"), try vector.string("challenge"))
            let step = try vector.number("step")
            #expect(try scanMac(secret: secret, challenge: challenge, step: step) == vector.string("mac"))
            let key = try Required.value(Base64Url.decode(secret), "bytes")
            let mac = Sha256.mac(Array("inkan-scan-v1\n\(challenge)\n\(step)".utf8), key: key)
            #expect(try Base64Url.encode(Array(mac.prefix(16))) == vector.string("mac"))
        }
        let returned = file["return_token"]
        #expect(try returnHash(token: returned.string("r")) == returned.string("return_hash"))
        let renewal = file["renewal_attestation_challenge"]
        let challenge = try renewalChallenge(
            aud: renewal.string("aud"), jti: renewal.string("jti"), oldApproval: renewal.string("old_approval"))
        #expect(try challenge == renewal.string("challenge"))
    }

    @Test func hashes() throws {
        for vector in try Vectors.list(file, "body_hashes") {
            let body = try vector.string("body")
            #expect(try digest(text: body) == vector.string("bh"))
            #expect(try hash(body) == vector.string("bh"))
        }
        for vector in try Vectors.list(file, "thumbprints") {
            #expect(try hash(vector.string("hashed_text")) == vector.string("thumbprint"))
        }
        for vector in try Vectors.list(file, "log_rows") {
            let hash = try rowHash(
                row: vector.number("row"), time: vector.number("time"), kind: vector.string("kind"),
                body: vector.string("body"), previous: vector.string("previous"))
            #expect(try hash == vector.string("hash"))
        }
    }

    /// Links are read by the protocol, and told apart by the façade as the protocol reads them.
    @Test func links() throws {
        for vector in try Vectors.list(file, "enrollment_uris") {
            let uri = try vector.string("uri")
            let link = try enrollmentLink(uri: uri)
            let pins = vector["pins"].list.compactMap(\.text)
            #expect(
                try link
                    == EnrollmentLink(
                        server: vector.string("server"), ticket: vector.string("ticket"),
                        secret: vector.string("secret"), identity: vector.string("identity"),
                        keySetVersion: vector.number("key_set_version"), pins: pins))
            #expect(try Authenticator.recognise(uri) == .enrollment(server: vector.string("server")))
        }
        for vector in try Vectors.list(file, "enrollment_uris_refused") {
            let uri = try vector.string("uri")
            #expect(try isRefused { try enrollmentLink(uri: uri) }, "\(vector["reason"])")
            let code = try Authenticator.recognise(uri)
            #expect(code == .notOurs || code == .otherVersion, "\(vector["reason"])")
        }
        for vector in try Vectors.list(file, "challenge_links") {
            let text = try vector.string("link")
            let link = try startLink(link: text)
            #expect(try link.server == vector.string("server") && link.challenge == vector.string("challenge"))
            #expect(link.step.map { Int($0) } == vector["step"].integer)
            #expect(link.mac == vector["mac"].text && link.token == vector["token"].text)
            let kind: LinkKind = link.mac == nil ? .open : .scan
            #expect(
                try Authenticator.recognise(text)
                    == .challenge(server: link.server, challenge: ChallengeId(link.challenge), kind: kind))
        }
        for vector in try Vectors.list(file, "challenge_links_refused") {
            let link = try vector.string("link")
            #expect(try isRefused { try startLink(link: link) }, "\(vector["reason"])")
            let code = try Authenticator.recognise(link)
            #expect(code == .notOurs || code == .otherVersion, "\(vector["reason"])")
        }
    }

    @Test func typedCodesAndServers() throws {
        for vector in try Vectors.list(file, "typed_codes") {
            #expect(try typedCode(typed: vector.string("typed")) == vector.string("code"))
        }
        for typed in try Vectors.list(file, "typed_codes_refused").compactMap(\.text) {
            #expect(try isRefused { try typedCode(typed: typed) }, "\(typed.debugDescription)")
        }
        for name in try Vectors.list(file, "server_names").compactMap(\.text) {
            #expect(try serverName(name: name) == name)
        }
        for name in try Vectors.list(file, "server_names_refused").compactMap(\.text) {
            #expect(try isRefused { try serverName(name: name) }, "\(name.debugDescription)")
        }
    }

    /// The control of every hash here: the hand-made SHA-256 against the standard's own examples.
    @Test func theHashOfTheTestsIsSha256() {
        let hex = { (bytes: [UInt8]) in bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        #expect(
            hex(Sha256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(
            hex(Sha256.hash(Array(two.utf8))) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            hex(Sha256.mac(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
