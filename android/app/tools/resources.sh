#!/usr/bin/env bash
# Resources and manifest: TARGET/gen/**/R.java, TARGET/resources.apk, and TARGET/AndroidManifest.xml for the tests.
# usage: resources.sh FRAMEWORK_JAR TARGET BRAND_FOLDER APPLICATION_ID "HOST [HOST…]" VERSION
set -euo pipefail
framework=$1 target=$2 brand=$3 application=$4 hosts=$5 version=$6
cd "$(dirname "$0")/.."

for tool in aapt2 java; do
  command -v "$tool" >/dev/null || { echo "resources.sh: $tool is missing (Debian: aapt, default-jdk-headless)" >&2; exit 1; }
done

mkdir -p "$target/gen"
rm -rf "$target/made-res" "$target/res.zip" "$target/brand.zip" "$target/made.zip"

# The brand's colours pass the rules first.
java tools/brand/dev/inkan/brand/BrandColours.java "$brand" "$target/made-res"

# The hosts of this build: app links, and the servers that it takes enrollments from.
data='' items=''
for host in $hosts; do
  [[ $host =~ ^[a-z0-9.-]+(:[0-9]+)?$ ]] || { echo "resources.sh: not a host: $host" >&2; exit 1; }
  data+="<data android:host=\"${host%%:*}\"\/>"
  items+="<item>https://$host</item>"
done
[ -n "$data" ] || { echo "resources.sh: no link host" >&2; exit 1; }
mkdir -p "$target/made-res/values"
printf '<resources>\n  <string-array name="servers" translatable="false">%s</string-array>\n</resources>\n' "$items" \
  > "$target/made-res/values/servers.xml"
sed -e "s/<data android:host=\"\${linkHost}\"\/>/$data/" -e "s/\${versionName}/$version/" \
  src/main/AndroidManifest.xml > "$target/AndroidManifest.xml"

aapt2 compile --dir src/main/res -o "$target/res.zip"
aapt2 compile --dir "$target/made-res" -o "$target/made.zip"
overlays=(-R "$target/made.zip")
if [ -d "$brand/res" ]; then
  aapt2 compile --dir "$brand/res" -o "$target/brand.zip"
  overlays+=(-R "$target/brand.zip")
fi
# Debian's aapt2 is of API 29: it does not know <queries>, and finds a chunk in the framework that it does not know
# either. Both are harmless; whatever else it says ends the build.
said=$target/aapt2.txt
aapt2 link -I "$framework" --manifest "$target/AndroidManifest.xml" --java "$target/gen" \
  --custom-package dev.inkan.app --rename-manifest-package "$application" --auto-add-overlay \
  -A src/main/assets --no-version-vectors --warn-manifest-validation -o "$target/resources.apk" "$target/res.zip" "${overlays[@]}" \
  2> "$said" || { cat "$said" >&2; exit 1; }
if grep -v -e "Unknown chunk type" -e "unexpected element <queries> found in <manifest>" "$said" >&2; then exit 1; fi
