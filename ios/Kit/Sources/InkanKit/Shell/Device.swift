/// What the phone can do for a screen beside the core: the app implements it with the system's frameworks, tests with a
/// notebook.
@MainActor public protocol Device: AnyObject {
    /// Whether the camera may be used; asks where nobody has been asked yet.
    func askForCamera() async -> Bool
    /// Whether notifications may be shown; asks where nobody has been asked yet.
    func askForNotifications() async -> Bool
    /// Whether notifications may be shown, without asking.
    func mayNotify() async -> Bool
    /// Asks the system for the address of this phone's doorbell; it comes as an event of the app.
    func registerForDoorbell()
    /// Opens an https address in the system's browser. Whether it did.
    func openBrowser(_ address: String) async -> Bool
    /// Offers to call a number. Whether it did.
    func dial(_ number: String) async -> Bool
    /// Opens the app's page in the system's settings.
    func openSettings() async
    /// Has the screen reader say a text once.
    func announce(_ text: String)
    /// Takes away every notification of the app.
    func removeNotifications()
}
