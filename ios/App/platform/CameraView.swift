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
        ScannerView(waits: waits, send: send)
            .frame(maxWidth: .infinity)
            .frame(height: waits ? 0 : 320)
            .clipShape(RoundedRectangle(cornerRadius: Measure.button))
            .accessibilityHidden(true)
    }
}

/// Reads two-dimensional codes.
private struct ScannerView: UIViewControllerRepresentable {
    let waits: Bool
    let send: @MainActor (PageEvent) -> Void

    func makeUIViewController(context: Context) -> ScannerController {
        let controller = ScannerController()
        controller.send = send
        return controller
    }

    func updateUIViewController(_ controller: ScannerController, context: Context) {
        controller.send = send
        controller.scanner.show(waits: waits)
    }
}

/// The system's camera. When it is called, and what comes of its news, is ``Scanner``'s.
private final class ScannerController: UIViewController, ScannerCamera, AVCaptureMetadataOutputObjectsDelegate {
    var send: (@MainActor (PageEvent) -> Void)?
    // Later: a page that is just being drawn cannot take the next one.
    private(set) lazy var scanner = Scanner(self) { [weak self] event in Task { self?.send?(event) } }
    private let session = AVCaptureSession()
    private let queue = DispatchQueue(label: "dev.inkan.scanner")
    private var preview: AVCaptureVideoPreviewLayer?
    private var watches: [Watch] = []

    override func viewDidLoad() {
        super.viewDidLoad()
        watch()
        scanner.loaded()
    }

    override func viewDidLayoutSubviews() {
        super.viewDidLayoutSubviews()
        preview?.frame = view.bounds
    }

    override func viewWillAppear(_ animated: Bool) {
        super.viewWillAppear(animated)
        scanner.appeared()
    }

    override func viewDidDisappear(_ animated: Bool) {
        super.viewDidDisappear(animated)
        scanner.disappeared()
    }

    nonisolated func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject],
        from connection: AVCaptureConnection
    ) {
        let texts = metadataObjects.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }
        // The delegate's queue is the main one.
        MainActor.assumeIsolated { scanner.read(texts) }
    }

    var permission: CameraPermission {
        CameraPermission(status: AVCaptureDevice.authorizationStatus(for: .video).rawValue)
    }

    func connect() -> CameraTrouble? {
        guard let camera = AVCaptureDevice.default(for: .video) else { return .missing }
        let output = AVCaptureMetadataOutput()
        guard let input = try? AVCaptureDeviceInput(device: camera), session.canAddInput(input),
            session.canAddOutput(output)
        else { return .failed }
        session.addInput(input)
        session.addOutput(output)
        output.setMetadataObjectsDelegate(self, queue: .main)
        output.metadataObjectTypes = [.qr]
        let preview = AVCaptureVideoPreviewLayer(session: session)
        preview.videoGravity = .resizeAspectFill
        view.layer.addSublayer(preview)
        preview.frame = view.bounds
        self.preview = preview
        return nil
    }

    /// It takes a while and must not hold up the main thread.
    func start() {
        queue.async { [session, weak self] in
            session.startRunning()
            let interrupted = session.isInterrupted
            Task { @MainActor in self?.scanner.started(interrupted: interrupted) }
        }
    }

    func stop() {
        queue.async { [session] in session.stopRunning() }
    }

    private func watch() {
        watches = [
            Watch(AVCaptureSession.wasInterruptedNotification, of: session) { [weak self] news in
                let number = news.userInfo?[AVCaptureSessionInterruptionReasonKey] as? Int
                MainActor.assumeIsolated { self?.scanner.interrupted(number) }
            },
            Watch(AVCaptureSession.interruptionEndedNotification, of: session) { [weak self] _ in
                MainActor.assumeIsolated { self?.scanner.resumed() }
            },
            Watch(AVCaptureSession.runtimeErrorNotification, of: session) { [weak self] news in
                let wasReset =
                    (news.userInfo?[AVCaptureSessionErrorKey] as? AVError)?.code == .mediaServicesWereReset
                MainActor.assumeIsolated { self?.scanner.broke(wasReset: wasReset) }
            },
        ]
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
