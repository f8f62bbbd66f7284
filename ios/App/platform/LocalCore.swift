import Foundation
import InkanKit
import UIKit

/// The core over this phone's keys and store.
@MainActor
final class LocalCore: CoreDoor {
    private let profile: Profile
    private let watch: @Sendable (Bool) -> Void
    private let allowedServers: [String]?
    private var store: InkanStore?

    /// `watch` is told when the system's dialog for the person comes, and when it has gone.
    init(language: Language, version: String, watch: @escaping @Sendable (Bool) -> Void) {
        let device = UIDevice.current
        profile = DeviceProfile.profile(
            model: device.model, system: device.systemName, systemVersion: device.systemVersion, appVersion: version,
            language: language)
        allowedServers = AllowedServers.read(
            Bundle.main.object(forInfoDictionaryKey: "INKAllowedServers") as? String)
        self.watch = watch
    }

    func openStore() async throws -> StoreReport {
        #if targetEnvironment(simulator)
            let vault = try SoftwareKeyVault(folder: PhoneStore.folder(named: "keys"))
        #else
            let vault = ChipVault(
                chip: EnclaveKeys(), attestation: AppAttestation(AttestService()), protection: .secureEnclave,
                watch: watch)
        #endif
        let opened = try await InkanStore.open(folder: PhoneStore.folder(named: "store"), vault: vault)
        store = opened
        return opened.report
    }

    func setStoreAside() async throws {
        store = nil
        _ = try await InkanStore.setAside(folder: PhoneStore.folder(named: "store"))
    }

    func openAuthenticator() async throws -> any Ceremonies {
        guard let store else { throw InkanError.internal(.store, detail: "no store is open") }
        let options = Authenticator.Options(allowedServers: allowedServers)
        return try await Authenticator.open(store: store, profile: profile, options: options)
    }

    func recognise(_ text: String) throws(InkanError) -> ScannedCode {
        try Authenticator.recognise(text)
    }
}
