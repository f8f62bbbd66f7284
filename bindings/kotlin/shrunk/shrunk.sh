#!/usr/bin/env bash
# TARGET/first-approval-shrunk-1.jar with TARGET/tools/inkan-core.aar and TARGET/runtime/*.jar: shrunk, optimised and renamed
# by R8 with the AAR's own rules (proguard.txt), and run over the real server. The control: without the rules for the
# generated code it must not get to its first call, or they would be for nothing.
# usage: shrunk.sh TARGET CLASSES_JAR NATIVE_FOLDER SERVER
#
# R8 makes classes here and no dex, so that this machine's JVM can run them: the rules speak of names, and those are the
# same in both.
set -euo pipefail
target=$1 classes=$2 library=$(find "$3" -name "libinkan.*" -print -quit) server=$4
home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")

# What the app was compiled against is what is in the AAR.
rm -rf "$target/aar" && mkdir -p "$target/aar"
(cd "$target/aar" && jar xf ../tools/inkan-core.aar)
cmp "$classes" "$target/aar/classes.jar"

shrink() { # NAME RULES...
    local name=$1 rules=()
    shift
    for file in "$@"; do rules+=(--pg-conf "$file"); done
    java -Xmx2g -cp "$target/tools/r8.jar" com.android.tools.r8.R8 --release --classfile --lib "$home" "${rules[@]}" \
        --output "$target/$name.jar" --pg-map-output "$target/$name.map" \
        "$target"/first-approval-shrunk-1.jar "$target/aar/classes.jar" "$target"/runtime/*.jar > "$target/$name.r8.txt" 2>&1 \
        || { cat "$target/$name.r8.txt" >&2; exit 1; }
}
run() { # NAME
    java -Djna.nosys=true "-Duniffi.component.inkan.libraryOverride=$library" "-Dinkan.server.bin=$server" \
        -cp "$target/$1.jar" dev.inkan.first.FirstApprovalKt
}

shrink shrunk "$target/aar/proguard.txt" app.pro
# It has been at work: the façade is there under other names.
renamed=$(sed -n 's/^dev\.inkan\.Authenticator -> \(.*\):$/\1/p' "$target/shrunk.map")
case $renamed in
    "" | dev.inkan.Authenticator) echo "shrunk.sh: the façade was not renamed ($renamed)" >&2; exit 1 ;;
esac
run shrunk

# The control keeps JNA whole and takes away what the rules say of our own generated code.
grep -v 'dev\.inkan' "$target/aar/proguard.txt" > "$target/bare.pro"
shrink bare "$target/bare.pro" app.pro
if run bare > "$target/bare.txt" 2>&1; then
    echo "shrunk.sh: it runs without the AAR's rules as well, so that they prove nothing" >&2
    exit 1
fi
# For the reason that the rules are there for: a function of the library is looked up under the name that R8 gave it.
grep -F 'Error looking up function' "$target/bare.txt" \
    || { cat "$target/bare.txt" >&2; echo "shrunk.sh: without the rules it fails, but not over a name" >&2; exit 1; }
echo "without the AAR's rules for the generated code it does not run, as it must not"
