import InkanKit
import SwiftUI

/// What is asked, its amount and side, and the empty place whose rim is the time. Amounts are never shortened: they get
/// smaller, then they wrap.
struct RequestHeadView: View {
    let operation: String
    let amount: String?
    let side: Page.Side?
    let words: Words
    let rim: Double?
    let spoken: String
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        HStack(alignment: .center, spacing: Space.s4) {
            VStack(alignment: .leading, spacing: Space.s1) {
                HStack(alignment: .firstTextBaseline, spacing: Space.s2) {
                    Text(verbatim: operation).lettering(.title).foregroundColor(.ink)
                    switch side {
                    case .buy: BadgeView(text: words.text(.buy), kind: .buy)
                    case .sell: BadgeView(text: words.text(.sell), kind: .sell)
                    case nil: EmptyView()
                    }
                }
                if let amount {
                    ViewThatFits(in: .horizontal) {
                        Text(verbatim: amount).lettering(.amount).lineLimit(1)
                        Text(verbatim: amount).lettering(.title).lineLimit(1)
                        Text(verbatim: amount).lettering(.title)
                    }
                    .foregroundColor(color)
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let rim, !typeSize.isAccessibilitySize {
                SealView(kind: .waiting, side: Measure.seal, rim: rim)
            }
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Text(verbatim: spoken))
        .accessibilityAddTraits(.isHeader)
    }

    private var color: Color {
        switch side {
        case .buy: .buy
        case .sell: .sell
        case nil: .ink
        }
    }
}
