// The keys of errors name texts in two languages. They are the core's, the same in Kotlin, and written down.
import Foundation
import InkanCore
import TestWorld
import Testing

@testable import InkanKit

@Suite struct KeysTests {
    @Test func theKeysAreAsWrittenDown() throws {
        let file = Toolchain.kit.appending(path: "../../docs/error-keys.txt").standardized
        let agreed = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(InkanKit.InkanError.allKeys == agreed)
        #expect(Set(agreed).count == agreed.count)
        #expect(agreed.filter { $0.wholeMatch(of: /[a-z_]+(\.[a-z_]+)?/) == nil } == [])
    }

    /// Each error of the core, through the façade's table, has the key that the core gives it.
    @Test func theKeysAreTheCores() throws {
        var errors: [InkanCore.InkanError] = [
            .Offline(detail: "d"), .ServerUnavailable(detail: "d"), .Untrusted(detail: "d"),
            .NotRecognised(detail: "d"),
        ]
        let reasons: [InkanCore.RefusalReason] = [
            .alreadyDecided, .expired, .numberWrong, .startNeeded, .userLocked, .deviceWaiting, .numberNeeded,
            .hashMismatch, .returnHashNeeded, .notFound, .tooManyRequests,
        ]
        for reason in reasons {
            errors.append(
                .Refused(refusal: InkanCore.Refusal(reason: reason, state: .failed, until: 7), detail: "d"))
        }
        let inputs: [InkanCore.InvalidInput] = [
            .notOurs, .serverNotAllowed, .serverName, .unknownAccount, .unknownEnrollment, .noAccountForLink, .notShown,
            .number, .startFirst, .expired, .step, .name, .argument,
        ]
        for input in inputs { errors.append(.InvalidInput(input: input, detail: "d")) }
        errors.append(.UpdateNeeded(detail: "d"))
        for why: InkanCore.UserVerificationFailure in [.cancelled, .notVerified, .locked] {
            errors.append(.UserVerification(why: why, detail: "d"))
        }
        errors.append(.KeyInvalid(detail: "d"))
        let failures: [InkanCore.InternalFailure] = [
            .store, .storeFull, .storeKeyMissing, .storeKeyUnavailable, .storeNewer, .storeInUse, .vault, .panic,
            .other,
        ]
        for why in failures { errors.append(.Internal(why: why, detail: "d")) }

        #expect(try errors.map { try InkanCore.errorKey(error: $0) } == InkanKit.InkanError.allKeys)
        let ours = errors.map(InkanKit.InkanError.init)
        #expect(ours.map(\.key) == InkanKit.InkanError.allKeys)
        #expect(ours.allSatisfy { $0.detail == "d" && $0.localizedDescription == $0.key })
        let refusal = InkanKit.Refusal(
            reason: .alreadyDecided, state: .failed, until: Date(timeIntervalSince1970: 7))
        #expect(ours[4] == .refused(refusal, detail: "d"))
    }
}
