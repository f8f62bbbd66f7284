import InkanKit
import SwiftUI

/// The page that is to be seen, or a cover where others could see it.
struct RootView: View {
    @ObservedObject var model: PhoneModel

    var body: some View {
        ZStack {
            Color.sheet.ignoresSafeArea()
            PageView(page: model.page, words: model.words) { event in model.send(event) }
                .accessibilityHidden(model.cover != .none)
            if model.cover != .none {
                CoverView(words: model.cover == .captured ? model.words.text(.coverCaptured) : nil)
                    .transition(.identity)
            }
        }
        .environment(\.locale, Locale(identifier: model.words.language.rawValue))
    }
}

/// A blank sheet with the empty seal.
struct CoverView: View {
    let words: String?

    var body: some View {
        ZStack {
            Color.sheet.ignoresSafeArea()
            VStack(spacing: Space.s4) {
                SealView(kind: .elsewhere, side: Measure.sealLarge)
                if let words {
                    Text(verbatim: words).lettering(.body).foregroundColor(.ink).multilineTextAlignment(.center)
                }
            }
            .padding(.horizontal, Space.s8)
        }
    }
}
