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
    /// Whether the person lets us use the camera; asks where nobody has been asked yet. Of a phone that lets nobody use it
    /// the scanner tells.
    func askForCamera() async -> Bool
    /// The same, without asking.
    func mayFilm() -> Bool
    /// Whether notifications may be shown; asks where nobody has been asked yet.
    func askForNotifications() async -> Bool
    /// Whether notifications may be shown, without asking.
    func mayNotify() async -> Bool
    /// Asks the system for the address of this phone's doorbell; it comes to `Shell.doorbell(at:)`.
    func registerForDoorbell()
    /// Opens an https address in the system's browser. Whether it did.
    func openBrowser(_ address: String) async -> Bool
    /// Offers to call a number.
    func dial(_ number: String) async
    /// Opens the app's page in the system's settings.
    func openSettings() async
    /// Opens the app's page in the shop.
    func openShop() async
    /// Another page is there: the screen reader begins at its top.
    func pageChanged()
    /// Has the screen reader say a text once, after what it is saying.
    func announce(_ text: String)
    /// Takes away every notification of the app.
    func removeNotifications()
    /// Waits.
    func pause(seconds: Int) async throws
}
