#!/usr/bin/env bash
# Usage: import-test.sh TESTUDO
# `testudo import`: what goes to which stream, and with which exit code it ends. Needs neither root nor libvirt.
set -euo pipefail
testudo=$(realpath "$1")
cd "$(dirname "$0")/../import/samples"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "FAILED: $*" >&2; exit 1; }

ends() { # CODE WORD ARGUMENT...; WORD is what standard error says
    local status=0
    "$testudo" import "${@:3}" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [[ $status == "$1" ]] || die "testudo import ${*:3}: ended with $status instead of $1: $(cat "$work/err")"
    [[ $(cat "$work/err") == *"$2"* ]] || die "testudo import ${*:3}: did not say '$2' but: $(cat "$work/err")"
}
prints_nothing() { [[ ! -s $work/out ]] || die "a template was printed in spite of an error: $(head -n 3 "$work/out")"; }

# 0: a template, and on standard error what did not come over.
ends 0 'warning[T1315]' containerlab pods.clab.yml
"$testudo" validate /dev/stdin <"$work/out" >"$work/err" 2>&1 || die "what was printed is no template: $(cat "$work/err")"
ends 0 'warning[T13' cyberrangecz junior.topology.yml junior.training.json
ends 0 '' containerlab pods.clab.yml --json
jq -e '(.template | startswith("# Made by")) and (.diagnostics | map(.code) | index("T1315"))' "$work/out" >/dev/null ||
    die "--json does not print template and report"

# 1: it was made, but could not be delivered.
{
    printf 'no,time,from,to,text\n'
    for ((i = 0; i < 500; i++)); do printf '%d,T+%d,Press,blue,What is going on?\n' "$i" "$i"; done
} >"$work/long.csv"
for file in drill.msel.csv "$work/long.csv"; do # one that fits into a buffer, and one that does not
    status=0
    "$testudo" import msel "$file" >/dev/full 2>"$work/err" || status=$?
    [[ $status == 1 ]] || die "a template that the disk has no room for: status $status instead of 1"
    grep -q 'standard output could not be written' "$work/err" || die "a full disk is not told: $(cat "$work/err")"
done

# 2: nothing was read.
ends 2 'FORMAT is required'
prints_nothing
ends 2 'FILE is required' containerlab
ends 2 'foo not in' foo pods.clab.yml
ends 2 'not expected: --all' containerlab pods.clab.yml --all
ends 2 'read from one file, and 2 are given' containerlab pods.clab.yml ring.clab.yml
prints_nothing

# 3: the file, or one of them, cannot be read or is something else.
ends 3 'error[T1301]: the file cannot be read: there is no such file' containerlab none.clab.yml
prints_nothing
ends 3 'no regular file' containerlab .
ends 3 'error[T1301]' cyberrangecz junior.topology.yml none.json
ends 3 'error[T1302]' containerlab one.ludus.yml
ends 3 'error[T1302]' msel pods.clab.yml
truncate -s 100M "$work/large.yml"
ends 3 'larger than 16 MiB' containerlab "$work/large.yml"
prints_nothing
ends 3 '' containerlab none.clab.yml --json
jq -e '.template == null and (.diagnostics | map(.code)) == ["T1301"]' "$work/out" >/dev/null || die "--json does not print the error"

# Two nodes in forty thousand links: refused, not pondered for a minute.
{
    printf 'name: wide\ntopology:\n  nodes: { a: {}, b: {} }\n  links:\n'
    for ((i = 0; i < 40000; i++)); do printf '    - endpoints: [a:eth%d, b:eth%d]\n' "$i" "$i"; done
} >"$work/wide.clab.yml"
ends 3 'do not fit into 198.18.0.0/15' containerlab "$work/wide.clab.yml"
