#!/usr/bin/env bash
# Usage: images-test.sh TESTUDO
# The image store and the doctor, as an operator meets them: a disk is imported, listed, verified, altered, found out; a label stops
# `up`; and the doctor judges this machine for a template. Needs neither root nor libvirt.
set -euo pipefail
testudo=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; cat "$work/out" >&2; exit 1; }
export TESTUDO_STATE=$work/state TESTUDO_IMAGES=$work/images TESTUDO_HOST=$work/host
run() { # STATUS ARGUMENT...
    local status=0
    "$testudo" "${@:2}" >"$work/out" 2>&1 </dev/null || status=$?
    [[ $status == "$1" ]] || die "testudo ${*:2}: status $status instead of $1"
}
says() { grep -qF -- "$1" "$work/out" || die "does not say: $1"; }

truncate -s 1M "$work/disk.raw"
echo "a disk" | dd of="$work/disk.raw" conv=notrunc status=none
run 0 image import "$work/disk.raw" --name cloud --label "EXERCISE SECRET REL EST"
run 0 image list --json
says '"label":"EXERCISE SECRET REL EST"'
says '"verified":false'
run 0 image verify cloud
says 'is what was made'
run 0 image list
says verified
says unused
run 1 image verify clowd
says 'image.missing'
run 2 image import "$work/disk.raw" --name box --kind container

cat >"$work/lab.yaml" <<'LAB'
testudo: 1
exercise: lab
title: Lab
label: EXERCISE RESTRICTED
duration: 10m
teams: { blue: { colour: blue, nations: EST } }
networks: { office: { ipv4: 198.18.0.0/24 } }
machines: { desk: { per: team, kind: vm, image: cloud, on: { office: 10 } } }
LAB
run 1 up "$work/lab.yaml"
says 'image.label: desk@blue: the image is EXERCISE SECRET REL EST'
[[ ! -e $work/state ]] || die "something was made"

printf x | dd of="$work/images/cloud/disk.qcow2" bs=1 seek=300 conv=notrunc status=none
run 1 image verify --json
says 'disk.qcow2 (content)'

run 1 doctor "$work/lab.yaml"
says 'block  images'
says 'cannot run lab'
"$testudo" doctor --json >"$work/out" || [[ $? == 1 ]] || die "no document"
says '"checks":[{"check":"rights"'
run 2 doctor --port ninety
run 3 doctor /dev/null
