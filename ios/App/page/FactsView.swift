import InkanKit
import SwiftUI

/// Labels and values between hairlines, like a paper form. With large text they stand below each other.
struct FactsView: View {
    let rows: [Page.Fact]
    @ScaledMetric(relativeTo: .body) private var em: CGFloat = 16
    @Environment(\.dynamicTypeSize) private var typeSize
    @Environment(\.locale) private var locale

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            Color.hairline.frame(height: Measure.hair)
            ForEach(Array(rows.enumerated()), id: \.offset) { _, row in
                form {
                    Text(verbatim: row.label)
                        .lettering(.label)
                        .foregroundColor(.ink2)
                        .frame(width: typeSize.isAccessibilitySize ? nil : labelWidth, alignment: .leading)
                    VStack(alignment: .leading, spacing: Space.s1) {
                        Text(verbatim: row.value).lettering(.body)
                        if let badge = row.badge { BadgeView(text: badge, kind: .caution) }
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                }
                .padding(.vertical, 10)
                .accessibilityElement(children: .ignore)
                .accessibilityLabel(Text(verbatim: Spoken.fact(row)))
                Color.hairline.frame(height: Measure.hair)
            }
        }
        .foregroundColor(.ink)
    }

    private var labelWidth: CGFloat {
        em * (locale.language.languageCode == .japanese ? 6 : 7.5)
    }

    private var form: AnyLayout {
        typeSize.isAccessibilitySize
            ? AnyLayout(VStackLayout(alignment: .leading, spacing: Space.s1))
            : AnyLayout(HStackLayout(alignment: .firstTextBaseline, spacing: Space.s4))
    }
}

/// A word in a frame.
struct BadgeView: View {
    enum Kind { case caution, buy, sell }

    let text: String
    let kind: Kind

    var body: some View {
        Text(verbatim: text)
            .font(.footnote.weight(.bold))
            .foregroundColor(color)
            .padding(.horizontal, 6)
            .padding(.vertical, 2)
            .background(ground, in: RoundedRectangle(cornerRadius: Measure.field))
            .overlay { RoundedRectangle(cornerRadius: Measure.field).strokeBorder(border, lineWidth: Measure.hair) }
    }

    private var color: Color {
        switch kind {
        case .caution: .caution
        case .buy: .buy
        case .sell: .sell
        }
    }

    private var ground: Color {
        switch kind {
        case .caution: .cautionSoft
        case .buy: .buySoft
        case .sell: .sellSoft
        }
    }

    private var border: Color {
        kind == .caution ? .cautionEdge : color
    }
}
