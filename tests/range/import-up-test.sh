#!/usr/bin/env bash
# Imports a sample of each format, and brings it up and down: the images that stand in must carry what was imported. Of one, traffic
# is sent across its routers. Needs root, the images, and the folder of the built programs: import-up-test.sh BIN
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" import "$@"
samples=$root/tests/import/samples

# Sends from inside a container, which libvirt started as a child of its own.
from() { # MACHINE COMMAND...
    local starter init
    starter=$(pgrep -f "libvirt_lxc --name $1 ") || die "no container $1 runs"
    init=$(pgrep -P "$starter") || die "the container $1 has no first process"
    nsenter --target "$init" --mount --net --pid -- "${@:2}" >>"$work/output" 2>&1
}

across_two_routers() {
    from tst-port-lab-blue-desk ping -c 1 -W 5 198.18.11.10 || die "the desk does not reach r1, behind two routers"
    from tst-port-lab-blue-desk curl -sSf -m 5 -o /dev/null http://198.18.10.10/ || die "no web server stands in for the original's"
    from tst-port-lab-blue-desk ping -c 1 -W 1 198.18.11.99 && die "an address that nobody has answers"
    return 0
}

comes_up() { # EXERCISE MACHINES LOOK FORMAT FILE...
    local exercise=$1 machines=$2 look=$3 template=$work/$1.yaml
    printf -- '-- %s\n' "$4 becomes $exercise, of $machines machines"
    (cd "$samples" && "$testudo" import "${@:4}") >"$template" 2>"$work/output" || die "$exercise is not imported"
    "$testudo" up "$template" >"$work/output" 2>&1 || die "$exercise does not come up"
    "$testudo" status "$exercise" >"$work/output" 2>&1 || die "$exercise has no status"
    grep -q "$machines of $machines machines run as planned" "$work/output" || die "$exercise is not as planned"
    "$look"
    "$testudo" down "$exercise" >"$work/output" 2>&1 || die "$exercise does not go down"
    "$testudo" status "$exercise" 2>&1 | grep -q "0 of $machines machines" || die "something is left of $exercise"
    passed=$((passed + 1))
}

# What the usual range host found out of the accelerator holds for this one, if it still holds at all; a container needs none.
mkdir -p "$work/range-host"
cp /var/lib/testudo/range-host/accel "$work/range-host/" 2>/dev/null || true
"$root/deploy/range-host" start "${host[@]}" >/dev/null
comes_up port-lab 6 across_two_routers containerlab pods.clab.yml
comes_up junior-hacker 7 true cyberrangecz junior.topology.yml junior.training.json
comes_up range-7 2 true cyris prepared.cyris.yml
comes_up ludus-range 4 true ludus bay.ludus.yml
comes_up imported-msel 0 true msel book.msel.xlsx
comes_up small-lab 7 true ocr-sdl lab.ocr.yml
comes_up windplant 5 true phenix plant.phenix.yml
