// expect: has no member 'onScrollGeometryChange'
import SwiftUI
struct Fault: View { var body: some View { Circle().onScrollGeometryChange() } }
