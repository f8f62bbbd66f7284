#!/usr/bin/env bash
# The packages for Android and the JVM as they ship: libinkan.so for each kind of phone, optimised and stripped, in the
# AAR, and the one for this machine in the jar.
#
# NOT RUN where the tests run: it needs Android's NDK, which they do without. The tests read it (bash -n, shellcheck),
# type-check the code for aarch64-linux-android (`cargo xtask targets`) and build the same packages with the library of
# their own machine alone (`cargo xtask kotlin`).
#
#   bindings/release/android.sh [ABI...]        default: arm64-v8a x86_64
#
# Needs: the NDK (r26 or later; ANDROID_NDK_HOME says where), cargo-ndk, the Rust targets, a JDK (17 or later), Maven.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

fail() {
    echo "$*" >&2
    exit 2
}

# The triple that Rust knows an ABI by.
triple_of() {
    case $1 in
        arm64-v8a) echo aarch64-linux-android ;;
        armeabi-v7a) echo armv7-linux-androideabi ;;
        x86_64) echo x86_64-linux-android ;;
        *) fail "unknown ABI: $1 (known: arm64-v8a armeabi-v7a x86_64)" ;;
    esac
}

abis=("$@")
[ ${#abis[@]} -gt 0 ] || abis=(arm64-v8a x86_64)

# What is lacking is said all at once.
lacking=()
[ -n "${ANDROID_NDK_HOME:-}" ] || lacking+=("ANDROID_NDK_HOME: the folder of the NDK, r26 or later")
for program in cargo rustup mvn javac unzip strip; do
    command -v "$program" >/dev/null || lacking+=("$program")
done
command -v cargo-ndk >/dev/null || lacking+=("cargo-ndk: cargo install cargo-ndk --locked")
for abi in "${abis[@]}"; do
    triple=$(triple_of "$abi")
    rustup target list --installed 2>/dev/null | grep -qx "$triple" || lacking+=("$triple: rustup target add $triple")
done
if [ ${#lacking[@]} -gt 0 ]; then
    printf 'lacking: %s\n' "${lacking[@]}" >&2
    exit 2
fi
shopt -s nullglob
prebuilt=("$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin)
[ ${#prebuilt[@]} -eq 1 ] || fail "no tools in $ANDROID_NDK_HOME/toolchains/llvm/prebuilt"
tools=${prebuilt[0]}

target=$(cargo metadata --locked --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
out=$target/phones/release
rm -rf "$out"
mkdir -p "$out/gen" "$out/host" "$out/jni"

# Paths of this machine stay out of the library. Pages of 16 KiB are asked for, since not every NDK does so by itself.
deps=${CARGO_HOME:-$HOME/.cargo}
remap="--remap-path-prefix=$deps/registry/src=/deps --remap-path-prefix=$root=/inkan"
align="-C link-arg=-Wl,-z,max-page-size=16384"

# Each in a call of its own: in one call the generator's features would get into the library.
cargo build --locked --release --package inkan-bindgen
RUSTFLAGS=$remap cargo build --locked --profile release-phone --package inkan-bindings --lib
for abi in "${abis[@]}"; do
    RUSTFLAGS="$remap $align" cargo ndk --platform 28 --target "$abi" build --locked --profile release-phone \
        --package inkan-bindings --lib
done

# The generator reads the names that stripping takes away, so it goes first. Its Kotlin is the same for all of them:
# generated for each, and compared.
generate() {
    "$target/release/uniffi-bindgen" generate "$1" --language kotlin --no-format --out-dir "$2"
}
case $(uname -s) in
    Darwin) host=$target/release-phone/libinkan.dylib ;;
    *) host=$target/release-phone/libinkan.so ;;
esac
generate "$host" "$out/gen"
for abi in "${abis[@]}"; do
    built=$target/$(triple_of "$abi")/release-phone/libinkan.so
    generate "$built" "$out/gen-$abi"
    diff -r "$out/gen" "$out/gen-$abi" || fail "the Kotlin of $abi is not the Kotlin of this machine"
    mkdir -p "$out/jni/$abi"
    "$tools/llvm-strip" --strip-unneeded -o "$out/jni/$abi/libinkan.so" "$built"
done

# A phone with pages of 16 KiB refuses a library whose segments are aligned to less.
for abi in "${abis[@]}"; do
    library=$out/jni/$abi/libinkan.so
    aligned=$("$tools/llvm-readelf" --program-headers --wide "$library" | awk '$1 == "LOAD" { print $NF }')
    [ -n "$aligned" ] || fail "$library has no segments"
    for alignment in $aligned; do
        ((alignment % 16384 == 0)) || fail "$library: a segment is aligned to $alignment, not to 16384"
    done
    for path in "$root" "$deps"; do
        ! grep -qF "$path" "$library" || fail "$library names $path, a path of this machine"
    done
done

# JNA looks for the library of this machine in a folder named so.
case $(uname -sm) in
    "Linux x86_64") folder=linux-x86-64 ;;
    "Linux aarch64") folder=linux-aarch64 ;;
    "Darwin arm64") folder=darwin-aarch64 ;;
    *) fail "no jar for $(uname -sm)" ;;
esac
mkdir -p "$out/host/$folder"
cp "$host" "$out/host/$folder/"
case $(uname -s) in
    Darwin) strip -x "$out/host/$folder/${host##*/}" ;;
    *) strip --strip-unneeded "$out/host/$folder/${host##*/}" ;;
esac

mvn --batch-mode --no-transfer-progress -Dkotlin.compiler.daemon=false --file bindings/kotlin/pom.xml install \
    -Dmaven.test.skip=true "-Dinkan.gen=$out/gen" "-Dinkan.native=$out/host" "-Dinkan.native.android=$out/jni"

packed=(bindings/kotlin/aar/target/*.aar)
[ ${#packed[@]} -eq 1 ] || fail "not exactly one AAR in bindings/kotlin/aar/target"
for abi in "${abis[@]}"; do
    unzip -l "${packed[0]}" "jni/$abi/libinkan.so" >/dev/null || fail "${packed[0]} lacks jni/$abi/libinkan.so"
done
ls -l "${packed[0]}" "$out"/jni/*/libinkan.so
