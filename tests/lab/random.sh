#!/bin/bash
# random.sh SEED [N]: N connections (40) at once between two real kernels over a bad path, to try synfin on.
#
# What the programs do, and what the router does to their segments, comes from SEED. What the kernels make of it
# differs a little from run to run. LOSS, LATE and TWICE are the chances in percent that a segment is lost, delayed
# by up to LATE_MS, or arrives twice; LIMIT is how long to wait for all of it, in seconds.
#
# OUT/SEED, by default below /tmp, then holds
#
#     client.pcap, server.pcap   both sides of the router
#     states                     what both kernels' sockets went through, with times (CLOCK_MONOTONIC)
#     router                     what the router did to which segment, with times (CLOCK_REALTIME)
#     plan                       CLIENT_PORT SERVER_PORT KIND, a line each;  the dice and the clocks in front
# shellcheck disable=SC2086 # numbers need no quotes
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bin=$(cd "$top/${B:-build}/lab" && pwd)
[ $# -ge 1 ] || { echo "usage: random.sh SEED [N]" >&2; exit 2; }
seed=$1 n=${2:-40}
loss=${LOSS:-8} late=${LATE:-5} late_ms=${LATE_MS:-40} twice=${TWICE:-3} limit=${LIMIT:-20}
out=${OUT:-${TMPDIR:-/tmp}/synfin-random}/$seed
# shellcheck source=tests/lab/net.sh
. "$here/net.sh"

RANDOM=$((seed % 32768))
captures=()

between() { # LOW HIGH, into $dice: a subshell would not move the generator on
    dice=$(($1 + RANDOM % ($2 - $1 + 1)))
}

client() { printf '%s\n' "$@" >>"$work/client.$i"; }
server() { printf '%s\n' "$@" >>"$work/server.$i"; }
after() { echo "at $((begins + $1))"; }

# The two scripts of connection $i, which begins at $begins: what each kind does once both are connected.
listens() { server tcp4 'set reuseaddr 1' "bind 10.9.2.2 $((20000 + i))" 'listen 5' 'use 1' 'accept 0'; }
connects() { client tcp4 'set reuseaddr 1' "bind 10.9.1.1 $((41000 + i))" "$(after 0)" "connect 10.9.2.2 $((20000 + i))"; }

client_first() {
    client "send $a" "recv $b" "$(after $x)" close
    server "recv $a" "send $b" 'recv 0' "$(after $y)" close
}
server_first() {
    client "send $a" 'recv 0' "$(after $y)" close
    server "recv $a" "send $b" "$(after $x)" close
}
both_at_once() {
    client "send $a" "recv $b" "$(after 400)" close
    server "recv $a" "send $b" "$(after 400)" close
}
client_half_close() {
    client "send $a" "$(after $x)" shutdown 'recv 0' "$(after 900)" close
    server "recv $a" 'recv 0' "send $b" "$(after $((x + y)))" "send $a" close
}
server_half_close() {
    client 'recv 0' "send $a" "$(after $((x + y)))" "send $b" close
    server "send $b" "$(after $x)" shutdown 'recv 0' close
}
client_aborts() {
    client "send $a" "$(after $x)" 'set linger 0' close
    server "recv $a" "send $b" 'recv 0' "$(after $y)" close
}
server_aborts() {
    client "send $a" 'recv 0' "$(after $y)" close
    server "recv $a" "send $b" "$(after $x)" 'set linger 0' close
}
abort_after_fin() {
    client "send $a" "$(after $x)" shutdown "$(after $((x + 250)))" 'set linger 0' close
    server "recv $a" 'recv 0' "$(after $((x + y)))" close
}
no_data() {
    client "$(after $x)" close
    server 'recv 0' "$(after $y)" close
}
fast_close() {
    client close
    server close
}
fast_client_close() {
    client close
    server 'recv 0' close
}
fast_server_close() {
    client 'recv 0' close
    server close
}
both_ways() {
    client "send $a" "$(after 100)" "send $b" "$(after $x)" "send $a" "$(after $((x + 60)))" "send 20" close
    server "send $b" "$(after 120)" "send $a" "$(after $x)" "send $b" 'recv 0' "$(after $y)" close
}
unread() {
    client "send $a" "$(after $x)" "send $b" 'recv 0' close
    server "$(after $((x + 100)))" close
}
data_after_close() {
    client "send $a" "recv $b" close
    server "recv $a" "send $b" 'recv 0' "$(after $x)" "send $a" "$(after $((x + y)))" "send $b" close
}
never_accepted() {
    client "send $a" "$(after $x)" close
}
abort_then_again() {
    client "send $a" "$(after $x)" 'set linger 0' close tcp4 'set reuseaddr 1' "bind 10.9.1.1 $((41000 + i))" \
        "$(after $((x + y)))" "connect 10.9.2.2 $((20000 + i))" "send $b" "$(after 2000)" close
    server 'recv 0' close 'accept 0' "recv $b" "send $a" 'recv 0' close
}
time_wait_again() {
    client 'recv 0' close tcp4 'set reuseaddr 1' "bind 10.9.1.1 $((41000 + i))" "$(after $((x + 1000)))" \
        "connect 10.9.2.2 $((20000 + i))" "send $b" "$(after 2500)" close
    server "send $a" close 'accept 0' "recv $b" "send $a" 'recv 0' close
}
refused() { :; }
crossing() {
    client "send $a" "recv $b" "$(after $x)" close
    server "send $b" "recv $a" "$(after $((x + y - 200)))" close
}
kinds=(client_first server_first both_at_once client_half_close server_half_close client_aborts server_aborts
    abort_after_fin no_data fast_close fast_client_close fast_server_close both_ways unread data_after_close
    never_accepted abort_then_again time_wait_again refused crossing)

write_scripts() { # I
    i=$1 begins=$((50 + i * 20))
    local kind=${kinds[i % ${#kinds[@]}]}
    between 1 3000; a=$dice
    between 1 3000; b=$dice
    between 20 400; x=$dice
    between 20 600; y=$dice
    echo "$((41000 + i)) $((20000 + i)) $kind" >>"$out/plan"
    : >"$work/server.$i"
    case $kind in
    refused) ;;
    never_accepted) server tcp4 'set reuseaddr 1' "bind 10.9.2.2 $((20000 + i))" 'listen 5' 'at 15000' ;;
    crossing) server tcp4 'set reuseaddr 1' "bind 10.9.2.2 $((20000 + i))" "$(after $((RANDOM % 3)))" \
        "connect 10.9.1.1 $((41000 + i))" ;;
    *) listens ;;
    esac
    connects
    $kind
}

