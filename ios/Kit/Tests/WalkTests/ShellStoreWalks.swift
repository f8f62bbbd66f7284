// The phone's own state is not what it has to be: a damaged store, a key that is gone, a full disk, a clock that is wrong. A
// page of its own says so before anything is done over it, nothing is lost, and the person can go on.
import Foundation
import TestWorld
import Testing

@testable import InkanKit

@MainActor @Suite(.timeLimit(.minutes(2))) struct ShellStoreWalks {
    private func begin(records: URL? = nil) async throws -> (Broker, String, Phone.Parts) {
        let server = try await World.shared()
        return (Broker(server), World.customer(), try Phone.Parts(temporaryFolder(), server, records: records))
    }

    /// Flips bytes in every file that the store has written.
    private func damage(_ records: URL) throws {
        let data = records.appending(path: "data")
        var damaged = 0
        for name in try FileManager.default.subpathsOfDirectory(atPath: data.path) {
            let file = data.appending(path: name)
            guard var bytes = try? Data(contentsOf: file), !bytes.isEmpty else { continue }
            for place in stride(from: 0, to: bytes.count, by: 7) { bytes[place] ^= 0x5a }
            try bytes.write(to: file)
            damaged += 1
        }
        guard damaged > 0 else { throw Required(description: "files of the store") }
    }

    private func quarantined(_ records: URL) throws -> Bool {
        try FileManager.default.subpathsOfDirectory(atPath: records.path).contains { $0.contains("quarantine") }
    }

    @Test func aDamagedStoreIsToldBeforeAnything() async throws {
        let (broker, user, parts) = try await begin()
        let asked = try await App.during(parts) { app in
            try await app.enroll(broker, user)
            return try await broker.ask(user, ["start": "link"])
        }
        try damage(parts.records)
        // Whoever ends the process instead of going on is told again.
        for _ in 0..<2 {
            try await App.during(parts) { app in
                // Past the front door: a link waits until it has been told.
                app.shell.open(link: asked.link)
                await app.reach("start.emptied")
                #expect(app.says(.storeDamaged, .storeEmptied, .storeEmptiedNext))
                #expect(app.door.held.app == nil, "nothing is open")
            }
        }
        try await App.during(parts) { app in
            await app.reach("start.emptied")
            app.tap("continue")
            await app.reach("welcome")
        }
        #expect(try quarantined(parts.records), "kept for whoever helps")
        #expect(try await broker.state(asked) == "pending")
        // It was told, and the phone can be enrolled again.
        try await App.during(parts) { app in
            await app.reach("welcome")
            try await app.enroll(broker, user)
        }
    }

    @Test func theKeyOfTheStoreIsGone() async throws {
        let (broker, user, parts) = try await begin()
        try await App.during(parts) { try await $0.enroll(broker, user) }
        for file in try FileManager.default.contentsOfDirectory(at: parts.keys, includingPropertiesForKeys: nil) {
            try FileManager.default.removeItem(at: file)
        }
        try await App.during(parts) { app in
            await app.reach("start.store_key_missing")
            #expect(app.says(.storeKeyMissing, .nothingLost, .storeKeyMissingNext))
        }
        try await App.during(parts) { app in
            await app.reach("start.store_key_missing")
            #expect(app.door.held.app == nil, "nothing is open")
            app.tap("set_aside")
            await app.reach("welcome")
            #expect(try quarantined(parts.records), "kept for whoever helps")
            try await app.enroll(broker, user)
        }
    }

    /// The system's clock is a day off: what counts is the server's, and the page says that they differ.
    @Test(arguments: [86_400.0, -86_400.0]) func aClockThatIsADayWrong(skew: Double) async throws {
        let (broker, user) = (Broker(try await World.shared()), World.customer())
        let app = try await App.enrolled(broker, user, skew: skew)
        let asked = try await broker.ask(user)
        await app.openAndType(asked)
        let said = app.shell.words.text(.clockDiffers, "\n").components(separatedBy: "\n")
        #expect(app.shell.page.sentences.contains { text in said.allSatisfy { text.contains($0) } })
        let left = try #require(app.shell.page.bar.time?.fraction)
        #expect(left > 0.5 && left <= 1, "by the server's clock there is time left: \(left)")
        app.tap("approve")
        await app.reach("ended.approved")
        #expect(try await broker.redeem(asked).status == 200)
        app.close()
    }

    // MARK: A full disk

    @Test func theDiskIsFullWhileEnrolling() async throws {
        let disk = try await SmallDisk.mount()
        let (broker, user, parts) = try await begin(records: disk.folder.appending(path: "store"))
        let begun = try await broker.begin(user)
        try await App.during(parts) { app in
            await app.reach("welcome")
            try disk.fill()
            app.shell.open(link: begun.uri)
            await app.reach("enroll.failed.internal")
            #expect(app.says(.storeFull, .nothingEnrolled, .storeFullNext) && app.offers("again"))
            try disk.free()
            app.shell.open(link: begun.uri)
            await app.reach("enroll.yours")
            try await app.goOn(broker, begun)
        }
        try await disk.gone()
    }

    @Test func theDiskIsFullWhileApproving() async throws {
        let disk = try await SmallDisk.mount()
        let (broker, user, parts) = try await begin(records: disk.folder.appending(path: "store"))
        let asked = try await App.during(parts) { app in
            try await app.enroll(broker, user)
            let asked = try await broker.ask(user)
            await app.openAndType(asked)
            try disk.fill()
            // An answer takes 3,000 bytes, a request that is shown 1,500: until there is no room for an answer.
            while try disk.roomLeft(parts.records) > 2_500 {
                _ = try await broker.ask(user, ["operation": "login", "details": []])
                _ = try await app.door.held.app?.inbox(wait: 0)
            }
            app.tap("approve")
            await app.reach("request.stuck.internal")
            #expect(app.says(.storeFull, .nothingWithdrawal, .storeFullNext))
            #expect(try await broker.state(asked) == "pending", "nothing was sent")
            try disk.free()
            app.tap("retry")
            await app.reach("request.number")
            app.type("number", asked.number)
            app.tap("approve")
            await app.reach("ended.approved")
            return asked
        }
        #expect(try await broker.redeem(asked).status == 200)
        try await App.during(parts) { app in
            // Sound: nothing is missing, and it was approved once.
            await app.reach { $0.id.hasPrefix("inbox.") && $0.id != "inbox.loading" }
            app.tap("nav_history")
            #expect(await app.reach("history").rowIds == ["entry:approve:\(asked.challenge)"])
        }
        try await disk.gone()
    }

    @Test func theDiskIsFullWhenTheAppBegins() async throws {
        let disk = try await SmallDisk.mount()
        let (broker, user, parts) = try await begin(records: disk.folder.appending(path: "store"))
        try await App.during(parts) { try await $0.enroll(broker, user) }
        let asked = try await broker.ask(user)
        try disk.fill()
        try await App.during(parts) { app in
            await app.reach("start.store_full")
            #expect(app.says(.storeFull, .nothingLost, .storeFullNext))
            try disk.free()
            app.tap("retry")
            await app.openAndType(asked)
            app.tap("approve")
            await app.reach("ended.approved")
        }
        try await disk.gone()
    }
}
