// What is shown of the settings.

/// Draws the settings.
struct SettingsPage {
    let state: SettingsScreen
    let words: Words

    func draw() -> Page {
        switch state.view {
        case .list: list()
        case .ofAccount(let id): of(id, account)
        case .renaming(let id): of(id, renaming)
        case .freezing(let id): of(id, freezing)
        case .leaving(let id): of(id, leaving)
        case .notifications: notifications()
        case .languages: languages()
        case .newPhone: newPhone()
        case .about: about()
        case .licences: page("settings.licences", [.title(words.text(.licences)), .reading(state.licences)])
        case .log:
            page(
                "settings.log",
                [
                    .title(words.text(.log)), .note(words.text(.logNote)),
                    .mono(state.log.isEmpty ? words.text(.logEmpty) : state.log),
                ])
        }
    }

    private func of(_ id: AccountId, _ draw: (Account) -> Page) -> Page {
        state.accounts.first { $0.id == id }.map(draw) ?? list()
    }

    private var done: Page.Part? { state.done.map { info(words.text($0)) } }

    private func failure(_ didNot: Words.Key?) -> Page.Part? {
        state.failure.map { notice($0, words, didNot: didNot) }
    }

    private func list() -> Page {
        let accounts = state.accounts.map { account in
            Page.Row(
                id: SettingsScreen.account + account.id.value, title: account.relyingParty,
                detail: "\(account.displayName)\n\(account.deviceName)", badge: badge(account))
        }
        let others: [Page.Row] = [
            .init(
                id: Ids.notifications, title: words.text(.notifications),
                value: words.text(state.notifications ? .on : .off)),
            .init(id: Ids.language, title: words.text(.language), value: words.text(name(state.chosen))),
            .init(id: Ids.newPhone, title: words.text(.newPhone)),
            .init(id: Ids.about, title: words.text(.about), value: state.version.isEmpty ? nil : state.version),
        ]
        let parts: [Page.Part?] = [
            .title(words.text(.navSettings)), done, failure(.nothingChanged),
            accounts.isEmpty ? .text(words.text(state.loaded ? .noAccounts : .loading)) : .rows(accounts),
            .rows(others),
        ]
        let enroll = words.text(accounts.isEmpty ? .enrollUriButton : .inboxEnroll)
        return page("settings", parts.compactMap { $0 }, [.init(id: Ids.enroll, text: enroll, style: .outlined)])
    }

    private func badge(_ account: Account) -> String? {
        if account.state != .active { return words.text(.badgeEnrollAgain) }
        return account.frozen ? words.text(.badgeStopped) : nil
    }

    private func standing(_ account: Account) -> String {
        switch account.state {
        case .notRecognised: return words.text(.stateNotRecognised)
        case .suspended: return words.text(.stateSuspended)
        case .keyInvalid: return words.text(.stateKeyInvalid)
        case .active: break
        }
        if account.frozen { return words.text(.stateFrozen) }
        if let until = account.restrictedUntil { return words.text(.stateWaiting, words.moment(until)) }
        return words.text(.stateActive)
    }

    private func account(_ account: Account) -> Page {
        let facts: [Page.Fact] = [
            .init(label: words.text(.account), value: account.displayName),
            .init(label: words.text(.state), value: standing(account)),
            .init(label: words.text(.deviceName), value: account.deviceName),
            .init(label: words.text(.enrolledSince), value: words.moment(account.enrolledAt)),
            .init(label: words.text(.server), value: account.server),
        ]
        let usable = account.state == .active
        let links: [Page.Button?] = [
            usable ? .init(id: Ids.rename, text: words.text(.rename), style: .quiet) : nil,
            usable ? renew : nil,
            account.supportPhone.map {
                .init(id: Ids.dial, text: words.text(.dial, account.relyingParty, $0), style: .quiet)
            },
            .init(id: Ids.leave, text: words.text(.leave), style: .quiet),
        ]
        let stops = !account.frozen && usable
        let parts: [Page.Part?] = [
            .title(account.relyingParty), done, failure(.nothingChanged), .facts(facts),
            .inline(links.compactMap { $0 }), stops ? .text(words.text(.freezeLead)) : nil,
        ]
        let actions: [Page.Button?] = [
            usable ? nil : .init(id: Ids.enroll, text: words.text(.enrollAgain), style: .filled),
            stops ? .init(id: Ids.freeze, text: words.text(.freeze), style: .grave) : nil,
        ]
        return page("settings.account", parts.compactMap { $0 }, actions.compactMap { $0 })
    }

