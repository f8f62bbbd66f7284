// The rules of the vault over the chip: one signature for each verification, the label's own key, both keys gone.
import Foundation
import InkanKit
import Testing

@Suite struct ChipVaultTests {
    private let chip = FakeChip()
    private let vault: ChipVault<FakeChip>
    private let one = KeyLabel("one")
    private let two = KeyLabel("two")

    init() {
        let none = AppAttestation(FakeAttester(isSupported: false) { _ in Data() })
        vault = ChipVault(chip: chip, attestation: none, protection: .secureEnclave) { [chip] shown in
            chip.note(shown ? "dialog" : "no dialog")
        }
    }

    private func make(_ label: KeyLabel, _ purpose: KeyPurpose) async throws {
        _ = try await vault.createKey(label: label, purpose: purpose, challenge: Data())
    }

    private func verify(_ label: KeyLabel) async throws {
        #expect(try await vault.verifyUser(label: label, prompt: "why") == .unknown)
    }

    private func sign(_ label: KeyLabel) async throws -> KeySignature {
        try await vault.sign(label: label, message: Data([7]))
    }

    private func refused(_ error: VaultError, _ call: () async throws -> Void) async {
        await #expect(throws: error) { try await call() }
    }

    @Test func anApprovalKeySignsOnceForEachVerification() async throws {
        try await make(one, .approval)
        await refused(.userVerificationFailed) { _ = try await sign(one) }
        try await verify(one)
        #expect(try await sign(one) == .der(Data([7])))
        await refused(.userVerificationFailed) { _ = try await sign(one) }
        try await verify(one)
        _ = try await sign(one)
        #expect(
            chip.did.filter { $0.hasPrefix("sign") || $0.hasPrefix("end") } == [
                "sign dev.inkan.key.approval.one 1", "end 1", "sign dev.inkan.key.approval.one 2", "end 2",
            ])
    }

    @Test func aVerificationIsForItsLabelAlone() async throws {
        try await make(one, .approval)
        try await make(two, .approval)
        try await verify(one)
        await refused(.userVerificationFailed) { _ = try await sign(two) }
        _ = try await sign(one)
    }

    @Test func askedTwiceOnlyTheLastCounts() async throws {
        try await make(one, .approval)
        try await verify(one)
        try await verify(one)
        #expect(chip.did.contains("end 1"))
        _ = try await sign(one)
        #expect(chip.did.contains("sign dev.inkan.key.approval.one 2"))
        await refused(.userVerificationFailed) { _ = try await sign(one) }
    }

    /// The second is asked while the first is: of two proofs one is kept, and the other worth nothing.
    @Test func twoWhoAskAtOnceLeaveOneProof() async throws {
        try await make(one, .approval)
        chip.whileAsking { [chip, vault, one] in
            chip.whileAsking(nil)
            _ = try? await vault.verifyUser(label: one, prompt: "within")
        }
        try await verify(one)
        #expect(chip.did.filter { $0.hasPrefix("end") } == ["end 1"])
        _ = try await sign(one)
        await refused(.userVerificationFailed) { _ = try await sign(one) }
    }

    /// The core has given up: what the person said meanwhile signs nothing.
    @Test func aVerificationForWhichNobodyWaitsIsWorthNothing() async throws {
        try await make(one, .approval)
        chip.whileAsking { withUnsafeCurrentTask { $0?.cancel() } }
        let asking = Task { [vault, one] in try await vault.verifyUser(label: one, prompt: "why") }
        await #expect(throws: VaultError.userCancelled) { _ = try await asking.value }
        #expect(chip.did.suffix(2) == ["end 1", "no dialog"])
        await refused(.userVerificationFailed) { _ = try await sign(one) }
    }

    @Test func aNewKeyOrADeletedOneTakesTheVerificationWithIt() async throws {
        try await make(one, .approval)
        try await verify(one)
        try await make(one, .approval)
        #expect(chip.did.contains("end 1"))
        await refused(.userVerificationFailed) { _ = try await sign(one) }
        try await verify(one)
        try await vault.deleteKey(label: one)
        #expect(chip.did.contains("end 2"))
        await refused(.keyMissing) { _ = try await sign(one) }
    }

    @Test func whoCannotBeAskedAndWhoIsNotThere() async throws {
        await refused(.keyMissing) { _ = try await sign(one) }
        await refused(.keyMissing) { try await verify(one) }
        // A possession key is no approval key.
        try await make(one, .possession)
        await refused(.keyMissing) { try await verify(one) }
        #expect(!chip.did.contains { $0.hasPrefix("ask") || $0.hasSuffix("dialog") }, "of no key nobody is asked")
    }

    @Test func whatThePersonDoesIsToldAsItIsAndTheDialogGoes() async throws {
        try await make(one, .approval)
        for (answer, error) in [
            (Result<Bool, VaultError>.success(false), VaultError.userVerificationFailed),
            (.failure(.userCancelled), .userCancelled), (.failure(.locked), .locked),
        ] {
            chip.answers(answer)
            await refused(error) { try await verify(one) }
            #expect(chip.did.suffix(3) == ["dialog", "ask why", "no dialog"])
            await refused(.userVerificationFailed) { _ = try await sign(one) }
        }
    }

    @Test func aPossessionKeySignsByItself() async throws {
        try await make(one, .possession)
        _ = try await sign(one)
        _ = try await sign(one)
        #expect(chip.did.suffix(2) == Array(repeating: "sign dev.inkan.key.possession.one -", count: 2))
    }

    @Test func aLabelNamesOneKey() async throws {
        try await make(one, .possession)
        try await make(one, .approval)
        #expect(chip.names == ["dev.inkan.key.approval.one"])
        #expect(chip.recipe("dev.inkan.key.approval.one") == .of(.approval))
        try await make(two, .possession)
        chip.put("com.example.other")
        #expect(Set(try await vault.labels()) == [one, two])
        try await vault.deleteKey(label: one)
        try await vault.deleteKey(label: one)
        #expect(chip.names == ["com.example.other", "dev.inkan.key.possession.two"])
    }

    /// The first cannot be deleted: the second is all the same, and it is said.
    @Test func bothAreDeletedWhateverBecomesOfTheFirst() async throws {
        for purpose in KeyPurpose.allCases { chip.put(KeyTag.of(one, purpose)) }
        let first = try #require(KeyTag.all(one).first)
        chip.sticks(first, .locked)
        await refused(.locked) { try await vault.deleteKey(label: one) }
        #expect(chip.names == [first])
        await refused(.locked) { try await make(one, .approval) }
        #expect(chip.names == [first], "no second key beside it")
    }

    @Test func theKeyOfTheStoreIsMadeOnceAndNeverForOpening() async throws {
        await refused(.keyMissing) { _ = try await vault.unwrap(wrapped: Data([1])) }
        #expect(chip.names == [])
        let wrapped = try await vault.wrap(key: Data([1, 2]))
        _ = try await vault.wrap(key: Data([3]))
        #expect(chip.did.filter { $0.hasPrefix("make") } == ["make \(KeyTag.wrapping)"])
        #expect(chip.recipe(KeyTag.wrapping) == .wrapping)
        #expect(try await vault.unwrap(wrapped: wrapped) == Data([1, 2]))
        #expect(try await vault.labels() == [])
        #expect(try await vault.protection() == .secureEnclave)
    }

    @Test func whatIsAttestedIsTheChallengeAndThisKey() async throws {
        let word = AppAttestation(FakeAttester(isSupported: true) { Data([1]) + $0 })
        let attested = ChipVault(chip: chip, attestation: word, protection: .secureEnclave) { _ in }
        let made = try await attested.createKey(label: one, purpose: .possession, challenge: Data([9, 9]))
        #expect(made.publicKey == Data([4] + "dev.inkan.key.possession.one".utf8))
        #expect(
            made.attestation
                == KeyAttestation(
                    format: "apple-appattest", statement: Data([1, 9, 9]) + made.publicKey))
    }

    @Test func withoutAppleTheEnrollmentGoesOn() async {
        let cannot = FakeAttester(isSupported: false) { _ in Data([1]) }
        let fails = FakeAttester(isSupported: true) { _ in throw VaultError.unsupported }
        let never = FakeAttester(isSupported: true) { _ in
            try await Task.sleep(for: .seconds(3600))
            return Data([1])
        }
        for attester in [cannot, fails, never] {
            let word = AppAttestation(attester, limit: .milliseconds(20))
            #expect(await word.attest(publicKey: Data([4]), challenge: Data([9])) == nil)
        }
    }
}
