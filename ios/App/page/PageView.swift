import InkanKit
import SwiftUI

/// A screen: bar, parts in reading order, and the actions that stay. It lays out what the page says and decides nothing.
struct PageView: View {
    let page: Page
    let words: Words
    let send: @MainActor (PageEvent) -> Void
    @FocusState private var focus: String?
    @Environment(\.dynamicTypeSize) private var typeSize
    @Environment(\.accessibilityReduceMotion) private var reduceMotion

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 0) {
                // With large text the bar scrolls: only the actions stay.
                if typeSize.isAccessibilitySize { BarView(bar: page.bar, words: words, send: send) }
                VStack(alignment: .leading, spacing: Space.s4) {
                    ForEach(Array(page.parts.enumerated()), id: \.offset) { _, part in
                        PartView(part: part, words: words, focus: $focus, send: send)
                    }
                }
                .padding(.horizontal, Space.s5)
                .padding(.vertical, Space.s5)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityElement(children: .contain)
            .accessibilitySortPriority(2)
        }
        .id(page.place)
        .scrollDismissesKeyboard(.interactively)
        .safeAreaInset(edge: .top, spacing: 0) {
            if !typeSize.isAccessibilitySize {
                BarView(bar: page.bar, words: words, send: send).accessibilitySortPriority(3)
            }
        }
        .safeAreaInset(edge: .bottom, spacing: 0) {
            if !page.actions.isEmpty {
                ActionsView(buttons: page.actions, typing: focus != nil, send: send)
                    .accessibilityElement(children: .contain)
                    .accessibilitySortPriority(1)
            }
        }
        .background(Color.sheet)
        .accessibilityAction(.escape) {
            if page.bar.back { send(.tapped(PageEvent.back)) }
        }
        .animation(reduceMotion ? nil : .easeOut(duration: 0.2), value: page.id)
    }
}

/// The bar: who asks, the way back, and the time that is left.
struct BarView: View {
    let bar: Page.Bar
    let words: Words
    let send: @MainActor (PageEvent) -> Void
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        layout {
            HStack(spacing: Space.s2) {
                if bar.back {
                    Button {
                        send(.tapped(PageEvent.back))
                    } label: {
                        Image(systemName: "chevron.backward").frame(width: Measure.link, height: Measure.link)
                    }
                    .foregroundColor(.act)
                    .accessibilityLabel(Text(verbatim: words.text(.back)))
                    .padding(.leading, -Space.s3)
                }
                Text(verbatim: bar.title).lettering(.button).foregroundColor(.ink).accessibilityAddTraits(.isHeader)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let time = bar.time {
                Text(verbatim: time.text)
                    .font((time.urgent ? Font.subheadline.weight(.bold) : .subheadline).monospacedDigit())
                    .foregroundColor(time.urgent ? .caution : .ink)
                    .accessibilityLabel(Text(verbatim: time.spoken))
                    .accessibilityAddTraits(.updatesFrequently)
            }
        }
        .padding(.horizontal, Space.s5)
        .frame(minHeight: Measure.target)
        .background(Color.sheet)
        .overlay(alignment: .bottom) { Color.hairline.frame(height: Measure.hair) }
        .accessibilityElement(children: .contain)
    }

    private var layout: AnyLayout {
        typeSize.isAccessibilitySize
            ? AnyLayout(VStackLayout(alignment: .leading, spacing: 0)) : AnyLayout(HStackLayout(spacing: Space.s3))
    }
}
