import InkanKit
import UserNotifications

/// Notifications carry no amount, name or place: they say that something waits. They open the app, or open it to
/// decline after the device is unlocked; they never approve.
@MainActor
final class Notifications: NSObject, UNUserNotificationCenterDelegate {
    private let model: PhoneModel

    init(model: PhoneModel) {
        self.model = model
    }

    /// Before the app has started: a tap that started it is told as soon as it has.
    func start() {
        let center = UNUserNotificationCenter.current()
        center.delegate = self
        let words = model.words
        let open = UNNotificationAction(
            identifier: NotificationAction.open.rawValue, title: words.text(.notificationOpen), options: [.foreground])
        let deny = UNNotificationAction(
            identifier: NotificationAction.deny.rawValue, title: words.text(.notificationDeny),
            options: [.authenticationRequired, .foreground])
        center.setNotificationCategories([
            UNNotificationCategory(
                identifier: NotificationCategory.request, actions: [open, deny], intentIdentifiers: [], options: [])
        ])
    }

    /// While the app is in front it shows what waits by itself.
    nonisolated func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
    ) {
        completionHandler([])
        let payload = Doorbell.payload(notification.request.content.userInfo)
        Task { @MainActor in _ = await model.rang(payload) }
    }

    nonisolated func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        let tap = NotificationTap.of(
            identifier: response.actionIdentifier, opened: UNNotificationDefaultActionIdentifier,
            dismissed: UNNotificationDismissActionIdentifier)
        let done = Done(call: completionHandler)
        Task { @MainActor in
            await model.tapped(tap)
            done.call()
        }
    }

    /// The system wants to be told on the main thread, and that is where it is called; the compiler cannot know.
    private struct Done: @unchecked Sendable {
        let call: () -> Void
    }
}
