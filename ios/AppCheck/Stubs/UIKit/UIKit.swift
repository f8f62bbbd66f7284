// UIKit: what the shell needs beside SwiftUI. Everything is isolated to the main actor, as at Apple.
@_exported import AppleFoundation

@MainActor open class UIResponder: NSObject { public override nonisolated init() {} }
public enum UIBackgroundFetchResult: UInt, Sendable { case newData, noData, failed }
@MainActor open class UIApplication: UIResponder {
    public static var shared: UIApplication { stub() }
    public struct LaunchOptionsKey: Hashable, RawRepresentable, Sendable {
        public init(rawValue: String) { stub() }
        public var rawValue: String { stub() }
    }
    public struct OpenExternalURLOptionsKey: Hashable, Sendable {}
    open func registerForRemoteNotifications() {}
    public static let openSettingsURLString: String = ""
    public static let openNotificationSettingsURLString: String = ""  // iOS 16
    @discardableResult open func open(
        _ url: URL, options: [OpenExternalURLOptionsKey: Any] = [:]
    ) async -> Bool { stub() }  // iOS 10
    public static let userDidTakeScreenshotNotification = NSNotification.Name("")
}
// Optional at Apple; those that we implement are required here.
@MainActor public protocol UIApplicationDelegate: NSObjectProtocol {
    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool
    func application(
        _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data)
    func application(
        _ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error)
    func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: [AnyHashable: Any],
        fetchCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void)
}
@MainActor open class UIScreen: NSObject {
    public static var main: UIScreen { stub() }
    open var isCaptured: Bool { stub() }  // iOS 11
    public nonisolated static let capturedDidChangeNotification = NSNotification.Name("")  // iOS 11
}
@MainActor open class UIDevice: NSObject {
    public static var current: UIDevice { stub() }
    open var name: String { stub() }
    open var model: String { stub() }
    open var systemName: String { stub() }
    open var systemVersion: String { stub() }
}
open class CALayer: NSObject {
    open var bounds: CGRect { get { stub() } set {} }
    open var frame: CGRect { get { stub() } set {} }
    open func addSublayer(_ layer: CALayer) {}
}
@MainActor open class UIView: UIResponder {
    open var layer: CALayer { stub() }
    open var bounds: CGRect { get { stub() } set {} }
}
@MainActor open class UIViewController: UIResponder {
    open var view: UIView! { get { stub() } set {} }
    open func viewDidLoad() {}
    open func viewWillAppear(_ animated: Bool) {}
    open func viewDidDisappear(_ animated: Bool) {}
    open func viewDidLayoutSubviews() {}
}
public enum UIKeyboardType: Int, Sendable { case `default`, asciiCapable, URL, numberPad }
@MainActor public enum UIAccessibility {
    public struct Notification: Sendable { public static let announcement = Self(), screenChanged = Self() }
    public static func post(notification: UIAccessibility.Notification, argument: Any?) {}
    public static var isReduceMotionEnabled: Bool { stub() }
}
extension NSAttributedString.Key {
    /// The announcement waits for what is being said.
    public static let accessibilitySpeechQueueAnnouncement = NSAttributedString.Key("")  // iOS 11
}
