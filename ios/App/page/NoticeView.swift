import InkanKit
import SwiftUI

/// A tinted box with an icon and words. Never the tint alone.
struct NoticeView: View {
    let kind: Page.NoticeKind
    let title: String?
    let text: String

    var body: some View {
        HStack(alignment: .firstTextBaseline, spacing: Space.s3) {
            Image(systemName: kind == .caution ? "exclamationmark.triangle" : "info.circle")
                .font(.body)
                .foregroundColor(kind == .caution ? .caution : .ink)
                .accessibilityHidden(true)
            VStack(alignment: .leading, spacing: Space.s1) {
                if let title { Text(verbatim: title).lettering(.button).foregroundColor(.ink) }
                Text(verbatim: text).lettering(.body).foregroundColor(.ink)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
        .padding(.horizontal, Space.s4)
        .padding(.vertical, Space.s3)
        .background(
            kind == .caution ? Color.cautionSoft : Color.well, in: RoundedRectangle(cornerRadius: Measure.button)
        )
        .overlay {
            RoundedRectangle(cornerRadius: Measure.button)
                .strokeBorder(kind == .caution ? Color.cautionEdge : Color.clear, lineWidth: Measure.hair)
        }
        .accessibilityElement(children: .combine)
    }
}

/// Where an enrollment stands: bars help, words carry the state.
struct StepsView: View {
    let done: Int
    let labels: [String]

    var body: some View {
        VStack(alignment: .leading, spacing: Space.s2) {
            HStack(spacing: Space.s1) {
                ForEach(Array(labels.enumerated()), id: \.offset) { index, _ in
                    (index < done ? Color.act : Color.hairline).frame(height: 4)
                }
            }
            .accessibilityHidden(true)
            if let now = StepWords.now(done: done, labels: labels) {
                Text(verbatim: now).lettering(.label).foregroundColor(.ink2)
            }
        }
    }
}

/// Six digits to be copied, three and three.
struct CodeView: View {
    let groups: [String]
    let spoken: String
    @ScaledMetric(relativeTo: .largeTitle) private var size: CGFloat = 44

    var body: some View {
        ViewThatFits(in: .horizontal) {
            line(size)
            line(28)
            VStack { ForEach(Array(groups.enumerated()), id: \.offset) { _, group in digits(group, size) } }
        }
        .frame(maxWidth: .infinity)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Text(verbatim: spoken))
    }

    private func line(_ size: CGFloat) -> some View {
        HStack(spacing: size * 0.35) {
            ForEach(Array(groups.enumerated()), id: \.offset) { _, group in digits(group, size) }
        }
    }

    private func digits(_ group: String, _ size: CGFloat) -> some View {
        Text(verbatim: group)
            .font(.system(size: size, weight: .bold).monospacedDigit())
            .tracking(size * 0.06)
            .foregroundColor(.ink)
            .lineLimit(1)
    }
}
