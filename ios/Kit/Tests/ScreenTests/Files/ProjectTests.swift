// The Xcode project is written by hand: here it is read as a graph. Each rule is tried on a seeded fault as well.
import Foundation
import Testing

@Suite struct ProjectTests {
    static let path = "ios/Inkan.xcodeproj/project.pbxproj"

    @Test func theProjectIsAWholeGraph() throws {
        #expect(try faults(Repository.data(Self.path)) == [])
    }

    @Test(
        arguments: [
            ("productRef = 494E4B414E00000000000003", "productRef = 494E4B414E00000000000099", "dangling"),
            ("path = App;", "path = Program;", "no such file"),
            ("relativePath = Kit;", "relativePath = Kitt;", "no such file"),
            ("INFOPLIST_FILE = App/Info.plist", "INFOPLIST_FILE = App/Inform.plist", "no such file"),
            ("path = Inkan.xcconfig", "path = Inkan.config", "no such file"),
            (
                "buildConfigurationList = 494E4B414E0000000000000E /*",
                "buildConfigurationList = 494E4B414E0000000000000F /*", "orphan"
            ),
            ("archiveVersion = 1;", "archiveVersion = 1", "unreadable"),
        ] as [(String, String, String)])
    func aSeededFaultIsSeen(from: String, to: String, fault: String) throws {
        let text = try Repository.text(Self.path)
        #expect(text.contains(from), "the fault cannot be seeded: \(from)")
        let found = faults(Data(text.replacingOccurrences(of: from, with: to).utf8))
        #expect(found.contains { $0.hasPrefix(fault) }, "\(found)")
    }

    @Test func theSchemeNamesTheTargetAndTheTests() throws {
        let scheme = try Repository.text("ios/Inkan.xcodeproj/xcshareddata/xcschemes/Inkan.xcscheme")
        let names = Set(scheme.matches(of: /BlueprintIdentifier="([^"]+)"/).map { String($0.output.1) })
        let manifest = try Repository.text("ios/Kit/Package.swift")
        let objects = try #require(try propertyList(Repository.data(Self.path))?["objects"] as? [String: Any])
        for name in names {
            #expect(objects[name] != nil || manifest.contains("name: \"\(name)\""), "\(name)")
        }
        #expect(names.count >= 2)
    }

    @Test func everySettingThatThePlistsUseIsDefined() throws {
        let config = try Repository.text("ios/Inkan.xcconfig")
        let project = try Repository.text(Self.path)
        let ofXcode: Set = ["DEVELOPMENT_LANGUAGE", "EXECUTABLE_NAME", "PRODUCT_BUNDLE_PACKAGE_TYPE"]
        for file in ["ios/App/Info.plist", "ios/App/Inkan.entitlements"] {
            for match in try Repository.text(file).matches(of: /\$\((\w+)\)/) {
                let name = String(match.output.1)
                #expect(
                    ofXcode.contains(name) || config.contains("\n\(name) =") || project.contains("\t\(name) = "),
                    "\(name) in \(file)")
            }
        }
    }

    /// What is wrong with a project, in words.
    private func faults(_ data: Data) -> [String] {
        guard let project = try? propertyList(data), let objects = project["objects"] as? [String: [String: Any]],
            let rootObject = project["rootObject"] as? String
        else { return ["unreadable"] }
        var faults: [String] = []
        var reached: Set<String> = []
        var queue = [rootObject]
        while let id = queue.popLast() {
            guard reached.insert(id).inserted else { continue }
            guard let object = objects[id], object["isa"] is String else {
                faults.append("dangling \(id)")
                continue
            }
            queue += ids(in: object)
            faults += paths(of: object).filter { !Repository.exists("ios/\($0)") }.map { "no such file \($0)" }
        }
        return faults + Set(objects.keys).subtracting(reached).map { "orphan \($0)" }
    }

    private func ids(in value: Any) -> [String] {
        switch value {
        case let text as String: text.wholeMatch(of: /[0-9A-F]{24}/) == nil ? [] : [text]
        case let list as [Any]: list.flatMap(ids)
        case let map as [String: Any]: map.keys.flatMap(ids) + map.values.flatMap(ids)
        default: []
        }
    }

    private func paths(of object: [String: Any]) -> [String] {
        let settings = object["buildSettings"] as? [String: Any] ?? [:]
        let named = ["INFOPLIST_FILE", "CODE_SIGN_ENTITLEMENTS"].compactMap { settings[$0] as? String }
        let isSource = object["sourceTree"] as? String == "<group>"
        let path = isSource ? object["path"] as? String : nil
        return named + [path, object["relativePath"] as? String].compactMap { $0 }
    }
}
