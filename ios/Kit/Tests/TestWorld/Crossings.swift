// Every place where the core waits for the shell: each call of its vault and of its transport, once before and once
// after. A test stops one of them, cancels the task that waits behind it, and goes on.
import Foundation
import InkanKit

/// Counts the crossings of one phone and stops at one of them.
public actor Crossings {
    private var wanted: Int?
    private var wantedName: String?
    private var seen = 0
    private var stoppedAt: String?
    private var over = false
    private var waiting: CheckedContinuation<Void, Never>?

    /// None is stopped.
    public init() {}

    /// Stops the crossing of that number, counted from 1 and from now on.
    public func stop(at number: Int) {
        wanted = number
        wantedName = nil
        seen = 0
        stoppedAt = nil
        over = false
    }

    /// Stops the next crossing of that name.
    public func stop(at name: String) {
        stop(at: 0)
        wantedName = name
    }

    /// The step has ended: nothing will be stopped any more.
    public func stepEnded() {
        wanted = nil
        wantedName = nil
        over = true
        wake()
    }

    /// Waits until a crossing is stopped, and names it; nothing, where the step ended before.
    public func stopped() async -> String? {
        if stoppedAt == nil && !over { await withCheckedContinuation { waiting = $0 } }
        return stoppedAt
    }

    /// One crossing. Where it is stopped it stays until its task is cancelled.
    func pass(_ name: String) async throws {
        seen += 1
        guard seen == wanted || name == wantedName else { return }
        wanted = nil
        wantedName = nil
        stoppedAt = name
        wake()
        let (never, end) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        end.finish()
        try Task.checkCancellation()
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }
}

/// A vault of software keys, with a person in front of it who may do otherwise than expected.
public struct TestVault: KeyVault {
    let keys: SoftwareKeyVault
    let crossings: Crossings
    let person: Person

    private func crossed<Value: Sendable>(
        _ name: String, _ work: () async throws(VaultError) -> Value
    ) async throws(VaultError) -> Value {
        do {
            try await crossings.pass("before \(name)")
            let value = try await work()
            try await crossings.pass("after \(name)")
            return value
        } catch {
            throw VaultError(catching: error)
        }
    }

    public func createKey(
        label: KeyLabel, purpose: KeyPurpose, challenge: Data
    ) async throws(VaultError) -> CreatedKey {
        try await crossed("createKey") { () async throws(VaultError) in
            try await keys.createKey(label: label, purpose: purpose, challenge: challenge)
        }
    }

    public func verifyUser(label: KeyLabel, prompt: String) async throws(VaultError) -> UserVerification {
        try await crossed("verifyUser") { () async throws(VaultError) in
            if let refusal = await person.refusal { throw refusal }
            return try await keys.verifyUser(label: label, prompt: prompt)
        }
    }

    public func sign(label: KeyLabel, message: Data) async throws(VaultError) -> KeySignature {
        try await crossed("sign") { () async throws(VaultError) in
            try await keys.sign(label: label, message: message)
        }
    }

    public func deleteKey(label: KeyLabel) async throws(VaultError) {
        try await crossed("deleteKey") { () async throws(VaultError) in try await keys.deleteKey(label: label) }
    }

    public func labels() async throws(VaultError) -> [KeyLabel] { try await keys.labels() }
    public func wrap(key: Data) async throws(VaultError) -> Data { try await keys.wrap(key: key) }
    public func unwrap(wrapped: Data) async throws(VaultError) -> Data { try await keys.unwrap(wrapped: wrapped) }
    public func protection() async throws(VaultError) -> Protection { try await keys.protection() }
}

/// Who holds the phone.
public actor Person {
    /// What comes of asking them, if not their finger.
    public private(set) var refusal: VaultError?

    /// From now on this comes of asking them.
    public func answers(_ refusal: VaultError?) {
        self.refusal = refusal
    }
}

/// A transport that can be stopped before a request is sent and after its answer has come. It checks no pins: it is for
/// cutting, and the core's own transport is walked with beside it.
struct TestTransport: Transport {
    let https: Https
    let crossings: Crossings

    func send(_ request: HttpRequest) async throws -> HttpResponse {
        let path = URLComponents(string: request.url)?.path ?? ""
        try await crossings.pass("before \(request.method) \(path)")
        let reply: Reply
        do {
            reply = try await https.send(request.method, request.url, headers: request.headers, body: request.body)
        } catch is Https.NoAnswer {
            throw TransportError.offline
        }
        try await crossings.pass("after \(request.method) \(path)")
        return HttpResponse(status: reply.status, headers: reply.headers, body: reply.body)
    }
}
