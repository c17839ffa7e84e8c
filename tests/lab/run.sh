#!/bin/bash
# run.sh [SCENARIO…]: record pcaps/NAME.pcap and tests/lab/states/NAME.states between two real kernels.
#
# A scenario is a file scenarios/NAME.lab: a sentence on '#' lines, settings (`word value…`), then
# the sections [client], [server] (scripts of peer.c), [router] (rules of rules.h).
#
#     vantage client|server|any   the router's interface to capture on (any: both)   [client]
#             mirror              its mirror port: each frame as it comes, and with a VLAN tag as it goes
#             host                on the client itself, `any` device
#             gate                on the gate's interface to the server
#     delay MS[/MS]               one way, and back when that differs                 [5]
#     filter BPF                  what tcpdump keeps                                  [tcp]
#     tcpdump OPTION…             more options;  `capture dumpcap` writes pcapng instead
#     from MS                     capture from this moment on, not from the start
#     sysctl client|server KEY VALUE
#     run client|server COMMAND   for instance `ip link add …`, to make a tunnel
#     gate COMMAND                a kernel that forwards stands before the server (10.9.3.3 and 10.9.2.254); the
#                                 command, for instance `ip route …`, is run there
#     until MS                    end then, whatever still runs [when both scripts have ended]
#     settle MS                   go on capturing after both scripts have ended       [300]
#     account no                  no account of the kernels' sockets: they are too many
#
# The hosts are network namespaces of this run; nothing outside them is touched. OUT=DIR records below DIR instead
# of this checkout; KEEP=DIR keeps what the programs said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=${OUT:-$top}
bin=$(cd "$top/${B:-build}/lab" && pwd)
# shellcheck source=tests/lab/net.sh
. "$here/net.sh"

setting() { # NAME DEFAULT
    awk -v name=$1 -v value="$2" '/^\[/ { exit } $1 == name { $1 = ""; value = substr($0, 2) } END { print value }' \
        "$scenario"
}

section() { # NAME
    awk -v name="[$1]" '/^\[/ { inside = $0 == name; next } inside' "$scenario" >"$work/$1"
}

capture() {
    local interface=to_$vantage where=router
    case $vantage in
    any) interface=any ;;
    mirror) interface=seen ;;
    host) interface=any where=client ;;
    gate) interface=down0 where=gate ;;
    esac
    if [ "$(setting capture tcpdump)" = dumpcap ]; then
        start capture $where dumpcap -q -i $interface -f "$filter" -w "$work/capture"
    else
        # shellcheck disable=SC2046 # the options are words
        start capture $where tcpdump -q -n -Z root --immediate-mode -U -i $interface -w "$work/capture" \
            $(setting tcpdump '') "$filter"
    fi
    capturing=${children[-1]}
    for ((i = 0; i < 100; i++)); do
        [ -s "$work/capture" ] && return
        sleep 0.02
    done
    echo "run.sh: nothing captures" >&2
    exit 1
}

play() {
    local from begin
    from=$(setting from '')
    begin=$(awk '{ printf "%d", $1 * 1000 + 300 }' /proc/uptime)
    [ -n "$from" ] || { capture; begin=$(($(now_ms) + 100)); }
    start client client timeout 100 "$bin/peer" ${begin}000000 "$work/client"
    local client=${children[-1]}
    start server server timeout 100 "$bin/peer" ${begin}000000 "$work/server"
    local server=${children[-1]}
    if [ -n "$from" ]; then
        pause $((begin + from - $(now_ms)))
        capture
    fi
    if [ -n "$(setting until "")" ]; then
        pause $((begin + $(setting until "") - $(now_ms)))
    else
        wait $client $server
        pause "$(setting settle 300)"
    fi
    kill -TERM $capturing
    wait $capturing 2>/dev/null || true
    account
}

# What is known now, before the programs that still run are ended.
account() {
    if [ -n "$trace" ]; then cat "$trace/trace" >"$work/trace"; else : >"$work/trace"; fi
    cp "$work/watch-client.log" "$work/seen-client"
    cp "$work/watch-server.log" "$work/seen-server"
}

keep() {
    local suffix=pcap
    [ "$(setting capture tcpdump)" = dumpcap ] && suffix=pcapng
    cp "$work/capture" "$out/pcaps/$name.$suffix"
    chmod 644 "$out/pcaps/$name.$suffix"
    [ "$(setting account yes)" = yes ] || return 0
    {
        grep '^#' "$scenario"
        awk -f "$here/states.awk" "$work/trace" "$work/seen-client" "$work/seen-server"
    } >"$out/tests/lab/states/$name.states"
    if [ -n "${KEEP:-}" ]; then
        mkdir -p "$KEEP/$name"
        cp "$work"/{trace,*.log,*.err} "$KEEP/$name/"
    fi
}

record() { # NAME
    name=$1
    scenario=$here/scenarios/$name.lab
    [ -f "$scenario" ] || { echo "run.sh: no scenario $name" >&2; exit 1; }
    vantage=$(setting vantage client)
    filter=$(setting filter tcp)
    rm -f "$work/capture"
    for part in client server router; do section $part; done
    build_net
    if [ -n "$(setting gate '')" ]; then
        build_gate
        while read -r _ command; do
            on gate sh -c "$command" </dev/null
        done < <(awk '/^\[/ { exit } $1 == "gate"' "$scenario")
    fi
    mirror=
    if [ $vantage = mirror ]; then
        mirror=mirror
        build_mirror
    fi
    while read -r _ host key value; do
        on "$host" sysctl -qw "$key=$value"
    done < <(awk '/^\[/ { exit } $1 == "sysctl"' "$scenario")
    while read -r _ host command; do
        on "$host" sh -c "$command" </dev/null
    done < <(awk '/^\[/ { exit } $1 == "run"' "$scenario")
    [ -z "$trace" ] || echo >"$trace/trace"
    start router router "$bin/router" to_client to_server "$(setting delay 5)" "$work/router" $mirror
    start watch-client client "$bin/watch" client
    start watch-server server "$bin/watch" server
    play
    stop_children
    keep
    remove_net
    echo "recorded $name"
}

need
mkdir -p "$out/pcaps" "$out/tests/lab/states"
wait_for_others
open_trace
if [ $# = 0 ]; then
    mapfile -t names < <(cd "$here/scenarios" && ls ./*.lab | sed 's|^\./||; s|\.lab$||')
    set -- "${names[@]}"
fi
for one in "$@"; do record "$one"; done
