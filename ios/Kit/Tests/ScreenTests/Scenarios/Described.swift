// Effects and pages as the scenario table writes them.
import InkanKit

extension Effect {
    /// `name`, or `name(argument, …)`; an argument that is not there is `-`.
    var described: String {
        switch self {
        case .loadRequest(let account, let challenge): call("load_request", account.value, challenge.value)
        case .openLink(let link): call("open_link", link)
        case .decide(let decision, let account, let challenge, let number, let reason, _):
            call("decide", decision.rawValue, account.value, challenge.value, number, reason?.rawValue)
        case .watchState(let account, let challenge): call("watch_state", account.value, challenge.value)
        case .freeze(let account): call("freeze", account.value)
        case .openBrowser(let address): call("open_browser", address.exposeURL())
        case .dial(let number): call("dial", number)
        case .askForCamera: "ask_for_camera"
        case .askForNotifications: "ask_for_notifications"
        case .lookAtCamera: "look_at_camera"
        case .lookAtNotifications: "look_at_notifications"
        case .openSystemSettings: "open_system_settings"
        case .openAppStore: "open_app_store"
        case .loadInbox(let wait): call("load_inbox", wait ? "wait" : "now")
        case .loadAccounts: "load_accounts"
        case .loadHistory: "load_history"
        case .loadLeftOver: "load_left_over"
        case .beginEnrollment(let link): call("begin_enrollment", link)
        case .beginTyped(let host, let code): call("begin_typed", host, code)
        case .confirmAccount(let id): call("confirm_account", id.value)
        case .watchEnrollment(let id): call("watch_enrollment", id.value)
        case .abandonEnrollment(let id): call("abandon_enrollment", id.value)
        case .rename(let account, let name): call("rename", account.value, name)
        case .testPush(let account): call("test_push", account.value)
        case .renewKeys(let account): call("renew_keys", account.value)
        case .leave(let account): call("leave", account.value)
        case .forget(let account): call("forget", account.value)
        case .chooseLanguage(let language): call("choose_language", language?.rawValue)
        case .refresh(let account): call("refresh", account.value)
        case .go(let place): place.described
        case .close: "close"
        case .openStore: "open_store"
        case .setStoreAside: "set_store_aside"
        case .openAuthenticator: "open_authenticator"
        }
    }
}

extension Place {
    fileprivate var described: String {
        switch self {
        case .ofRequest(let account, let challenge): call("go", "request", account.value, challenge.value)
        case .enrollment: "go(enrollment)"
        case .home: "go(home)"
        case .history: "go(history)"
        case .settings: "go(settings)"
        }
    }
}

private func call(_ name: String, _ arguments: String?...) -> String {
    "\(name)(\(arguments.map { $0 ?? "-" }.joined(separator: ", ")))"
}

extension Page {
    /// Every text of a page in reading order: bar, parts, actions.
    func texts(_ words: Words) -> [String] {
        [bar.title, bar.time?.text].compactMap { $0 } + parts.flatMap { $0.texts(words) } + actions.map(\.text)
    }

    /// What the screen reader says besides the texts: the head of a request, a code digit by digit, the time.
    var spoken: [String] {
        [bar.time?.spoken].compactMap { $0 }
            + parts.compactMap { part in
                switch part {
                case .requestHead(_, _, _, _, let spoken), .code(_, let spoken): spoken
                default: nil
                }
            }
    }

    /// The parts' kinds in reading order, seals with their kind.
    var kinds: [String] {
        parts.map { part in
            switch part {
            case .seal(let kind, _): "seal:\(kind.rawValue)"
            case .notice(let kind, _, _): "notice:\(kind.rawValue)"
            case .requestHead: "head"
            case .title: "title"
            case .text: "text"
            case .note: "note"
            case .facts: "facts"
            case .reasons: "reasons"
            case .code: "code"
            case .field(let id, _, _, _, _, _): "field:\(id)"
            case .digits(let id, _, _, _, _): "digits:\(id)"
            case .rows: "rows"
            case .steps(let done, _): "steps:\(done)"
            case .toggle(let id, _, _, _): "switch:\(id)"
            case .camera(let waits): waits ? "camera:waits" : "camera"
            case .mono: "mono"
            case .reading: "reading"
            case .empty: "empty"
            case .inline: "inline"
            }
        }
    }

    /// The buttons' ids with their styles: those within the content first.
    var buttons: [String] {
        let within = parts.flatMap { part in
            if case .inline(let buttons) = part { buttons } else { [Page.Button]() }
        }
        return (within + actions).map { "\($0.id):\($0.style.rawValue)\($0.busy ? ":busy" : "")" }
    }
}

extension Page.Part {
    fileprivate func texts(_ words: Words) -> [String] {
        switch self {
        case .seal, .camera: []
        case .requestHead(let operation, let amount, let side, _, _):
            [operation, amount, side.map { words.text($0 == .buy ? .buy : .sell) }].compactMap { $0 }
        case .title(let text), .text(let text), .note(let text), .mono(let text): [text]
        case .facts(let rows): rows.flatMap { [$0.label, $0.value, $0.badge].compactMap { $0 } }
        case .reasons(let texts), .reading(let texts): texts
        case .notice(_, let title, let text): [title, text].compactMap { $0 }
        case .code(let groups, _): [groups.joined(separator: " ")]
        case .field(_, let label, let hint, let value, let error, _):
            [label, hint, value.isEmpty ? nil : value, error].compactMap { $0 }
        case .digits(_, let label, _, let value, let error):
            [label, value.isEmpty ? nil : value, error].compactMap { $0 }
        case .rows(let rows):
            rows.flatMap { [$0.title, $0.detail, $0.value, $0.badge, $0.action].compactMap { $0 } }
        case .steps(_, let labels): labels
        case .toggle(_, let label, let detail, _): [label, detail].compactMap { $0 }
        case .empty(let title, let hint): [title, hint]
        case .inline(let buttons): buttons.map(\.text)
        }
    }
}
