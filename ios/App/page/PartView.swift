import InkanKit
import SwiftUI

/// One part of a page.
struct PartView: View {
    let part: Page.Part
    let words: Words
    let focus: FocusState<String?>.Binding
    let send: @MainActor (PageEvent) -> Void

    var body: some View {
        switch part {
        case .seal(let kind, let large):
            StampedSeal(kind: kind, side: large ? Measure.sealLarge : Measure.seal)
        case .requestHead(let operation, let amount, let side, let rim, let spoken):
            RequestHeadView(operation: operation, amount: amount, side: side, words: words, rim: rim, spoken: spoken)
        case .title(let text):
            Text(verbatim: text).lettering(.title).foregroundColor(.ink).accessibilityAddTraits(.isHeader)
        case .text(let text):
            Text(verbatim: text).lettering(.body).foregroundColor(.ink)
        case .note(let text):
            Text(verbatim: text).lettering(.note).foregroundColor(.ink2)
        case .facts(let rows):
            FactsView(rows: rows)
        case .reasons(let texts):
            VStack(spacing: Space.s2) {
                ForEach(Array(texts.enumerated()), id: \.offset) { _, text in
                    NoticeView(kind: .caution, title: nil, text: text)
                }
            }
        case .notice(let kind, let title, let text):
            NoticeView(kind: kind, title: title, text: text)
        case .code(let groups, let spoken):
            CodeView(groups: groups, spoken: spoken)
        case .field(let id, let label, let hint, let value, let error, let kind):
            FieldView(
                id: id, label: label, hint: hint, value: value, error: error, kind: kind, focus: focus, send: send)
        case .digits(let id, let label, let count, let value, let error):
            DigitsView(id: id, label: label, count: count, value: value, error: error, focus: focus, send: send)
        case .rows(let rows):
            RowsView(rows: rows, send: send)
        case .steps(let done, let labels):
            StepsView(done: done, labels: labels)
        case .toggle(let id, let label, let detail, let on):
            SwitchView(id: id, label: label, detail: detail, on: on, send: send)
        case .camera(let waits):
            CameraView(waits: waits, send: send)
        case .mono(let text):
            Text(verbatim: text).font(.footnote.monospaced()).foregroundColor(.ink).textSelection(.enabled)
        case .reading(let paragraphs):
            // Lazy within the page's scroll view: what is out of sight is not laid out.
            LazyVStack(alignment: .leading, spacing: Space.s3) {
                ForEach(Array(paragraphs.enumerated()), id: \.offset) { _, text in
                    Text(verbatim: text).font(.footnote.monospaced()).foregroundColor(.ink).textSelection(.enabled)
                }
            }
        case .empty(let title, let hint):
            EmptyPart(title: title, hint: hint)
        case .inline(let buttons):
            VStack(alignment: .leading, spacing: Space.s2) {
                ForEach(buttons) { button in PageButton(button: button, send: send) }
            }
        }
    }
}

/// Something that is on or off, with its words.
struct SwitchView: View {
    let id: String
    let label: String
    let detail: String?
    let on: Bool
    let send: @MainActor (PageEvent) -> Void

    var body: some View {
        Toggle(isOn: Binding(get: { on }, set: { @MainActor on in send(.switched(id, on: on)) })) {
            VStack(alignment: .leading, spacing: Space.s1) {
                Text(verbatim: label).lettering(.body).foregroundColor(.ink)
                if let detail { Text(verbatim: detail).lettering(.label).foregroundColor(.ink2) }
            }
        }
        .tint(.act)
        .frame(minHeight: Measure.link)
        .accessibilityIdentifier(id)
    }
}

/// Nothing is here: the seal of another, one line, one hint.
struct EmptyPart: View {
    let title: String
    let hint: String

    var body: some View {
        VStack(spacing: Space.s3) {
            SealView(kind: .elsewhere, side: Measure.seal)
            Text(verbatim: title).lettering(.head).foregroundColor(.ink).accessibilityAddTraits(.isHeader)
            Text(verbatim: hint).lettering(.body).foregroundColor(.ink2)
        }
        .multilineTextAlignment(.center)
        .frame(maxWidth: .infinity)
        .padding(.vertical, Space.s8)
    }
}
