import InkanKit
import SwiftUI
import UIKit

/// The phone behind the views: it hands on what the person and the system do, and says which page is to be seen.
@MainActor
final class PhoneModel: ObservableObject {
    @Published private(set) var page: Page
    @Published private(set) var words: Words
    @Published private(set) var cover: Cover = .blank
    private let shell: Shell
    private var phase: Cover.Phase = .inactive
    private var verifying = false
    private var recording: (any NSObjectProtocol)?
    private var clock: Timer?

    init() {
        let book = LogBook()
        let handset = Handset(book: book)
        let asking = SystemDialog()
        let core = LocalCore(
            language: handset.words(handset.chosenLanguage).language, version: handset.version, watch: asking.tell)
        let shell = Shell(device: handset, door: core)
        self.shell = shell
        page = shell.page
        words = shell.words
        // The log is a help, no condition: the app goes on without.
        try? Authenticator.installLog(book, level: .info)
        shell.changed = { [weak self] in self?.show() }
        asking.changed = { [weak self] in self?.verifies($0) }
    }

    /// The app has started: the store is opened.
    func start() {
        recording = NotificationCenter.default.addObserver(
            forName: UIScreen.capturedDidChangeNotification, object: nil, queue: .main
        ) { [weak self] _ in
            MainActor.assumeIsolated { self?.coverUp() }
        }
        shell.start()
    }

    func send(_ event: PageEvent) { shell.send(event) }

    func open(link: String) { shell.open(link: link) }

    func entered(_ phase: Cover.Phase) {
        self.phase = phase
        coverUp()
        shell.entered(phase)
        clock?.invalidate()
        clock = phase.ticks ? seconds() : nil
    }

    /// Somebody rang. Whether anything waits.
    func rang(_ payload: PushPayload?) async -> Bool { await shell.rang(payload) }

    func tapped(_ tap: NotificationTap) async { await shell.tapped(tap) }

    /// Where the doorbell is; nothing: nowhere.
    func doorbell(at address: PushAddress?) { shell.doorbell(at: address) }

    private func seconds() -> Timer {
        Timer.scheduledTimer(withTimeInterval: 1, repeats: true) { [weak self] _ in
            // It runs in the main loop, in which it was made.
            MainActor.assumeIsolated { self?.shell.tick() }
        }
    }

    private func show() {
        page = shell.page
        words = shell.words
        coverUp()
    }

    private func verifies(_ now: Bool) {
        verifying = now
        coverUp()
    }

    private func coverUp() {
        cover = .over(
            guarded: page.guarded, phase: phase, captured: UIScreen.main.isCaptured, verifying: verifying)
    }
}

/// Tells the main actor when the system's dialog for the person comes and goes.
@MainActor
final class SystemDialog {
    var changed: ((Bool) -> Void)?

    nonisolated func tell(_ shown: Bool) {
        Task { @MainActor in changed?(shown) }
    }
}
