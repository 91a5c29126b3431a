#!/usr/bin/env bash
# Which accelerator deploy/range-host chooses on machines that the one at hand is not: a stand-in for QEMU is as fast or as slow with
# and without KVM as such a machine's would be. Needs root; shuts itself into namespaces of its own.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
((EUID == 0)) || { echo "accelerator-test: must be run as root" >&2; exit 1; }
if [[ ${1:-} != inside ]]; then
    exec unshare --mount --pid --net --fork --kill-child --mount-proc "$0" inside
fi
mkdir -p /run/testudo
mount -t tmpfs tmpfs /run/testudo
work=$(mktemp -d)
made=
[[ -c /dev/kvm ]] || { mknod /dev/kvm c 10 232; made=/dev/kvm; }
trap '"$here/../../deploy/range-host" stop --dir /run/testudo/host >/dev/null 2>&1 || true; rm -rf "$work" $made' EXIT

failures=0
chooses() { # chooses ACCELERATOR WHERE SECONDS-WITH-TCG SECONDS-WITH-KVM STATUS-WITH-KVM
    mkdir -p "$work/bin"
    cat >"$work/bin/qemu-system-x86_64" <<QEMU
#!/bin/sh
case "\$*" in
    *'-accel tcg'*) sleep $3; exit 35 ;;
    *'-accel kvm'*) sleep $4; exit $5 ;;
esac
exit 1
QEMU
    chmod +x "$work/bin/qemu-system-x86_64"
    PATH=$work/bin:$PATH "$here/../../deploy/range-host" start --dir /run/testudo/host --data "$work/data" >/dev/null
    if grep -qx "$1" /run/testudo/host/accel; then echo "ok      $1 where $2"; else
        echo "FAILED  $1 where $2: it chose $(cat /run/testudo/host/accel)"
        failures=$((failures + 1))
    fi
    "$here/../../deploy/range-host" stop --dir /run/testudo/host >/dev/null
    rm -rf "$work/data"
}
chooses kvm 'KVM is faster' 0.5 0.1 35
chooses tcg 'KVM is far slower than emulation' 0.1 1.5 35
chooses tcg 'KVM is there and fails' 0.1 0 1
rm "$work/bin/qemu-system-x86_64"
((failures == 0)) && echo "3 passed, 0 failed"
