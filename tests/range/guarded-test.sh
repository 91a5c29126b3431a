#!/usr/bin/env bash
# Machines of a range cannot forge addresses, listen to others, or reach the host or a stranger on their bridge; and it is the guard
# that keeps them from it: without its table the very same frames arrive. Needs root, the images, and the folder of the built
# programs: guarded-test.sh BIN
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" guarded "$@"
sed 's,ipv4: 198.18.0.0/24,&\, ipv6: "2001:db8::/64",' "$here/killed/range.yaml" >"$work/range.yaml"
"$root/deploy/range-host" start "${host[@]}" >/dev/null
inside() { "$root/deploy/range-host" exec --dir "$TESTUDO_HOST" -- "$@"; }
"$testudo" up "$work/range.yaml" >"$work/output" 2>&1 || die "the range does not come up"

machines=$("$testudo" status killed --json | jq -c .machines)
# As the host numbers it: a container's first process is the child of its libvirt_lxc.
pid_of() {
    local domain
    domain=$(jq -r --arg machine "$1" '.[$machine].domain' <<<"$machines")
    inside bash -c "pgrep -P \$(pgrep -f 'libvirt_lxc --name $domain ' | head -n 1) | head -n 1"
}
north=$(pid_of portal@north) south=$(pid_of portal@south) probe=$(pid_of probe)
bridge=$(inside ip -j link | jq -r '[.[] | select(.master) | .master] | first')
# The host itself and a stranger, on the bridge of the machines.
inside ip link add stranger0 type veth peer name stranger1
inside ip link set stranger0 master "$bridge" up
inside ip link set stranger1 up
inside ip addr add 198.18.0.253/24 dev "$bridge"

frames() { inside python3 "$here/guarded-frames.py" "$north" "$south" "$probe" stranger1 198.18.0.253 >"$work/output"; }
expect() { # WHAT JQ-FILTER
    jq -e "$2" <"$work/output" >/dev/null || die "$1"
    passed=$((passed + 1))
}
guarded() {
    frames
    expect 'what is honest arrives where it should' \
        '.honest == ["receiver"] and ."honest over IPv6" == ["receiver"] and ."honest to all" == ["receiver", "third"]'
    expect 'nothing else arrives anywhere' \
        'del(.honest, ."honest over IPv6", ."honest to all") | length == 11 and all(.[]; . == [])'
}
guarded
# On demand, by the agents themselves. There is no controller, and north and south meet on the one network.
"$testudo" isolation killed --json >"$work/output" || die "a closed range is said not to be closed"
expect 'the range is closed' '.leaks == 0 and .unknown == 0 and .blocked == 0 and
    ([.findings[] | select(.kind == "forgery")] | length) == 5 and ([.findings[] | select(.kind == "listening")] | length) == 1'

inside nft delete table bridge tst-killed
frames
expect 'without the guard whatever is forged arrives' \
    '[to_entries[] | select(.key | test("forged|honest|other")) | select(.value | index("receiver") | not)] == []'
expect 'without the guard others listen in' '."to nobody" | index("third")'
expect 'without the guard the host is reached' '."the host answers" == ["sender"]'
expect 'without the guard strangers are heard' '."from a stranger" | index("receiver")'

! "$testudo" isolation killed --json --html "$work/report.html" >"$work/output" || die "an open range is said to be closed"
expect 'the host on the bridge is found' \
    '[.findings[] | select(.outcome == "leak" and (.evidence | test("198.18.0.253")))] | length == 1'
expect 'whatever is forged is found to arrive' \
    '[.findings[] | select(.kind == "forgery")] | length == 5 and all(.[]; .outcome == "leak")'
grep -q 'The range is not closed' "$work/report.html" || die "the page does not tell"

"$testudo" up "$work/range.yaml" >"$work/output" 2>&1 || die "up again"
guarded

# A controller tries it before it hands over, stands still while the range is open, and goes on when it is closed.
"$testudo" serve killed --port 0 --start >"$work/serve.log" 2>&1 &
server=$!
until_log() { # PATTERN: within 20 s
    for _ in {1..100}; do
        "$testudo" log show killed >"$work/output" 2>&1 || true
        if grep -qE "$1" "$work/output"; then return; fi
        sleep 0.2
    done
    die "the log has no $1"
}
until_log 'exercise.started'
[[ $(grep -nE 'isolation.checked' "$work/output" | head -n 1 | cut -d: -f1) -lt $(grep -nE 'exercise.started' "$work/output" | cut -d: -f1) ]] ||
    die "it started before it was checked"
inside nft delete table bridge tst-killed
! "$testudo" isolation killed >"$work/output" 2>&1 || die "the controller finds an open range closed"
grep -q 'THE RANGE IS NOT CLOSED' "$work/output" || die "it does not say so"
until_log 'exercise.paused.*the range is not closed'
! "$testudo" exercise resume killed >"$work/output" 2>&1 || die "it goes on in an open range"
grep -q 'cannot resume: the range is not closed' "$work/output" || die "it does not say why"
! "$testudo" inject fire killed late >"$work/output" 2>&1 || die "an inject is fired in an open range"
inside ip addr del 198.18.0.253/24 dev "$bridge"
inside ip link del stranger0
"$testudo" reset killed --machine portal@south >"$work/output" 2>&1 || die "no reset" # which sets the guard again
"$testudo" isolation killed >"$work/output" 2>&1 || die "a closed range is said to be open"
"$testudo" exercise resume killed >"$work/output" 2>&1 || die "it does not go on"
passed=$((passed + 7))
kill -TERM "$server"
wait "$server"

"$testudo" down killed >"$work/output" 2>&1 || die "down"
[[ -z $(inside nft list tables bridge) ]] || die "the guard is left behind"
passed=$((passed + 1))
