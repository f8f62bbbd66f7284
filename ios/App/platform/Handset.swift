import AVFoundation
import InkanKit
import UIKit
import UserNotifications

/// What the phone can do beside the core, by the system's frameworks.
@MainActor
final class Handset: Device {
    func askForCamera() async -> Bool {
        switch AVCaptureDevice.authorizationStatus(for: .video) {
        case .authorized: true
        case .notDetermined: await AVCaptureDevice.requestAccess(for: .video)
        case .denied, .restricted: false
        @unknown default: false
        }
    }

    func askForNotifications() async -> Bool {
        let asked = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound])
        return asked ?? false
    }

    func mayNotify() async -> Bool {
        await UNUserNotificationCenter.current().notificationSettings().authorizationStatus == .authorized
    }

    func registerForDoorbell() {
        UIApplication.shared.registerForRemoteNotifications()
    }

    func openBrowser(_ address: String) async -> Bool {
        guard let url = WebAddress.url(address) else { return false }
        return await UIApplication.shared.open(url)
    }

    func dial(_ number: String) async -> Bool {
        guard let url = WebAddress.telephone(number) else { return false }
        return await UIApplication.shared.open(url)
    }

    func openSettings() async {
        guard let url = URL(string: UIApplication.openSettingsURLString) else { return }
        await UIApplication.shared.open(url)
    }

    func announce(_ text: String) {
        // It waits for what is being said: a new page is read as well.
        let queued = NSAttributedString(
            string: text, attributes: [.accessibilitySpeechQueueAnnouncement: true])
        UIAccessibility.post(notification: .announcement, argument: queued)
    }

    func removeNotifications() {
        UNUserNotificationCenter.current().removeAllDeliveredNotifications()
    }
}
