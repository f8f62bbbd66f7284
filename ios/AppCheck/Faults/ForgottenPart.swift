// expect: switch must be exhaustive
import InkanKit
import SwiftUI
func fault(_ part: Page.Part) -> String {
    switch part {
    case .title(let text): text
    }
}
