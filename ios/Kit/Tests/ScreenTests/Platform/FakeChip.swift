// A chip in a notebook: which keys there are, who was asked, and which proof signed what.
import Foundation
import InkanKit

final class FakeChip: KeyChip, @unchecked Sendable {
    /// What the system hands out; a number of its own each.
    struct Proof: Hashable, Sendable { let number: Int }

    // The vault under test is an actor, and the test itself asks when it is at rest: the lock guards every access, so that
    // `@unchecked` is true.
    private let lock = NSLock()
    private var keys: [String: KeyRecipe] = [:]
    private var notes: [String] = []
    private var proofs = 0
    private var ended: Set<Proof> = []
    /// What comes of asking the person, if not a proof.
    private var answer: Result<Bool, VaultError> = .success(true)
    /// Keys that cannot be deleted.
    private var stuck: [String: VaultError] = [:]
    /// Runs while the person is asked.
    private var meanwhile: (@Sendable () async -> Void)?

    var did: [String] { lock.withLock { notes } }
    var names: [String] { lock.withLock { keys.keys.sorted() } }
    func recipe(_ tag: String) -> KeyRecipe? { lock.withLock { keys[tag] } }
    func answers(_ answer: Result<Bool, VaultError>) { lock.withLock { self.answer = answer } }
    func sticks(_ tag: String, _ error: VaultError) { lock.withLock { stuck[tag] = error } }
    func whileAsking(_ work: (@Sendable () async -> Void)?) { lock.withLock { meanwhile = work } }
    func put(_ tag: String) { lock.withLock { keys[tag] = .wrapping } }
    func note(_ what: String) { lock.withLock { notes.append(what) } }

    func make(_ tag: String, recipe: KeyRecipe) throws(VaultError) -> Data {
        lock.withLock { keys[tag] = recipe }
        note("make \(tag)")
        return Data([4] + tag.utf8)
    }

    func exists(_ tag: String) throws(VaultError) -> Bool { lock.withLock { keys[tag] != nil } }
    func tags() throws(VaultError) -> [String] { names }

    func delete(_ tag: String) throws(VaultError) {
        note("delete \(tag)")
        if let error = lock.withLock({ stuck[tag] }) { throw error }
        lock.withLock { keys[tag] = nil }
    }

    func verify(_ prompt: String, recipe: KeyRecipe) async throws(VaultError) -> Proof? {
        note("ask \(prompt)")
        let (answer, meanwhile) = lock.withLock { (self.answer, self.meanwhile) }
        await meanwhile?()
        guard try answer.get() else { return nil }
        return lock.withLock {
            proofs += 1
            return Proof(number: proofs)
        }
    }

    func end(_ proof: Proof) {
        lock.withLock { _ = ended.insert(proof) }
        note("end \(proof.number)")
    }

    func sign(_ tag: String, message: Data, proof: Proof?) throws(VaultError) -> Data {
        if let proof, lock.withLock({ ended.contains(proof) }) { throw .userVerificationFailed }
        note("sign \(tag) \(proof.map { "\($0.number)" } ?? "-")")
        return message
    }

    func encrypt(_ bytes: Data, tag: String) throws(VaultError) -> Data {
        guard try exists(tag) else { throw .keyMissing }
        return Data(bytes.reversed())
    }

    func decrypt(_ wrapped: Data, tag: String) throws(VaultError) -> Data { try encrypt(wrapped, tag: tag) }
}

/// A service that says what a test says.
struct FakeAttester: AppAttester {
    let isSupported: Bool
    let answer: @Sendable (Data) async throws -> Data

    func statement(over bytes: Data) async throws -> Data { try await answer(bytes) }
}
