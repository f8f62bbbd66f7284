// A phone: the real core behind the façade, over keys and a store in a folder of its own.
import Foundation
import InkanKit

/// A phone with everything that a test has in hand of it.
public struct Phone: Sendable {
    /// What an app has.
    public let app: Authenticator
    /// Who holds it.
    public let person: Person
    /// Where the core waits for it.
    public let crossings: Crossings
    /// Where its keys and its store are.
    public let folder: URL

    /// A new phone that trusts a server. `cuts`: its requests go through a transport that can be stopped.
    public static func make(
        _ server: LiveServer, name: String = "わたしの電話", language: Language = .ja, cuts: Bool = false
    ) async throws -> Phone {
        try await open(temporaryFolder(), server, name: name, language: language, cuts: cuts)
    }

    /// The app was killed, and is opened again. Let go of what was made of it before.
    public static func open(
        _ folder: URL, _ server: LiveServer, name: String = "わたしの電話", language: Language = .ja, cuts: Bool = false
    ) async throws -> Phone {
        let parts = try Parts(folder, server)
        let store = try await InkanStore.open(folder: parts.records, vault: try parts.vault())
        let transport = cuts ? TestTransport(https: server.https, crossings: parts.crossings) : nil
        let app = try await Authenticator.open(
            store: store,
            profile: Profile(name: name, model: "iPhone 18", os: "iOS 27.0", appVersion: "1.0.0", language: language),
            options: .init(extraRoots: [server.root], transport: transport))
        return Phone(app: app, person: parts.person, crossings: parts.crossings, folder: folder)
    }

    /// What a phone is made of, before anything is opened: for an app that opens its store itself.
    public struct Parts: Sendable {
        /// Whom it trusts.
        public let server: LiveServer
        /// Who holds it.
        public let person = Person()
        /// Where the core waits for it.
        public let crossings = Crossings()
        /// Where its store is.
        public let records: URL
        /// Where its keys are.
        public let keys: URL

        /// In a folder, or over what is there. `records`: the store lies elsewhere.
        public init(_ folder: URL, _ server: LiveServer, records: URL? = nil) throws {
            self.server = server
            self.records = records ?? folder.appending(path: "store")
            keys = folder.appending(path: "keys")
            for folder in [keys, self.records] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
        }

        /// The vault over its keys, as a process finds it.
        public func vault() throws -> TestVault {
            TestVault(keys: try SoftwareKeyVault(folder: keys), crossings: crossings, person: person)
        }
    }

    /// Enrolls it for a customer, from the code to the account.
    public func enroll(_ broker: Broker, _ user: String, by method: String = "identity_proof") async throws -> AccountId
    {
        let begun = try await broker.begin(user, by: method)
        let preview = try await app.beginEnrollment(begun.uri)
        let digits = try await app.confirmAccount(preview.id)
        let reply = try await broker.confirm(begun, digits: digits)
        guard reply.status == 200 else { throw Required(description: "confirm: \(reply)") }
        return try await becomesActive(preview.id)
    }

    /// Waits for the account that comes of an enrollment.
    public func becomesActive(_ enrollment: AccountId) async throws -> AccountId {
        guard case .active(let account) = try await app.enrollmentStatus(enrollment, wait: 30) else {
            throw Required(description: "an enrollment that becomes an account")
        }
        return account
    }

    /// The request of a challenge, as it waits in the inbox.
    public func shown(_ asked: Asked) async throws -> Request {
        let inbox = try await app.inbox(wait: 10)
        let found = inbox.requests.first { $0.challenge == asked.challenge }
        return try Required.value(found, "the request in \(inbox)")
    }

    /// Cancels a step at one crossing and returns its error.
    public func cut<Value: Sendable>(
        at name: String, _ step: @escaping @Sendable () async throws -> Value
    ) async throws -> any Error {
        await crossings.stop(at: name)
        let task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await step()) } catch { result = .failure(error) }
            await crossings.stepEnded()
            return try result.get()
        }
        guard await crossings.stopped() != nil else { throw Required(description: "a crossing \(name)") }
        task.cancel()
        guard case .failure(let error) = await task.result else { throw Required(description: "an error \(name)") }
        return error
    }

    /// Runs a step once for each place at which the core waits for the phone: there its task is cancelled, and then the
    /// step is done again on the same phone. `prepare` makes what the step begins from, `step` is what is cut, and
    /// `after` says whether the end is as without a cut. Returns where it was cut.
    public static func cutEverywhere<Prepared: Sendable, Value: Sendable>(
        prepare: () async throws -> (Phone, Prepared),
        step: @escaping @Sendable (Phone, Prepared) async throws -> Value,
        after: (Phone, Prepared, Value) async throws -> Void
    ) async throws -> [String] {
        var cuts: [String] = []
        while true {
            let (phone, prepared) = try await prepare()
            await phone.crossings.stop(at: cuts.count + 1)
            let task = Task {
                let result: Result<Value, any Error>
                do { result = .success(try await step(phone, prepared)) } catch { result = .failure(error) }
                await phone.crossings.stepEnded()
                return try result.get()
            }
            guard let cut = await phone.crossings.stopped() else {
                try await after(phone, prepared, task.value)
                return cuts
            }
            task.cancel()
            let result = await task.result
            guard case .failure(let error) = result, error is CancellationError else {
                throw Required(description: "a cancellation \(cut), but there was \(result)")
            }
            cuts.append(cut)
            do {
                let value = try await step(phone, prepared)
                try await after(phone, prepared, value)
            } catch {
                throw Required(description: "an end after the cut \(cut): \(error)")
            }
        }
    }
}
