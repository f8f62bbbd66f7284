// From the code on a broker's page to an account on this phone.
import Foundation

/// Enrollment.
///
///     start ─▶ camera, typing, a link ─▶ reading ─▶ yours ─▶ code ─▶ naming ─▶ notify ─▶ testing ─▶ finished
///       └─▶ leftOver ───────────────────────┼─────────▲          │
///                                           └─▶ failed ◀─────────┘
///
/// Whatever was begun is in the core's store: a killed app goes on from what is left over.
public struct EnrollScreen: Screen {
    /// Where it stands.
    public enum Phase: Hashable, Sendable {
        /// Why, and the ways to begin.
        case start
        /// Several were begun and not ended.
        case leftOver([EnrollmentPreview])
        /// The page's code is to be scanned.
        case camera(refused: Bool = false, trouble: CameraTrouble? = nil)
        /// Server and code are typed.
        case typing
        /// The server is asked.
        case reading
        /// Whose account is it?
        case yours
        /// Six digits for the page.
        case code(String)
        /// This phone's name.
        case naming
        /// Why notifications.
        case notify
        /// The doorbell is tried.
        case testing
        /// `rings`: whether the test rang; nothing if notifications were not wanted.
        case finished(rings: Bool?)
        /// It came to nothing.
        case failed(Why)

        var isCamera: Bool { if case .camera = self { true } else { false } }
        var isCode: Bool { if case .code = self { true } else { false } }
    }

    /// Why an enrollment came to nothing.
    public enum Why: Hashable, Sendable {
        /// None of our codes.
        case notOurs
        /// Of a version that is not known here.
        case otherVersion
        /// A code of a request, not of an enrollment.
        case ofRequest
        /// The server's word, or this phone's about it.
        case ended(EnrollmentFailure)
        /// Anything else.
        case trouble(InkanError)
    }

    var phase = Phase.start
    var preview: EnrollmentPreview?
    var host = ""
    var typed = ""
    var name = ""
    var missing = false
    var failure: InkanError?
    /// The link with which the app was opened.
    var link: String?
    /// What was tapped last is under way.
    var busy = false
    var now = Date(timeIntervalSince1970: 0)
    /// When the code was claimed. The server gives it five minutes.
    var claimed: Date?
    /// When to ask once more how far it is.
    var again: Date?

    /// Before the id of an enrollment that is left over.
    static let leftOver = "left_over:"

    /// An enrollment that has not begun, or that a link begins. `name`: what the phone is to be called; it begins as its
    /// model.
    public init(link: String? = nil, name: String = "") {
        self.link = link
        self.name = name
    }

