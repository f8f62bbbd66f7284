// SwiftUI for iOS 16: text, controls, layout, shapes and colours.
import UIKit

public struct Text: Leaf, Equatable {
    public nonisolated init(verbatim content: String) {}
    public nonisolated func font(_ font: Font?) -> Text { self }
    public nonisolated func underline() -> Text { self }  // with these defaults
    public nonisolated func tracking(_ tracking: CGFloat) -> Text { self }
}
public struct Image: Leaf {
    public nonisolated init(systemName: String) {}
}
@MainActor @preconcurrency public struct Button<L: View>: Leaf {
    public nonisolated init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> L) {}
}
public struct TextField<L: View>: Leaf {
    public nonisolated init(text: Binding<String>, @ViewBuilder label: () -> L) {}  // iOS 15
}
public struct Toggle<L: View>: Leaf {
    public nonisolated init(isOn: Binding<Bool>, @ViewBuilder label: () -> L) {}
}

// MARK: Layout

public struct HorizontalAlignment: Equatable, Sendable {
    public static let leading = Self(), center = Self(), trailing = Self()
}
public struct VerticalAlignment: Equatable, Sendable {
    public static let top = Self(), center = Self(), bottom = Self(), firstTextBaseline = Self()
}
public struct Alignment: Equatable, Sendable {
    public static let center = Self(), leading = Self(), trailing = Self(), top = Self(), bottom = Self()
}
public enum TextAlignment: Hashable, Sendable { case leading, center, trailing }
public enum VerticalEdge: Sendable { case top, bottom }
public enum Axis: Sendable {
    case horizontal, vertical
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let horizontal = Self(rawValue: 1), vertical = Self(rawValue: 2)
    }
}
public enum Edge: Sendable {
    case top, leading, bottom, trailing
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let top = Self(rawValue: 1), leading = Self(rawValue: 2), bottom = Self(rawValue: 4)
        public static let horizontal = Self(rawValue: 10), vertical = Self(rawValue: 5), all = Self(rawValue: 15)
    }
}
public struct VStack<C: View>: Leaf {
    public nonisolated init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
}
public struct LazyVStack<C: View>: Leaf {  // iOS 14
    public nonisolated init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
}
public struct HStack<C: View>: Leaf {
    public nonisolated init(
        alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> C) {}
}
public struct ZStack<C: View>: Leaf {
    public nonisolated init(alignment: Alignment = .center, @ViewBuilder content: () -> C) {}
}
public struct ViewThatFits<C: View>: Leaf {  // iOS 16
    public nonisolated init(in axes: Axis.Set = [.horizontal, .vertical], @ViewBuilder content: () -> C) {}
}
public struct GeometryProxy { public var size: CGSize { stub() } }
public struct GeometryReader<C: View>: Leaf {
    public nonisolated init(@ViewBuilder content: @escaping (GeometryProxy) -> C) {}
}
public struct ScrollView<C: View>: Leaf { public nonisolated init(@ViewBuilder content: () -> C) {} }
public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content> {}
extension ForEach: View where Content: View {
    public var body: Never { stub() }
    public nonisolated init(
        _ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}
extension ForEach where ID == Data.Element.ID, Content: View, Data.Element: Identifiable {
    public nonisolated init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}
public protocol Layout {}  // iOS 16, with AnyLayout and both below
extension Layout {
    @MainActor public func callAsFunction<V: View>(@ViewBuilder _ content: () -> V) -> some View { content() }
}
public struct AnyLayout: Layout { public init<L: Layout>(_ layout: L) {} }
public struct VStackLayout: Layout {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil) {}
}
public struct HStackLayout: Layout {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil) {}
}

// MARK: Looks

