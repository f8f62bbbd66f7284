import Foundation
import InkanKit
import Testing

@Suite struct PlatformTests {
    @Test func whatOthersCouldSeeIsCovered() {
        let cover = { Cover.over(guarded: $0, phase: $1, captured: $2, verifying: $3) }
        // Seen by the person alone.
        #expect(cover(true, .active, false, false) == .none)
        #expect(cover(false, .active, true, false) == .none)
        // The system's own dialog over what is approved.
        #expect(cover(true, .inactive, false, true) == .none)
        // Recorded, in the switcher, in the background.
        #expect(cover(true, .active, true, false) == .captured)
        #expect(cover(true, .active, true, true) == .captured)
        #expect(cover(true, .inactive, true, true) == .blank)
        #expect(cover(true, .inactive, false, false) == .blank)
        #expect(cover(false, .inactive, false, false) == .blank)
        #expect(cover(true, .background, false, true) == .blank)
        #expect(cover(false, .background, false, false) == .blank)
    }

    @Test func onlyTheApprovalKeyAsksForThePerson() {
        #expect(KeyRecipe.of(.approval).guards == .currentBiometricsOrPasscode)
        #expect(KeyRecipe.of(.approval).access == .whenPasscodeSet)
        #expect(KeyRecipe.of(.possession).guards == .none)
        #expect(KeyRecipe.of(.possession).access == .afterFirstUnlock)
        #expect(KeyRecipe.wrapping.guards == .none)
    }

    @Test func labelsComeBackFromTheirNamesAndNoOthersDo() {
        let label = KeyLabel("b3f1")
        for purpose in KeyPurpose.allCases {
            #expect(KeyTag.label(in: KeyTag.of(label, purpose)) == label)
        }
        #expect(Set(KeyTag.all(label)).count == 2)
        for other in [KeyTag.wrapping, "", "b3f1", "dev.inkan.key.", "dev.inkan.key.approval.", "com.example.key"] {
            #expect(KeyTag.label(in: other) == nil, "\(other)")
        }
    }

    @Test func errorsOfTheSystemMeanWhatTheyDo() {
        let person = { KeyFault.of(domain: KeyFault.authenticationDomain, code: $0) }
        #expect([-2, -3, -4, -9].map(person) == Array(repeating: .userCancelled, count: 4))
        #expect(person(-1) == .userVerificationFailed)
        #expect(person(-8) == .locked)
        #expect(person(-5) == .keyInvalidated)
        #expect(person(-6) == .unsupported)
        #expect(person(-77) == .unexpected(reason: "authentication -77"))
        let status = { KeyFault.of(domain: "NSOSStatusErrorDomain", code: $0) }
        #expect(status(-25300) == .keyMissing)
        #expect(status(-128) == .userCancelled)
        #expect(status(-25293) == .userVerificationFailed)
        #expect(status(-25308) == .locked)
        // The same number means something else in another domain.
        #expect(status(-1) == .unexpected(reason: "status -1"))
        #expect(KeyFault.whenMaking(status: -25293) == .unsupported)
    }

    @Test func whatASearchSays() throws {
        #expect(try KeyFault.found(status: 0) && !KeyFault.found(status: -25300))
        #expect(throws: VaultError.locked) { try KeyFault.found(status: -25308) }
        // A key that may not be used now is there all the same.
        #expect(try KeyFault.isThere(status: 0) && KeyFault.isThere(status: -25308))
        #expect(try !KeyFault.isThere(status: -25300))
        #expect(throws: VaultError.unexpected(reason: "status -34018")) { try KeyFault.isThere(status: -34018) }
    }

    @Test func whatIsAllowedByItsNumber() {
        #expect(
            (-1...5).map(CameraPermission.init(status:)) == [
                .refused, .notAsked, .forbidden, .refused, .allowed, .refused, .refused,
            ])
        // Asked for and not answered, refused, allowed, quietly, for a clip.
        #expect((-1...5).filter(NotificationPermission.isGiven) == [2])
    }

    @Test func clocksStandWhereNobodySeesThem() {
        #expect([Cover.Phase.active, .inactive, .background].map(\.ticks) == [true, true, false])
    }

    @Test func aCodeInSightIsToldOnce() {
        var seen = SeenCode()
        #expect(["a", "a", "a", "b", "a"].map { seen.isNew($0) } == [true, false, false, true, true])
    }

    @Test func whatHasNoAnswerInTimeHasNone() async {
        let late = await Deadline.first(within: .milliseconds(20)) {
            try? await Task.sleep(for: .seconds(60))
            return 1
        }
        #expect(late == nil)
        let early = await Deadline.first(within: .seconds(60)) { 2 }
        #expect(early == 2)
    }

    @Test func everyInterruptionOfTheCameraHasItsTrouble() {
        let troubles = (1...6).map { CameraTrouble(interruption: $0) }
        // Nobody sees a scanner in the background, and the microphone is not asked for.
        #expect(troubles == [nil, nil, .inUse, .inUse, .failed, .failed])
        #expect(CameraTrouble.allCases.map(\.rawValue) == ["none", "in_use", "disabled", "failed"])
    }
}
