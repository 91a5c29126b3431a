#!/usr/bin/env bash
# What an operator meets when others meddle with a range, or the machine under it fails: each time `testudo` says what is wrong, and
# one more `up` or `down` mends it without touching what was well. Needs root, the images, and the folder of the built programs:
# disturbed-test.sh BIN
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" disturbed "$@"
# Whole numbers divide without a rest: north's page says 0, south's says 7.
sed 's/Harbour office\\n/Harbour office {{ 7 * (team.number \/ 2) }}\\n/' "$here/killed/range.yaml" >"$work/range.yaml"
grep -q 'team.number / 2' "$work/range.yaml"
template=$work/range.yaml
socket="system?socket=$TESTUDO_HOST/libvirt-sock"
lxc() { virsh -q -c "lxc+unix:///$socket" "$@"; }
networks() { virsh -q -c "qemu+unix:///$socket" "$@"; }
domain() { "$testudo" status killed --json | jq -re --arg machine "$1" '.machines[$machine].domain'; }
id_of() { lxc domid "$(domain "$1")"; }

run() { # WANTED-EXIT-CODE COMMAND...: output in $work/output
    local wanted=$1 status=0
    shift
    "$@" >"$work/output" 2>&1 || status=$?
    ((status == wanted)) || die "$* gave $status, not $wanted"
}
says() { grep -qE -- "$1" "$work/output" || die "it does not say: $1"; }
whole() {
    run 0 "$testudo" up "$template"
    says 'nothing was changed'
}

"$root/deploy/range-host" start "${host[@]}" >/dev/null
run 0 "$testudo" up "$template"
whole
run 0 "$testudo" status killed
! grep -q 'differs from the plan' "$work/output" || die "there is drift where there is none"

echo "-- a machine that somebody else destroys"
south=$(id_of portal@south) probe=$(id_of probe)
lxc destroy "$(domain portal@north)" >/dev/null
run 0 "$testudo" status killed
says 'made +portal@north: it is missing'
"$testudo" status killed --json | jq -e '.drift == [{"change": "made", "kind": "machine", "object": "portal@north", "reason": "it is missing"}]' >/dev/null ||
    die "status --json does not tell of the drift"
run 0 "$testudo" up "$template"
says 'made +portal@north: it is missing'
whole
[[ $(id_of portal@south) == "$south" && $(id_of probe) == "$probe" ]] || die "others were touched"

echo "-- a changed template"
north=$(id_of portal@north)
sed -i 's/{{ 7/{{ 8/' "$template"
run 0 "$testudo" up "$template"
says 'made anew +portal@south: it changed in the plan \(files\[/var/www/html/index.html\].content\)'
! grep -q 'portal@north:' "$work/output" || die "north was touched"
[[ $(id_of portal@north) == "$north" && $(id_of probe) == "$probe" ]] || die "others were touched"
whole

echo "-- a network that somebody else deletes"
network=$(networks net-list --name | grep '^tst-killed-' | head -n 1)
networks net-destroy "$network" >/dev/null
run 0 "$testudo" status killed
says 'made +network '
run 0 "$testudo" up "$template"
says 'made anew +portal@north: its segment .* is made anew'
whole

echo "-- a stranger's machine and network"
networks net-create /dev/stdin <<<"<network><name>tst-killed-stranger</name><bridge name='stranger0'/></network>" >/dev/null
run 0 "$testudo" down killed
networks net-list --name | grep -q '^tst-killed-stranger$' || die "a stranger's network was removed"
[[ $(networks net-list --name | grep -c '^tst-killed-') == 1 ]] || die "something of ours is left"
networks net-create /dev/stdin <<<"<network><name>$network</name><bridge name='stranger1'/></network>" >/dev/null
run 1 "$testudo" up "$template"
says "$network exists already and is not ours"
says 'go on with `testudo up '
networks net-destroy "$network" >/dev/null
run 0 "$testudo" up "$template"
whole
networks net-list --name | grep -q '^tst-killed-stranger$' || die "a stranger's network was removed"
networks net-destroy tst-killed-stranger >/dev/null

echo "-- libvirtd ends in the middle of an up, and of a down"
libvirtd() { pgrep -x libvirtd | head -n 1; }
for command in down up down up; do
    argument=$template
    [[ $command == up ]] || argument=killed
    "$testudo" "$command" "$argument" >"$work/output" 2>&1 &
    pid=$!
    sleep 0.4
    kill -KILL "$(libvirtd)"
    wait "$pid" || says 'go on with|run `testudo|range-host'
    for _ in {1..100}; do ! lxc version >/dev/null 2>&1 || break; sleep 0.1; done
    run 0 "$testudo" "$command" "$argument"
done
whole

echo "-- the state folder is full"
mkdir "$work/small"
mount -t tmpfs -o size=64m tmpfs "$work/small"
cp -r "$TESTUDO_STATE/exercises/killed/." "$work/small/"
mount --bind "$work/small" "$TESTUDO_STATE/exercises/killed"
dd if=/dev/zero of="$work/small/filler" bs=1M count=100 2>/dev/null || true
lxc destroy "$(domain portal@north)" >/dev/null
run 1 "$testudo" up "$template"
says 'No space left on device'
rm "$work/small/filler"
run 0 "$testudo" up "$template"
whole
umount "$TESTUDO_STATE/exercises/killed"
umount "$work/small"
run 0 "$testudo" up "$template"

echo "-- not root, and no host"
chmod 755 "$work"
run 1 setpriv --reuid 65534 --regid 65534 --clear-groups "$testudo" up "$template" --state "$work/nobody"
says 'ermission denied'
"$root/deploy/range-host" stop "${host[@]}" 2>/dev/null
run 1 "$testudo" up "$template"
says 'range-host start'
run 1 "$testudo" status killed
says 'range-host start'
"$root/deploy/range-host" start "${host[@]}" >/dev/null
run 0 "$testudo" up "$template"
whole
run 0 "$testudo" down killed
passed=1
