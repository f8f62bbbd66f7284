// SwiftUI for iOS 16: views, scenes and state. What is not here cannot be used; a line comes in from Apple's
// documentation, with its isolation, and with the version where that is later than iOS 13.
@_exported import Combine
import UIKit

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder @MainActor @preconcurrency var body: Body { get }
}
extension Never: View { public var body: Never { stub() } }
/// A view without a body of its own.
public protocol Leaf: View where Body == Never {}
extension Leaf { public var body: Never { stub() } }
public struct EmptyView: Leaf { public nonisolated init() {} }
public struct TupleView<T>: Leaf { nonisolated init() {} }
public struct _ConditionalContent<A, B> { nonisolated init() {} }
extension _ConditionalContent: View where A: View, B: View { public var body: Never { stub() } }
extension Optional: View where Wrapped: View { public var body: Never { stub() } }

@resultBuilder public struct ViewBuilder {
    public static func buildExpression<C: View>(_ content: C) -> C { content }
    public static func buildBlock() -> EmptyView { stub() }
    public static func buildBlock<C: View>(_ content: C) -> C { content }
    public static func buildBlock<each C: View>(_ content: repeat each C) -> TupleView<(repeat each C)> { stub() }
    public static func buildIf<C: View>(_ content: C?) -> C? { content }
    public static func buildEither<A: View, B: View>(first: A) -> _ConditionalContent<A, B> { stub() }
    public static func buildEither<A: View, B: View>(second: B) -> _ConditionalContent<A, B> { stub() }
}

public struct _ViewModifier_Content<M>: Leaf {}
@MainActor @preconcurrency public protocol ViewModifier {
    associatedtype Body: View
    typealias Content = _ViewModifier_Content<Self>
    @ViewBuilder @MainActor @preconcurrency func body(content: Content) -> Body
}

// MARK: App

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
}
extension Never: Scene {}
@resultBuilder public struct SceneBuilder {
    public static func buildExpression<C: Scene>(_ content: C) -> C { content }
    public static func buildBlock<C: Scene>(_ content: C) -> C { content }
}
@MainActor @preconcurrency public protocol App {  // iOS 14
    associatedtype Body: Scene
    @SceneBuilder @MainActor @preconcurrency var body: Body { get }
    init()
}
extension App { public static func main() { stub() } }
public struct WindowGroup<Content: View>: Scene {  // iOS 14
    public nonisolated init(@ViewBuilder content: () -> Content) {}
    public var body: Never { stub() }
}
public enum ScenePhase: Comparable, Sendable { case background, inactive, active }  // iOS 14
extension Scene {
    public nonisolated func onChange<V: Equatable>(of value: V, perform action: @escaping (V) -> Void) -> some Scene { self }  // iOS 14
}

// MARK: State

public protocol DynamicProperty {}
@propertyWrapper public struct State<Value>: DynamicProperty {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { get { stub() } nonmutating set {} }
    public var projectedValue: Binding<Value> { stub() }
}
extension State: Sendable where Value: Sendable {}
@propertyWrapper public struct Binding<Value>: DynamicProperty {
    // At Apple both are `@isolated(any) @Sendable`, at which this compiler (6.0.3) asserts. The app writes `@MainActor`
    // where a closure needs it, which fits both.
    public init(get: @escaping @Sendable () -> Value, set: @escaping @MainActor @Sendable (Value) -> Void) {}
    public var wrappedValue: Value { get { stub() } nonmutating set {} }
    public var projectedValue: Binding<Value> { self }
}
@propertyWrapper @MainActor @preconcurrency public struct ObservedObject<T: ObservableObject>: DynamicProperty {
    @MainActor @preconcurrency @dynamicMemberLookup public struct Wrapper {
        public subscript<S>(dynamicMember keyPath: ReferenceWritableKeyPath<T, S>) -> Binding<S> { stub() }
    }
    public nonisolated init(wrappedValue: T) {}
    public var wrappedValue: T { get { stub() } set {} }
    public var projectedValue: Wrapper { stub() }
}
@propertyWrapper @MainActor @preconcurrency
public struct UIApplicationDelegateAdaptor<D: NSObject & UIApplicationDelegate>: DynamicProperty {  // iOS 14
    public init(_ type: D.Type = D.self) {}
    public var wrappedValue: D { stub() }
}
@propertyWrapper public struct ScaledMetric<Value: BinaryFloatingPoint>: DynamicProperty {  // iOS 14
    public init(wrappedValue: Value, relativeTo textStyle: Font.TextStyle) {}
    public var wrappedValue: Value { stub() }
}
@propertyWrapper public struct FocusState<Value: Hashable>: DynamicProperty {  // iOS 15
    @propertyWrapper public struct Binding {
        public init() {}
        public var wrappedValue: Value { get { stub() } nonmutating set {} }
        public var projectedValue: Binding { self }
    }
    public init() where Value == Bool {}
    public init<T>() where Value == T?, T: Hashable {}
    public var wrappedValue: Value { get { stub() } nonmutating set {} }
    public var projectedValue: Binding { stub() }
}
@propertyWrapper public struct Environment<Value>: DynamicProperty {
    public init(_ keyPath: KeyPath<EnvironmentValues, Value>) {}
    public var wrappedValue: Value { stub() }
}
public struct EnvironmentValues: CustomStringConvertible {
    public var description: String { stub() }
    public var scenePhase: ScenePhase { stub() }  // iOS 14
    public var accessibilityReduceMotion: Bool { stub() }
    public var dynamicTypeSize: DynamicTypeSize { get { stub() } set {} }  // iOS 15
    public var locale: Locale { get { stub() } set {} }
}
public enum DynamicTypeSize: Hashable, Comparable, CaseIterable, Sendable {  // iOS 15
    case xSmall, small, medium, large, xLarge, xxLarge, xxxLarge
    case accessibility1, accessibility2, accessibility3, accessibility4, accessibility5
    public var isAccessibilitySize: Bool { stub() }
}

// MARK: UIKit

@MainActor @preconcurrency public protocol UIViewControllerRepresentable: View where Body == Never {
    associatedtype UIViewControllerType: UIViewController
    typealias Context = UIViewControllerRepresentableContext<Self>
    @MainActor @preconcurrency func makeUIViewController(context: Context) -> UIViewControllerType
    @MainActor @preconcurrency func updateUIViewController(
        _ uiViewController: UIViewControllerType, context: Context)
}
extension UIViewControllerRepresentable { public var body: Never { stub() } }
public struct UIViewControllerRepresentableContext<R: UIViewControllerRepresentable> {}
