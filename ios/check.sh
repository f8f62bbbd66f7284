#!/usr/bin/env bash
# Everything about the iOS app that can be proven without a Mac. Run inside the Debian root with Swift and SwiftLint:
#   ios/check.sh BUILD_FOLDER
# The generated binding has to lie in Kit first (see README.md). The real server's tests want INKAN_SERVER_BIN.
set -euo pipefail
build=${1:?the folder for what is built}
cd "$(dirname "$0")"

swift format lint --strict --recursive App AppCheck/Package.swift Kit/Package.swift Kit/Sources/InkanKit Kit/Tests
lint() { LD_LIBRARY_PATH=/usr/libexec/swift/lib/swift/linux LINUX_SOURCEKIT_LIB_PATH=/usr/libexec/swift/lib swiftlint lint --strict --quiet "$@"; }
lint
# Each rule is seen to find something: every line of LintFaults names the rule that it breaks.
found=$(lint LintFaults/App/Faults.swift LintFaults/Kit/Sources/InkanKit/Faults.swift || true)
for rule in $(sed -n 's|.*// \([a-z_0-9]*\)$|\1|p' LintFaults/*/Faults.swift LintFaults/Kit/Sources/InkanKit/Faults.swift); do
    grep -q "($rule)" <<<"$found" || { echo "SwiftLint does not find $rule" >&2; exit 1; }
done
(cd Kit && swift test --scratch-path "$build/kit")
# With `--target` SwiftPM does not see that a file came into Kit: without its plan of last time it makes a new one.
rm -f "$build/app/debug.yaml" "$build"/app/*/debug/description.json
(cd AppCheck && swift build --scratch-path "$build/app" --target InkanApp -Xswiftc -warnings-as-errors)
# The stand-ins refuse what Apple's compiler refuses: every file of Faults is one mistake, and names how it is seen.
modules=$(echo "$build"/app/*-linux-gnu/debug/Modules)
for fault in AppCheck/Faults/*.swift; do
    expected=$(sed -n '1s|^// expect: ||p' "$fault")
    said=$(swiftc -typecheck -swift-version 6 -warnings-as-errors -parse-as-library -I "$modules" \
        -Xcc -fmodule-map-file=Kit/Generated/InkanCoreFFI/module.modulemap "$fault" 2>&1) && said=nothing
    grep -qF "$expected" <<<"$said" || { printf '%s is not refused as it should be:\n%s\n' "$fault" "$said" >&2; exit 1; }
done
