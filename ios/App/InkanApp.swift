import InkanKit
import SwiftUI

/// The app: one window, one page at a time.
@main
struct InkanApp: App {
    @UIApplicationDelegateAdaptor(AppDelegate.self) private var delegate
    @Environment(\.scenePhase) private var scenePhase

    var body: some Scene {
        WindowGroup {
            RootView(model: delegate.model)
                // A verified https link; there is no scheme of our own.
                .onOpenURL { url in delegate.model.open(link: url.absoluteString) }
        }
        .onChange(of: scenePhase) { phase in
            delegate.model.entered(Cover.Phase(phase))
        }
    }
}

extension Cover.Phase {
    init(_ phase: ScenePhase) {
        switch phase {
        case .active: self = .active
        case .inactive: self = .inactive
        case .background: self = .background
        @unknown default: self = .background
        }
    }
}
