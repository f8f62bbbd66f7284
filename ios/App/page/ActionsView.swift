import InkanKit
import SwiftUI

/// The buttons that stay at the bottom while the content scrolls. While something is typed, the two large ones stand
/// side by side above the keyboard.
struct ActionsView: View {
    let buttons: [Page.Button]
    let typing: Bool
    let send: @MainActor (PageEvent) -> Void
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        VStack(spacing: 10) {
            beside {
                ForEach(buttons.filter { $0.style != .quiet }) { button in
                    PageButton(button: button, send: send)
                }
            }
            if !typing {
                ForEach(buttons.filter { $0.style == .quiet }) { button in
                    PageButton(button: button, send: send)
                }
            }
        }
        .padding(.horizontal, Space.s5)
        .padding(.vertical, Space.s3)
        .frame(maxWidth: .infinity)
        .background(Color.sheet)
        .overlay(alignment: .top) { Color.hairline.frame(height: Measure.hair) }
    }

    private var beside: AnyLayout {
        typing && !typeSize.isAccessibilitySize
            ? AnyLayout(HStackLayout(spacing: 10)) : AnyLayout(VStackLayout(spacing: 10))
    }
}

/// A button of a page. Never greyed out: pressed too early, the page says what is missing. While it is busy, a tap does
/// nothing.
struct PageButton: View {
    let button: Page.Button
    let send: @MainActor (PageEvent) -> Void

    var body: some View {
        Button {
            if !button.busy { send(.tapped(button.id)) }
        } label: {
            HStack(spacing: Space.s2) {
                if button.style == .grave {
                    SealStrokes(path: SealDrawing.stop)
                        .stroke(Color.sheet, style: StrokeStyle(lineWidth: 1.5, lineCap: .butt))
                        .frame(width: Space.s6, height: Space.s6)
                        .accessibilityHidden(true)
                }
                Text(verbatim: button.text).multilineTextAlignment(.center)
            }
        }
        .buttonStyle(LookButtonStyle(style: button.style, busy: button.busy))
        .accessibilityIdentifier(button.id)
    }
}

/// How a button of each kind looks.
struct LookButtonStyle: ButtonStyle {
    let style: Page.Button.Style
    let busy: Bool

    func makeBody(configuration: Configuration) -> some View {
        if style == .quiet {
            configuration.label
                .lettering(.body)
                .underline()
                .foregroundColor(busy ? .ink2 : .act)
                .opacity(configuration.isPressed ? 0.6 : 1)
                .padding(.horizontal, Space.s2)
                .frame(minHeight: Measure.link)
                .contentShape(Rectangle())
        } else {
            configuration.label
                .lettering(.button)
                .foregroundColor(foreground)
                .padding(.horizontal, Space.s5)
                .padding(.vertical, Space.s2)
                .frame(maxWidth: .infinity, minHeight: Measure.target)
                .background(
                    background(pressed: configuration.isPressed), in: RoundedRectangle(cornerRadius: Measure.button)
                )
                .overlay {
                    RoundedRectangle(cornerRadius: Measure.button)
                        .strokeBorder(style == .outlined ? Color.edge : Color.clear, lineWidth: Measure.line)
                }
                .contentShape(Rectangle())
        }
    }

    private var foreground: Color {
        if busy { return .ink2 }
        return switch style {
        case .filled: .onAct
        case .grave: .sheet
        case .outlined, .quiet: .ink
        }
    }

    private func background(pressed: Bool) -> Color {
        if busy { return .well }
        let color: Color =
            switch style {
            case .filled: .act
            case .grave: .ink
            case .outlined, .quiet: pressed ? .well : .sheet
            }
        return pressed ? color.opacity(0.88) : color
    }
}
