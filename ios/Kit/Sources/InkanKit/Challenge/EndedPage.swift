// What is shown of a request that has ended: what happened, what did not, what to do.
import Foundation

/// Draws how a request ended.
struct EndedPage {
    private let state: RequestScreen
    private let words: Words
    private let party: String
    private let didNot: String
    private let summary: [Page.Fact]
    private let close: Page.Button
    private let report: Page.Button

    init(_ state: RequestScreen, _ words: Words, _ party: String) {
        self.state = state
        self.words = words
        self.party = party
        didNot = words.text(state.request?.operation.didNotHappen ?? .nothingOther)
        summary = ShownLines(lines: state.request?.lines ?? []).summary
        close = .init(id: Ids.close, text: words.text(.close), style: .outlined)
        report = .init(id: Ids.report, text: words.text(.report), style: .quiet)
    }

    func draw(_ ending: Ending) -> Page {
        switch ending {
        case .approved(let outcome): approved(outcome)
        case .returnFailed(let outcome): approved("ended.return_failed", outcome, .approvedReturnFailed, nil)
        case .denied(let outcome): denied(outcome)
        case .reported(let outcome, let approved): reported(outcome, approved: approved)
        case .frozen: frozen()
        case .expired: over("ended.expired", .expired, .expired, .againNext, deadline)
        case .numberWrong: over("ended.number_wrong", .declined, .failedNumber, .failedNumberNext, brief)
        case .cancelled: over("ended.cancelled", .expired, .cancelled, .againNext, brief)
        case .superseded: over("ended.superseded", .elsewhere, .superseded, .supersededNext, brief)
        case .notFound:
            result(
                "ended.not_found", .elsewhere, .unknownRequest,
                [words.text(.nothingAnswered), words.text(.unknownRequestNext)], report)
        case .elsewhere(let state): elsewhere(state)
        }
    }

    /// It ended without an answer: nothing was carried out.
    private func over(
        _ id: String, _ seal: Page.SealKind, _ title: Words.Key, _ next: Words.Key, _ facts: [Page.Part]
    ) -> Page {
        page(
            id, verdict(seal, title, [didNot, words.text(next)]) + facts, [close, report], words.text(title))
    }

    private func approved(_ outcome: Outcome) -> Page {
        if outcome.returnTo == nil { return approved("ended.approved", outcome, .approvedNext, nil) }
        let back = Page.Button(id: Ids.return, text: words.text(.approvedBack), style: .filled)
        return approved("ended.approved.returning", outcome, .approvedReturning, back)
    }

    private func approved(_ id: String, _ outcome: Outcome, _ next: Words.Key, _ back: Page.Button?) -> Page {
        let head: [Page.Part] = [
            .seal(kind: .approved, large: true), .title(words.text(.approved)), .text(words.text(next)),
        ]
        let said: Words.Key = next == .approvedReturnFailed ? next : .approved
        return page(
            id, head + unsent + [proof(outcome), .note(words.text(.approvedNote))],
            [back, close, report].compactMap { $0 }, words.text(said))
    }

    private func denied(_ outcome: Outcome) -> Page {
        let head: [Page.Part] = [.seal(kind: .declined, large: true), .title(words.text(.denied)), .text(didNot)]
        return page("ended.denied", head + unsent + [proof(outcome)], [close, report], words.text(.denied))
    }

    /// A late report that did not arrive. The page under it stays what it is.
    private var unsent: [Page.Part] {
        guard let error = state.failure else { return [] }
        if !error.passes || state.request == nil { return [notice(error, words, didNot: .nothingAnswered)] }
        return [notice(error.trouble.what, [.keptReport], words)]
    }

    private func proof(_ outcome: Outcome) -> Page.Part {
        .facts(
            summary + [
                .init(label: words.text(.decidedAt), value: words.moment(outcome.decidedAt)),
                .init(label: words.text(.logRow), value: String(outcome.logRow)),
            ])
    }

