// expect: cannot be used to satisfy nonisolated
import AVFoundation
@MainActor final class Fault: NSObject, AVCaptureMetadataOutputObjectsDelegate {
    func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject],
        from connection: AVCaptureConnection
    ) {}
}
