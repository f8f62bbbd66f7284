// What is shown of the history.

/// Draws the history. An entry is guarded, as its request was.
struct HistoryPage {
    let state: HistoryScreen
    let words: Words

    func draw() -> Page {
        guard let entries = state.entries else {
            return page("history.loading", [.title(words.text(.navHistory)), .text(words.text(.loading))])
        }
        if let entry = state.entry { return one(entry) }
        if entries.isEmpty && state.failure == nil {
            return page(
                "history.empty", [.empty(title: words.text(.historyNone), hint: words.text(.historyNoneHint))])
        }
        return list(entries)
    }

    private func list(_ entries: [HistoryEntry]) -> Page {
        let parts: [Page.Part?] = [
            .title(words.text(.navHistory)), state.failure.map { notice($0, words, didNot: .nothingChanged) },
            entries.isEmpty ? nil : .rows(entries.map(row)),
        ]
        let retry = Page.Button(id: Ids.retry, text: words.text(.retry), style: .outlined)
        return page("history", parts.compactMap { $0 }, state.failure == nil ? [] : [retry])
    }

    private func row(_ entry: HistoryEntry) -> Page.Row {
        let lines = ShownLines(lines: entry.lines)
        let detail = [lines.amount, entry.relyingParty, words.moment(entry.outcome.decidedAt)].compactMap { $0 }
        return Page.Row(
            id: HistoryScreen.row(of: entry), title: lines.operation,
            detail: detail.joined(separator: "\n"), value: words.text(entry.outcome.decision.said),
            seal: entry.outcome.decision.seal)
    }

    private func one(_ entry: HistoryEntry) -> Page {
        let lines = ShownLines(lines: entry.lines)
        let outcome = entry.outcome
        let proof: [Page.Fact] = [
            .init(label: words.text(.decision), value: words.text(outcome.decision.said)),
            .init(label: words.text(.decidedAt), value: words.moment(outcome.decidedAt)),
            .init(label: words.text(.logRow), value: String(outcome.logRow)),
        ]
        let spoken = [lines.operation, lines.amount].compactMap { $0 }.joined(separator: words.pause)
        let told = state.isReported(entry)
        let parts: [Page.Part?] = [
            .seal(kind: outcome.decision.seal, large: false),
            .requestHead(
                operation: lines.operation, amount: lines.amount, side: lines.side, rim: nil, spoken: spoken),
            unsent, told && outcome.decision != .report ? info(words.text(.settledReport)) : nil,
            .facts(lines.facts + proof), lines.origin.isEmpty ? nil : .facts(lines.origin),
            .note(words.text(.receiptNote)), .mono(outcome.receipt),
        ]
        return Page(
            id: "history.entry", bar: .init(title: entry.relyingParty, back: true), parts: parts.compactMap { $0 },
            actions: told ? [] : [report], guarded: true)
    }

    private var report: Page.Button {
        let busy = state.report != nil
        return .init(id: Ids.report, text: words.text(busy ? .sending : .report), style: .outlined, busy: busy)
    }

    /// A report that did not arrive: without a connection it is kept.
    private var unsent: Page.Part? {
        guard let error = state.failure else { return nil }
        return error.passes
            ? notice(error.trouble.what, [.keptReport], words) : notice(error, words, didNot: .nothingAnswered)
    }

    private func page(_ id: String, _ parts: [Page.Part], _ actions: [Page.Button] = []) -> Page {
        Page(id: id, bar: .init(title: appName, back: true), parts: parts, actions: actions)
    }
}

extension Decision {
    fileprivate var said: Words.Key {
        switch self {
        case .approve: .decisionApprove
        case .deny: .decisionDeny
        case .report: .decisionReport
        }
    }

    fileprivate var seal: Page.SealKind {
        switch self {
        case .approve: .approved
        case .deny: .declined
        case .report: .stopped
        }
    }
}
