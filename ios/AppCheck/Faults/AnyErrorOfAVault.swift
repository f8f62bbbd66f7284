// expect: thrown expression type
import InkanKit
struct Other: Error {}
func fault() throws(VaultError) { throw Other() }
