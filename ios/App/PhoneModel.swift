import InkanKit
import SwiftUI
import UIKit

/// The phone behind the views: it hands on what the person and the system do, and says which page is to be seen.
@MainActor
final class PhoneModel: ObservableObject {
    @Published private(set) var page: Page
    @Published private(set) var cover: Cover = .blank
    let words: Words
    private let shell: Shell
    private var phase: Cover.Phase = .inactive
    private var verifying = false
    private var recording: (any NSObjectProtocol)?

    init() {
        let words = Words.ofTheSystem()
        let asking = SystemDialog()
        let shell = Shell(
            words: words, device: Handset(), core: LocalCore(language: words.language, watch: asking.tell))
        self.words = words
        self.shell = shell
        page = shell.page
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

    func motion(reduced: Bool) { shell.motion(reduced: reduced) }

    func entered(_ phase: Cover.Phase) {
        self.phase = phase
        coverUp()
        shell.entered(phase)
    }

    /// Somebody rang. Whether there was anything new.
    func rang(_ payload: Data?) async -> Bool { await shell.rang(payload) }

    func tapped(_ tap: NotificationTap) async { await shell.tapped(tap) }

    /// Where the doorbell is; nothing: nowhere.
    func doorbell(at address: PushAddress?) { shell.doorbell(at: address) }

    private func show() {
        page = shell.page
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

extension Words {
    /// In the language that the system has chosen for the app.
    static func ofTheSystem() -> Words {
        let language = Language(rawValue: Bundle.main.preferredLocalizations.first ?? "") ?? .ja
        return Words(language: language) { key, table in
            let text = Bundle.main.localizedString(forKey: key, value: nil, table: table)
            return text == key ? nil : text
        }
    }
}
