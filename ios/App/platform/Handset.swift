import AVFoundation
import InkanKit
import UIKit
import UserNotifications

/// What the phone can do beside the core, by the system's frameworks.
@MainActor
final class Handset: Device {
    private let book: LogBook
    private let settings = UserDefaults.standard
    private let languageKey = "language"

    init(book: LogBook) {
        self.book = book
    }

    var now: Date { Date() }

    var version: String { Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? "" }

    var name: String { UIDevice.current.model }

    var log: String { book.text }

    var licences: String {
        guard let file = Bundle.main.url(forResource: "Licences", withExtension: "txt") else { return "" }
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }

    var chosenLanguage: Language? {
        get { settings.string(forKey: languageKey).flatMap(Language.init(rawValue:)) }
        set { settings.set(newValue?.rawValue, forKey: languageKey) }
    }

    var shopNumber: String? { Bundle.main.object(forInfoDictionaryKey: "INKAppStoreID") as? String }

    var camera: CameraPermission { CameraPermission(status: AVCaptureDevice.authorizationStatus(for: .video).rawValue) }

    func words(_ language: Language?) -> Words {
        let language = Language.spoken(chosen: language, system: Bundle.main.preferredLocalizations.first)
        let folder = Bundle.main.url(forResource: language.rawValue, withExtension: "lproj")
        let bundle = folder.flatMap(Bundle.init(url:)) ?? .main
        return Words(language: language, zone: .autoupdatingCurrent) { key, table in
            let text = bundle.localizedString(forKey: key, value: nil, table: table)
            return text == key ? nil : text
        }
    }

    func requestCamera() async -> Bool {
        await AVCaptureDevice.requestAccess(for: .video)
    }

    func askForNotifications() async -> Bool {
        let asked = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound])
        return asked ?? false
    }

    func mayNotify() async -> Bool {
        let settings = await UNUserNotificationCenter.current().notificationSettings()
        return NotificationPermission.isGiven(status: settings.authorizationStatus.rawValue)
    }

    func registerForDoorbell() {
        UIApplication.shared.registerForRemoteNotifications()
    }

    func open(_ url: URL) async -> Bool {
        await UIApplication.shared.open(url)
    }

    func openSettings() async {
        guard let url = URL(string: UIApplication.openSettingsURLString) else { return }
        await UIApplication.shared.open(url)
    }

    func pageChanged() {
        UIAccessibility.post(notification: .screenChanged, argument: nil)
    }

    func announce(_ text: String) {
        // It waits for what is being said: a new page is read as well.
        let queued = NSAttributedString(string: text, attributes: [.accessibilitySpeechQueueAnnouncement: true])
        UIAccessibility.post(notification: .announcement, argument: queued)
    }

    func removeNotifications() {
        UNUserNotificationCenter.current().removeAllDeliveredNotifications()
    }

    func pause(seconds: Int) async throws {
        try await Task.sleep(for: .seconds(seconds))
    }
}
