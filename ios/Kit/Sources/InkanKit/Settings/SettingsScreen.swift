// Accounts and this phone's name there, notifications, language, a new phone, about.

/// Settings: a list, and what each row opens.
public struct SettingsScreen: Screen {
    /// What is open.
    public enum View: Hashable, Sendable {
        /// The list.
        case list
        /// One account.
        case ofAccount(AccountId)
        /// Another name.
        case renaming(AccountId)
        /// Before all approvals are stopped.
        case freezing(AccountId)
        /// Before an account goes.
        case leaving(AccountId)
        /// Whether the doorbell may be shown.
        case notifications
        /// The language.
        case languages
        /// How a new phone takes over.
        case newPhone
        /// The app itself.
        case about
        /// Whose work is in it.
        case licences
        /// What it has done.
        case log
    }

    var accounts: [Account] = []
    /// The accounts have been read.
    var loaded = false
    var view = View.list
    var notifications = true
    var chosen: Language?
    var version = ""
    var licences: [String] = []
    var log = ""
    var name = ""
    /// The name was to be saved and is empty.
    var missing = false
    /// What was asked and has not ended.
    var asked: Effect?
    var failure: InkanError?
    var done: Words.Key?

    static let account = "account:"
    static let plain: [String: View] = [
        Ids.notifications: .notifications, Ids.language: .languages, Ids.newPhone: .newPhone, Ids.about: .about,
        Ids.licences: .licences, Ids.log: .log,
    ]
    static let languages: [(id: String, language: Language?)] = [
        (Ids.languageJa, .ja), (Ids.languageEn, .en), (Ids.languageSystem, nil),
    ]

    /// Settings of an app of that version, with the texts of its licences and its log.
    public init(
        chosen: Language? = nil, version: String = "", licences: String = "", log: String = ""
    ) {
        self.chosen = chosen
        self.version = version
        self.licences = Page.Part.paragraphs(licences)
        self.log = log
    }

    /// Moves on.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .started: return [.loadAccounts, .lookAtNotifications]
        case .accountsLoaded(let accounts):
            self.accounts = accounts
            loaded = true
        case .permission(let given): notifications = given
        case .typed(_, let text):
            name = text
            failure = nil
            missing = false
        case .done(let what): return done(what)
        case .failed(let what, let error): failed(what, error)
        case .tapped(let id): return tapped(id)
        default: break
        }
        return []
    }

    /// What is shown of it.
    public func page(_ words: Words) -> Page { SettingsPage(state: self, words: words).draw() }

    private var current: AccountId? {
        switch view {
        case .ofAccount(let id), .renaming(let id), .freezing(let id), .leaving(let id): id
        default: nil
        }
    }

    var busy: Bool { asked != nil }

    /// A look that fails changes nothing: what is shown is what the core keeps.
    private mutating func failed(_ what: Effect, _ error: InkanError) {
        if what == asked {
            asked = nil
            failure = error
            return
        }
        switch what {
        case .loadAccounts: failure = error
        case .refresh(let account): if view == .ofAccount(account) { failure = error }
        default: break
        }
    }

    private mutating func done(_ what: Effect) -> [Effect] {
        if case .refresh = what { return [.loadAccounts] }
        guard what == asked else { return [] }
        asked = nil
        failure = nil
        switch what {
        case .rename(let account, _):
            view = .ofAccount(account)
            done = .renamed
        case .renewKeys: done = .rotated
        case .freeze(let account):
            view = .ofAccount(account)
            done = .frozen
        case .leave, .forget:
            view = .list
            done = .leftAccount
        default: return []
        }
        return [.loadAccounts]
    }

    private mutating func tapped(_ id: String) -> [Effect] {
        if busy && id != Ids.back { return [] }
        if id == Ids.back { return back() }
        if let view = Self.plain[id] {
            self.view = view
            done = nil
            failure = nil
            return []
        }
        if id.hasPrefix(Self.account) {
            let account = AccountId(String(id.dropFirst(Self.account.count)))
            view = .ofAccount(account)
            done = nil
            failure = nil
            return [.refresh(account)]
        }
        switch id {
        case Ids.enroll: return [.go(.enrollment)]
        case Ids.systemSettings: return [.openSystemSettings]
        case Ids.allow: return [.askForNotifications]
        default: break
        }
        if let (_, language) = Self.languages.first(where: { $0.id == id }) {
            chosen = language
            return [.chooseLanguage(language)]
        }
        return current.map { tapped(id, of: $0) } ?? []
    }

    private mutating func tapped(_ id: String, of account: AccountId) -> [Effect] {
        let known = accounts.first { $0.id == account }
        switch id {
        case Ids.rename:
            clear()
            view = .renaming(account)
            name = known?.deviceName ?? ""
            missing = false
        case Ids.saveName:
            clear()
            if !name.trimmed.isEmpty { return ask(.rename(account, name: name.trimmed)) }
            missing = true
        case Ids.renew: return ask(.renewKeys(account))
        case Ids.freeze: return sure(.freezing(account), .freeze(account))
        case Ids.leave: return sure(.leaving(account), .leave(account))
        case Ids.forget: return ask(.forget(account))
        case Ids.dial: return known?.supportPhone.map { [.dial($0)] } ?? []
        default: break
        }
        return []
    }

    private mutating func clear() {
        failure = nil
        done = nil
    }

    /// What cannot be taken back is asked for on a page of its own first.
    private mutating func sure(_ page: View, _ effect: Effect) -> [Effect] {
        if view == page { return ask(effect) }
        clear()
        view = page
        return []
    }

    private mutating func ask(_ effect: Effect) -> [Effect] {
        clear()
        asked = effect
        return [effect]
    }

    private mutating func back() -> [Effect] {
        switch view {
        case .list: return [.close]
        case .renaming(let id), .freezing(let id), .leaving(let id): view = .ofAccount(id)
        case .licences, .log: view = .about
        default: view = .list
        }
        clear()
        return []
    }
}
