#!/usr/bin/env bash
# What `ios/Kit` links on Apple's systems: InkanCoreFFI.xcframework, with the core for phones and for the simulator, and
# the Swift that was generated from it.
#
# NOT RUN where the tests run: it needs a Mac. The tests read it (bash -n, shellcheck), type-check the code for
# aarch64-apple-ios (`cargo xtask targets`) and compile and test the same Swift on Linux (`cargo xtask swift`).
#
#   bindings/release/xcframework.sh [--intel]       --intel: for simulators on Intel Macs as well
#
# Needs: macOS, Xcode 16 or later, the Rust targets.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

fail() {
    echo "$*" >&2
    exit 2
}

simulators=(aarch64-apple-ios-sim)
case ${1:-} in
    "") ;;
    --intel) simulators+=(x86_64-apple-ios) ;;
    *) fail "unknown argument: $1" ;;
esac

# What is lacking is said all at once.
lacking=()
[ "$(uname -s)" = Darwin ] || lacking+=("macOS: this is $(uname -s)")
for program in cargo rustup; do
    command -v "$program" >/dev/null || lacking+=("$program")
done
for program in xcodebuild lipo; do
    command -v "$program" >/dev/null || lacking+=("$program: comes with Xcode 16 or later")
done
for triple in aarch64-apple-ios "${simulators[@]}"; do
    rustup target list --installed 2>/dev/null | grep -qx "$triple" || lacking+=("$triple: rustup target add $triple")
done
if [ ${#lacking[@]} -gt 0 ]; then
    printf 'lacking: %s\n' "${lacking[@]}" >&2
    exit 2
fi

target=$(cargo metadata --locked --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
work=$target/phones/xcframework
generated=$root/ios/Kit/Generated
code=$root/ios/Kit/Sources/InkanCore/Generated
framework=$generated/InkanCoreFFI.xcframework
rm -rf "$work"
mkdir -p "$work/swift" "$work/simulator" "$work/headers/InkanCoreFFI" "$generated" "$code"

# The generator in a call of its own, so that its features do not get into the library; and without the settings of the
# libraries, since it runs on this Mac.
cargo build --locked --release --package inkan-bindgen

# The oldest iOS that the app supports. Paths of this machine stay out of the library.
export IPHONEOS_DEPLOYMENT_TARGET=16.0
deps=${CARGO_HOME:-$HOME/.cargo}
for triple in aarch64-apple-ios "${simulators[@]}"; do
    RUSTFLAGS="--remap-path-prefix=$deps/registry/src=/deps --remap-path-prefix=$root=/inkan" \
        cargo build --locked --profile release-phone --package inkan-bindings --lib --target "$triple"
done
phone=$target/aarch64-apple-ios/release-phone/libinkan.a

# The Swift comes from the very library that ships: a mismatch ends the app at its first call.
"$target/release/uniffi-bindgen" generate "$phone" --language swift --no-format --out-dir "$work/swift"
mv "$work/swift/InkanCoreFFI.h" "$work/headers/InkanCoreFFI/"

# `module`, not `framework module`: what is inside are static libraries. In a folder of its own, because Xcode brings the
# headers of all packages into one place, where two files of this name would meet. The library is named by the
# framework, so no `link` stands here.
cat >"$work/headers/InkanCoreFFI/module.modulemap" <<'MAP'
module InkanCoreFFI {
    header "InkanCoreFFI.h"
    export *
    use "Darwin"
    use "_Builtin_stdbool"
    use "_Builtin_stdint"
}
MAP

# Kinds of processor are joined into one file, phone and simulator are not. All files must have the same name.
slices=()
for triple in "${simulators[@]}"; do
    slices+=("$target/$triple/release-phone/libinkan.a")
done
lipo -create "${slices[@]}" -output "$work/simulator/libinkan.a"
rm -rf "$framework"
xcodebuild -create-xcframework \
    -library "$phone" -headers "$work/headers" \
    -library "$work/simulator/libinkan.a" -headers "$work/headers" \
    -output "$framework"

for library in "$phone" "$work/simulator/libinkan.a"; do
    for path in "$root" "$deps"; do
        ! grep -qF "$path" "$library" || fail "$library names $path, a path of this machine"
    done
done
rm -f "$code"/*.swift
mv "$work"/swift/*.swift "$code/"
echo "$framework is there, and its Swift in $code. Open ios/Inkan.xcodeproj, or:"
echo "xcodebuild -project ios/Inkan.xcodeproj -scheme Inkan -destination 'generic/platform=iOS Simulator' build"
