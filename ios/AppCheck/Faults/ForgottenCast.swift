// expect: cannot convert value of type '[String : Any]'
import Security
func fault(_ query: [String: Any]) -> OSStatus { SecItemDelete(query) }
