import Foundation
import InkanKit
import Testing

@Suite struct DoorbellTests {
    @Test func aPayloadNamesThePush() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057"
        #expect(Doorbell.id(of: ["aps": ["content-available": 1], "v": 1, "id": id, "collapse": id]) == id)
        #expect(Doorbell.id(of: ["v": "1", "id": id]) == id)
        let others: [[AnyHashable: Any]] = [
            [:], ["v": 2, "id": id], ["id": id], ["v": 1], ["v": 1, "id": "x"], ["v": 1, "id": id.uppercased()],
            ["v": 1, "id": 7],
        ]
        for other in others {
            #expect(Doorbell.id(of: other) == nil, "\(other)")
        }
    }

    @Test func aTokenIsHexadecimal() {
        #expect(Doorbell.address(token: Data([0, 10, 255])) == PushAddress(provider: .apns, token: "000aff"))
    }

    @Test func aTapNeverApproves() {
        let tap = { NotificationTap.of(identifier: $0, opened: "com.apple.default", dismissed: "com.apple.dismiss") }
        #expect(tap("com.apple.default") == .showInbox)
        #expect(tap("open") == .showInbox)
        #expect(tap("deny") == .denyTheOnlyOne)
        #expect(tap("com.apple.dismiss") == .nothing)
        // An identifier of another version: look, and do nothing.
        #expect(tap("approve") == .showInbox)
        #expect(NotificationAction.allCases.map(\.rawValue) == ["open", "deny"])
    }

    @Test func notificationsGoWhenNothingWaits() {
        #expect(Delivered.stale(["a", "b"], waiting: 0) == ["a", "b"])
        #expect(Delivered.stale(["a", "b"], waiting: 1) == [])
    }
}
