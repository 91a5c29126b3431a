#!/usr/bin/env bash
# deploy/range-host, tried for real: needs root. It shuts itself into namespaces of its own first, so that neither other range hosts
# on this machine nor this test see each other.
#
#   range-host-test.sh        with the control groups that this machine has
#   range-host-test.sh v2     with those of version 2 alone, as most newer machines have them
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
range_host=$here/../../deploy/range-host
leak_check=$here/../range/leak-check.sh

((EUID == 0)) || { echo "range-host-test: must be run as root" >&2; exit 1; }
if [[ ${1:-} != inside ]]; then
    exec unshare --mount --pid --net --fork --kill-child --mount-proc "$0" inside "${1:-}"
fi
if [[ ${2:-} == v2 ]]; then
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
mkdir -p /run/testudo
mount -t tmpfs tmpfs /run/testudo

work=$(mktemp -d)
one=/run/testudo/one two=/run/testudo/two data=$work/data
on() { local host=$1 verb=$2; shift 2; "$range_host" "$verb" --dir "$host" "$@"; }
# Remembers the control groups, of which those of other hosts on this machine are no concern of ours.
start() {
    local status=0
    "$range_host" start --dir "$1" --data "$data" >"$work/output" 2>&1 || status=$?
    cat "$1/cgroup" >>"$work/groups" 2>/dev/null || true
    return "$status"
}
lxc() { local host=$1; shift; timeout 20 virsh -q -c "lxc+unix:///system?socket=$host/libvirt-sock" "$@"; }
qemu() { local host=$1; shift; timeout 20 virsh -q -c "qemu+unix:///system?socket=$host/libvirt-sock" "$@"; }
pid_of() { cut -d' ' -f1 "$1/pid"; }
cleanup() {
    on "$one" stop || true
    on "$two" stop || true
    rm -rf "$work"
}
trap cleanup EXIT

failures=0
check() {
    local what=$1
    shift
    if "$@" >"$work/check" 2>&1; then
        echo "ok      $what"
    else
        echo "FAILED  $what: $*"
        sed 's/^/        /' "$work/check" "$work/output" 2>/dev/null || true
        failures=$((failures + 1))
    fi
}
not() { ! "$@"; }
same() { [[ $1 == "$2" ]]; }
eventually() { for _ in {1..100}; do if "$@"; then return; fi; sleep 0.1; done; return 1; }

cat >"$work/network.xml" <<'XML'
<network><name>segment</name><bridge name='tst-segment' stp='off' delay='0'/></network>
XML
cat >"$work/container.xml" <<'XML'
<domain type='lxc'>
  <name>sleeper</name><memory unit='MiB'>64</memory>
  <os><type>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os>
  <features><privnet/></features>
  <devices><interface type='network'><source network='segment'/></interface><console type='pty'/></devices>
</domain>
XML
cat >"$work/machine.xml" <<'XML'
<domain type='qemu'>
  <name>idler</name><memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <interface type='network'><source network='segment'/><target dev='tst-tap'/><model type='virtio'/></interface>
    <memballoon model='none'/>
  </devices>
</domain>
XML

"$leak_check" snapshot "$work/before"

check "status says that nothing runs" not on "$one" status
check "start" start "$one"
check "status" on "$one" status
check "the accelerator is known" grep -qxE 'kvm|tcg' "$one/accel"
check "the qemu driver answers outside" qemu "$one" list
check "the lxc driver answers outside" lxc "$one" list
check "exec runs inside" same "$(on "$one" exec -- hostname)" testudo-range
check "its network is its own" same "$(on "$one" exec -- ip -o link | wc -l)" 1
first=$(pid_of "$one")
check "a second start finds it running" start "$one"
check "... and it is the same one" same "$(pid_of "$one")" "$first"

check "a network without addresses" qemu "$one" net-create "$work/network.xml"
check "... which both drivers see" lxc "$one" net-info segment
check "a container" lxc "$one" create "$work/container.xml"
check "a virtual machine" qemu "$one" create "$work/machine.xml"
check "status counts both" grep -qx 'machines *2' <(on "$one" status)
check "another host beside it" start "$two"
check "... with a bridge of the same name" qemu "$two" net-create "$work/network.xml"
check "... and none of its machines" grep -qx 'machines *0' <(on "$two" status)

on "$one" exec -- pkill -KILL -x libvirtd || true
check "a killed libvirtd comes back" eventually lxc "$one" list
check "... with its container" lxc "$one" domstate sleeper
check "... and its virtual machine" qemu "$one" domstate idler
check "the other host goes on" qemu "$two" net-info segment

kill -KILL "$(pid_of "$one")"
check "a killed host is seen as not running" eventually not on "$one" status
check "start after that" start "$one"
check "... begins from nothing" grep -qx 'machines *0' <(on "$one" status)
on "$one" stop

for delay in 0.01 0.03 0.06 0.1 0.15 0.25; do
    "$range_host" start --dir "$one" --data "$data" >/dev/null 2>&1 &
    starter=$!
    sleep "$delay"
    kill -KILL "$starter" 2>/dev/null || true
    cat "$one/cgroup" >>"$work/groups" 2>/dev/null || true
    wait "$starter" 2>/dev/null || true
    check "start after a starter killed at $delay s" start "$one"
    check "... is one whole host" qemu "$one" list
    if [[ $delay == 0.06 ]]; then continue; fi
    on "$one" stop
done
on "$one" stop

sleep 100 &
stranger=$!
mkdir -p "$one"
echo "$stranger 12345" >"$one/pid"
check "stop with a stale pid" on "$one" stop
check "... does not touch the stranger who has it now" kill -0 "$stranger"
kill "$stranger"

check "stop of the other host" on "$two" stop
check "stop of nothing" on "$two" stop
check "no directory is left" not test -e "$one" -o -e "$two"
mapfile -t groups < <(sort -u "$work/groups")
check "nothing is left behind" "$leak_check" compare "$work/before" "${groups[@]}"
((failures == 0)) || { echo "$failures failed"; exit 1; }
