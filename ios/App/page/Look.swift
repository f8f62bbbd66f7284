import SwiftUI

/// The distances between things. They do not grow with the text.
enum Space {
    static let s1: CGFloat = 4
    static let s2: CGFloat = 8
    static let s3: CGFloat = 12
    static let s4: CGFloat = 16
    static let s5: CGFloat = 20
    static let s6: CGFloat = 24
    static let s8: CGFloat = 32
}

/// Corners, borders and the least size of what is touched.
enum Measure {
    static let field: CGFloat = 4
    static let button: CGFloat = 8
    static let hair: CGFloat = 1
    static let line: CGFloat = 1.5
    static let error: CGFloat = 2.5
    static let target: CGFloat = 56
    static let link: CGFloat = 48
    static let seal: CGFloat = 64
    static let sealLarge: CGFloat = 96
    static let sealSmall: CGFloat = 48
}

/// Roles, not colours; the asset catalogue holds them for light and dark. A broker replaces `inkan_act` alone.
extension Color {
    static let sheet = Color("inkan_sheet")
    static let well = Color("inkan_well")
    static let ink = Color("inkan_ink")
    static let ink2 = Color("inkan_ink_2")
    static let hairline = Color("inkan_rule")
    static let edge = Color("inkan_edge")
    static let act = Color("inkan_act")
    static let onAct = Color("inkan_on_act")
    static let caution = Color("inkan_caution")
    static let cautionSoft = Color("inkan_caution_soft")
    static let cautionEdge = Color("inkan_caution_edge")
    static let buy = Color("inkan_buy")
    static let buySoft = Color("inkan_buy_soft")
    static let sell = Color("inkan_sell")
    static let sellSoft = Color("inkan_sell_soft")
}

/// The kinds of text, by what they are for.
enum Style {
    case amount, title, head, body, label, note, button

    /// The system's size that grows with the person's choice.
    var font: Font {
        switch self {
        case .amount: .largeTitle.weight(.bold)
        case .title: .title2.weight(.bold)
        case .head: .headline.weight(.bold)
        case .body: .body
        case .label: .subheadline
        case .note: .footnote
        case .button: .body.weight(.bold)
        }
    }

    var textStyle: Font.TextStyle {
        switch self {
        case .amount: .largeTitle
        case .title: .title2
        case .head: .headline
        case .body, .button: .body
        case .label: .subheadline
        case .note: .footnote
        }
    }

    /// Points between two lines beyond the system's own: size × (leading − 1.2). Japanese needs more than English.
    func spacing(japanese: Bool) -> CGFloat {
        switch self {
        case .amount: 34 * 0.05
        case .title: 24 * (japanese ? 0.25 : 0.1)
        case .head: 18 * (japanese ? 0.35 : 0.2)
        case .body: 16 * (japanese ? 0.55 : 0.3)
        case .label: 14 * (japanese ? 0.45 : 0.25)
        case .note: 13 * (japanese ? 0.45 : 0.25)
        case .button: 16 * 0.2
        }
    }
}

/// Size, weight and leading of a kind of text, with figures that stand below each other.
struct Lettering: ViewModifier {
    private let style: Style
    @ScaledMetric private var unit: CGFloat
    @Environment(\.locale) private var locale

    init(_ style: Style) {
        self.style = style
        _unit = ScaledMetric(wrappedValue: 1, relativeTo: style.textStyle)
    }

    func body(content: Content) -> some View {
        content
            .font(style.font.monospacedDigit())
            .lineSpacing(style.spacing(japanese: locale.language.languageCode == .japanese) * unit)
    }
}

extension View {
    func lettering(_ style: Style) -> some View {
        modifier(Lettering(style))
    }
}
