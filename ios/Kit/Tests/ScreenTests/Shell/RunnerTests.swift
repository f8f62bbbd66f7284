// What is asked of the phone itself: the camera, addresses, the shop.
import Foundation
import Testing

@testable import InkanKit

@MainActor @Suite struct RunnerTests {
    private let device = FakeDevice()
    private let runner: Runner

    init() {
        runner = Runner(device: device, door: FakeDoor(FakeServer()), bell: Bell())
    }

    @Test(arguments: [
        (CameraPermission.notAsked, true, false), (.forbidden, true, true), (.refused, false, false),
        (.allowed, true, true),
    ])
    func theCameraIsAskedForOnce(permission: CameraPermission, asked: Bool, looked: Bool) async {
        device.camera = permission
        #expect(await runner.run(.lookAtCamera) == [.permission(given: looked)])
        #expect(!device.did.contains("camera"), "whoever looks asks nobody")
        #expect(await runner.run(.askForCamera) == [.permission(given: asked)])
        #expect(device.did.contains("camera") == (permission == .notAsked))
    }

    @Test func whoIsAskedMayRefuse() async {
        device.camera = .notAsked
        device.allows = false
        #expect(await runner.run(.askForCamera) == [.permission(given: false)])
    }

    @Test func notificationsThatMayBeShownRingHere() async {
        device.allows = false
        #expect(await runner.run(.askForNotifications) == [.permission(given: false)])
        #expect(device.did == [])
        device.allows = true
        #expect(await runner.run(.askForNotifications) == [.permission(given: true)])
        #expect(device.did == ["register"])
    }

    @Test func theBrowserGetsItsAddressAndNothingElseIsOpened() async {
        let back = Effect.openBrowser(ReturnAddress("https://www.example.jp/r#c=1&r=2"))
        #expect(await runner.run(back) == [.done(back)])
        #expect(device.did == ["open https://www.example.jp/r#c=1&r=2"])
        for other in ["http://www.example.jp/", "javascript:1", "tel:110", ""] {
            #expect(await runner.run(.openBrowser(ReturnAddress(other))) == [.browserFailed], "\(other)")
        }
        #expect(device.did.count == 1)
        device.takes = false
        #expect(await runner.run(back) == [.browserFailed], "the system did not take it")
    }

    @Test func aNumberIsCalledAndAnythingElseIsNot() async {
        _ = await runner.run(.dial("03-0000-0000"))
        _ = await runner.run(.dial("*31#0300000000"))
        #expect(device.did == ["open tel:0300000000"])
    }

    @Test func withoutAShopTheSettingsAreOpened() async {
        for number in [nil, "", "id12", "1234567890"] {
            device.shopNumber = number
            _ = await runner.run(.openAppStore)
        }
        device.takes = false
        _ = await runner.run(.openAppStore)
        let page = "open https://apps.apple.com/app/id1234567890"
        #expect(device.did == ["settings", "settings", "settings", page, page, "settings"])
    }

    @Test func beforeTheCoreIsOpenNothingIsAskedOfIt() async {
        guard case .failed(.loadAccounts, .internal(.other, _))? = await runner.run(.loadAccounts).first else {
            Issue.record("a core that is not open has answered")
            return
        }
    }
}
