// What the system reads of the app beside its code: rights, usage texts, the privacy manifest.
import Foundation
import Testing

@Suite struct PropertyListTests {
    @Test func aBrokenListIsSeen() throws {
        let text = try Repository.text("ios/App/Info.plist")
        let broken = text.replacingOccurrences(of: "</array>", with: "")
        #expect(throws: (any Error).self) { try propertyList(Data(broken.utf8)) }
    }

    @Test func theAppAsksForWhatItUsesAndNoMore() throws {
        let info = try #require(try propertyList(Repository.data("ios/App/Info.plist")))
        #expect(
            Set(info.keys.filter { $0.hasSuffix("UsageDescription") }) == [
                "NSCameraUsageDescription", "NSFaceIDUsageDescription",
            ])
        #expect(info["UIBackgroundModes"] as? [String] == ["remote-notification"])
        #expect(info["CFBundleLocalizations"] as? [String] == ["ja", "en"])
        // No scheme of our own, and no way around TLS.
        #expect(info["CFBundleURLTypes"] == nil)
        #expect(info["NSAppTransportSecurity"] == nil)
    }

    /// Both files are written by `cargo xtask licences`, which has tests of its own: here they are the right ones.
    @Test func whoseWorkIsInTheAppIsSaid() throws {
        let ours = try Repository.text("ios/App/Licences.txt")
        let theirs = try Repository.text("android/app/src/main/assets/licences.txt")
        for text in [ours, theirs] {
            #expect(text.contains("\nInkan 0.1.0 — Apache-2.0 [1]\n"))
            #expect(text.contains("\nEND OF TERMS AND CONDITIONS\n"))
            #expect(text.contains("\nuniffi_core "))
        }
        #expect(ours.contains("\nsecurity-framework ") && !ours.contains("\nkotlin-stdlib "))
        #expect(theirs.contains("\nkotlin-stdlib ") && !theirs.contains("\nsecurity-framework "))
    }

    @Test func linksAndNotificationsAreEntitled() throws {
        let rights = try #require(try propertyList(Repository.data("ios/App/Inkan.entitlements")))
        #expect(
            Set(rights.keys) == [
                "aps-environment", "com.apple.developer.associated-domains",
                "com.apple.developer.devicecheck.appattest-environment",
            ])
        let domains = try #require(rights["com.apple.developer.associated-domains"] as? [String])
        #expect(domains == ["applinks:$(INKAN_LINK_HOST)"])
    }

    @Test func thePrivacyManifestTracksNobodyAndGivesReasons() throws {
        let manifest = try #require(try propertyList(Repository.data("ios/App/PrivacyInfo.xcprivacy")))
        #expect(manifest["NSPrivacyTracking"] as? Bool == false)
        let apis = try #require(manifest["NSPrivacyAccessedAPITypes"] as? [[String: Any]])
        for api in apis {
            #expect(api["NSPrivacyAccessedAPIType"] is String)
            #expect((api["NSPrivacyAccessedAPITypeReasons"] as? [String])?.isEmpty == false)
        }
        let collected = try #require(manifest["NSPrivacyCollectedDataTypes"] as? [[String: Any]])
        #expect(collected.allSatisfy { $0["NSPrivacyCollectedDataTypeTracking"] as? Bool == false })
    }
}
