#!/usr/bin/env bash
# Usage: exercises-test.sh TESTUDO
# A mistyped name: every command that works on an exercise says that there is none of that name, ends with 1, and leaves
# nothing behind. Needs neither root nor libvirt.
set -euo pipefail
testudo=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

refuses() { # ARGUMENT...
    local status=0
    "$testudo" "$@" --state "$work/state" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [[ $status == 1 ]] || die "testudo $*: status $status instead of 1: $(cat "$work/err")"
    grep -q "there is no such exercise in $work/state/exercises" "$work/err" || die "testudo $*: said $(cat "$work/err")"
    [[ ! -s $work/out ]] || die "testudo $*: printed $(cat "$work/out")"
    [[ ! -e $work/state ]] || die "testudo $*: made $(find "$work/state")"
}

for command in down status serve "log show" "log verify" "exercise start" "exercise end"; do
    # shellcheck disable=SC2086 # two words are meant
    refuses $command harbuor-shield
done
refuses down harbuor-shield --json
refuses archive harbuor-shield --output "$work/archive.testudo"
refuses console harbuor-shield portal@north
refuses inject fire harbuor-shield defaced

# What is served or replayed is ended by a signal, which is no failure; `--help` says so.
# shellcheck disable=SC2016 # the words as they are printed
"$testudo" --help | grep -q '^130 `up` or `down` was interrupted' || die "--help does not tell what 130 means"
for command in serve replay; do
    "$testudo" "$command" --help | grep -q 'with exit code 0' || die "$command --help does not tell how it is ended"
done
"$testudo" log show --help | grep -q 'JSON Lines' || die "log show --help promises one document"
