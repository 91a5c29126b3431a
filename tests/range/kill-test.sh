#!/usr/bin/env bash
# Kills a provisioning process with SIGKILL at 200 random instants of `up`, `reset` and `down`, on real containers. After one more
# command the range must be as planned, or gone. Needs root, the images, and the folder of the built programs: kill-test.sh BIN
# KILLS=N kills another number of times, SEED=N repeats a run.
set -euo pipefail
# shellcheck source=tests/range/private-host.sh
. "$(dirname "$0")/private-host.sh" kills "$@"
kills=${KILLS:-200} seed=${SEED:-$RANDOM} workers=8

# Exercises of their own on one host, so that one is killed while others work.
drive() { # WORKER COMMAND
    "$bin/range_driver" "$2" "kill$1" "$TESTUDO_HOST" "$TESTUDO_IMAGES" "$work/data$1" "$bin/testudo-agent" "$work/journal$1"
}
objects() { # WORKER: names of what is there of its exercise
    {
        virsh -q -c "lxc+unix:///system?socket=$TESTUDO_HOST/libvirt-sock" list --all --name
        virsh -q -c "qemu+unix:///system?socket=$TESTUDO_HOST/libvirt-sock" net-list --all --name
    } | grep "^tst-kill$1-" | sort
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

worker() { # WORKER KILLS
    local me=$1 command after begun pid delay n killed=0 state=nothing
    local -A takes=([up]=0 [reset]=0 [down]=0)
    RANDOM=$((seed + me))
    # Undisturbed once: how long each takes here, and what is planned.
    for command in up reset down; do
        begun=$(milliseconds)
        drive "$me" "$command" >>"$work/output$me" 2>&1 || { echo "$command fails undisturbed"; return 1; }
        takes[$command]=$(($(milliseconds) - begun))
        [[ $command != up ]] || objects "$me" >"$work/planned$me"
    done
    [[ -s $work/planned$me && -z $(objects "$me" || true) ]] || { echo "undisturbed, the range is not as it should be"; return 1; }
    for ((n = 1; killed < $2; n++)); do
        if [[ $state == nothing ]]; then command=up; else
            case $((RANDOM % 3)) in 0) command=reset ;; 1) command=down ;; 2) command=up ;; esac
        fi
        drive "$me" "$command" >>"$work/output$me" 2>&1 &
        pid=$!
        delay=$((takes[$command] * (RANDOM % 1000) / 1000))
        printf -v delay '%d.%03d' $((delay / 1000)) $((delay % 1000))
        sleep "$delay"
        if pkill -KILL -P "$pid"; then killed=$((killed + 1)); else takes[$command]=$((takes[$command] * 2 / 3 + 20)); fi
        wait "$pid" 2>/dev/null || true
        if ((RANDOM % 5 < 3)); then after=up; else after=down; fi
        if ! drive "$me" "$after" >>"$work/output$me" 2>&1; then
            tail -n 5 "$work/output$me"
            echo "kill $n: after $command was killed at $delay s, $after fails"
            return 1
        fi
        if [[ $after == up ]]; then
            state=planned
            drive "$me" up 2>&1 | grep -q 'changed 0 ' || { echo "kill $n: a second up still finds something to do"; return 1; }
            objects "$me" | cmp -s - "$work/planned$me" || { echo "kill $n: $command, $after: not as planned: $(objects "$me")"; return 1; }
        else
            state=nothing
            [[ -z $(objects "$me" || true) && -z $(ls -A "$work/data$me/machines" 2>/dev/null) ]] ||
                { echo "kill $n: $command, $after: left: $(objects "$me")"; return 1; }
        fi
    done
    drive "$me" down >>"$work/output$me" 2>&1 || { echo "the last down fails"; return 1; }
    [[ -z $(objects "$me" || true) ]] || { echo "left at the end: $(objects "$me")"; return 1; }
    echo "$killed killed before their end, of $((n - 1))"
}

"$root/deploy/range-host" start "${host[@]}" >/dev/null
echo "seed $seed"
pids=()
for ((w = 1; w <= workers; w++)); do
    worker "$w" $((kills / workers)) >"$work/worker$w" 2>&1 &
    pids+=($!)
done
for ((w = 1; w <= workers; w++)); do
    wait "${pids[w - 1]}" || die "worker $w (SEED=$seed): $(cat "$work/worker$w")"
done
cat "$work"/worker[0-9]*
passed=1
