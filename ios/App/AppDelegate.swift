import InkanKit
import UIKit

/// What the system tells the app, handed on.
final class AppDelegate: NSObject, UIApplicationDelegate {
    let model = PhoneModel()
    private lazy var notifications = Notifications(model: model)

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        notifications.start()
        model.start()
        return true
    }

    func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data) {
        model.doorbell(at: Doorbell.address(token: deviceToken))
    }

    func application(_ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error) {
        model.doorbell(at: nil)
    }

    func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: [AnyHashable: Any],
        fetchCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void
    ) {
        // Whatever the payload is, somebody rang: the app looks.
        let payload = Doorbell.payload(userInfo)
        Task { completionHandler(await model.rang(payload) ? .newData : .noData) }
    }
}
