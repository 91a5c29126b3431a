# shellcheck shell=bash
# Sourced by deploy/demo and deploy/test: numbered steps that say what is done, how long it took and how long the rest will take.
#
#   steps "name|seconds" ...    declares the steps with the time that each takes from nothing on 2 cores
#   step "name" COMMAND...      runs one; its output goes to the log, the last line is shown while it runs on a terminal
#   step_done "name" "why"      says that one needs nothing
#   step_stop                   ends the one that is under way, with all that it started: for the script's own end

progress_names=() progress_seconds=() progress_at=0 progress_log=${PROGRESS_LOG:-} progress_child=''

steps() {
    local entry
    for entry in "$@"; do
        progress_names+=("${entry%%|*}")
        progress_seconds+=("${entry##*|}")
    done
}

progress_rest() { # seconds that the steps after the present one take
    local i total=0
    for ((i = progress_at; i < ${#progress_seconds[@]}; i++)); do total=$((total + progress_seconds[i])); done
    echo "$total"
}

progress_span() { # 130 -> "2 min 10 s"
    if (($1 >= 60)); then echo "$(($1 / 60)) min $(($1 % 60)) s"; else echo "$1 s"; fi
}

progress_head() {
    progress_at=$((progress_at + 1))
    local expect=${progress_seconds[progress_at - 1]:-0}
    printf '[%d/%d] %s ... (up to %s; then about %s more)\n' "$progress_at" "${#progress_names[@]}" "$1" \
        "$(progress_span "$expect")" "$(progress_span "$(progress_rest)")"
}

step_done() {
    progress_at=$((progress_at + 1))
    printf '[%d/%d] %s: %s\n' "$progress_at" "${#progress_names[@]}" "$1" "$2"
}

step() {
    local name=$1 began=$SECONDS pid status=0 shown=0
    shift
    progress_head "$name"
    # A group of its own: what a shell puts in the background is deaf to Ctrl-C, so step_stop has to reach all of it.
    setsid "$@" >>"$progress_log" 2>&1 </dev/null &
    pid=$! progress_child=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        if [[ -t 1 ]]; then
            printf '\r\033[K      %s  %.100s' "$(progress_span $((SECONDS - began)))" "$(tail -n 1 "$progress_log" | tr -d '\r\033')"
        elif ((SECONDS - began >= shown + 30)); then
            shown=$((SECONDS - began))
            printf '      still at it after %s: %.100s\n' "$(progress_span "$shown")" "$(tail -n 1 "$progress_log" | tr -d '\r\033')"
        fi
    done
    wait "$pid" || status=$?
    progress_child=''
    [[ -t 1 ]] && printf '\r\033[K'
    if ((status != 0)); then
        printf '      FAILED after %s (exit status %d). The end of what it said (all of it: %s):\n' \
            "$(progress_span $((SECONDS - began)))" "$status" "$progress_log"
        tail -n 40 "$progress_log" | sed 's/^/      | /'
        return "$status"
    fi
    printf '      done in %s\n' "$(progress_span $((SECONDS - began)))"
}

step_stop() {
    [[ -n $progress_child ]] || return 0
    kill -TERM -- "-$progress_child" 2>/dev/null || true
    wait "$progress_child" 2>/dev/null || true
    progress_child=''
}
