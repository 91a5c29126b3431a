#!/usr/bin/env bash
# Finds what a range has left behind on this machine.
#
#   leak-check.sh snapshot FILE    before: records what is there
#   leak-check.sh compare FILE     after: prints what has come since then, and fails if anything has
#   leak-check.sh compare FILE GROUP...     the same, but of control groups only those named: for use while other range hosts
#                                  come and go
#
# Looked at: namespaces, mounts, network devices, processes of libvirt and QEMU, control groups, loop devices, and files
# below /run/testudo. What the kernel takes down in the background gets some seconds to go.
set -euo pipefail

processes() {
    local process name stat
    for process in /proc/[0-9]*; do
        read -r name 2>/dev/null <"$process/comm" || continue
        case $name in
            libvirtd | virtlogd | virtqemud | virtlxcd | virtnetworkd | libvirt_lxc | dnsmasq | qemu-* | tini | range-host) ;;
            *) continue ;;
        esac
        stat=$(cat "$process/stat" 2>/dev/null) || continue
        # shellcheck disable=SC2086 # the fields after the command name, split on purpose
        set -- ${stat##*) }
        printf 'process %s %s started %s\n' "${process#/proc/}" "$name" "${20}"
    done
}

control_groups() {
    local name test=(-false)
    for name in "${groups[@]}"; do test+=(-o -name "$name"); done
    find /sys/fs/cgroup -type d \( "${test[@]}" \) -printf 'control group %p\n' 2>/dev/null || true
}

all() {
    # By number alone: the process that lsns names for a namespace may change.
    lsns --noheadings --output TYPE,NS 2>/dev/null | awk '{ print "namespace", $1, $2 }'
    awk '{ print "mount", $5 }' /proc/self/mountinfo
    ip -o link | awk -F': ' '{ sub(/@.*/, "", $2); print "network device", $2 }'
    processes
    control_groups
    losetup --noheadings --output NAME,BACK-FILE 2>/dev/null | sed 's/^/loop device /'
    find /run/testudo /run/netns -mindepth 1 -printf 'file %p\n' 2>/dev/null || true
}

listing() { all | sort -u; }

verb=${1:-} file=${2:-}
groups=("${@:3}")
((${#groups[@]})) || groups=('testudo-*' '*.libvirt-*' 'machine*')
[[ -n $file ]] || { sed -n '3,8p' "$0" | sed 's/^# \{0,1\}//'; exit 2; }
case $verb in
    snapshot) listing >"$file" ;;
    compare)
        for _ in {1..20}; do
            left=$(comm -13 "$file" <(listing))
            # The subshells of this very script have no namespace of their own, so an empty answer is final.
            [[ -n $left ]] || { echo "nothing is left behind"; exit 0; }
            sleep 0.5
        done
        printf 'left behind:\n%s\n' "$left" >&2
        exit 1
        ;;
    *) exit 2 ;;
esac
