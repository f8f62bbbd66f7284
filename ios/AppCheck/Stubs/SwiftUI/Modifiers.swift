// SwiftUI for iOS 16: modifiers. Each is `nonisolated` as in Apple's interface.
import UIKit

extension View {
    public nonisolated func modifier<M: ViewModifier>(_ modifier: M) -> some View { self }

    // Text
    public nonisolated func font(_ font: Font?) -> some View { self }
    public nonisolated func foregroundColor(_ color: Color?) -> some View { self }
    public nonisolated func underline() -> some View { self }  // iOS 16, with these defaults
    public nonisolated func lineLimit(_ number: Int?) -> some View { self }
    public nonisolated func lineSpacing(_ spacing: CGFloat) -> some View { self }
    public nonisolated func minimumScaleFactor(_ factor: CGFloat) -> some View { self }
    public nonisolated func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public nonisolated func tracking(_ tracking: CGFloat) -> some View { self }  // iOS 16
    public nonisolated func textSelection<S: TextSelectability>(_ selectability: S) -> some View { self }  // iOS 15

    // Input
    public nonisolated func keyboardType(_ type: UIKeyboardType) -> some View { self }
    public nonisolated func textInputAutocapitalization(_ capitals: TextInputAutocapitalization?) -> some View { self }  // iOS 15
    public nonisolated func autocorrectionDisabled(_ disable: Bool = true) -> some View { self }
    public nonisolated func submitLabel(_ label: SubmitLabel) -> some View { self }  // iOS 15
    public nonisolated func focused<V: Hashable>(_ binding: FocusState<V>.Binding, equals value: V) -> some View { self }  // iOS 15
    public nonisolated func scrollDismissesKeyboard(_ mode: ScrollDismissesKeyboardMode) -> some View { self }  // iOS 16
    public nonisolated func buttonStyle<S: PrimitiveButtonStyle>(_ style: S) -> some View { self }
    public nonisolated func buttonStyle<S: ButtonStyle>(_ style: S) -> some View { self }

    // Layout
    public nonisolated func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public nonisolated func padding(_ length: CGFloat) -> some View { self }
    public nonisolated func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center) -> some View {
        self
    }
    public nonisolated func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View { self }
    public nonisolated func safeAreaInset<V: View>(
        edge: VerticalEdge, alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> V
    ) -> some View { self }  // iOS 15
    public nonisolated func ignoresSafeArea() -> some View { self }  // iOS 14, with these defaults

    // Looks
    public nonisolated func background<S: ShapeStyle>(_ style: S) -> some View { self }  // iOS 15
    public nonisolated func background<S: ShapeStyle, T: InsettableShape>(_ style: S, in shape: T) -> some View { self }  // iOS 15
    public nonisolated func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View {
        self
    }  // iOS 15
    public nonisolated func tint(_ color: Color?) -> some View { self }  // iOS 15
    public nonisolated func opacity(_ opacity: Double) -> some View { self }
    public nonisolated func scaleEffect(_ scale: CGFloat) -> some View { self }
    public nonisolated func rotationEffect(_ angle: Angle) -> some View { self }
    public nonisolated func clipShape<S: Shape>(_ shape: S) -> some View { self }
    public nonisolated func contentShape<S: Shape>(_ shape: S) -> some View { self }
    public nonisolated func animation<V: Equatable>(_ animation: Animation?, value: V) -> some View { self }
    public nonisolated func transition(_ transition: AnyTransition) -> some View { self }

    // Life
    public nonisolated func id<ID: Hashable>(_ id: ID) -> some View { self }
    public nonisolated func environment<V>(_ keyPath: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View {
        self
    }
    public nonisolated func onOpenURL(perform action: @escaping (URL) -> Void) -> some View { self }  // iOS 14
    public nonisolated func onAppear(perform action: (() -> Void)? = nil) -> some View { self }
    public nonisolated func onChange<V: Equatable>(of value: V, perform action: @escaping (V) -> Void) -> some View {
        self
    }  // iOS 14

    // Accessibility
    public nonisolated func accessibilityLabel(_ label: Text) -> some View { self }  // iOS 14
    public nonisolated func accessibilityValue(_ value: Text) -> some View { self }  // iOS 14
    public nonisolated func accessibilityHidden(_ hidden: Bool) -> some View { self }  // iOS 14
    public nonisolated func accessibilityIdentifier(_ identifier: String) -> some View { self }  // iOS 14
    public nonisolated func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }  // iOS 14
    public nonisolated func accessibilitySortPriority(_ priority: Double) -> some View { self }  // iOS 14
    public nonisolated func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View { self }
    public nonisolated func accessibilityAction(
        _ kind: AccessibilityActionKind, _ handler: @escaping () -> Void
    ) -> some View { self }
}
