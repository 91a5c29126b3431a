# shellcheck shell=bash
# For tests of a range as a whole, sourced by them first:
#
#   . private-host.sh NAME "$@"      with $1 of the test: the folder of the built programs
#
# Starts the test anew in namespaces of its own, so that nothing else on this machine sees it, nor it anything else, and gives it a
# work folder, a range host that is ended with it, and a leak check. Needs root and the images.
name=$1 bin=$(realpath "${2:?usage: the folder of the built programs}")
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$here/../..
((EUID == 0)) || { echo "$name: must be run as root" >&2; exit 1; }
if [[ ${3:-} != inside ]]; then
    exec unshare --mount --pid --net --fork --kill-child --mount-proc "$0" "$bin" inside
fi
ip link set lo up
mkdir -p /run/testudo
mount -t tmpfs tmpfs /run/testudo
work=$(mktemp -d "/var/tmp/testudo-$name.XXXXXX")
export TESTUDO_STATE=$work/state TESTUDO_HOST=/run/testudo/host TESTUDO_IMAGES=${TESTUDO_IMAGES:-/var/lib/testudo/images}
# shellcheck disable=SC2034 # for the tests
testudo=$bin/testudo
host=(--dir "$TESTUDO_HOST" --data "$work/range-host")
passed=0
"$here/leak-check.sh" snapshot "$work/before"

finish() {
    local status=$?
    trap - EXIT
    # Control groups are seen from everywhere, so only those of this host are looked at.
    local group
    group=$(cat "$TESTUDO_HOST/cgroup" 2>/dev/null || echo none)
    "$root/deploy/range-host" stop "${host[@]}" || status=1
    "$here/leak-check.sh" compare "$work/before" "$group" || status=1
    if ((status == 0)); then rm -rf "$work"; echo "$passed passed, 0 failed"; else echo "What is left to look at: $work" >&2; fi
    exit "$status"
}
trap finish EXIT
die() {
    if [[ -s $work/output ]]; then tail -n 20 "$work/output" >&2; fi
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}
