import InkanKit
import SwiftUI

/// Digits to type: one field for the person and for screen readers, with a line to write each digit on.
struct DigitsView: View {
    let id: String
    let label: String
    let count: Int
    let value: String
    let error: String?
    let focus: FocusState<String?>.Binding
    let send: @MainActor (PageEvent) -> Void
    @ScaledMetric(relativeTo: .title) private var size: CGFloat = 32

    var body: some View {
        VStack(alignment: .leading, spacing: Space.s2) {
            FieldHead(label: label, hint: nil, error: error)
            ZStack(alignment: .leading) {
                boxes.accessibilityHidden(true)
                // The field lies over the lines: its own text is not seen, and a tap anywhere begins to write.
                TextField(
                    text: Binding(get: { value }, set: { @MainActor text in send(.typed(field: id, text: text)) })
                ) {
                    Text(verbatim: "")
                }
                .focused(focus, equals: id)
                .keyboardType(.numberPad)
                .autocorrectionDisabled()
                .foregroundColor(.clear)
                .tint(.clear)
                .frame(maxWidth: .infinity, minHeight: Measure.target)
                .accessibilityLabel(Text(verbatim: Spoken.field(label: label, hint: nil, error: error)))
                .accessibilityValue(Text(verbatim: Spoken.digits(value)))
                .accessibilityIdentifier(id)
            }
            .padding(.horizontal, Space.s4)
            .padding(.vertical, Space.s2)
            .background(Color.sheet, in: RoundedRectangle(cornerRadius: Measure.field))
            .overlay { FieldBorder(focused: focus.wrappedValue == id, wrong: error != nil) }
        }
    }

    private var boxes: some View {
        HStack(spacing: Space.s2) {
            ForEach(Array(DigitBoxes.signs(of: value, count: count).enumerated()), id: \.offset) { index, sign in
                VStack(spacing: 2) {
                    Text(verbatim: sign)
                        .font(.system(size: size, weight: .bold).monospacedDigit())
                        .minimumScaleFactor(0.4)
                        .lineLimit(1)
                        .foregroundColor(.ink)
                        .frame(maxWidth: .infinity, minHeight: Space.s8)
                    (index == value.count && focus.wrappedValue == id ? Color.act : Color.edge)
                        .frame(height: Measure.line)
                }
                .padding(.leading, DigitBoxes.isBreak(before: index, of: count) ? Space.s2 : 0)
            }
        }
        .frame(maxWidth: size * CGFloat(count) * 1.2)
    }
}
