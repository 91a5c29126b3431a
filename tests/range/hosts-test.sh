#!/usr/bin/env bash
# One exercise on three hosts: machines are where their template wants them, one segment spans all three, nothing forged crosses it;
# one host is killed while the exercise runs, its machines are lost, evacuated, and nobody else's are touched. Needs root, the
# images, and the folder of the built programs: hosts-test.sh BIN
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" hosts "$@"
range_host() { "$root/deploy/range-host" "$@"; }
start() { range_host start --dir "/run/testudo/$1" --data "$work/$1" >>"$work/output" 2>&1; }
inside() { range_host exec --dir "/run/testudo/$1" -- "${@:2}"; } # HOST COMMAND...
stop_hosts() {
    local status=$? one
    for one in alpha beta gamma; do range_host stop --dir "/run/testudo/$one" || true; done
    return "$status"
}
trap 'stop_hosts; finish' EXIT
expect() { # WHAT COMMAND...
    "${@:2}" >>"$work/output" 2>&1 || die "$1"
    passed=$((passed + 1))
}

for one in alpha beta gamma; do start "$one"; done
link() { range_host link --dir "/run/testudo/$1" --to "/run/testudo/$2" --address "198.18.254.$3" --to-address "198.18.254.$4"; }
link alpha beta 1 2
link alpha gamma 1 3
link beta gamma 2 3
awk '/^checks:/ {
    uri = "uri: \"qemu:///system\""
    print "hosts:"
    print "  alpha: { " uri ", nation: EST, memory: 200 MiB, for: EST }"
    print "  beta: { " uri ", nation: FIN, memory: 200 MiB, for: FIN }"
    print "  gamma: { " uri ", nation: EST, memory: 400 MiB }\n"
} { print }' "$here/killed/range.yaml" | sed 's,ipv4: 198.18.0.0/24,&\, ipv6: "2001:db8::/64",' >"$work/range.yaml"
jq -n '[["alpha", 1], ["beta", 2], ["gamma", 3]] |
    map({(.[0]): {private: "/run/testudo/\(.[0])", underlay: "198.18.254.\(.[1])"}}) | add' >"$work/hosts.json"

expect 'the range comes up' "$testudo" up "$work/range.yaml" --hosts "$work/hosts.json"
where() { "$testudo" status killed --json | jq -c '.machines | map_values(.host)'; }
[[ $(where) == '{"probe":"gamma","portal@north":"alpha","portal@south":"beta"}' ]] || die "machines are elsewhere: $(where)"
"$testudo" up "$work/range.yaml" --json 2>/dev/null >"$work/again" || die "up again"
expect 'nothing is left to do' jq -e '.changed == 0' "$work/again"
# As a host numbers it: a container's first process is the child of its libvirt_lxc.
within() { # HOST MACHINE COMMAND...
    local domain pid
    domain=$("$testudo" status killed --json | jq -r --arg machine "$2" '.machines[$machine].domain')
    pid=$(inside "$1" bash -c "pgrep -P \$(pgrep -f 'libvirt_lxc --name $domain ' | head -n 1) | head -n 1")
    inside "$1" nsenter --target "$pid" --mount --pid --net --uts --ipc -- "${@:3}"
}
expect 'whole frames cross over' within gamma probe ping -q -c 2 -W 2 -M 'do' -s 1472 198.18.0.11
north=$(within alpha portal@north ip -j -6 address show scope global | jq -r '[.[].addr_info[].local | select(. != null)] | first')
expect 'over IPv6 as well' within gamma probe ping -q -c 2 -W 2 -M 'do' -s 1452 "$north"
"$testudo" isolation killed --json >"$work/report" || die "it is not closed"
expect 'forged frames do not' jq -e '.leaks == 0 and .unknown == 0 and ([.findings[] | select(.kind == "forgery")] | length) >= 5' "$work/report"
within beta portal@south touch /srv/own

"$testudo" serve killed --port 0 --start >"$work/serve.log" 2>&1 &
server=$!
until_log() { # PATTERN: within 30 s
    for _ in {1..150}; do
        "$testudo" log show killed >"$work/log" 2>&1 || true
        if grep -qE "$1" "$work/log"; then passed=$((passed + 1)) && return; fi
        sleep 0.2
    done
    tail -n 15 "$work/log" >&2
    die "the log has no $1"
}
until_log 'check.sample.*north.*"result":"pass"'
kill -KILL "$(cut -d' ' -f1 /run/testudo/alpha/pid)"
until_log 'host.lost.*"host":"alpha"'
until_log 'machine.state.*portal@north.*"lost"'
expect 'it is shown as lost' bash -c "'$testudo' status killed --json | jq -e '.machines[\"portal@north\"].state == \"lost\"'"
! "$testudo" evacuate killed --host beta2 >"$work/output" 2>&1 || die "an unknown host is evacuated"
expect 'it is evacuated' "$testudo" evacuate killed --host alpha
[[ $(where) == '{"probe":"gamma","portal@north":"gamma","portal@south":"beta"}' ]] || die "machines are elsewhere: $(where)"
expect 'it is as planned' bash -c "'$testudo' status killed --json | jq -e '[.machines[].as_planned] | all'"
expect 'another team is not touched' within beta portal@south test -e /srv/own
expect 'and reached again' within gamma portal@north ping -q -c 1 -W 2 198.18.0.12
start alpha
until_log 'host.returned.*"host":"alpha"'
kill -TERM "$server"
wait "$server"

"$testudo" down killed >"$work/output" 2>&1 || die "down"
for one in alpha beta gamma; do
    [[ -z $(inside "$one" sh -c 'ip -o link | grep -E " t[bxv]"; nft list tables') ]] || die "something is left on $one"
done
passed=$((passed + 1))
