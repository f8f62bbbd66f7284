// Not built: each line breaks one rule of .swiftlint.yml, and check.sh sees that each is found.
import InkanCore  // core_outside_its_folder
import Observation  // ios_17_observation
func faults(_ value: AnyObject, _ number: Int?) {
    if #available(iOS 17, *) {}  // availability
    _ = value as? SecKey  // cast_to_core_foundation
    _ = value as! String  // force_cast
    _ = number!  // force_unwrapping
    _ = Text("request.approve")  // literal_text
    _ = "承認する"  // words_in_code
}
