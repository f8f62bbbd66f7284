// expect: main actor-isolated
import UIKit
func fault() { Task.detached { _ = UIDevice.current.name } }
