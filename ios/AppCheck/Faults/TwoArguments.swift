// expect: expects 1 argument, but 2 were used
import SwiftUI
struct Fault: View { var body: some View { Circle().onChange(of: 1) { old, new in _ = (old, new) } } }
