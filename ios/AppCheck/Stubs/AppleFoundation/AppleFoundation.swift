// What Apple's Foundation and CoreFoundation have and Linux's Foundation has not, as far as the app uses it.
// A comment behind a declaration names the first iOS version; without one it is older than iOS 12. Bodies are never run.
@_exported import Dispatch
@_exported import Foundation

/// The body of every function here.
public func stub() -> Never { fatalError("a stand-in: for type-checking alone") }

// CoreFoundation. Apple bridges these with the Swift types where `as` is written; Linux does so with the NS classes.
public typealias CFString = NSString
public typealias CFData = NSData
public typealias CFDictionary = NSDictionary
public typealias CFTypeRef = AnyObject
public typealias CFTypeID = UInt
public typealias OSStatus = Int32
public final class CFError: Error {}
public final class CFAllocator {}
nonisolated(unsafe) public let kCFAllocatorDefault: CFAllocator? = nil
public func CFGetTypeID(_ cf: CFTypeRef?) -> CFTypeID { stub() }

public struct FileProtectionType: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public static let completeUntilFirstUserAuthentication = Self(rawValue: "")
}
extension FileAttributeKey { public static let protectionKey = FileAttributeKey(rawValue: "NSFileProtectionKey") }
