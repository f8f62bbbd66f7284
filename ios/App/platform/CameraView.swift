import AVFoundation
import InkanKit
import SwiftUI
import UIKit

/// The preview of the scanner. A text alternative stands behind it on the page. `waits`: there is no picture now, and
/// nothing is shown of it; the scanner lives on, to tell when the camera is back.
struct CameraView: View {
    let waits: Bool
    let send: @MainActor (PageEvent) -> Void

    var body: some View {
        Scanner(waits: waits, send: send)
            .frame(maxWidth: .infinity)
            .frame(height: waits ? 0 : 320)
            .clipShape(RoundedRectangle(cornerRadius: Measure.button))
            .accessibilityHidden(true)
    }
}

/// Reads two-dimensional codes. Each text is told once while it stays in sight.
private struct Scanner: UIViewControllerRepresentable {
    let waits: Bool
    let send: @MainActor (PageEvent) -> Void

    func makeUIViewController(context: Context) -> ScannerController {
        let controller = ScannerController()
        controller.send = send
        return controller
    }

    func updateUIViewController(_ controller: ScannerController, context: Context) {
        controller.send = send
        controller.show(waits: waits)
    }
}

private final class ScannerController: UIViewController, AVCaptureMetadataOutputObjectsDelegate {
    var send: (@MainActor (PageEvent) -> Void)?
    private let session = AVCaptureSession()
    private let queue = DispatchQueue(label: "dev.inkan.scanner")
    private var preview: AVCaptureVideoPreviewLayer?
    private var watches: [Watch] = []
    private var seen = SeenCode()
    private var waits = false
    /// Why the session that was set up has no picture.
    private var trouble: CameraTrouble?

    override func viewDidLoad() {
        super.viewDidLoad()
        watch()
        setUp()
    }

    override func viewDidLayoutSubviews() {
        super.viewDidLayoutSubviews()
        preview?.frame = view.bounds
    }

    override func viewWillAppear(_ animated: Bool) {
        super.viewWillAppear(animated)
        start()
    }

    override func viewDidDisappear(_ animated: Bool) {
        super.viewDidDisappear(animated)
        queue.async { [session] in session.stopRunning() }
    }

    /// The page wants a picture again: a trouble is tried anew, and told anew.
    func show(waits: Bool) {
        let tries = self.waits && !waits
        self.waits = waits
        guard tries else { return }
        setUp()
        start()
    }

    nonisolated func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject],
        from connection: AVCaptureConnection
    ) {
        let texts = metadataObjects.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }
        guard let text = texts.first else { return }
        // The delegate's queue is the main one.
        MainActor.assumeIsolated {
            if seen.isNew(text) { send?(.scanned(text)) }
        }
    }

    /// Once. Until the person has answered, the system gives black pictures, and the right ones from then on.
    private func setUp() {
        if preview != nil { return }
        let status = AVCaptureDevice.authorizationStatus(for: .video)
        if status == .restricted { return tell(.disabled) }
        // The page hears of it from who asked.
        if status == .denied { return }
        guard let camera = AVCaptureDevice.default(for: .video) else { return tell(.missing) }
        let output = AVCaptureMetadataOutput()
        guard let input = try? AVCaptureDeviceInput(device: camera), session.canAddInput(input),
            session.canAddOutput(output)
        else { return tell(.failed) }
        session.addInput(input)
        session.addOutput(output)
        output.setMetadataObjectsDelegate(self, queue: .main)
        output.metadataObjectTypes = [.qr]
        let preview = AVCaptureVideoPreviewLayer(session: session)
        preview.videoGravity = .resizeAspectFill
        view.layer.addSublayer(preview)
        preview.frame = view.bounds
        self.preview = preview
    }

    private func start() {
        if preview == nil { return }
        // Starting takes a while and must not hold up the main thread.
        queue.async { [session, weak self] in
            session.startRunning()
            let interrupted = session.isInterrupted
            Task { @MainActor in self?.started(interrupted: interrupted) }
        }
    }

    /// A session that is interrupted still gets its picture when the interruption ends. Why it is was told before.
    private func started(interrupted: Bool) {
        if let trouble, interrupted { tell(trouble) }
    }

    private func watch() {
        watches = [
            Watch(AVCaptureSession.wasInterruptedNotification, of: session) { [weak self] news in
                let number = news.userInfo?[AVCaptureSessionInterruptionReasonKey] as? Int
                MainActor.assumeIsolated { self?.interrupted(number) }
            },
            Watch(AVCaptureSession.interruptionEndedNotification, of: session) { [weak self] _ in
                MainActor.assumeIsolated { self?.resumed() }
            },
            Watch(AVCaptureSession.runtimeErrorNotification, of: session) { [weak self] news in
                let wasReset =
                    (news.userInfo?[AVCaptureSessionErrorKey] as? AVError)?.code == .mediaServicesWereReset
                MainActor.assumeIsolated { self?.broke(wasReset) }
            },
        ]
    }

    private func interrupted(_ number: Int?) {
        trouble = number.map { CameraTrouble(interruption: $0) } ?? .failed
        if let trouble { tell(trouble) }
    }

    private func resumed() {
        trouble = nil
        send?(.cameraBack)
    }

    /// `wasReset`: the system's own service began anew, and what ran has to be begun again.
    private func broke(_ wasReset: Bool) {
        if wasReset { start() } else { tell(.failed) }
    }

    /// Later: a page that is just being drawn cannot take the next one.
    private func tell(_ trouble: CameraTrouble) {
        Task { send?(.cameraTroubled(trouble)) }
    }
}

/// Hears one kind of news of a session, on the main queue, as long as it is held.
private final class Watch {
    private let token: any NSObjectProtocol

    init(_ name: Notification.Name, of session: AVCaptureSession, _ heard: @escaping @Sendable (Notification) -> Void) {
        token = NotificationCenter.default.addObserver(forName: name, object: session, queue: .main, using: heard)
    }

    deinit { NotificationCenter.default.removeObserver(token) }
}
