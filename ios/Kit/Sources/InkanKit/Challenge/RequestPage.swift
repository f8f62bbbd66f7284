// What is shown of a request, in each of its states.
import Foundation

/// Draws a request's screen. Every page of it is guarded.
struct RequestPage {
    private let state: RequestScreen
    private let words: Words
    private let party: String
    private let time: Page.Countdown?

    init(_ state: RequestScreen, _ words: Words) {
        self.state = state
        self.words = words
        party = state.request?.relyingParty ?? state.owner?.relyingParty ?? appName
        if let ends = state.ends, let begun = state.begun {
            time = countdown(begun: begun, ends: ends, now: state.now, words)
        } else {
            time = nil
        }
    }

    func draw() -> Page {
        switch state.phase {
        case .verifying: verifying()
        case .shown: state.request.map(shown) ?? verifying()
        case .asking: asking()
        case .scanning(_, _, let trouble?): scanning(trouble)
        case .scanning(let refused, let foreign, nil): scanning(refused: refused, foreign: foreign)
        case .sending(_, let tap, let from): sending(tap, from)
        case .ended(let ending): EndedPage(state, words, party).draw(ending)
        case .stuck(let error): stuck(error)
        }
    }

    private func verifying() -> Page {
        page(
            "request.verifying", [.title(words.text(.verifying)), .text(words.text(.verifyingLead))], [], back: true)
    }

    private func shown(_ request: Request) -> Page {
        let lines = ShownLines(lines: request.lines)
        var parts = [head(request, lines)]
        parts += failure(request)
        parts += [facts(lines.facts), facts(lines.origin)].compactMap { $0 }
        if !lines.reasons.isEmpty { parts.append(.reasons(lines.reasons)) }
        parts += warnings(request) + start(request)
        return page(id(request), parts, actions(request))
    }

    private func head(_ request: Request, _ lines: ShownLines) -> Page.Part {
        let operation = lines.operation.isEmpty ? words.text(.navInbox) : lines.operation
        let spoken = [party, operation, lines.amount].compactMap { $0 }.joined(separator: words.pause)
        return .requestHead(
            operation: operation, amount: lines.amount, side: lines.side,
            rim: request.kept == nil ? time?.fraction : nil, spoken: spoken)
    }

    private func facts(_ rows: [Page.Fact]) -> Page.Part? { rows.isEmpty ? nil : .facts(rows) }

    private func failure(_ request: Request) -> [Page.Part] {
        guard let error = state.failure else { return [] }
        let trouble = error.trouble(opening: state.opening)
        let didNot = request.kept != nil ? .nothingKnown : request.operation.didNotHappen
        // What is kept says by itself what happens next.
        return [notice(trouble.what, [didNot, request.kept != nil && error.passes ? nil : trouble.next], words)]
    }

    private func id(_ request: Request) -> String {
        if request.kept != nil { return "request.kept" }
        return switch request.approval {
        case .blocked(let why): "request.blocked.\(name(why))"
        case .number: "request.number"
        case .scan: "request.scan"
        case .link: "request.link"
        case .ready: "request.ready"
        }
    }

    private func name(_ why: BlockedReason) -> String {
        switch why {
        case .updateNeeded: "update_needed"
        case .expired: "expired"
        case .ended: "ended"
        case .keyInvalid: "key_invalid"
        case .suspended: "suspended"
        case .frozen: "locked"
        case .waiting: "waiting"
        }
    }

    private func warnings(_ request: Request) -> [Page.Part] {
        var texts: [String] = []
        switch request.kept {
        case .approve: texts.append(words.text(.keptApprove))
        case .deny: texts.append(words.text(.keptDeny))
        case .report: texts.append(words.text(.keptReport))
        case nil: break
        }
        texts += request.warnings.map { warning in
            switch warning {
            case .severalPending(let count): words.text(.severalPending, count)
            case .clockDiffers(let seconds): words.text(.clockDiffers, span(abs(seconds), words))
            }
        }
        if case .blocked(let why) = request.approval { texts.append(text(why)) }
        return texts.map(caution)
    }

    private func text(_ why: BlockedReason) -> String {
        switch why {
        case .updateNeeded: words.text(.blockedUpdate)
        case .expired, .ended: words.text(.blockedEnded)
        case .keyInvalid: words.text(.blockedKey)
        case .suspended: words.text(.blockedSuspended)
        case .frozen: words.text(.blockedFrozen)
        case .waiting(let until): words.text(.blockedWaiting, words.moment(until))
        }
    }

    private func start(_ request: Request) -> [Page.Part] {
        if request.kept != nil { return [] }
        switch (request.approval, request.start) {
        case (.number(let digits), _):
            return [
                .digits(
                    id: Ids.number, label: words.text(.numberLabel, digits), count: digits, value: state.number,
                    error: state.early ? words.text(.numberMissing, digits) : nil)
            ]
        case (.scan, _):
            let missing = state.early ? [caution(words.text(.scanMissing))] : []
            return missing + [.inline([.init(id: Ids.scan, text: words.text(.scanLabel), style: .outlined)])]
        case (.link, _): return [caution(words.text(.linkMissing))]
        case (.ready, .scan): return [info(words.text(.scanDone))]
        case (.ready, .link): return [info(words.text(.linkDone))]
        default: return []
        }
    }

