import Foundation
import InkanKit
import Testing

@Suite struct DoorbellTests {
    @Test func aPayloadGoesToTheCoreAsItIs() throws {
        let payload: [AnyHashable: Any] = ["aps": ["content-available": 1], "v": 1, "id": "0189", "collapse": "0190"]
        let json = #"{"aps":{"content-available":1},"collapse":"0190","id":"0189","v":1}"#
        #expect(Doorbell.payload(payload) == .plain(Data(json.utf8)))
        #expect(Doorbell.payload([:]) == .plain(Data("{}".utf8)))
        #expect(Doorbell.payload([1: 2]) == nil)
        #expect(Doorbell.payload(["v": Date()]) == nil)
    }

    @Test func aTokenIsHexadecimal() {
        #expect(Doorbell.address(token: Data([0, 10, 255])) == PushAddress(provider: .apns, token: "000aff"))
    }

    @Test func aTapNeverApproves() {
        let tap = { NotificationTap.of(identifier: $0, opened: "com.apple.default", dismissed: "com.apple.dismiss") }
        #expect(tap("com.apple.default") == .showInbox)
        #expect(tap("open") == .showInbox)
        #expect(tap("deny") == .decline)
        #expect(tap("com.apple.dismiss") == .nothing)
        // An identifier of another version: look, and do nothing.
        #expect(tap("approve") == .showInbox)
        #expect(NotificationAction.allCases.map(\.rawValue) == ["open", "deny"])
    }
}
