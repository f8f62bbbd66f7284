#!/bin/sh
# Runs a command inside a Debian root that xtask has made (xtask/src/phones/roots.rs).
#
#   unshare --mount --pid --kill-child --propagation private sh in_root.sh ROOT FOLDER BIND... -- COMMAND...
#
# Mounts are made in a namespace of their own and go with it, whatever the command ends with; so does every process that
# the command leaves behind. Each BIND is a folder that is seen inside under the same path as outside. The command begins
# in FOLDER, with an empty environment but for what is set here: what it needs besides, it gets by `env NAME=VALUE …`.
set -eu
root=$1
folder=$2
shift 2

mount -t tmpfs tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    shift
done
shift

# Not `exec`: the first process of a namespace is deaf to Ctrl-C, so that must be this shell and not the command.
chroot "$root" env -i -C "$folder" \
    HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "$@"
