// The shell over a fake core: what leads from page to page, and what the system tells the app.
import Foundation
import Testing

@testable import InkanKit

@MainActor @Suite struct ShellTests {
    let server = FakeServer()
    let device = FakeDevice()
    let door: FakeDoor
    let shell: Shell

    init() {
        door = FakeDoor(server)
        shell = Shell(device: device, door: door)
    }

    /// Returns when the page is there.
    private func reach(_ id: String) async {
        if shell.page.id == id { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            shell.changed = { [shell] in
                guard shell.page.id == id else { return }
                shell.changed = nil
                continuation.resume()
            }
        }
    }

    private func open(_ requests: [Request] = []) async {
        await server.set(accounts: [anAccount()], waiting: requests)
        shell.start()
        shell.entered(.active)
        await reach(requests.isEmpty ? "inbox.empty" : requests.count == 1 ? "inbox.one" : "inbox.several")
    }

    @Test func aSoundStoreOpensByItself() async {
        await open()
        #expect(shell.page.bar.title == "Inkan")
        #expect(device.did.contains("remove"))
    }

    @Test func aRequestIsApprovedByItsNumber() async {
        await open([aRequest()])
        shell.send(.tapped("request:a1:c1"))
        await reach("request.number")
        shell.send(.tapped("approve"))
        shell.send(.typed(field: "number", text: "１２３456"))
        shell.send(.tapped("approve"))
        #expect(shell.page.id == "request.sending")
        await reach("ended.approved")
        #expect(await server.asked.contains("approve c1 123456"))
        #expect(device.said.last == "承認しました")
        shell.send(.tapped("close"))
        await reach("inbox.empty")
    }

    @Test func twoRequestsAtOnceAreDeclinedTogether() async {
        await open([aRequest("c1"), aRequest("c2")])
        shell.send(.tapped("deny_all"))
        await reach("inbox.empty")
        let denied = await server.asked.filter { $0.hasPrefix("deny") }
        #expect(Set(denied) == ["deny c1 other", "deny c2 other"])
    }

    @Test func oneRequestIsLeftForAnotherAndItsDecisionGoesOn() async {
        await open([aRequest("c1"), aRequest("c2")])
        shell.send(.tapped("request:a1:c1"))
        await reach("request.number")
        await server.stopDecisions()
        shell.send(.typed(field: "number", text: "123456"))
        shell.send(.tapped("approve"))
        await server.decisionStopped()
        // The app leaves the front in the middle, and comes back by the notification.
        shell.entered(.background)
        shell.entered(.active)
        #expect(shell.page.id == "request.sending")
        await shell.tapped(.showInbox)
        await reach("inbox.several")
        shell.send(.tapped("request:a1:c2"))
        await reach("request.number")
        await server.goOn()
        shell.send(.tapped("back"))
        shell.send(.tapped("deny"))
        #expect(await server.asked.filter { $0.hasPrefix("approve") } == ["approve c1 123456"])
    }

    @Test func whatWaitsIsFetchedWheneverTheAppComesToTheFront() async {
        await open()
        await server.set(accounts: [anAccount()], waiting: [aRequest()])
        shell.entered(.background)
        shell.entered(.inactive)
        shell.entered(.active)
        await reach("inbox.one")
        // The system's own dialog over the app is no leaving.
        let looks = await server.asked.filter { $0 == "look" }.count
        shell.entered(.inactive)
        shell.entered(.active)
        #expect(await server.asked.filter { $0 == "look" }.count == looks)
    }

    @Test func aCameraThatIsTakenIsToldAndComesBack() async {
        await open()
        shell.open(link: "enrollment")
        shell.send(.tapped("again"))
        shell.send(.tapped("scan"))
        await reach("enroll.camera")
        let place = shell.page.place
        shell.send(.cameraTroubled(.inUse))
        #expect(shell.page.id == "enroll.camera.in_use")
        #expect(device.said.last == shell.page.announce)
        // The scanner behind the page lives on: it is what hears that the camera is free.
        #expect(shell.page.place == place)
        shell.send(.cameraBack)
        #expect(shell.page.id == "enroll.camera")
    }

    @Test func aPushForNobodyChangesNothing() async {
        await open()
        let before = shell.page
        #expect(await shell.rang(.plain(Data("{}".utf8))) == false)
        #expect(await shell.rang(nil) == false)
        await reach("inbox.empty")
        #expect(shell.page == before)
        #expect(await server.asked.contains { $0.hasPrefix("deny") || $0.hasPrefix("approve") } == false)
    }

