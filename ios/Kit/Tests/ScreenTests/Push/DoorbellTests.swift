import Foundation
import InkanKit
import Testing

@Suite struct DoorbellTests {
    @Test func aPayloadGoesToTheCoreAsItIs() throws {
        let payload: [AnyHashable: Any] = ["aps": ["content-available": 1], "v": 1, "id": "0189", "collapse": "0190"]
        let bytes = try #require(Doorbell.bytes(of: payload))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"aps":{"content-available":1},"collapse":"0190","id":"0189","v":1}"#)
        #expect(Doorbell.bytes(of: [1: 2]) == nil)
        #expect(Doorbell.bytes(of: ["v": Date()]) == nil)
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
