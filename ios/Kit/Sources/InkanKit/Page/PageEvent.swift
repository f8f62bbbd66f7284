/// What a person does with a page. A machine gets it as it is.
public enum PageEvent: Hashable, Sendable {
    /// A button, a link or a row was tapped.
    case tapped(String)
    /// A field's text has changed.
    case typed(field: String, text: String)
    /// A switch was moved.
    case switched(String, on: Bool)
    /// The scanner has read a code.
    case scanned(String)
    /// The scanner has no picture, or has it no more.
    case cameraTroubled(CameraTrouble)
    /// The scanner's camera can be had again.
    case cameraBack

    /// The id of the way back in the bar.
    public static let back = "back"
}
