#!/usr/bin/env bash
# A stock cloud image, with its own boot loader and cloud-init and nothing of Testudo's, is imported and becomes a machine of a range
# that its agent answers for. An altered image is refused. Needs root and the folder of the built programs: stock-image-test.sh BIN
# Takes four minutes under emulation, most of them making such an image and booting it, so it is not among the tests of deploy/test.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$here/../..
bin=$(realpath "${1:?usage: stock-image-test.sh BIN}")
((EUID == 0)) || { echo "stock-image-test: must be run as root" >&2; exit 1; }
work=$(mktemp -d /var/tmp/testudo-stock.XXXXXX)
export TESTUDO_STATE=$work/state TESTUDO_HOST=$work/host TESTUDO_IMAGES=$work/images
testudo=$bin/testudo
host=(--dir "$TESTUDO_HOST" --data "$work/range-host")
finish() {
    local status=$?
    trap - EXIT
    "$root/deploy/range-host" stop "${host[@]}" || status=1
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap finish EXIT
die() { tail -n 20 "$work/output" >&2; printf 'FAILED: %s\n' "$*" >&2; exit 1; }

mkdir -p "$TESTUDO_IMAGES"
# One that was made before may be given, to save two minutes.
if [[ -n ${TESTUDO_STOCK_IMAGE:-} ]]; then cp "$TESTUDO_STOCK_IMAGE" "$work/stock.qcow2"; else "$root/tests/images/make-stock-image" "$work/stock.qcow2" >"$work/output" 2>&1 || die "no stock image"; fi
"$testudo" image import "$work/stock.qcow2" --name stock >"$work/output" 2>&1 || die "it is not imported"
rm "$work/stock.qcow2"
cat >"$work/lab.yaml" <<'LAB'
testudo: 1
exercise: stock-lab
title: A machine from a stock cloud image
duration: 10m
teams:
  blue: { colour: blue, nations: EST }
networks:
  office: { ipv4: 198.18.0.0/24 }
machines:
  desk: { per: team, kind: vm, image: stock, memory: 512 MiB, on: { office: 10 }, serves: { ssh: { protocol: ssh, unit: ssh } },
    users: { clerk: { password: customs1 } }, setup: ["test $(hostname) = desk-blue", "test -d /sys/class/net/eth0", "ip -4 addr show eth0 | grep -q 198.18.0.10/24", "id clerk"] }
LAB
"$root/deploy/range-host" start "${host[@]}" >/dev/null
"$testudo" up "$work/lab.yaml" >"$work/output" 2>&1 || die "it does not come up"
"$testudo" status stock-lab >"$work/output" 2>&1 || die "it has no status"
grep -q "1 of 1 machines run as planned" "$work/output" || die "it is not as planned"
"$testudo" down stock-lab >"$work/output" 2>&1 || die "it does not go down"
printf x | dd of="$TESTUDO_IMAGES/stock/disk.qcow2" bs=1 seek=100000 conv=notrunc status=none
"$testudo" up "$work/lab.yaml" >"$work/output" 2>&1 && die "an altered image is used"
grep -q 'image.altered.*disk.qcow2 (content)' "$work/output" || die "the reason is not told"
"$testudo" down stock-lab >"$work/output" 2>&1 || die "it does not go down again"
echo "1 passed, 0 failed"
