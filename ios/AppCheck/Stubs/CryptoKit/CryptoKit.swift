// CryptoKit, iOS 13.
@_exported import AppleFoundation

public struct SHA256Digest: Sequence, Sendable, Hashable {
    public func makeIterator() -> Array<UInt8>.Iterator { stub() }
}
public struct SHA256: Sendable { public static func hash<D: DataProtocol>(data: D) -> SHA256Digest { stub() } }
