// What is shown of an enrollment.

/// Draws an enrollment. The page with the six digits is guarded.
struct EnrollPage {
    private let state: EnrollScreen
    private let words: Words
    private let party: String

    init(_ state: EnrollScreen, _ words: Words) {
        self.state = state
        self.words = words
        party = state.preview?.relyingParty ?? appName
    }

    func draw() -> Page {
        switch state.phase {
        case .start: start()
        case .leftOver(let previews): leftOver(previews)
        case .camera(let refused, let trouble): camera(refused: refused, trouble)
        case .typing: typing()
        case .reading:
            page("enroll.reading", [.title(words.text(.enrollReading)), .text(words.text(.enrollReadingLead))])
        case .yours: yours()
        case .code(let digits): code(digits)
        case .naming: naming()
        case .notify: notify()
        case .testing: testing()
        case .finished(let rings): finished(rings)
        case .failed(let why): failed(why)
        }
    }

    private func start() -> Page {
        page(
            "enroll.start",
            [
                .title(words.text(.enrollTitle)), .text(words.text(.enrollLead)), .note(words.text(.enrollSamePhone)),
            ],
            [
                .init(id: Ids.scan, text: words.text(.enrollScan), style: .filled),
                .init(id: Ids.type, text: words.text(.enrollType), style: .outlined),
            ], back: true)
    }

    private func leftOver(_ previews: [EnrollmentPreview]) -> Page {
        let rows = previews.map { preview in
            Page.Row(
                id: EnrollScreen.leftOver + preview.id.value, title: preview.relyingParty, detail: preview.displayName,
                action: words.text(.goOn))
        }
        return page(
            "enroll.left_over", [.title(words.text(.leftOver)), .text(words.text(.leftOverLead)), .rows(rows)],
            [.init(id: Ids.again, text: words.text(.leftOverNew), style: .outlined)], back: true)
    }

    private func camera(refused: Bool, _ trouble: CameraTrouble?) -> Page {
        let title = Page.Part.title(words.text(.enrollScan))
        if let trouble {
            return page(
                "enroll.camera.\(trouble.rawValue)", [title] + trouble.parts(.cameraWithoutEnroll, words),
                [
                    .init(id: Ids.type, text: words.text(.enrollType), style: .filled),
                    .init(id: Ids.retry, text: words.text(.retry), style: .outlined),
                ], back: true, announce: words.text(trouble.what))
        }
        if refused {
            return page(
                "enroll.camera.refused",
                [
                    title,
                    .notice(
                        kind: .caution, title: words.text(.cameraRefused), text: words.text(.cameraRefusedEnroll)),
                ],
                [
                    .init(id: Ids.type, text: words.text(.enrollType), style: .filled),
                    .init(id: Ids.systemSettings, text: words.text(.openSettings), style: .quiet),
                ], back: true)
        }
        return page(
            "enroll.camera", [title, .camera(waits: false), .note(words.text(.enrollScanNote))],
            [.init(id: Ids.type, text: words.text(.enrollType), style: .outlined)], back: true)
    }

    private func typing() -> Page {
        let trouble = state.failure.map { words.text($0.trouble.what) }
        let hostWrong =
            switch state.failure {
            case .invalidInput(.serverName, _), .invalidInput(.serverNotAllowed, _): true
            default: false
            }
        let empty = words.text(.fieldEmpty)
        let hostEmpty = state.missing && state.host.trimmed.isEmpty
        let codeEmpty = state.missing && state.typed.trimmed.isEmpty
        return page(
            "enroll.typed",
            [
                .title(words.text(.enrollType)),
                .field(
                    id: Ids.host, label: words.text(.enrollHost), hint: words.text(.enrollHostHint), value: state.host,
                    error: hostEmpty ? empty : hostWrong ? trouble : nil, kind: .host),
                .field(
                    id: Ids.code, label: words.text(.enrollTyped), hint: words.text(.enrollTypedHint),
                    value: state.typed, error: codeEmpty ? empty : hostWrong ? nil : trouble, kind: .typedCode),
            ], [.init(id: Ids.begin, text: words.text(.enrollTypedButton), style: .filled)], back: true)
    }

    private func whose() -> Page.Part {
        .facts([
            .init(label: words.text(.broker), value: party),
            .init(label: words.text(.account), value: state.preview?.displayName ?? ""),
            .init(label: words.text(.server), value: state.preview?.server ?? ""),
        ])
    }

    private func steps(_ done: Int) -> Page.Part {
        let keys: [Words.Key] = [.stepAccount, .stepCode, .stepName, .stepNotify]
        return .steps(done: done, labels: keys.map { words.text($0) })
    }

    private func yours() -> Page {
        let parts: [Page.Part?] = [
            steps(0), .title(words.text(.enrollYours)), .text(words.text(.enrollYoursLead)),
            state.failure.map { notice($0, words, didNot: .nothingEnrolled) }, whose(),
        ]
        return page(
            "enroll.yours", parts.compactMap { $0 },
            [
                .init(id: Ids.yes, text: words.text(.enrollYes), style: .filled, busy: state.busy),
                .init(id: Ids.no, text: words.text(.enrollNo), style: .outlined),
            ])
    }

