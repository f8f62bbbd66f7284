// UserNotifications, iOS 10.
@_exported import AppleFoundation

public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let badge = Self(rawValue: 1), sound = Self(rawValue: 2), alert = Self(rawValue: 4)
}
public struct UNNotificationPresentationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let sound = Self(rawValue: 2)
    public static let list = Self(rawValue: 8), banner = Self(rawValue: 16)  // iOS 14
}
public struct UNNotificationActionOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let authenticationRequired = Self(rawValue: 1), foreground = Self(rawValue: 4)
}
public struct UNNotificationCategoryOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
}
public enum UNAuthorizationStatus: Int, Sendable { case notDetermined, denied, authorized, provisional, ephemeral }
open class UNNotificationSettings: NSObject, @unchecked Sendable {
    open var authorizationStatus: UNAuthorizationStatus { stub() }
}
open class UNNotificationAction: NSObject {
    public init(identifier: String, title: String, options: UNNotificationActionOptions = []) {}
}
open class UNNotificationCategory: NSObject {
    public init(
        identifier: String, actions: [UNNotificationAction], intentIdentifiers: [String],
        options: UNNotificationCategoryOptions = []
    ) {}
}
open class UNNotificationContent: NSObject { open var userInfo: [AnyHashable: Any] { stub() } }
open class UNNotificationRequest: NSObject {
    open var identifier: String { stub() }
    open var content: UNNotificationContent { stub() }
}
open class UNNotification: NSObject { open var request: UNNotificationRequest { stub() } }
open class UNNotificationResponse: NSObject {
    open var notification: UNNotification { stub() }
    open var actionIdentifier: String { stub() }
}
public let UNNotificationDefaultActionIdentifier = ""
public let UNNotificationDismissActionIdentifier = ""
// Optional at Apple; required here, so that a method whose name is wrong does not compile.
public protocol UNUserNotificationCenterDelegate: NSObjectProtocol {
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void)
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void)
}
open class UNUserNotificationCenter: NSObject, @unchecked Sendable {
    open class func current() -> UNUserNotificationCenter { stub() }
    open var delegate: (any UNUserNotificationCenterDelegate)? { get { stub() } set {} }
    open func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool { stub() }
    open func notificationSettings() async -> UNNotificationSettings { stub() }
    open func setNotificationCategories(_ categories: Set<UNNotificationCategory>) {}
    open func deliveredNotifications() async -> [UNNotification] { stub() }
    open func removeDeliveredNotifications(withIdentifiers identifiers: [String]) {}
    open func removeAllDeliveredNotifications() {}
}
