/// Why the scanner has no picture. That the person has not allowed it is no trouble of the camera: the answer to
/// ``Effect/askForCamera`` says so.
public enum CameraTrouble: String, CaseIterable, Hashable, Sendable {
    /// The phone has none.
    case missing = "none"
    /// Another app has it. It comes back by itself.
    case inUse = "in_use"
    /// Whoever rules over the phone does not allow it to anybody.
    case disabled
    /// It does not begin, or broke off.
    case failed

    /// Why the system has interrupted the camera, by the number of `AVCaptureSession.InterruptionReason`; nothing where
    /// the person sees no scanner, or the microphone is meant.
    public init?(interruption number: Int) {
        switch number {
        // In the background, and the microphone's.
        case 1, 2: return nil
        // Another app has it; several apps are in front.
        case 3, 4: self = .inUse
        // The phone is too hot, or anything that came later.
        default: self = .failed
        }
    }

    var what: Words.Key {
        switch self {
        case .missing: .cameraNone
        case .inUse: .cameraInUse
        case .disabled: .cameraDisabled
        case .failed: .cameraFailed
        }
    }

    private var next: Words.Key? {
        switch self {
        case .missing: nil
        case .inUse: .cameraInUseNext
        case .disabled: .cameraDisabledNext
        case .failed: .cameraFailedNext
        }
    }

    /// What stands in the picture's place; `way` is what can be done without a camera.
    func parts(_ way: Words.Key, _ words: Words) -> [Page.Part] {
        [.camera(waits: true), notice(what, [next, way], words)]
    }
}
