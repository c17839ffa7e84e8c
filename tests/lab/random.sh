#!/bin/bash
# random.sh SEED [N]: N connections (one of each kind) at once between two real kernels over a bad path, to try
# synfin on; check.sh then holds what it reads from them against the kernels' own states.
#
# What the programs do, how the kernels are set, how long and how bad the path is, and what the router does to which
# segment, comes from SEED. What the kernels make of it differs a little from run to run. LOSS, LATE and TWICE, if
# set, are the chances in percent that a segment is lost, delayed by up to LATE_MS, or arrives twice; LIMIT is how
# long to wait for all of it, in seconds.
#
# OUT/SEED, by default below /tmp, then holds
#
#     client.pcap, server.pcap   both sides of the router
#     states                     what both kernels' sockets went through, with times (CLOCK_REALTIME, as in captures)
#     router                     what the router did to which segment, with times
#     plan                       CLIENT_PORT SERVER_PORT KIND, a line each; what SEED chose in front ('#')
# shellcheck disable=SC2086 # numbers need no quotes
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bin=$(cd "$top/${B:-build}/lab" && pwd)
[ $# -ge 1 ] || { echo "usage: random.sh SEED [N]" >&2; exit 2; }
seed=$1 n=${2:-} limit=${LIMIT:-15}
out=${OUT:-${TMPDIR:-/tmp}/synfin-random}/$seed
# shellcheck source=tests/lab/net.sh
. "$here/net.sh"

RANDOM=$((seed % 32768))
for ((i = 0; i < 20; i++)); do : $RANDOM; done # seeds side by side begin alike
first_port=$((41000 + seed % 20 * 100)) # what the sockets of the last seeds still do is not about ours
captures=()

between() { # LOW HIGH, into $dice: a subshell would not move the generator on
    dice=$(($1 + RANDOM % ($2 - $1 + 1)))
}

one_of() { # WORD…, into $chosen
    between 1 $#
    chosen=${!dice}
}

client() { printf '%s\n' "$@" >>"$work/client.$i"; }
server() { printf '%s\n' "$@" >>"$work/server.$i"; }
after() { echo "at $((begins + $1))"; }

# The two scripts of connection $i, which begins at $begins: what each kind does once both are connected.
listens() { # OPTION…: set before listen()
    server tcp$ip 'set reuseaddr 1' "bind $there $sp" "$@" 'listen 5' 'use 1' 'accept 0'
}
connects() { # OPTION…: set before connect()
    client tcp$ip 'set reuseaddr 1' "bind $here_ip $cp" "$@" "$(after 0)" "connect $there $sp"
}
connects_again() { # MS [PORT]
    client tcp$ip 'set reuseaddr 1' "bind $here_ip ${2:-$cp}" "$(after $1)" "connect $there $sp"
}

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
    client "send $a" "$(after $x)" 'set linger 0' close
    connects_again $((x + y))
    client "send $b" "$(after 2000)" close
    server 'recv 0' close 'accept 0' "recv $b" "send $a" 'recv 0' close
}
time_wait_again() {
    client 'recv 0' close
    connects_again $((x + 1000))
    client "send $b" "$(after 2500)" close
    server "send $a" close 'accept 0' "recv $b" "send $a" 'recv 0' close
}
refused() { :; }
crossing() {
    client "send $a" "recv $b" "$(after $x)" close
    server "send $b" "recv $a" "$(after $((x + y - 200)))" close
}
client_time_wait_again() {
    client "send $a" "recv $b" "$(after $x)" close
    connects_again $((x + y + 1200))
    client "send $b" "$(after 3500)" close
    server "recv $a" "send $b" 'recv 0' close 'accept 0' "recv $b" 'recv 0' close
}
client_killed() {
    client "send $a" "$(after $x)" die
    server "recv $a" "send $b" 'recv 0' "$(after $((x + y)))" close
}
server_killed() {
    client "send $a" "recv $b" 'recv 0' "$(after $((x + y)))" "send $a" "$(after 1500)" close
    server "recv $a" "send $b" "$(after $x)" die
}
killed_unread() {
    client "$(after $x)" "send $a" 'recv 0' close
    server "$(after $((x + 150)))" die
}
asks_every_second() {
    client "send $a" "$(after 4500)" close
    server "recv $a" 'recv 0' "$(after 4600)" close
}
server_asks() {
    client "send $a" "$(after 3200)" shutdown "$(after 3400)" close
    server 'set keepalive 1' 'set keepidle 1' 'set keepintvl 1' 'set keepcnt 3' 'recv 0' "$(after 3300)" close
}
zero_window() {
    client 'send 9000' close
    server "$(after 1500)" 'recv 0' close
}
zero_window_then_reset() {
    client 'send 9000' 'recv 0' close
    server "$(after $((x + 700)))" close
}
zero_window_client_aborts() {
    client 'send 9000' "$(after $((x + 500)))" 'set linger 0' close
    server "$(after 2000)" 'recv 0' close
}
deferred() {
    client "$(after 1800)" "send $a" 'recv 0' close
    server "recv $a" "send $b" close
}
deferred_in_vain() {
    client "$(after $((x + 800)))" close
    server 'recv 0' close
}
fast_open() {
    client "send $a" "recv $b" close
    echo "$((cp + 50)) $sp $kind" >>"$out/plan"
    client tcp$ip 'set reuseaddr 1' 'set fastopenconnect 1' "bind $here_ip $((cp + 50))" "$(after $((x + 400)))" \
        "connect $there $sp" "send $a" "$(after $((x + 800)))" close
    server "recv $a" "send $b" 'recv 0' close 'accept 0' "recv $a" "send $b" 'recv 0' close
}
client_gives_up_dialling() {
    client "$(after $((x / 20)))" close
}
server_aborts_half_closed() {
    client "send $a" "$(after $x)" shutdown 'recv 0' close
    server "recv $a" 'recv 0' "send $b" "$(after $((x + y)))" 'set linger 0' close
}
both_shut_down() {
    client "send $a" "$(after $x)" shutdown "$(after 1500)" close
    server "send $b" "$(after $((x + y - 150)))" shutdown "$(after 1600)" close
}
closes_too_late() {
    client "send $a" "recv $b" "$(after $x)" close
    server "recv $a" "send $b" 'recv 0' "$(after 6000)" close
}
sends_too_late() {
    client "send $a" "recv $b" "$(after $x)" close
    server "recv $a" "send $b" "$(after 6000)" "send $a" "$(after 6300)" close
}
client_unread() {
    client "send $a" "$(after $((x + 200)))" close
    server "recv $a" "send $b" 'recv 0' "$(after $((x + y)))" close
}
abort_at_once() {
    client 'set linger 0' close
    server 'recv 0' close
}
server_abort_at_once() {
    client "send $a" 'recv 0' close
    server 'set linger 0' close
}
crossing_abort() {
    client "send $a" "$(after 300)" 'set linger 0' close
    server "send $b" "$(after 300)" close
}
chatter() {
    client 'set nodelay 1'
    server 'set nodelay 1'
    for ((turn = 1; turn <= 8; turn++)); do
        client "send $((turn * 10))" "$(after $((turn * 50)))"
        server "send $((turn * 12))" "$(after $((turn * 45)))"
    done
    client close
    server 'recv 0' "$(after $y)" close
}
kinds=(client_first server_first both_at_once client_half_close server_half_close client_aborts server_aborts
    abort_after_fin no_data fast_close fast_client_close fast_server_close both_ways unread data_after_close
    never_accepted abort_then_again time_wait_again refused crossing client_time_wait_again client_killed
    server_killed killed_unread asks_every_second server_asks zero_window zero_window_then_reset
    zero_window_client_aborts deferred deferred_in_vain fast_open client_gives_up_dialling
    server_aborts_half_closed both_shut_down closes_too_late sends_too_late client_unread abort_at_once
    server_abort_at_once crossing_abort chatter)

