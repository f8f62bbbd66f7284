// AVFoundation's capture. The session is started and stopped off the main thread, as its documentation asks.
@_exported import AppleFoundation
import UIKit

public struct AVMediaType: Hashable, Sendable { public static let video = Self() }
public enum AVAuthorizationStatus: Int, Sendable { case notDetermined, restricted, denied, authorized }
open class AVCaptureDevice: NSObject, @unchecked Sendable {
    open class func `default`(for mediaType: AVMediaType) -> AVCaptureDevice? { stub() }
    open class func requestAccess(for mediaType: AVMediaType) async -> Bool { stub() }
    open class func authorizationStatus(for mediaType: AVMediaType) -> AVAuthorizationStatus { stub() }
}
open class AVCaptureInput: NSObject {}
open class AVCaptureOutput: NSObject {}
open class AVCaptureConnection: NSObject {}
open class AVCaptureDeviceInput: AVCaptureInput { public init(device: AVCaptureDevice) throws {} }
open class AVCaptureSession: NSObject, @unchecked Sendable {
    open func canAddInput(_ input: AVCaptureInput) -> Bool { stub() }
    open func addInput(_ input: AVCaptureInput) {}
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { stub() }
    open func addOutput(_ output: AVCaptureOutput) {}
    open func startRunning() {}
    open func stopRunning() {}
    open var isInterrupted: Bool { stub() }
    public class var wasInterruptedNotification: NSNotification.Name { stub() }
    public class var interruptionEndedNotification: NSNotification.Name { stub() }
    public class var runtimeErrorNotification: NSNotification.Name { stub() }
}
// Numbers of `AVCaptureSession.InterruptionReason`, boxed.
public let AVCaptureSessionInterruptionReasonKey = ""  // iOS 9
public let AVCaptureSessionErrorKey = ""
public struct AVError: Error {
    public enum Code: Int, Sendable { case unknown = -11800, mediaServicesWereReset = -11819 }
    public var code: Code { stub() }
}
open class AVMetadataObject: NSObject {
    public struct ObjectType: Hashable, Sendable { public static let qr = Self() }
}
open class AVMetadataMachineReadableCodeObject: AVMetadataObject { open var stringValue: String? { stub() } }
// Optional at Apple; required here. Not isolated: it is called on the queue that was given.
public protocol AVCaptureMetadataOutputObjectsDelegate: NSObjectProtocol {
    func metadataOutput(
        _ output: AVCaptureMetadataOutput, didOutput metadataObjects: [AVMetadataObject],
        from connection: AVCaptureConnection)
}
open class AVCaptureMetadataOutput: AVCaptureOutput {
    open func setMetadataObjectsDelegate(
        _ delegate: (any AVCaptureMetadataOutputObjectsDelegate)?, queue: DispatchQueue?
    ) {}
    open var metadataObjectTypes: [AVMetadataObject.ObjectType]! { get { stub() } set {} }
}
public struct AVLayerVideoGravity: Sendable { public static let resizeAspectFill = Self() }
open class AVCaptureVideoPreviewLayer: CALayer {
    public init(session: AVCaptureSession) {}
    open var videoGravity: AVLayerVideoGravity { get { stub() } set {} }
}
