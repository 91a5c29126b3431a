#!/usr/bin/env bash
# A team's machines are kept as they are, changed, and put back: what the team had made is there again, what came later is gone,
# nobody else is touched; with and without a controller. Needs root, the images, and the folder of the built programs:
# snapshot-test.sh BIN
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" snapshots "$@"
awk '/^checks:/ { print "  plc: { kind: vm, per: team, image: debian-vm, memory: 192 MiB, on: { internet: \"{{ 50 + team.number }}\" } }\n" } { print }' \
    "$here/killed/range.yaml" >"$work/range.yaml"
"$root/deploy/range-host" start "${host[@]}" >/dev/null
"$testudo" up "$work/range.yaml" >"$work/output" 2>&1 || die "the range does not come up"

inside() { "$root/deploy/range-host" exec --dir "$TESTUDO_HOST" -- "$@"; }
machines=$("$testudo" status killed --json | jq -c .machines)
# Runs a line of shell in a container.
within() { # MACHINE LINE
    local domain pid
    domain=$(jq -r --arg machine "$1" '.[$machine].domain' <<<"$machines")
    pid=$(inside bash -c "pgrep -P \$(pgrep -f 'libvirt_lxc --name $domain ' | head -n 1) | head -n 1")
    inside nsenter --target "$pid" --mount --pid --net --uts --ipc -- sh -c "$2"
}
expect() { # WHAT COMMAND...
    "${@:2}" >>"$work/output" 2>&1 || die "$1"
    passed=$((passed + 1))
}
refused() { # PATTERN COMMAND...
    ! "${@:2}" >"$work/output" 2>&1 || die "${*:2} is not refused"
    grep -q "$1" "$work/output" || die "${*:2} does not say $1"
    passed=$((passed + 1))
}

within portal@north 'echo "by the team" >/var/www/html/index.html; useradd -m anna; ln -s /etc/passwd /srv/link; rm /etc/motd'
within portal@north 'while :; do date +%N >>/var/log/busy; done >/dev/null 2>&1 &'
expect 'a team is kept' "$testudo" snapshot killed before --team north
within portal@north 'echo spoilt >/var/www/html/index.html; userdel -r anna; rm -r /srv/link /var/log; echo x >/srv/later; service nginx stop'
within portal@south 'echo "of the south" >/srv/own'
expect 'a team is put back' "$testudo" rollback killed before --team north
machines=$("$testudo" status killed --json | jq -c .machines)
expect 'what the team had made is there again' within portal@north \
    'grep -q "by the team" /var/www/html/index.html && id anna && test -d /home/anna -a -L /srv/link -a -s /var/log/busy'
expect 'and what came later is gone' within portal@north 'test ! -e /srv/later -a ! -e /etc/motd'
expect 'its service runs' within portal@north 'curl -sf http://127.0.0.1/ | grep -q "by the team"'
expect 'another team is not touched' within portal@south 'test -e /srv/own'
"$testudo" up "$work/range.yaml" --json >"$work/output" 2>"$work/errors" || die "up again"
expect 'all is as planned' jq -e '.changed == 0' "$work/output"

refused 'was not kept as after; as before it was' "$testudo" rollback killed after --machine portal@north
refused 'nothing was kept of it' "$testudo" rollback killed before --team south
refused "a snapshot's name has letters" "$testudo" snapshot killed ../x --team north
expect 'they are listed' bash -c "'$testudo' snapshot killed --json | jq -e '.snapshots | length == 1 and (.[0].machines | length) == 2'"

"$testudo" serve killed --port 0 --start >"$work/serve.log" 2>&1 &
server=$!
for _ in {1..100}; do
    "$testudo" log show killed >"$work/output" 2>&1 || true
    if grep -q 'exercise.started' "$work/output"; then break; fi
    sleep 0.2
done
expect 'a controller keeps' "$testudo" snapshot killed live --team north
expect 'a controller puts back' "$testudo" rollback killed live --team north --reason 'an exercise of ours'
refused 'was not kept as nothing' "$testudo" rollback killed nothing --team north
"$testudo" log show killed >"$work/log"
for line in 'machine.kept.*"kept":true' 'machine.reset.*"to":"live"'; do
    [[ $(grep -c "$line" "$work/log") == 2 ]] || die "the log has no two $line"
done
passed=$((passed + 1))
kill -TERM "$server"
wait "$server"

"$testudo" down killed >"$work/output" 2>&1 || die "down"
expect 'snapshots go with the range' bash -c "test -z \"\$(find '$TESTUDO_STATE/exercises/killed' -name before)\""
