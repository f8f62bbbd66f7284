// What the scanner does about its camera: when it is set up and begun, and what the page is told of it.

/// The camera of the scanner, as the system gives it: one call each, no rule.
@MainActor public protocol ScannerCamera: AnyObject {
    /// Whether it may be used, asking nobody.
    var permission: CameraPermission { get }
    /// Finds the camera and connects it to the picture; the trouble, where that does not work. Is not called again once it
    /// has worked.
    func connect() -> CameraTrouble?
    /// Begins, off the main thread, and comes to ``Scanner/started(interrupted:)``.
    func start()
    /// Ends, off the main thread.
    func stop()
}

/// Reads codes while its page is seen.
@MainActor public final class Scanner {
    private weak var camera: (any ScannerCamera)?
    private let tell: @MainActor (PageEvent) -> Void
    private var seen = SeenCode()
    private var isConnected = false
    private var waits = false
    /// Why the camera that is connected has no picture.
    private var trouble: CameraTrouble?

    /// `tell`: the page.
    public init(_ camera: any ScannerCamera, tell: @escaping @MainActor (PageEvent) -> Void) {
        self.camera = camera
        self.tell = tell
    }

    /// The scanner is there.
    public func loaded() { connect() }

    /// It comes into sight.
    public func appeared() { start() }

    /// It is out of sight.
    public func disappeared() { camera?.stop() }

    /// The page shows the picture, or waits for it. When it wants the picture again, a trouble is tried anew, and told
    /// anew.
    public func show(waits: Bool) {
        let tries = self.waits && !waits
        self.waits = waits
        guard tries else { return }
        connect()
        start()
    }

    /// Codes are in sight. Each is told once while it stays there.
    public func read(_ texts: [String]) {
        guard let text = texts.first, seen.isNew(text) else { return }
        tell(.scanned(text))
    }

    /// The camera has begun. One that is interrupted still gets its picture when the interruption ends; why it is was told
    /// before, and is told again to a page that has tried anew.
    public func started(interrupted: Bool) {
        if let trouble, interrupted { tell(.cameraTroubled(trouble)) }
    }

    /// The system has interrupted it, by the number of `AVCaptureSession.InterruptionReason`, where it says one.
    public func interrupted(_ number: Int?) {
        trouble = number.map { CameraTrouble(interruption: $0) } ?? .failed
        if let trouble { tell(.cameraTroubled(trouble)) }
    }

    /// The interruption has ended.
    public func resumed() {
        trouble = nil
        tell(.cameraBack)
    }

    /// It broke off. `wasReset`: the system's own service began anew, and what ran has to be begun again.
    public func broke(wasReset: Bool) {
        if wasReset { start() } else { tell(.cameraTroubled(.failed)) }
    }

    private func connect() {
        guard let camera, !isConnected else { return }
        switch camera.permission {
        case .forbidden: return tell(.cameraTroubled(.disabled))
        // The page hears of it from who asked.
        case .refused: return
        // Until the person has answered, the system gives black pictures, and the right ones from then on.
        case .allowed, .notAsked: break
        }
        if let trouble = camera.connect() { return tell(.cameraTroubled(trouble)) }
        isConnected = true
    }

    private func start() {
        if isConnected { camera?.start() }
    }
}
