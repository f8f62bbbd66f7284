#!/usr/bin/env bash
# TARGET/inkan.apk from TARGET/{classes,resources.apk,runtime/*.jar,tools/r8.jar,tools/jna.aar} and the core's library:
# R8, zip, zipalign 16384, apksigner with a throw-away key; then it is read back and checked, and its sizes are printed.
# usage: apk.sh TARGET FRAMEWORK_JAR NATIVE_FOLDER SHIPPED_LIBRARY
#
# NATIVE_FOLDER holds libinkan.so of this machine, which is built for its own C library and does not run on a phone: the
# APK made here carries it for x86_64, so that packing and sizes are seen. The release script builds arm64-v8a with the
# NDK; with INKAN_JNI=folder (folder/<abi>/*.so) those libraries are packed.
set -euo pipefail
target=$1 framework=$2 native=${3:-} shipped=${4:-}
cd "$(dirname "$0")/.."
for tool in zip unzip zipalign apksigner dexdump keytool java; do
  command -v "$tool" >/dev/null || { echo "apk.sh: $tool is missing (Debian: zip unzip zipalign apksigner dexdump)" >&2; exit 1; }
done

build=$target/apk
rm -rf "$build" && mkdir -p "$build/dex" "$build/root"
home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}

# R8, with the rules that the AAR brings and those of the app. The framework's jar has no java.*: those come from the JDK.
rules=../../bindings/kotlin/aar/src/proguard.txt
jar cf "$build/app.jar" -C "$target/classes" .
unzip -qo "$target/tools/jna.aar" classes.jar -d "$build"
java -Xmx2g -cp "$target/tools/r8.jar" com.android.tools.r8.R8 --release --min-api 28 \
  --lib "$framework" --lib "$home" --pg-conf "$rules" --pg-conf tools/keep.pro --pg-map-output "$target/mapping.txt" \
  --output "$build/dex" "$build/app.jar" "$target"/runtime/*.jar "$build/classes.jar" 2> "$target/r8.txt" \
  || { cat "$target/r8.txt" >&2; exit 1; }
mv "$build"/dex/classes*.dex "$build/root/"

# Native libraries: JNA's and the core's, of the same processors.
put() { # ABI FOLDER
  mkdir -p "$build/root/lib/$1"
  cp "$2"/*.so "$build/root/lib/$1/"
  unzip -qoj "$target/tools/jna.aar" "jni/$1/libjnidispatch.so" -d "$build/root/lib/$1"
}
if [ -n "${INKAN_JNI:-}" ]; then
  for abi in arm64-v8a x86_64; do [ -d "$INKAN_JNI/$abi" ] && put "$abi" "$INKAN_JNI/$abi"; done
elif [ -n "$native" ] && host=$(find "$native" -name libinkan.so -print -quit) && [ -n "$host" ]; then
  mkdir -p "$build/host" && cp "$host" "$build/host/" && strip --strip-unneeded "$build/host/libinkan.so"
  put x86_64 "$build/host"
else
  echo "apk.sh: no core: set -Dinkan.native to the folder of its library; the APK is made without it" >&2
fi

# Times are fixed: the same sources give the same bytes, but for the signature.
cp "$target/resources.apk" "$build/unsigned.apk"
find "$build/root" -exec touch -d '1981-01-01 01:01:02 UTC' {} +
(cd "$build/root" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -D -0 -@ ../unsigned.apk)
# 16384, not "-p 4": also right on phones with pages of 16 KiB.
zipalign -f 16384 "$build/unsigned.apk" "$target/inkan-unsigned.apk"

key=$target/throw-away.keystore
[ -f "$key" ] || keytool -genkeypair -keystore "$key" -storepass throwaway -alias throwaway -keyalg EC \
  -groupname secp256r1 -validity 30 -dname CN=throw-away 2>/dev/null
apksigner sign --ks "$key" --ks-pass pass:throwaway --min-sdk-version 28 --out "$target/inkan.apk" "$target/inkan-unsigned.apk"
apksigner verify --min-sdk-version 28 "$target/inkan.apk"
zipalign -c 16384 "$target/inkan.apk" || { echo "apk.sh: not aligned" >&2; exit 1; }

# What is found by name must have survived.
for dex in "$build/root"/classes*.dex; do dexdump -f "$dex"; done | grep -o "Class descriptor *: '[^']*'" > "$target/dex-classes.txt"
missing=0
has() { grep -q "'L${1//.//}[;\$/]" "$target/dex-classes.txt" || { echo "apk.sh: $1 did not survive" >&2; missing=1; }; }
for name in $(grep -o 'android:name="dev\.inkan[^"]*"' "$target/AndroidManifest.xml" | cut -d'"' -f2); do has "$name"; done
if ls "$target"/runtime/inkan-core*.jar >/dev/null 2>&1; then
  has com.sun.jna.Native
  has dev.inkan.ffi
fi
[ $missing = 0 ] || exit 1

# Size by part, in bytes, as it lies in the APK. The core in it is a development build, which is larger than what ships:
# that one is optimised for minutes, so its size is read where the benchmark has built it.
unzip -v "$target/inkan.apk" | awk '
  /^ *[0-9]+ +[A-Z]/ {
    part = $NF ~ /^classes.*\.dex$/ ? "code (dex)" : $NF ~ /^lib\// ? $NF : "resources and manifest"
    size[part] += $3; all += $3
  }
  END { for (part in size) printf "%10d  %s\n", size[part], part }' | sort -rn
printf '%10d  inkan.apk, signed\n' "$(stat -c %s "$target/inkan.apk")"
if [ -z "${INKAN_JNI:-}" ]; then
  if [ -f "$shipped" ]; then
    printf '%10d  libinkan.so as it ships, in place of the one above (built %s by: cargo xtask bench phone size)\n' \
      "$(stat -c %s "$shipped")" "$(date -u -r "$shipped" +%Y-%m-%dT%H:%MZ)"
  else
    echo "            libinkan.so above is a development build; cargo xtask bench phone size builds and measures what ships"
  fi
fi
