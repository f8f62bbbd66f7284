import Foundation

/// What the phone can do for a screen beside the core: the app implements it with the system's frameworks, tests with a
/// notebook.
@MainActor public protocol Device: AnyObject {
    /// The present.
    var now: Date { get }
    /// The words of a language; of the system's for none.
    func words(_ language: Language?) -> Words
    /// The language that the person has chosen in the app; nothing: the system's.
    var chosenLanguage: Language? { get set }
    /// The app's version.
    var version: String { get }
    /// What this phone is called until the person gives it a name.
    var name: String { get }
    /// Whose work is in the app, with the licences' texts.
    var licences: String { get }
    /// What the core has said of late.
    var log: String { get }
    /// The number that the shop gave the app, where the build has one.
    var shopNumber: String? { get }
    /// Whether the camera may be used, without asking.
    var camera: CameraPermission { get }
    /// Asks the person for the camera.
    func requestCamera() async -> Bool
    /// Whether notifications may be shown; asks where nobody has been asked yet.
    func askForNotifications() async -> Bool
    /// Whether notifications may be shown, without asking.
    func mayNotify() async -> Bool
    /// Asks the system for the address of this phone's doorbell; it comes to `Shell.doorbell(at:)`.
    func registerForDoorbell()
    /// Hands an address to the system: https to the browser, a telephone number to be called. Whether it took it.
    func open(_ url: URL) async -> Bool
    /// Opens the app's page in the system's settings.
    func openSettings() async
    /// Another page is there: the screen reader begins at its top.
    func pageChanged()
    /// Has the screen reader say a text once, after what it is saying.
    func announce(_ text: String)
    /// Takes away every notification of the app.
    func removeNotifications()
    /// Waits.
    func pause(seconds: Int) async throws
}
