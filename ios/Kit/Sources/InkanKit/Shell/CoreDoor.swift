/// Opens the core, step by step: what the store is like is told before anything is done over it.
@MainActor public protocol CoreDoor: AnyObject {
    /// Opens the store.
    func openStore() async throws -> StoreReport
    /// Puts the store aside: the next opening makes an empty one.
    func setStoreAside() async throws
    /// Opens the authenticator over the store that is open.
    func openAuthenticator() async throws -> any Ceremonies
    /// Says what a scanned or opened text is, without asking a server.
    func recognise(_ text: String) throws(InkanError) -> ScannedCode
}
