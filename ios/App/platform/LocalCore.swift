import Foundation
import InkanKit
import UIKit

/// The core over this phone's keys and store.
struct LocalCore: CoreDoor {
    private let profile: Profile
    private let watch: @Sendable (Bool) -> Void
    private let allowedServers: [String]?

    /// `watch` is told when the system's dialog for the person comes, and when it has gone.
    @MainActor
    init(language: Language, watch: @escaping @Sendable (Bool) -> Void) {
        let device = UIDevice.current
        profile = DeviceProfile.profile(
            model: device.model, system: device.systemName, systemVersion: device.systemVersion,
            appVersion: Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String,
            language: language)
        allowedServers = AllowedServers.read(
            Bundle.main.object(forInfoDictionaryKey: "INKAllowedServers") as? String)
        self.watch = watch
    }

    func open() async throws -> (any Ceremonies, StoreReport) {
        #if targetEnvironment(simulator)
            let vault = try SoftwareKeyVault(folder: PhoneStore.folder(named: "keys"))
        #else
            let vault = EnclaveVault(watch: watch)
        #endif
        let store = try await InkanStore.open(folder: PhoneStore.folder(named: "store"), vault: vault)
        let options = Authenticator.Options(allowedServers: allowedServers)
        return (try await Authenticator.open(store: store, profile: profile, options: options), store.report)
    }

    func setAside() async throws {
        _ = try await InkanStore.setAside(folder: PhoneStore.folder(named: "store"))
    }
}
