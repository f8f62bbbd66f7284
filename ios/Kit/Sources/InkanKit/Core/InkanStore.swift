// What the phone remembers: opened first and by itself, so that an app can tell the person about damage before anything
// is done over it.
import Foundation
internal import InkanCore

/// The phone's store, open. One at a time for a folder, in one process; it is closed when it, and the authenticator over
/// it, are let go.
public final class InkanStore: Sendable {
    let core: InkanCore.InkanStore
    /// The condition in which it was found.
    public let report: StoreReport

    private init(_ core: InkanCore.InkanStore, _ report: StoreReport) {
        self.core = core
        self.report = report
    }

    /// Opens the store in `folder`, which exists, or makes it there. Keep the folder out of backups
    /// (`isExcludedFromBackup`).
    ///
    /// Damage is no error but in the report. After `.internal(.storeKeyMissing)`, `setAside` makes room; after
    /// `.internal(.storeKeyUnavailable)`, try again when the device is unlocked.
    public static func open(
        folder: URL, vault: any KeyVault, clock: (any Clock)? = nil
    ) async throws -> InkanStore {
        try await call { cancellation in
            let core = try await InkanCore.InkanStore.open(
                folder: folder.path, vault: VaultGuard(vault), clock: clock.map(ClockGuard.init),
                cancellation: cancellation)
            return InkanStore(core, StoreReport(try core.report()))
        }
    }

    /// Closes a store over which no authenticator is open, so that it can be opened again.
    public func close() async throws {
        try await call { _ in try await self.core.close() }
    }

    /// Puts all that is in `folder` aside, and returns where it is now. The next opening makes an empty store with a new
    /// key: every account has to be enrolled again.
    public static func setAside(folder: URL) async throws -> String {
        try await call { _ in try await InkanCore.setStoreAside(folder: folder.path) }
    }
}