    private func reported(_ outcome: Outcome, approved: Bool) -> Page {
        let muted = state.owner?.mutedUntil.map { words.text(.reportedMuted, words.moment($0)) }
        let done = [
            words.text(.reportedClosed), muted ?? words.text(.reportedMutedForNow), words.text(.reportedTold, party),
        ]
        let canFreeze = state.owner?.frozen != true
        let parts: [Page.Part?] = [
            .seal(kind: .stopped, large: true), .title(words.text(.reported)),
            .text(approved ? words.text(.reportedAfter) : didNot),
            state.failure.map { notice($0, words, didNot: .nothingFrozen) },
            .notice(kind: .info, title: words.text(.reportedDone), text: done.joined(separator: "\n")),
            canFreeze
                ? .notice(kind: .caution, title: words.text(.freezeTitle), text: words.text(.freezeLead)) : nil,
            proof(outcome),
        ]
        let buttons: [Page.Button?] = [
            canFreeze ? freeze : nil, dial,
            canFreeze ? .init(id: Ids.close, text: words.text(.freezeNotNow), style: .quiet) : close,
        ]
        return page(
            "ended.reported", parts.compactMap { $0 }, buttons.compactMap { $0 }, words.text(.reported))
    }

    private var freeze: Page.Button {
        let text = words.text(state.freezing ? .sending : .freeze)
        return .init(id: Ids.freeze, text: text, style: .grave, busy: state.freezing)
    }

    private var dial: Page.Button? {
        state.owner?.supportPhone.map { .init(id: Ids.dial, text: words.text(.dial, party, $0), style: .outlined) }
    }

    private func frozen() -> Page {
        page(
            "ended.frozen",
            [
                .seal(kind: .stopped, large: true), .title(words.text(.frozen)), .text(words.text(.frozenLead)),
                .text(words.text(.frozenNext)),
            ],
            [dial, close].compactMap { $0 }, words.text(.frozen))
    }

    private func elsewhere(_ state: ChallengeState?) -> Page {
        let byYou = words.text(.nothingByYou)
        // An approval of another phone may have been carried out: then only what this phone did not do can be said.
        return switch state {
        case .approved:
            result(
                "ended.elsewhere.approved", .elsewhere, .elsewhere, [words.text(.elsewhereApproved), byYou], report)
        case .denied:
            result("ended.elsewhere.denied", .elsewhere, .elsewhere, [words.text(.elsewhereDenied), didNot], report)
        case .reported:
            result("ended.elsewhere.reported", .elsewhere, .elsewhere, [words.text(.elsewhereReported), didNot])
        case .failed:
            result("ended.elsewhere.failed", .declined, .failedNumber, [words.text(.elsewhereFailed), didNot], report)
        default:
            result("ended.elsewhere", .elsewhere, .elsewhere, [words.text(.alreadyDecided), byYou], report)
        }
    }

    private var brief: [Page.Part] { summary.isEmpty ? [] : [.facts(summary)] }

    private var deadline: [Page.Part] {
        guard let request = state.request else { return [] }
        return [.facts(summary + [.init(label: words.text(.deadline), value: words.moment(request.expiresAt))])]
    }

    private func result(
        _ id: String, _ seal: Page.SealKind, _ title: Words.Key, _ texts: [String], _ more: Page.Button? = nil
    ) -> Page {
        page(
            id, verdict(seal, title, texts) + brief, [close, more].compactMap { $0 }, words.text(title))
    }

    private func verdict(_ seal: Page.SealKind, _ title: Words.Key, _ texts: [String]) -> [Page.Part] {
        [.seal(kind: seal, large: true), .title(words.text(title))] + texts.map { .text($0) } + unsent
    }

    private func page(_ id: String, _ parts: [Page.Part], _ actions: [Page.Button], _ announce: String) -> Page {
        Page(id: id, bar: .init(title: party), parts: parts, actions: actions, guarded: true, announce: announce)
    }
}
