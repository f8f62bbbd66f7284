// expect: does not conform to protocol 'UNUserNotificationCenterDelegate'
import UserNotifications
final class Fault: NSObject, UNUserNotificationCenterDelegate {
    func userNotificationCentre(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) { completionHandler() }
}