public struct Font: Hashable, Sendable {
    public enum TextStyle: CaseIterable, Sendable {
        case largeTitle, title, title2, title3, headline, body, callout, subheadline, footnote, caption, caption2
    }
    public struct Weight: Hashable, Sendable { public static let regular = Self(), bold = Self() }
    public static let largeTitle = Font(), title2 = Font(), headline = Font(), body = Font()
    public static let subheadline = Font(), footnote = Font()
    public static func system(size: CGFloat, weight: Font.Weight) -> Font { stub() }
    public func weight(_ weight: Weight) -> Font { self }
    public func monospacedDigit() -> Font { self }
    public func monospaced() -> Font { self }  // iOS 15
}
public protocol ShapeStyle: Sendable {}
public struct Color: ShapeStyle, Leaf, Hashable {
    public static let clear = Color()
    public nonisolated init(_ name: String) {}
    nonisolated init() {}
    public nonisolated func opacity(_ opacity: Double) -> Color { self }
}
// The names that the app gives its colours are found where any style is asked for.
extension ShapeStyle where Self == Color { public static var clear: Color { stub() } }
public struct Angle: Hashable, Sendable { public static func degrees(_ degrees: Double) -> Angle { stub() } }
public struct StrokeStyle: Equatable, Sendable {
    public init(
        lineWidth: CGFloat = 1, lineCap: CGLineCap = .butt, lineJoin: CGLineJoin = .miter, miterLimit: CGFloat = 10,
        dash: [CGFloat] = [], dashPhase: CGFloat = 0) {}
}
public enum CGLineCap: Int32, Sendable { case butt, round, square }
public enum CGLineJoin: Int32, Sendable { case miter, round, bevel }
public struct Path: Equatable, Sendable {
    public init() {}
    public mutating func move(to end: CGPoint) {}
    public mutating func addLine(to end: CGPoint) {}
}
public protocol Shape: View, Sendable {
    nonisolated func path(in rect: CGRect) -> Path
}
extension Shape { public var body: Never { stub() } }
extension Shape {
    public nonisolated func fill<S: ShapeStyle>(_ content: S) -> some View { EmptyView() }
    public nonisolated func stroke<S: ShapeStyle>(_ content: S, style: StrokeStyle) -> some View { EmptyView() }
    public nonisolated func trim(from startFraction: CGFloat = 0, to endFraction: CGFloat = 1) -> some Shape { self }
}
public protocol InsettableShape: Shape {}
extension InsettableShape {
    public nonisolated func strokeBorder<S: ShapeStyle>(_ content: S, lineWidth: CGFloat = 1) -> some View { EmptyView() }
}
public struct Circle: InsettableShape {
    public nonisolated init() {}
    public nonisolated func path(in rect: CGRect) -> Path { stub() }
}
public struct Rectangle: InsettableShape {
    public nonisolated init() {}
    public nonisolated func path(in rect: CGRect) -> Path { stub() }
}
public struct RoundedRectangle: InsettableShape {
    public nonisolated init(cornerRadius: CGFloat) {}
    public nonisolated func path(in rect: CGRect) -> Path { stub() }
}
public struct Animation: Equatable, Sendable {
    public static func easeOut(duration: TimeInterval) -> Animation { stub() }
    public static func timingCurve(_ a: Double, _ b: Double, _ c: Double, _ d: Double, duration: TimeInterval) -> Animation {
        stub()
    }
}
public struct AnyTransition: Sendable { public static let identity = AnyTransition() }
@MainActor @preconcurrency public protocol ButtonStyle {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency func makeBody(configuration: Configuration) -> Body
    typealias Configuration = ButtonStyleConfiguration
}
public struct ButtonStyleConfiguration {
    public struct Label: Leaf {}
    public let label: Label
    public let isPressed: Bool
}
@MainActor @preconcurrency public protocol PrimitiveButtonStyle {}
public struct PlainButtonStyle: PrimitiveButtonStyle {}
extension PrimitiveButtonStyle where Self == PlainButtonStyle { public static var plain: PlainButtonStyle { stub() } }
public struct SubmitLabel: Sendable { public static var done: SubmitLabel { stub() } }  // iOS 15
public struct TextInputAutocapitalization: Sendable {  // iOS 15
    public static var never: Self { stub() }
    public static var sentences: Self { stub() }
    public static var characters: Self { stub() }
}
public struct ScrollDismissesKeyboardMode: Sendable { public static var interactively: Self { stub() } }  // iOS 16
public protocol TextSelectability {}
public struct EnabledTextSelectability: TextSelectability {}
extension TextSelectability where Self == EnabledTextSelectability {
    public static var enabled: EnabledTextSelectability { stub() }
}
public struct AccessibilityTraits: SetAlgebra, Sendable {
    public typealias Element = AccessibilityTraits
    public typealias ArrayLiteralElement = AccessibilityTraits
    public static let isHeader = Self(), isButton = Self(), updatesFrequently = Self()
    public init() {}
    public func contains(_ m: Self) -> Bool { stub() }
    public func union(_ o: Self) -> Self { stub() }
    public func intersection(_ o: Self) -> Self { stub() }
    public func symmetricDifference(_ o: Self) -> Self { stub() }
    public mutating func insert(_ n: Self) -> (inserted: Bool, memberAfterInsert: Self) { stub() }
    public mutating func remove(_ m: Self) -> Self? { stub() }
    public mutating func update(with n: Self) -> Self? { stub() }
    public mutating func formUnion(_ o: Self) {}
    public mutating func formIntersection(_ o: Self) {}
    public mutating func formSymmetricDifference(_ o: Self) {}
}
public struct AccessibilityChildBehavior: Hashable, Sendable {
    public static let combine = Self(), contain = Self(), ignore = Self()
}
public struct AccessibilityActionKind: Equatable, Sendable { public static let escape = Self() }
