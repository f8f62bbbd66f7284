// Between an app's transport, clock and log and the core: what they throw or return that the core cannot take is made
// into something it can.
import Foundation
internal import InkanCore

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An app's transport, as the core sees it.
final class TransportGuard: InkanCore.Transport {
    private let transport: any Transport

    init(_ transport: any Transport) {
        self.transport = transport
    }

    func send(request: InkanCore.HttpRequest) async throws -> InkanCore.HttpResponse {
        do {
            let answer = try await transport.send(HttpRequest(request))
            // a status that is none becomes 0, which the core refuses
            return InkanCore.HttpResponse(
                status: UInt16(exactly: answer.status) ?? 0,
                headers: answer.headers.map { InkanCore.Header(name: $0.name.lowercased(), value: $0.value) },
                body: answer.body)
        } catch {
            throw TransportError(catching: error).core
        }
    }
}

extension HttpRequest {
    init(_ core: InkanCore.HttpRequest) {
        self.init(
            method: core.method, url: core.url,
            headers: core.headers.map { HttpHeader(name: $0.name, value: $0.value) }, body: core.body,
            pins: core.pins.map { HttpPin(sha256: $0.sha256, notAfter: $0.notAfter.map(date)) },
            timeout: core.timeout, answerLimit: Int(clamping: core.answerLimit), safeToRepeat: core.safeToRepeat)
    }
}

extension TransportError {
    /// Any error as one of these. A request that the core has given up is cancelled: nobody reads what comes of it.
    init(catching error: any Error) {
        switch error {
        case let error as TransportError: self = error
        case is CancellationError: self = .offline
        case let error as URLError: self = Self.of(error.code)
        default: self = .unexpected(reason: String(describing: type(of: error)))
        }
    }

    private static func of(_ code: URLError.Code) -> Self {
        switch code {
        case .notConnectedToInternet, .networkConnectionLost, .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed,
            .internationalRoamingOff, .callIsActive, .dataNotAllowed, .cancelled:
            .offline
        case .timedOut: .timedOut
        case .secureConnectionFailed, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .serverCertificateNotYetValid, .serverCertificateUntrusted, .clientCertificateRejected,
            .clientCertificateRequired:
            .tls(reason: "URLError \(code.rawValue)")
        default: .unexpected(reason: "URLError \(code.rawValue)")
        }
    }

    var core: InkanCore.TransportError {
        switch self {
        case .offline: .Offline
        case .timedOut: .TimedOut
        case .pinMismatch: .PinMismatch
        case .tls(let reason): .Tls(reason: reason)
        case .unexpected(let reason): .Unexpected(reason: reason)
        }
    }
}

/// An app's clock, as the core sees it: milliseconds, and never a time that cannot be one.
final class ClockGuard: InkanCore.Clock {
    /// 9999-12-31T23:59:59Z.
    private static let last: TimeInterval = 253_402_300_799
    private let clock: any Clock

    init(_ clock: any Clock) {
        self.clock = clock
    }

    /// 0 is taken by the core for a clock that failed: the system's counts then.
    func now() throws -> UInt64 {
        let seconds = clock.now().timeIntervalSince1970
        guard seconds.isFinite, seconds > 0 else { return 0 }
        return UInt64(Swift.min(seconds, Self.last) * 1000)
    }
}

/// An app's log, as the core sees it.
final class LogGuard: InkanCore.LogListener {
    private let listener: any LogListener

    init(_ listener: any LogListener) {
        self.listener = listener
    }

    func log(entry: InkanCore.LogEntry) throws {
        let level: LogLevel =
            switch entry.level {
            case .error: .error
            case .warn: .warn
            case .info: .info
            case .debug: .debug
            }
        listener.log(LogEntry(level: level, target: entry.target, message: entry.message))
    }
}

extension LogLevel {
    var core: InkanCore.LogLevel {
        switch self {
        case .error: .error
        case .warn: .warn
        case .info: .info
        case .debug: .debug
        }
    }
}
