// The app's start, where the phone's own state is not what it has to be: told before anything is done over it.

/// Opening the store.
///
///     openStore ─▶ sound ─────────────▶ openAuthenticator ─▶ home
///         │     └▶ damaged: told ─────▶ openAuthenticator
///         └▶ failed: told ─▶ retry, or (key gone) set aside ─▶ openStore
public struct StartScreen: Screen {
    var report: StoreReport?
    var failure: InternalFailure?
    var told = false

    /// A start that has not begun.
    public init() {}

    /// Moves on.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started:
            failure = nil
            return [.openStore]
        case .storeOpened(let report):
            self.report = report
            failure = nil
            return report.isSound ? [.openAuthenticator] : []
        case .storeFailed(let why): failure = why
        case .failed(_, let error):
            if case .internal(let why, _) = error { failure = why } else { failure = .other }
        case .done(.setStoreAside):
            self = StartScreen()
            return [.openStore]
        case .tapped(let id): return tapped(id)
        default: break
        }
        return []
    }

    private mutating func tapped(_ id: String) -> [Effect] {
        switch id {
        case Ids.continue where report != nil:
            told = true
            return [.openAuthenticator]
        case Ids.retry where report != nil:
            failure = nil
            return [.openAuthenticator]
        case Ids.retry:
            self = StartScreen()
            return [.openStore]
        case Ids.setAside where failure == .storeKeyMissing:
            failure = nil
            return [.setStoreAside]
        case Ids.update: return [.openAppStore]
        case Ids.systemSettings: return [.openSystemSettings]
        case Ids.back: return [.close]
        default: return []
        }
    }

    /// What is shown of it.
    public func page(_ words: Words) -> Page {
        if let failure { return failed(failure, words) }
        if let report, !report.isSound, !told { return damaged(report, words) }
        return page("start", [.text(words.text(.loading))], [])
    }

    private func failed(_ why: InternalFailure, _ words: Words) -> Page {
        let trouble = why.trouble
        let action: Page.Button =
            switch why {
            case .storeKeyMissing: .init(id: Ids.setAside, text: words.text(.setAside), style: .filled)
            case .storeNewer: .init(id: Ids.update, text: words.text(.update), style: .filled)
            default: .init(id: Ids.retry, text: words.text(.retry), style: .filled)
            }
        return page(
            "start.\(why.rawValue)",
            [.title(words.text(trouble.what)), .text(words.text(.nothingLost)), .text(words.text(trouble.next))],
            [action])
    }

    private func damaged(_ report: StoreReport, _ words: Words) -> Page {
        let emptied = report.emptied
        return page(
            emptied ? "start.emptied" : "start.damaged",
            [
                .title(words.text(.storeDamaged)), .text(words.text(emptied ? .storeEmptied : .storePartly)),
                .text(words.text(emptied ? .storeEmptiedNext : .storePartlyNext)),
            ], [.init(id: Ids.continue, text: words.text(.goOn), style: .filled)])
    }

    private func page(_ id: String, _ parts: [Page.Part], _ actions: [Page.Button]) -> Page {
        Page(id: id, bar: .init(title: appName), parts: parts, actions: actions)
    }
}
