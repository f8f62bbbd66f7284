import InkanKit
import SwiftUI

/// Rows that can be chosen, between hairlines.
struct RowsView: View {
    let rows: [Page.Row]
    let send: @MainActor (PageEvent) -> Void

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            Color.hairline.frame(height: Measure.hair)
            ForEach(rows) { row in
                Button {
                    send(.tapped(row.id))
                } label: {
                    RowView(row: row)
                }
                .buttonStyle(.plain)
                .accessibilityLabel(Text(verbatim: Spoken.row(row)))
                .accessibilityIdentifier(row.id)
                Color.hairline.frame(height: Measure.hair)
            }
        }
    }
}

/// One row: seal, words, and on the right a value and what a tap does. With large text the right side goes below.
struct RowView: View {
    let row: Page.Row
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        layout {
            HStack(alignment: .top, spacing: Space.s4) {
                if let seal = row.seal { SealView(kind: seal, side: Measure.sealSmall) }
                VStack(alignment: .leading, spacing: Space.s1) {
                    Text(verbatim: row.title).lettering(.head).foregroundColor(.ink)
                    if let detail = row.detail { Text(verbatim: detail).lettering(.label).foregroundColor(.ink2) }
                    if let badge = row.badge { BadgeView(text: badge, kind: .caution) }
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            VStack(alignment: .trailing, spacing: Space.s1) {
                if let value = row.value { Text(verbatim: value).lettering(.label).foregroundColor(.ink) }
                if let action = row.action {
                    Text(verbatim: action).lettering(.label).underline().foregroundColor(.act)
                }
            }
        }
        .padding(.vertical, Space.s3)
        .frame(maxWidth: .infinity, minHeight: 64, alignment: .leading)
        .contentShape(Rectangle())
    }

    private var layout: AnyLayout {
        typeSize.isAccessibilitySize
            ? AnyLayout(VStackLayout(alignment: .leading, spacing: Space.s2))
            : AnyLayout(HStackLayout(alignment: .center, spacing: Space.s4))
    }
}
