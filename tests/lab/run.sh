#!/bin/bash
# run.sh [SCENARIO…]: record pcaps/NAME.pcap and tests/lab/states/NAME.states between two real kernels.
#
# A scenario is a file scenarios/NAME.lab: a sentence on '#' lines, settings (`word value…`), then
# the sections [client], [server] (scripts of peer.c), [router] (rules of rules.h).
#
#     vantage client|server|any   the router's interface to capture on (any: both)   [client]
#     delay MS                    one way                                             [5]
#     filter BPF                  what tcpdump keeps                                  [tcp]
#     tcpdump OPTION…             more options;  `capture dumpcap` writes pcapng instead
#     from MS                     capture from this moment on, not from the start
#     sysctl client|server KEY VALUE
#     until MS                    end then, whatever still runs [when both scripts have ended]
#     settle MS                   go on capturing after both scripts have ended       [300]
#
# The hosts are network namespaces of this run; nothing outside them is touched. OUT=DIR records below DIR instead
# of this checkout; KEEP=DIR keeps what the programs said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=${OUT:-$top}
bin=$(cd "$top/${B:-build}/lab" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/synfin-lab.XXXXXX")
tag=sf$$
trace=
children=()

need() {
    for tool in ip tcpdump ethtool awk; do
        command -v $tool >/dev/null || { echo "run.sh: $tool is missing" >&2; exit 1; }
    done
    [ "$(id -u)" = 0 ] || { echo "run.sh: network namespaces need root" >&2; exit 1; }
}

stop_children() {
    local child
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
    children=()
}

clean() {
    stop_children
    for host in client router server; do ip netns del $tag-$host 2>/dev/null || true; done
    if [ -n "$trace" ]; then
        rmdir "$trace" 2>/dev/null || true
        umount "$work/tracefs" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

on() { # HOST COMMAND…
    ip netns exec "$tag-$1" "${@:2}"
}

# The states of full sockets, as the kernel itself reports each change.
open_trace() {
    mkdir "$work/tracefs"
    mount -t tracefs none "$work/tracefs" 2>/dev/null || return 0
    trace=$work/tracefs/instances/$tag
    if ! mkdir "$trace" 2>/dev/null; then
        umount "$work/tracefs"
        trace=
        return 0
    fi
    echo mono >"$trace/trace_clock"
    echo 1 >"$trace/events/sock/inet_sock_set_state/enable"
}

# HOST INTERFACE NET OTHER_NET LAST: a host with its address, and the other's card as next hop.
host() {
    on $1 ip link set $2 address 02:00:00:00:0$3:01
    on $1 sysctl -qw net.ipv6.conf.$2.accept_dad=0 net.ipv6.conf.$2.router_solicitations=0 \
        net.ipv6.conf.$2.addr_gen_mode=1 net.ipv4.tcp_fastopen=3
    on $1 ethtool -K $2 rx off tx off tso off gso off gro off >/dev/null
    on $1 ip link set lo up
    on $1 ip link set $2 up
    on $1 ip addr add 10.9.$3.$3/24 dev $2
    on $1 ip -6 addr add fd00:9:$3::$3/64 dev $2 nodad
    on $1 ip neigh add 10.9.$3.254 lladdr 02:00:00:00:0$4:01 dev $2
    on $1 ip -6 neigh add fd00:9:$3::fe lladdr 02:00:00:00:0$4:01 dev $2
    on $1 ip route add default via 10.9.$3.254
    on $1 ip -6 route add default via fd00:9:$3::fe
}

build_net() {
    for host in client router server; do ip netns add $tag-$host; done
    on router sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    on router ip link add to_client type veth peer name up0 netns $tag-client
    on router ip link add to_server type veth peer name up0 netns $tag-server
    for side in to_client to_server; do
        on router ethtool -K $side rx off tx off tso off gso off gro off >/dev/null
        on router ip link set $side up
    done
    host client up0 1 2
    host server up0 2 1
}

setting() { # NAME DEFAULT
    awk -v name=$1 -v value="$2" '/^\[/ { exit } $1 == name { $1 = ""; value = substr($0, 2) } END { print value }' \
        "$scenario"
}

section() { # NAME
    awk -v name="[$1]" '/^\[/ { inside = $0 == name; next } inside' "$scenario" >"$work/$1"
}

start() { # LOG HOST COMMAND…
    ip netns exec "$tag-$2" "${@:3}" >"$work/$1.log" 2>"$work/$1.err" &
    children+=($!)
}

pause() { # MS
    sleep "$(awk -v ms="$1" 'BEGIN { print (ms > 0 ? ms : 0) / 1000 }')"
}

now_ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

capture() {
    local interface=to_$vantage
    [ "$vantage" = any ] && interface=any
    if [ "$(setting capture tcpdump)" = dumpcap ]; then
        start capture router dumpcap -q -i $interface -f "$filter" -w "$work/capture"
    else
        # shellcheck disable=SC2046 # the options are words
        start capture router tcpdump -q -n -Z root --immediate-mode -U -i $interface -w "$work/capture" \
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
    while read -r _ host key value; do
        on "$host" sysctl -qw "$key=$value"
    done < <(awk '/^\[/ { exit } $1 == "sysctl"' "$scenario")
    [ -z "$trace" ] || echo >"$trace/trace"
    start router router "$bin/router" to_client to_server "$(setting delay 5)" "$work/router"
    start watch-client client "$bin/watch" client
    start watch-server server "$bin/watch" server
    play
    stop_children
    keep
    for host in client router server; do ip netns del $tag-$host; done
    echo "recorded $name"
}

need
mkdir -p "$out/pcaps" "$out/tests/lab/states"
open_trace
if [ $# = 0 ]; then
    mapfile -t names < <(cd "$here/scenarios" && ls ./*.lab | sed 's|^\./||; s|\.lab$||')
    set -- "${names[@]}"
fi
for one in "$@"; do record "$one"; done
