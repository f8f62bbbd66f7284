// A port on loopback that is free at this moment.
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Asks the system for a free port and gives it back.
func freePort() throws -> UInt16 {
    #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
    #else
        let stream = SOCK_STREAM
    #endif
    let socket = socket(AF_INET, stream, 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
            bind(socket, general, length) == 0 && getsockname(socket, general, &length) == 0
        }
    }
    guard named else { throw Required(description: "a free port") }
    return UInt16(bigEndian: address.sin_port)
}
