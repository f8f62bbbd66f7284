// A disk so small that a test fills it to the last byte: a tmpfs in the name space of mounts in which these tests run.
import Foundation
import TestWorld

#if canImport(Glibc)
    import Glibc
#endif

/// It is there until `gone` is called, and goes with the name space at the latest.
struct SmallDisk {
    /// Where it is.
    let folder: URL
    private var ballast: URL { folder.appending(path: "ballast") }

    /// Mounts one. `cargo xtask swift` runs these tests where that is allowed.
    static func mount() async throws -> SmallDisk {
        let folder = try temporaryFolder()
        let options = ["-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", folder.path]
        let mounted = try await runProgram("/bin/mount", options)
        guard mounted.status == 0 else { throw Required(description: "a disk of its own: \(mounted.words)") }
        return SmallDisk(folder: folder)
    }

    func gone() async throws { _ = try await runProgram("/bin/umount", ["-l", folder.path]) }

    /// Until not one byte more goes onto it.
    func fill() throws {
        let file = open(ballast.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw Required(description: "a file on the disk") }
        defer { close(file) }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while !chunk.isEmpty {
            let written = write(file, chunk, chunk.count)
            if written <= 0 {
                guard errno == ENOSPC else { throw Required(description: "a full disk: errno \(errno)") }
                chunk.removeLast(max(chunk.count / 2, 1))
            }
        }
    }

    /// There is room again.
    func free() throws { try FileManager.default.removeItem(at: ballast) }

    /// What the last block of the store's file still holds.
    func roomLeft(_ store: URL) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: store.appending(path: "data/db").path)[.size]
        return 4096 - (try Required.value(size as? Int, "a size")) % 4096
    }
}