    /// Moves on.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started(let now):
            self.now = now
            again = nil
            return started()
        case .tick(let now):
            self.now = now
            if let again, now >= again, phase.isCode { return watch() }
        case .leftOver(let previews): leftOver(previews)
        case .tapped(let id): return tapped(id)
        case .typed(let field, let text): type(field, text)
        case .scanned(let text, let code): return scanned(text, code)
        case .permission(let given): return permission(given)
        case .cameraTroubled(let why): sees(why)
        case .cameraBack: sees(nil)
        case .enrollmentFound(let found):
            if phase == .reading {
                phase = .yours
                preview = found
                failure = nil
                claimed = now
            }
        case .codeToShow(let digits):
            guard phase == .yours, busy else { return [] }
            phase = .code(digits)
            busy = false
            failure = nil
            return watch()
        case .progressed(let progress): return progressed(progress)
        case .pushTested(let arrived): if phase == .testing { phase = .finished(rings: arrived) }
        case .done(.rename):
            if phase == .naming {
                phase = .notify
                busy = false
                failure = nil
            }
        case .failed(let what, let error): failed(what, error)
        default: break
        }
        return []
    }

    /// What is shown of it.
    public func page(_ words: Words) -> Page { EnrollPage(self, words).draw() }

    /// An effect on the enrollment, if there is one.
    private func with(_ effect: (AccountId) -> Effect) -> [Effect] { (preview?.id).map { [effect($0)] } ?? [] }

    private mutating func started() -> [Effect] {
        switch phase {
        case .start: return link.map { begin($0) } ?? [.loadLeftOver]
        case .code: return watch()
        // Who has refused is not asked again and again: it may have been allowed in the system's settings.
        case .camera(let refused, _):
            phase = .camera(refused: refused)
            return [refused ? .lookAtCamera : .askForCamera]
        default: return []
        }
    }

    private mutating func watch() -> [Effect] {
        again = nil
        return with { .watchEnrollment($0) }
    }

    private mutating func leftOver(_ previews: [EnrollmentPreview]) {
        guard phase == .start, let first = previews.first else { return }
        if previews.count > 1 {
            phase = .leftOver(previews)
        } else {
            phase = .yours
            preview = first
        }
    }

    private mutating func goOn(_ row: String) {
        guard case .leftOver(let previews) = phase,
            let chosen = previews.first(where: { Self.leftOver + $0.id.value == row })
        else { return }
        phase = .yours
        preview = chosen
    }

    private mutating func begin(_ text: String) -> [Effect] {
        phase = .reading
        failure = nil
        return [.beginEnrollment(text)]
    }

    private mutating func type(_ field: String, _ text: String) {
        switch field {
        case Ids.host: host = text
        case Ids.code: typed = text
        case Ids.name: name = text
        default: return
        }
        missing = false
        failure = nil
    }

    private mutating func tapped(_ id: String) -> [Effect] {
        switch id {
        case Ids.scan: return scan()
        case Ids.retry: return phase.isCamera ? scan() : []
        case Ids.type:
            phase = .typing
            failure = nil
            missing = false
            return []
        case Ids.begin: return beginTyped()
        case Ids.yes:
            guard phase == .yours, !busy else { return [] }
            busy = true
            failure = nil
            return with { .confirmAccount($0) }
        case Ids.no:
            guard phase == .yours || phase.isCode else { return [] }
            let effects = with { .abandonEnrollment($0) }
            startOver()
            return effects
        case Ids.saveName: return saveName()
        case Ids.allow: return phase == .notify ? [.askForNotifications] : []
        case Ids.later:
            if phase == .notify { phase = .finished(rings: nil) }
            return []
        case Ids.skipTest:
            if phase == .testing { phase = .finished(rings: false) }
            return []
        case Ids.again:
            startOver()
            return []
        case Ids.update: return [.openAppStore]
        case Ids.systemSettings: return [.openSystemSettings]
        case Ids.close: return [.go(.home)]
        case Ids.back: return back()
        default:
            goOn(id)
            return []
        }
    }

    private mutating func scan() -> [Effect] {
        phase = .camera()
        failure = nil
        return [.askForCamera]
    }

    /// What becomes of the camera, where one is shown.
    private mutating func sees(_ trouble: CameraTrouble?) {
        if case .camera(refused: false, _) = phase { phase = .camera(trouble: trouble) }
    }

    private mutating func startOver() {
        var anew = EnrollScreen(name: name)
        anew.host = host
        anew.now = now
        self = anew
    }

    private mutating func back() -> [Effect] {
        switch phase {
        case .camera, .typing:
            phase = .start
            failure = nil
            return []
        case .code, .yours, .reading: return []
        default: return [.close]
        }
    }

    private mutating func beginTyped() -> [Effect] {
        guard phase == .typing else { return [] }
        guard !host.trimmed.isEmpty, !typed.trimmed.isEmpty else {
            missing = true
            return []
        }
        phase = .reading
        failure = nil
        return [.beginTyped(host: host.trimmed, code: typed.trimmed)]
    }

    private mutating func saveName() -> [Effect] {
        guard phase == .naming, !busy else { return [] }
        guard !name.trimmed.isEmpty else {
            missing = true
            return []
        }
        busy = true
        failure = nil
        return with { .rename($0, name: name.trimmed) }
    }

    private mutating func scanned(_ text: String, _ code: ScannedCode) -> [Effect] {
        guard phase.isCamera else { return [] }
        switch code {
        case .enrollment: return begin(text)
        case .challenge: phase = .failed(.ofRequest)
        case .otherVersion: phase = .failed(.otherVersion)
        case .notOurs: phase = .failed(.notOurs)
        }
        return []
    }

    private mutating func permission(_ given: Bool) -> [Effect] {
        switch phase {
        case .camera(_, let trouble): phase = .camera(refused: !given, trouble: given ? trouble : nil)
        case .notify:
            phase = given ? .testing : .finished(rings: nil)
            if given { return with { .testPush($0) } }
        default: break
        }
        return []
    }

    private mutating func progressed(_ progress: EnrollmentProgress) -> [Effect] {
        guard phase.isCode else { return [] }
        switch progress {
        case .claimed:
            failure = nil
            return watch()
        case .active:
            phase = .naming
            failure = nil
        case .failed(let how): phase = .failed(.ended(how))
        }
        return []
    }

    private mutating func failed(_ what: Effect, _ error: InkanError) {
        switch (what, error, phase) {
        case (.beginTyped, .invalidInput, _):
            phase = .typing
            failure = error
        case (.beginTyped, _, _), (.beginEnrollment, _, _): stop(error)
        case (.confirmAccount, _, .yours), (.rename, _, .naming):
            busy = false
            failure = error
        // The connection may come back: the page stays, says so, and asks again.
        case (.watchEnrollment, _, .code):
            if error.passes {
                failure = error
                again = now.addingTimeInterval(5)
            } else {
                stop(error)
            }
        case (.testPush, _, .testing): phase = .finished(rings: false)
        default: break
        }
    }

    private mutating func stop(_ error: InkanError) {
        switch error {
        case .updateNeeded: phase = .failed(.otherVersion)
        case .invalidInput(.notOurs, _): phase = .failed(.notOurs)
        default: phase = .failed(.trouble(error))
        }
    }
}