    private var renew: Page.Button {
        if case .renewKeys? = state.asked {
            return .init(id: Ids.renew, text: words.text(.sending), style: .quiet, busy: true)
        }
        return .init(id: Ids.renew, text: words.text(.rotate), style: .quiet)
    }

    private func renaming(_ account: Account) -> Page {
        let trouble = state.failure.map { words.text($0.trouble.what) + " " + words.text($0.trouble.next) }
        let empty = state.missing ? words.text(.fieldEmpty) : nil
        return page(
            "settings.rename",
            [
                .title(words.text(.rename)), .text(account.relyingParty),
                .field(
                    id: Ids.name, label: words.text(.deviceName), hint: words.text(.deviceNameHint), value: state.name,
                    error: trouble ?? empty, kind: .name),
            ],
            [
                .init(
                    id: Ids.saveName, text: words.text(state.busy ? .sending : .rename), style: .filled,
                    busy: state.busy)
            ])
    }

    private func freezing(_ account: Account) -> Page {
        let parts: [Page.Part?] = [
            .title(words.text(.freezeTitle)), .text(account.relyingParty), failure(.nothingFrozen),
            .text(words.text(.freezeLead)),
        ]
        return page(
            "settings.freeze", parts.compactMap { $0 },
            [
                .init(
                    id: Ids.freeze, text: words.text(state.busy ? .sending : .freeze), style: .grave, busy: state.busy),
                .init(id: Ids.back, text: words.text(.freezeNotNow), style: .quiet),
            ])
    }

    private func leaving(_ account: Account) -> Page {
        let parts: [Page.Part?] = [
            .title(words.text(.leaveTitle)), .text(account.relyingParty), failure(.nothingChanged),
            .text(words.text(.leaveLead)),
        ]
        let unheard =
            switch state.failure {
            case .notRecognised, .keyInvalid: true
            default: account.state != .active
            }
        let actions: [Page.Button?] = [
            .init(id: Ids.leave, text: words.text(state.busy ? .sending : .leave), style: .grave, busy: state.busy),
            unheard ? .init(id: Ids.forget, text: words.text(.forget), style: .outlined) : nil,
            .init(id: Ids.back, text: words.text(.back), style: .quiet),
        ]
        return page("settings.leave", parts.compactMap { $0 }, actions.compactMap { $0 })
    }

    private func notifications() -> Page {
        let actions: [Page.Button?] = [
            state.notifications ? nil : .init(id: Ids.allow, text: words.text(.notifyAllow), style: .filled),
            .init(id: Ids.systemSettings, text: words.text(.openSettings), style: .outlined),
        ]
        return page(
            "settings.notifications",
            [
                .title(words.text(.notifications)),
                .text(words.text(state.notifications ? .notificationsOn : .notifyRefused)),
                .note(words.text(.notifyNote)),
            ], actions.compactMap { $0 })
    }

    private func languages() -> Page {
        let rows = SettingsScreen.languages.map { id, language in
            Page.Row(
                id: id, title: words.text(name(language)), value: language == state.chosen ? words.text(.chosen) : nil)
        }
        return page(
            "settings.language", [.title(words.text(.language)), .rows(rows), .note(words.text(.languageNote))])
    }

    private func name(_ language: Language?) -> Words.Key {
        switch language {
        case .ja: .languageJa
        case .en: .languageEn
        case nil: .languageSystem
        }
    }

    private func newPhone() -> Page {
        let keys: [Words.Key] = [.newPhoneLead, .newPhone1, .newPhone2, .newPhone3]
        return page(
            "settings.new_phone",
            [.title(words.text(.newPhone))] + keys.map { .text(words.text($0)) }
                + [caution(words.text(.newPhoneWait))])
    }

    private func about() -> Page {
        page(
            "settings.about",
            [
                .title(words.text(.about)), .text(words.text(.aboutLead)),
                .facts([.init(label: words.text(.version), value: state.version)]),
                .rows([
                    .init(id: Ids.licences, title: words.text(.licences)), .init(id: Ids.log, title: words.text(.log)),
                ]),
            ])
    }

    private func page(_ id: String, _ parts: [Page.Part], _ actions: [Page.Button] = []) -> Page {
        Page(id: id, bar: .init(title: appName, back: true), parts: parts, actions: actions)
    }
}
