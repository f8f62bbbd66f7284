// When the camera is set up and begun, and what the page hears of it.
import InkanKit
import Testing

@MainActor @Suite struct ScannerTests {
    @MainActor private final class FakeCamera: ScannerCamera {
        var permission = CameraPermission.allowed
        var trouble: CameraTrouble?
        var did: [String] = []

        func connect() -> CameraTrouble? {
            did.append("connect")
            return trouble
        }
        func start() { did.append("start") }
        func stop() { did.append("stop") }
    }

    @MainActor private final class Heard {
        var all: [PageEvent] = []
    }

    private let camera = FakeCamera()
    private let heard = Heard()
    private let scanner: Scanner

    init() {
        scanner = Scanner(camera) { [heard] in heard.all.append($0) }
    }

    private func appear() {
        scanner.loaded()
        scanner.appeared()
    }

    @Test func itBeginsWithItsPageAndEndsWithIt() {
        appear()
        scanner.started(interrupted: false)
        scanner.disappeared()
        scanner.appeared()
        #expect(camera.did == ["connect", "start", "stop", "start"])
        #expect(heard.all == [])
    }

    @Test(arguments: [
        (CameraPermission.notAsked, ["connect", "start"], nil), (.allowed, ["connect", "start"], nil),
        (.refused, [], nil), (.forbidden, [], CameraTrouble.disabled),
    ])
    func whatIsAllowed(permission: CameraPermission, did: [String], told: CameraTrouble?) {
        camera.permission = permission
        appear()
        #expect(camera.did == did)
        #expect(heard.all == (told.map { [.cameraTroubled($0)] } ?? []), "of a refusal the page hears from who asked")
    }

    @Test(arguments: [CameraTrouble.missing, .failed])
    func whatCannotBeConnectedIsToldAndTriedAnewWhenThePageWants(trouble: CameraTrouble) {
        camera.trouble = trouble
        appear()
        #expect(camera.did == ["connect"], "nothing is begun")
        #expect(heard.all == [.cameraTroubled(trouble)])
        // Drawn again, with and without a picture: nothing is tried.
        scanner.show(waits: false)
        scanner.show(waits: true)
        scanner.show(waits: true)
        #expect(camera.did == ["connect"])
        scanner.show(waits: false)
        #expect(camera.did == ["connect", "connect"])
        #expect(heard.all == Array(repeating: .cameraTroubled(trouble), count: 2))
        camera.trouble = nil
        scanner.show(waits: true)
        scanner.show(waits: false)
        #expect(camera.did == ["connect", "connect", "connect", "start"])
        scanner.show(waits: true)
        scanner.show(waits: false)
        #expect(camera.did.filter { $0 == "connect" }.count == 3, "what is connected is not connected again")
    }

    @Test func anInterruptionIsToldAndItsEnd() {
        appear()
        scanner.interrupted(3)
        #expect(heard.all == [.cameraTroubled(.inUse)])
        scanner.resumed()
        #expect(heard.all == [.cameraTroubled(.inUse), .cameraBack])
        // Begun again after that: nothing is left of it.
        scanner.started(interrupted: true)
        #expect(heard.all.count == 2)
    }

    @Test func whoTriesAnewWhileItIsInterruptedHearsWhyAgain() {
        appear()
        scanner.interrupted(4)
        scanner.show(waits: true)
        scanner.show(waits: false)
        #expect(camera.did == ["connect", "start", "start"])
        scanner.started(interrupted: true)
        #expect(heard.all == Array(repeating: .cameraTroubled(.inUse), count: 2))
        // It has a picture: nothing is told.
        scanner.started(interrupted: false)
        #expect(heard.all.count == 2)
    }

    @Test func anInterruptionThatNobodySeesIsNone() {
        appear()
        for number in [1, 2] {
            scanner.interrupted(number)
            scanner.started(interrupted: true)
        }
        #expect(heard.all == [])
        scanner.interrupted(nil)
        #expect(heard.all == [.cameraTroubled(.failed)], "without a number it is a failure")
    }

    @Test func whatBreaksOffIsToldAndWhatWasResetIsBegunAgain() {
        scanner.broke(wasReset: true)
        #expect(camera.did == [], "what was never connected is not begun")
        appear()
        scanner.broke(wasReset: true)
        #expect(camera.did == ["connect", "start", "start"])
        #expect(heard.all == [])
        scanner.broke(wasReset: false)
        #expect(heard.all == [.cameraTroubled(.failed)])
    }

    @Test func aCodeInSightIsToldOnce() {
        for texts in [["a"], ["a", "b"], [], ["a"], ["b"], ["a"]] { scanner.read(texts) }
        #expect(heard.all == [.scanned("a"), .scanned("b"), .scanned("a")])
    }
}