    private func actions(_ request: Request) -> [Page.Button] {
        if request.kept != nil { return [.init(id: Ids.resend, text: words.text(.keptResend), style: .outlined)] }
        let first: Page.Button? =
            switch request.approval {
            case .blocked(.updateNeeded): .init(id: Ids.update, text: words.text(.update), style: .filled)
            case .blocked(.keyInvalid), .blocked(.suspended):
                .init(id: Ids.enroll, text: words.text(.enrollAgain), style: .filled)
            case .blocked: nil
            default: .init(id: Ids.approve, text: words.text(.approve), style: .filled)
            }
        return [
            first, .init(id: Ids.deny, text: words.text(.deny), style: .outlined),
            .init(id: Ids.report, text: words.text(.report), style: .quiet),
        ].compactMap { $0 }
    }

    private func asking() -> Page {
        let summary = state.request.flatMap { facts(ShownLines(lines: $0.lines).summary) }
        return page(
            "request.asking", [.title(words.text(.denyTitle)), summary].compactMap { $0 },
            [
                .init(id: Ids.denyMine, text: words.text(.denyYes), style: .filled),
                .init(id: Ids.denyNotMine, text: words.text(.denyNo), style: .outlined),
                .init(id: Ids.back, text: words.text(.back), style: .quiet),
            ], back: true)
    }

    private func scanning(refused: Bool, foreign: Bool) -> Page {
        let title = Page.Part.title(words.text(.scanLabel))
        let back = Page.Button(id: Ids.back, text: words.text(.back), style: .outlined)
        if refused {
            return page(
                "request.scanning.refused",
                [
                    title,
                    .notice(
                        kind: .caution, title: words.text(.cameraRefused), text: words.text(.cameraRefusedScan)),
                ],
                [.init(id: Ids.systemSettings, text: words.text(.openSettings), style: .filled), back], back: true)
        }
        let parts: [Page.Part?] = [
            title, foreign ? caution(words.text(.scanForeign)) : nil, .camera(waits: false),
            .note(words.text(.scanNote)),
        ]
        return page("request.scanning", parts.compactMap { $0 }, [back], back: true)
    }

    private func scanning(_ trouble: CameraTrouble) -> Page {
        page(
            "request.scanning.\(trouble.rawValue)",
            [.title(words.text(.scanLabel))] + trouble.parts(.cameraWithoutScan, words),
            [
                .init(id: Ids.retry, text: words.text(.retry), style: .filled),
                .init(id: Ids.back, text: words.text(.back), style: .outlined),
            ], back: true, announce: state.said == nil ? words.text(trouble.what) : nil)
    }

    /// The page on which it was tapped: every button stays where it is, and the one that was tapped is busy.
    private func sending(_ tap: String, _ from: RequestScreen.Phase) -> Page {
        var before = state
        before.phase = from
        let page = RequestPage(before, words).draw()
        let busy = words.text(.sending)
        let actions = page.actions.map { button in
            button.id == tap ? .init(id: button.id, text: busy, style: button.style, busy: true) : button
        }
        return Page(
            id: "request.sending", bar: .init(title: page.bar.title, time: page.bar.time), parts: page.parts,
            actions: actions, guarded: page.guarded, announce: busy)
    }

    private func stuck(_ error: InkanError) -> Page {
        let trouble = error.trouble(opening: state.opening)
        let didNot = state.request?.operation.didNotHappen ?? .nothingAnswered
        let kind = error.key.prefix { $0 != "." }
        return page(
            "request.stuck.\(kind)",
            [.title(words.text(trouble.what)), .text(words.text(didNot)), .text(words.text(trouble.next))],
            [remedy(error), .init(id: Ids.close, text: words.text(.close), style: .outlined)].compactMap { $0 },
            timed: false, announce: words.text(trouble.what))
    }

    private func remedy(_ error: InkanError) -> Page.Button? {
        switch error {
        case .invalidInput(.noAccountForLink, _):
            return .init(id: Ids.enroll, text: words.text(.enrollUriButton), style: .filled)
        case .notRecognised, .keyInvalid:
            return .init(id: Ids.enroll, text: words.text(.enrollAgain), style: .filled)
        case _ where error.trouble(opening: state.opening).next == .updateNeededNext:
            return .init(id: Ids.update, text: words.text(.update), style: .filled)
        case .untrusted, .invalidInput: return nil
        case .refused where !error.passes: return nil
        default: return .init(id: Ids.retry, text: words.text(.retry), style: .filled)
        }
    }

    private func page(
        _ id: String, _ parts: [Page.Part], _ actions: [Page.Button], back: Bool = false, timed: Bool = true,
        announce: String? = nil
    ) -> Page {
        Page(
            id: id, bar: .init(title: party, back: back, time: timed ? time : nil), parts: parts, actions: actions,
            guarded: true, announce: announce ?? state.said.map { words.text(.leftAnnounced, $0) })
    }
}
