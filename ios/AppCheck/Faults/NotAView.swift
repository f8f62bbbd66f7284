// expect: to conform to 'View'
import SwiftUI
struct Fault: View { var body: some View { VStack { 1 } } }
