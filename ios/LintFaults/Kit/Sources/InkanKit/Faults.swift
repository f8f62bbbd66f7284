// Not built: see beside.
import InkanCore  // core_outside_its_folder
import SwiftUI  // ui_in_the_kit