    @Test func declineFromTheNotificationAsksWhoseItWas() async {
        await open()
        await server.set(accounts: [anAccount()], waiting: [aRequest()])
        await shell.tapped(.decline)
        await reach("request.asking")
        shell.send(.tapped("deny_mine"))
        await reach("ended.denied")
        #expect(await server.asked.contains("deny c1 changed_mind"))
    }

    @Test func withTwoNobodyKnowsWhichWasMeant() async {
        await open()
        await server.set(accounts: [anAccount()], waiting: [aRequest("c1"), aRequest("c2")])
        await shell.tapped(.decline)
        await reach("inbox.several")
        #expect(await server.asked.contains { $0.hasPrefix("deny") } == false)
    }

    @Test func anEnrollmentThatWasBegunGoesOnAfterARestart() async {
        await server.set(leftOver: [
            EnrollmentPreview(
                id: AccountId("a1"), server: "https://a.example.jp", relyingParty: "みらい証券", displayName: "***0123")
        ])
        shell.start()
        await reach("welcome")
        shell.send(.tapped("enroll"))
        await reach("enroll.yours")
        shell.send(.tapped("yes"))
        await reach("enroll.name")
        shell.send(.tapped("save_name"))
        await reach("enroll.notify")
        shell.send(.tapped("allow"))
        await reach("enroll.testing")
        // The address comes late, and then the test rings.
        shell.doorbell(at: Doorbell.address(token: Data([1, 2])))
        while await !server.asked.contains("push a1 0102") { await Task.yield() }
        _ = await shell.rang(nil)
        await reach("enroll.done")
        #expect(await server.asked.contains("rename iPhone"))
    }

    @Test func aStoreWithoutItsKeyIsSetAsideOnlyWhenThePersonSaysSo() async {
        door.refuses = .storeKeyMissing
        shell.start()
        await reach("start.store_key_missing")
        // Nobody waits for a core that does not open by itself.
        #expect(await shell.rang(nil) == false)
        #expect(door.asides == 0)
        shell.send(.tapped("set_aside"))
        await reach("welcome")
        #expect(door.asides == 1)
    }

    @Test func aDamagedStoreIsToldBeforeAnythingIsDone() async {
        door.report = StoreReport(damagedRecords: 2)
        shell.start()
        await reach("start.damaged")
        #expect(await server.asked == [])
        shell.send(.tapped("continue"))
        await reach("welcome")
    }

    @Test func aLinkThatStartedTheAppIsFollowedOnceTheCoreIsOpen() async {
        await server.set(accounts: [anAccount()], waiting: [aRequest()])
        shell.open(link: "challenge")
        shell.start()
        await reach("request.number")
        shell.open(link: "https://elsewhere.example/")
        await reach("enroll.failed.not_ours")
    }

    /// The tap has been taken and not been done yet: what ends is the screen that was tapped.
    @Test(.timeLimit(.minutes(1))) func aLinkThatComesWhileAScreenIsClosedStays() async {
        await open([aRequest()])
        shell.open(link: "https://elsewhere.example/")
        await reach("enroll.failed.not_ours")
        shell.send(.tapped("back"))
        shell.open(link: "challenge")
        await reach("request.number")
        shell.send(.tapped("back"))
        await reach("inbox.one")
    }

    @Test func anotherLanguageIsSpokenAtOnce() async {
        await open()
        shell.send(.tapped("nav_settings"))
        await reach("settings")
        shell.send(.tapped("language"))
        shell.send(.tapped("language_en"))
        await reach("settings.language")
        while shell.words.language != .en { await Task.yield() }
        #expect(device.chosenLanguage == .en)
        #expect(shell.page.parts.first == .title("Language"))
    }

    @Test func aNewPageIsToldToTheScreenReader() async {
        await open()
        let pages = device.did.filter { $0 == "page" }.count
        shell.send(.tapped("nav_history"))
        await reach("history.empty")
        #expect(device.did.filter { $0 == "page" }.count > pages)
    }

    @Test func theTimeIsSaidWhenAMarkIsPassed() async {
        await open([aRequest()])
        shell.send(.tapped("request:a1:c1"))
        await reach("request.number")
        for seconds in [59.0, 60, 61, 62] {
            device.now = FakeDevice.begin.addingTimeInterval(seconds)
            shell.tick()
        }
        #expect(device.said.filter { $0.contains("60") } == ["残り60秒です。"])
        device.now = FakeDevice.begin.addingTimeInterval(121)
        shell.tick()
        #expect(shell.page.id == "ended.expired")
    }
}