begin_server() {
    case $kind in
    refused) ;;
    never_accepted) server tcp$ip 'set reuseaddr 1' "bind $there $sp" 'listen 5' 'at 15000' ;;
    client_gives_up_dialling) listens ;;
    crossing | crossing_abort) server tcp$ip 'set reuseaddr 1' "bind $there $sp" "$(after $((RANDOM % 3)))" \
        "connect $here_ip $cp" ;;
    zero_window*) listens 'set rcvbuf 2304' ;;
    deferred*) listens 'set deferaccept 3' ;;
    fast_open) listens 'set fastopen 5' ;;
    *) listens ;;
    esac
}

begin_client() {
    case $kind in
    asks_every_second) connects 'set keepalive 1' 'set keepidle 1' 'set keepintvl 1' 'set keepcnt 3' ;;
    fast_open) connects 'set fastopenconnect 1' ;;
    client_gives_up_dialling) connects 'set nonblock 1' ;;
    *) connects ;;
    esac
}

write_scripts() { # I
    local i=$1 begins=$((50 + $1 * 20)) kind=${kinds[$1 % ${#kinds[@]}]} a b x y ip
    local cp=$((first_port + i)) sp=$((20000 + i)) here_ip=10.9.1.1 there=10.9.2.2
    one_of 4 4 6; ip=$chosen
    [ $ip = 4 ] || { here_ip=fd00:9:1::1 there=fd00:9:2::2; }
    between 1 3000; a=$dice
    between 1 3000; b=$dice
    between 20 400; x=$dice
    between 20 600; y=$dice
    echo "$cp $sp $kind" >>"$out/plan"
    : >"$work/server.$i"
    begin_server
    begin_client
    $kind
}

# How this seed sets both kernels.
tune() { # HOST
    on "$1" sysctl -qw net.ipv4.tcp_syn_retries=4 net.ipv4.tcp_synack_retries=3 net.ipv4.tcp_retries2=6 \
        net.ipv4.tcp_orphan_retries=4 net.core.somaxconn=128
    local word
    for word in fin_timeout:3:3:8 timestamps:1:1:0 sack:1:1:0 window_scaling:1:1:0 ecn:2:1:0 syncookies:1:2:0 \
        tw_reuse:1:2:0 rfc1337:0:0:1 abort_on_overflow:0:0:1 syn_linear_timeouts:4:0:1; do
        IFS=: read -r name one two three <<<"$word"
        one_of $one $two $three
        on "$1" sysctl -qw "net.ipv4.tcp_$name=$chosen"
        echo "# $1 $name $chosen" >>"$out/plan"
    done
}

choose_path() {
    one_of 0 2 5 8 8 15 25; loss=${LOSS:-$chosen}
    one_of 0 5 5 15; late=${LATE:-$chosen}
    one_of 0 3 3 10; twice=${TWICE:-$chosen}
    one_of 10 40 40 150; late_ms=${LATE_MS:-$chosen}
    between 1 20; client_ms=$dice
    between 1 20; server_ms=$dice
    one_of $client_ms $server_ms 60; server_ms=$chosen
    echo "# client_ms $client_ms server_ms $server_ms loss $loss late $late late_ms $late_ms twice $twice" >>"$out/plan"
    for side in c2s s2c; do echo "$side any 1- random $seed $loss $late $late_ms $twice" >>"$work/rules"; done
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
    [ -z "${KEEP:-}" ] || cp "$work"/{trace,seen-client,seen-server} "$out/"
    cp "$work/client.pcap" "$work/server.pcap" "$out/"
    cp "$work/router.log" "$out/router"
}

need
rm -rf "$out"
mkdir -p "$out"
echo "# seed $seed" >"$out/plan"
choose_path
n=${n:-${#kinds[@]}}
for ((number = 0; number < n; number++)); do write_scripts $number; done
wait_for_others
open_trace
[ -n "$trace" ] || { echo "random.sh: no tracefs" >&2; exit 1; }
build_net
tune client
tune server
start router router "$bin/router" to_client to_server "$client_ms/$server_ms" "$work/rules"
start watch-client client "$bin/watch" client 3000
start watch-server server "$bin/watch" server 3000
capture client
capture server
play
keep
echo "random.sh: seed $seed, loss $loss %, $client_ms ms there and $server_ms ms back, $n scripts, in $out"
