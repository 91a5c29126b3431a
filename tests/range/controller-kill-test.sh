#!/usr/bin/env bash
# Kills `testudo` with SIGKILL, first during `up` and then during the exercise, and looks whether range, timeline and score are whole
# afterwards. Needs root, the images, and the folder of the built programs: controller-kill-test.sh BIN
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" killed "$@"
template=$here/killed/range.yaml

say() { printf '%s\n' "-- $*"; }
# Started in the background, killed after some seconds (or done by then).
kill_after() {
    local seconds=$1 pid
    shift
    "$@" >>"$work/output" 2>&1 &
    pid=$!
    sleep "$seconds"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}
events() { "$testudo" log show killed --json; }
count() { events | jq -s --arg kind "$1" --arg inject "${2:-}" '[.[] | select(.kind == $kind and ($inject == "" or .body.inject == $inject))] | length'; }
view() {
    local token
    token=$(jq -r .white "$work/links.json")
    curl -sf -H "Authorization: Bearer ${token##*=}" "$(jq -r .url "$work/links.json")api/v1/view"
}
until_true() { # until_true SECONDS WHAT COMMAND...
    local seconds=$1 what=$2
    shift 2
    for ((i = 0; i < seconds * 2; i++)); do if "$@" >/dev/null 2>&1; then return; fi; sleep 0.5; done
    die "$what did not come within $seconds s"
}
serve() {
    rm -f "$work/links.json"
    "$testudo" serve killed --port 0 --links "$work/links.json" "$@" >>"$work/output" 2>&1 &
    served=$!
    until_true 30 "the controller" test -s "$work/links.json"
}

"$root/deploy/range-host" start "${host[@]}" >/dev/null
say "up, killed at four instants"
for seconds in 0.2 0.6 1.2 2.5; do kill_after "$seconds" "$testudo" up "$template"; done
"$testudo" up "$template" >>"$work/output" 2>&1 || die "up does not finish what killed ones began"
"$testudo" status killed | grep -q '3 of 3 machines run as planned' || die "the range is not as planned"
"$testudo" up "$template" >"$work/again" 2>&1 || true
grep -q 'nothing was changed' "$work/again" || die "up again changes something: $(cat "$work/again")"
by_uri=(--connect "qemu+unix:///system?socket=$TESTUDO_HOST/libvirt-sock")
"$testudo" up "$template" "${by_uri[@]}" >"$work/again" 2>&1 || true
grep -q 'nothing was changed' "$work/again" || die "up by way of a URI changes something: $(cat "$work/again")"
"$testudo" status killed "${by_uri[@]}" | grep -q '3 of 3 machines run as planned' || die "by way of its URI the range is another"

say "the exercise, killed while an effect holds"
serve --start
defaced() { [[ $(count inject.fired defaced) == 1 ]] && view | jq -e '.matrix.north.portal.state == "faulty" and .injects.defaced.teams.north.effect == "holds"'; }
until_true 90 "the defacement on the board" defaced
tokens() { jq -r '[.white, .instructor, .teams[]][] | split("=")[1]' "$work/links.json"; }
signed_in=$(tokens)
kill -KILL "$served"
wait "$served" 2>/dev/null || true
"$testudo" log verify killed
score_before=$(events | jq -s 'length')
say "the inject 'late' becomes due while nobody is there"
sleep 42
serve
[[ $(tokens) == "$signed_in" ]] || die "those who were signed in no longer are"
until_true 60 "the late inject" bash -c "'$testudo' log show killed --json | grep -q message.delivered"
[[ $(count inject.fired defaced) == 1 ]] || die "the defacement was fired again"
[[ $(count inject.overdue late) -ge 1 ]] || die "the late inject was not reported as overdue"
[[ $(events | jq -s 'length') -gt $score_before ]] || die "the log did not go on"
view | jq -e '.exercise.state == "running" and .injects.defaced.teams.north.state == "completed" and (.teams.north.score_milli < 1000000)' >/dev/null ||
    die "timeline or score are not as before: $(view | jq -c '.exercise, .injects, .teams')"
"$testudo" log verify killed

say "a machine is made anew while the exercise runs"
"$testudo" reset killed --machine portal@north --reason "its disk is full" --json | jq -e '.machines == ["portal@north"] and .took_ms > 0' >/dev/null ||
    die "the reset did not end"
[[ $(count machine.reset) == 1 ]] || die "the reset is not in the log"
view | jq -e '.machines["portal@north"].state == "ready" and .exercise.state == "running"' >/dev/null || die "it is not ready: $(view | jq -c .machines)"

say "ENDEX, archive, and the replay says the same"
"$testudo" exercise end killed
view | jq -S '[.teams[].score_milli]' >"$work/live"
"$testudo" archive killed --output "$work/killed.testudo"
kill -TERM "$served"
wait "$served" || true
rm -f "$work/links.json"
"$testudo" replay "$work/killed.testudo" --port 0 --links "$work/links.json" >>"$work/output" 2>&1 &
replaying=$!
until_true 30 "the replay" test -s "$work/links.json"
token=$(jq -r .instructor "$work/links.json")
curl -sf -H "Authorization: Bearer ${token##*=}" "$(jq -r .url "$work/links.json")api/v1/view" | jq -S '[.teams[].score_milli]' >"$work/replayed"
kill -TERM "$replaying"
wait "$replaying" || true
cmp "$work/live" "$work/replayed" || die "the replay's scores differ"

say "down"
"$testudo" down killed
"$testudo" status killed | grep -q '0 of 3 machines' || die "something is left of the range"
passed=1