tune() { # HOST
    on "$1" sysctl -qw net.ipv4.tcp_syn_retries=4 net.ipv4.tcp_synack_retries=3 net.ipv4.tcp_retries2=6 \
        net.ipv4.tcp_orphan_retries=4 net.ipv4.tcp_fin_timeout=8 net.core.somaxconn=128
}

capture() { # SIDE
    start "capture-$1" router tcpdump -q -n -Z root --immediate-mode -U -i "to_$1" -w "$work/$1.pcap" tcp
    captures+=("${children[-1]}")
    for ((try = 0; try < 100; try++)); do
        [ ! -s "$work/$1.pcap" ] || return 0
        sleep 0.02
    done
    echo "random.sh: nothing captures" >&2
    exit 1
}

is_anyone_left() {
    local peer
    for peer in "${peers[@]}"; do kill -0 "$peer" 2>/dev/null && return 0; done
    return 1
}

play() {
    local begin peers=()
    begin=$(($(now_ms) + 1000))
    for ((i = 0; i < n; i++)); do
        start "server.$i" server timeout 100 "$bin/peer" ${begin}000000 "$work/server.$i"
        peers+=("${children[-1]}")
        start "client.$i" client timeout 100 "$bin/peer" ${begin}000000 "$work/client.$i"
        peers+=("${children[-1]}")
    done
    while is_anyone_left && [ "$(now_ms)" -lt $((begin + limit * 1000)) ]; do sleep 0.2; done
    sleep 1
}

# The captures end first: what the programs send when they are stopped is not part of the account.
keep() {
    kill -TERM "${captures[@]}"
    wait "${captures[@]}" 2>/dev/null || true
    cat "$trace/trace" >"$work/trace"
    cp "$work/watch-client.log" "$work/seen-client"
    cp "$work/watch-server.log" "$work/seen-server"
    stop_children
    awk -v times=1 -f "$here/states.awk" "$work/trace" "$work/seen-client" "$work/seen-server" >"$out/states"
    cp "$work/client.pcap" "$work/server.pcap" "$out/"
    cp "$work/router.log" "$out/router"
}

need
rm -rf "$out"
mkdir -p "$out"
echo "# seed $seed loss $loss late $late late_ms $late_ms twice $twice" >"$out/plan"
for ((number = 0; number < n; number++)); do write_scripts $number; done
between 2 20; delay=$dice
for side in c2s s2c; do echo "$side any 1- random $seed $loss $late $late_ms $twice" >>"$work/rules"; done
open_trace
[ -n "$trace" ] || { echo "random.sh: no tracefs" >&2; exit 1; }
build_net
tune client
tune server
start router router "$bin/router" to_client to_server "$delay" "$work/rules"
start watch-client client "$bin/watch" client
start watch-server server "$bin/watch" server
capture client
capture server
play
keep
echo "random.sh: seed $seed, loss $loss %, one way $delay ms, $n connections in $out"
