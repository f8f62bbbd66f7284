// What is shown of what waits.

/// Draws the home screen.
struct HomePage {
    let state: HomeScreen
    let words: Words

    func draw() -> Page {
        guard let inbox = state.inbox else {
            return page("inbox.loading", [.title(words.text(.navInbox)), .text(words.text(.loading))])
        }
        if state.accounts.isEmpty && state.failure == nil { return welcome() }
        let problems = inbox.problems.map(\.error) + [state.failure].compactMap { $0 }
        return inbox.requests.isEmpty ? nothing(problems) : list(inbox.requests, problems)
    }

    private func welcome() -> Page {
        page(
            "welcome",
            [.title(words.text(.welcome)), .text(words.text(.welcomeLead)), .text(words.text(.enrollLead))],
            [.init(id: Ids.enroll, text: words.text(.enrollUriButton), style: .filled)])
    }

    private func nothing(_ problems: [InkanError]) -> Page {
        guard let first = problems.first else {
            let empty = Page.Part.empty(title: words.text(.inboxNone), hint: words.text(.inboxNoneHint))
            return page("inbox.empty", settled + [empty, .note(words.text(.inboxNote))])
        }
        let kind = first.key.prefix { $0 != "." }
        return page(
            "inbox.\(kind)", [.title(words.text(.navInbox))] + settled + notices(problems), remedy(problems))
    }

    private func list(_ requests: [Request], _ problems: [InkanError]) -> Page {
        let one = requests.count == 1
        let title = one ? words.text(.inboxOne) : words.text(.inboxSeveral, requests.count)
        let denyAll = Page.Button(
            id: Ids.denyAll, text: words.text(.inboxDenyAll, requests.count), style: .outlined, busy: state.denying > 0)
        let lead: [Page.Part] = one ? [] : [.text(words.text(.inboxSeveralLead))]
        return page(
            one ? "inbox.one" : "inbox.several",
            [.title(title)] + lead + [.rows(requests.map(row))] + settled + notices(problems)
                + [.note(words.text(.inboxNote))],
            one ? [] : [denyAll], announce: title)
    }

    private func row(_ request: Request) -> Page.Row {
        let lines = ShownLines(lines: request.lines)
        let left = countdown(begun: request.issuedAt, ends: state.endOf(request), now: state.now, words)
        let detail = [lines.amount, request.relyingParty, lines.origin.first?.value].compactMap { $0 }
        return Page.Row(
            id: HomeScreen.rowId(request), title: lines.operation.isEmpty ? words.text(.navInbox) : lines.operation,
            detail: detail.joined(separator: "\n"), value: left.text,
            badge: request.kept != nil ? words.text(.keptBadge) : lines.reasons.first, seal: .waiting)
    }

    /// What became of answers that were kept while there was no connection.
    private var settled: [Page.Part] {
        let unreturned = state.notReturned ? [caution(words.text(.approvedReturnFailed))] : []
        return unreturned
            + state.settled.compactMap { kept in
                if let problem = kept.problem {
                    // It is still kept: its row says so.
                    return problem.passes ? nil : notice(problem, words, didNot: .nothingByYou)
                }
                return switch kept.decision {
                case .approve: info(words.text(.settledApprove))
                case .deny: info(words.text(.settledDeny))
                case .report: info(words.text(.settledReport))
                }
            }
    }

    private func notices(_ problems: [InkanError]) -> [Page.Part] {
        var seen: Set<String> = []
        return problems.filter { seen.insert($0.key).inserted }.map { notice($0, words, didNot: .nothingAnswered) }
    }

    private func remedy(_ problems: [InkanError]) -> [Page.Button] {
        let enroll = problems.contains { problem in
            switch problem {
            case .notRecognised, .keyInvalid: true
            default: false
            }
        }
        let again = Page.Button(id: Ids.enroll, text: words.text(.enrollAgain), style: .outlined)
        return (enroll ? [again] : []) + [.init(id: Ids.retry, text: words.text(.retry), style: .outlined)]
    }

    private func page(
        _ id: String, _ parts: [Page.Part], _ actions: [Page.Button] = [], announce: String? = nil
    ) -> Page {
        let navigation: [Page.Button] = [
            .init(id: Ids.navHistory, text: words.text(.navHistory), style: .quiet),
            .init(id: Ids.navSettings, text: words.text(.navSettings), style: .quiet),
        ]
        return Page(
            id: id, bar: .init(title: appName), parts: parts, actions: actions + navigation, announce: announce)
    }
}
