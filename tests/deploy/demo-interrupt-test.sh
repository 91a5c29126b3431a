#!/usr/bin/env bash
# Ctrl-C of deploy/demo, as typed into a terminal, twice as people do: before anything is made, in the middle of provisioning, and when
# the exercise is running. Each time everything has to be gone and the words have to say so. Needs root and what `deploy/test` built
# before.
# It shuts itself into namespaces of its own first, so that nothing else on this machine sees it, nor it anything else.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
((EUID == 0)) || { echo "demo-interrupt-test: must be run as root" >&2; exit 1; }
if [[ ${1:-} != inside ]]; then
    exec unshare --mount --pid --net --fork --kill-child --mount-proc "$0" inside
fi
ip link set lo up
mkdir -p /run/testudo
mount -t tmpfs tmpfs /run/testudo
cd "$here/../.."
work=$(mktemp -d /var/tmp/testudo-interrupt.XXXXXX)
export TESTUDO_STATE=$work/state TESTUDO_HOST=/run/testudo/interrupted TESTUDO_IMAGES=${TESTUDO_IMAGES:-/var/lib/testudo/images}

die() {
    tail -n 40 "$work/screen" | tr '\r' '\n' >&2
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}
# Runs the demo on a terminal of its own, types Ctrl-C `after` seconds after the words have come, and waits for the end, which has to
# be explained.
interrupt() { # interrupt WORDS AFTER EXPLANATION
    local words=$1 after=$2 explanation=$3 status=0
    : >"$work/screen"
    mkfifo "$work/keys"
    # A shell starts what it puts in the background deaf to Ctrl-C.
    env --default-signal=INT script -qefc 'deploy/demo --port 8080' "$work/screen" <"$work/keys" >/dev/null 2>&1 &
    local running=$!
    exec 3>"$work/keys"
    for _ in {1..1800}; do
        if grep -q "$words" "$work/screen"; then break; fi
        kill -0 "$running" 2>/dev/null || die "the demo ended by itself before it said: $words"
        sleep 0.1
    done
    grep -q "$words" "$work/screen" || die "not seen in three minutes: $words"
    sleep "$after"
    printf '\003\003' >&3
    for _ in {1..600}; do kill -0 "$running" 2>/dev/null || break; sleep 0.1; done
    ! kill -0 "$running" 2>/dev/null || die "still there a minute after Ctrl-C"
    wait "$running" || status=$?
    exec 3>&-
    rm "$work/keys"
    [[ $status == 130 ]] || die "ended with status $status instead of 130"
    grep -q "$explanation" "$work/screen" || die "it does not say: $explanation"
    "$here/../range/leak-check.sh" compare "$work/before" || die "something is left behind"
}

"$here/../range/leak-check.sh" snapshot "$work/before"
interrupt 'the pages' 0.2 'Stopped before any network or machine was made'
echo "ok      Ctrl-C before anything is made"
interrupt 'networks and machines' 6 'Taking the demo down'
echo "ok      Ctrl-C while machines are being made"
interrupt 'Ctrl-C takes everything down' 5 'stopped the controller'
echo "ok      Ctrl-C while the exercise runs"
rm -rf "$work"
echo "3 passed, 0 failed"