    private func code(_ digits: String) -> Page {
        let parts: [Page.Part?] = [
            steps(1), .title(words.text(.enrollCode)),
            .code(groups: groups(digits), spoken: Spoken.digits(digits)),
            state.failure.map { notice($0, words, didNot: .nothingKnown) }, whose(),
            info(words.text(.enrollCodeNotice)), .text(words.text(.enrollCodeWaiting)),
        ]
        return page(
            "enroll.code", parts.compactMap { $0 },
            [.init(id: Ids.no, text: words.text(.enrollStop), style: .outlined)], guarded: true)
    }

    private func groups(_ digits: String) -> [String] {
        var rest = digits[...]
        var groups: [String] = []
        while !rest.isEmpty {
            groups.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        return groups
    }

    private func naming() -> Page {
        let trouble = state.failure?.trouble
        let error =
            state.missing
            ? words.text(.fieldEmpty) : trouble.map { words.text($0.what) + " " + words.text($0.next) }
        return page(
            "enroll.name",
            [
                steps(2), .title(words.text(.nameTitle)), .text(words.text(.nameLead)),
                .field(
                    id: Ids.name, label: words.text(.deviceName), hint: words.text(.deviceNameHint), value: state.name,
                    error: error, kind: .name),
            ],
            [
                .init(
                    id: Ids.saveName, text: words.text(state.busy ? .sending : .next), style: .filled, busy: state.busy)
            ])
    }

    private func notify() -> Page {
        page(
            "enroll.notify",
            [
                steps(3), .title(words.text(.notifyTitle)), .text(words.text(.notifyLead)),
                .note(words.text(.notifyNote)),
            ],
            [
                .init(id: Ids.allow, text: words.text(.notifyAllow), style: .filled),
                .init(id: Ids.later, text: words.text(.notifyLater), style: .outlined),
            ])
    }

    private func testing() -> Page {
        page(
            "enroll.testing", [steps(3), .title(words.text(.testTitle)), .text(words.text(.testLead))],
            [.init(id: Ids.skipTest, text: words.text(.testSkip), style: .outlined)])
    }

    private func finished(_ rings: Bool?) -> Page {
        let (id, note) =
            switch rings {
            case .some(true): ("enroll.done", info(words.text(.testArrived)))
            case .some(false): ("enroll.done.silent", caution(words.text(.testMissing)))
            case nil: ("enroll.done.without", info(words.text(.notifyRefused)))
            }
        let settings = Page.Button(id: Ids.systemSettings, text: words.text(.openSettings), style: .quiet)
        return page(
            id,
            [
                .seal(kind: .approved, large: true), .title(words.text(.enrollDone)),
                .text(words.text(.enrollDoneNext)), note,
            ],
            [.init(id: Ids.close, text: words.text(.finish), style: .filled)] + (rings == nil ? [settings] : []),
            announce: words.text(.enrollDone))
    }

    private func failed(_ why: EnrollScreen.Why) -> Page {
        let (id, what, next) = said(why)
        let first: Page.Button =
            why == .otherVersion
            ? .init(id: Ids.update, text: words.text(.update), style: .filled)
            : .init(id: Ids.again, text: words.text(.enrollRetry), style: .filled)
        return page(
            "enroll.failed.\(id)",
            [
                .title(words.text(.enrollFailed)), .text(words.text(what)), .text(words.text(.nothingEnrolled)),
                .text(words.text(next)),
            ], [first, .init(id: Ids.close, text: words.text(.close), style: .outlined)],
            announce: words.text(.enrollFailed))
    }

    private func said(_ why: EnrollScreen.Why) -> (String, Words.Key, Words.Key) {
        switch why {
        case .notOurs: ("not_ours", .notOurs, .notOursNext)
        case .otherVersion: ("other_version", .otherVersion, .updateNeededNext)
        case .ofRequest: ("of_request", .codeOfRequest, .codeOfRequestNext)
        case .ended(.ended): ("ended", .enrollFailedEnded, .enrollFailedNext)
        case .ended(.foreignRecord): ("foreign_record", .enrollFailedForeign, .untrustedNext)
        case .trouble(let error): said(error)
        }
    }

    /// An expired or used code is refused without saying which: the server tells a stranger nothing.
    private func said(_ error: InkanError) -> (String, Words.Key, Words.Key) {
        let trouble = error.trouble
        let parts = error.key.split(separator: ".").map(String.init)
        switch error {
        case .notRecognised, .refused: return ("expired", .enrollCodeStale, .enrollFailedNext)
        case .invalidInput: return (parts.last ?? "", trouble.what, trouble.next)
        default: return (parts.first ?? "", trouble.what, trouble.next)
        }
    }

    private func page(
        _ id: String, _ parts: [Page.Part], _ actions: [Page.Button] = [], back: Bool = false, guarded: Bool = false,
        announce: String? = nil
    ) -> Page {
        Page(
            id: id, bar: .init(title: party, back: back, time: time), parts: parts, actions: actions,
            guarded: guarded, announce: announce)
    }

    /// The five minutes, as long as the server is waited for; whether they are over is the server's word.
    private var time: Page.Countdown? {
        guard let begun = state.claimed, state.phase == .yours || state.phase.isCode else { return nil }
        let ends = begun.addingTimeInterval(300)
        return state.now < ends ? countdown(begun: begun, ends: ends, now: state.now, words) : nil
    }
}
