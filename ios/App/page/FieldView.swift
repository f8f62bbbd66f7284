import InkanKit
import SwiftUI
import UIKit

/// A line to write on: label, hint, error, field.
struct FieldView: View {
    let id: String
    let label: String
    let hint: String?
    let value: String
    let error: String?
    let kind: Page.FieldKind
    let focus: FocusState<String?>.Binding
    let send: @MainActor (PageEvent) -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: Space.s1) {
            FieldHead(label: label, hint: hint, error: error)
            TextField(text: Binding(get: { value }, set: { @MainActor text in send(.typed(field: id, text: text)) })) {
                Text(verbatim: "")
            }
            .lettering(.body)
            .foregroundColor(.ink)
            .focused(focus, equals: id)
            .keyboardType(kind.keyboard)
            .textInputAutocapitalization(kind.capitals)
            .autocorrectionDisabled()
            .submitLabel(.done)
            .padding(.horizontal, Space.s3)
            .frame(minHeight: Measure.link)
            .background(Color.sheet, in: RoundedRectangle(cornerRadius: Measure.field))
            .overlay { FieldBorder(focused: focus.wrappedValue == id, wrong: error != nil) }
            .accessibilityLabel(Text(verbatim: Spoken.field(label: label, hint: hint, error: error)))
            .accessibilityIdentifier(id)
        }
    }
}

/// What stands above a field. The field's own label says it to screen readers.
struct FieldHead: View {
    let label: String
    let hint: String?
    let error: String?

    var body: some View {
        VStack(alignment: .leading, spacing: Space.s1) {
            Text(verbatim: label).font(.subheadline.weight(.bold)).foregroundColor(.ink)
            if let hint { Text(verbatim: hint).lettering(.note).foregroundColor(.ink2) }
            if let error {
                HStack(alignment: .firstTextBaseline, spacing: Space.s2) {
                    Image(systemName: "exclamationmark.triangle")
                    Text(verbatim: error)
                }
                .font(.subheadline.weight(.bold))
                .foregroundColor(.caution)
            }
        }
        .accessibilityHidden(true)
    }
}

/// The border of a field: thick where it is written in, and where it is wrong.
struct FieldBorder: View {
    let focused: Bool
    let wrong: Bool

    var body: some View {
        RoundedRectangle(cornerRadius: Measure.field)
            .strokeBorder(
                wrong ? Color.cautionEdge : focused ? Color.ink : Color.edge,
                lineWidth: wrong || focused ? Measure.error : Measure.line)
    }
}

extension Page.FieldKind {
    fileprivate var keyboard: UIKeyboardType {
        switch self {
        case .text, .name: .default
        case .typedCode: .asciiCapable
        case .host: .URL
        }
    }

    fileprivate var capitals: TextInputAutocapitalization {
        switch self {
        case .text, .name: .sentences
        case .typedCode: .characters
        case .host: .never
        }
    }
}
