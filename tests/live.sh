#!/usr/bin/env bash
# Live test: real connections between two network namespaces, captured by synfin on the server's interface,
# held against the same packets read back from the file that it saved.
# Where namespaces or packet sockets are not permitted it says so in a line "SKIP: …" and passes.
set -u
set -m # programs started in the background take an interrupt, as those in the foreground do
cd "$(dirname "$0")/.." || exit 1
build=${B:-build}
synfin=$(realpath "${SYNFIN:-$build/synfin}")
work=$(mktemp -d)
tag=sfl$$
passed=0 failed=0 running=
# shellcheck source=tests/net.sh
. tests/net.sh

clean() {
    [ -z "$running" ] || kill "$running" 2>/dev/null
    part_hosts
    rm -rf "$work"
}
trap clean EXIT

build_net() {
    join_hosts
    address_hosts
    need_capture server
}

check() { # WHAT COMMAND…
    if "${@:2}" >"$work/why" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "live: failed: $1"
        sed 's/^/  /' "$work/why"
    fi
}

# Seven connections, one after the other: refused, four segments, three segments (IPv6), aborted, half closed
# for a while, refused (IPv6), and one that the server leaves first.
write_scripts() {
    cat >"$work/client" <<-E
	tcp4
	connect 10.9.3.2 81
	close
	tcp4
	connect 10.9.3.2 80
	send 80
	recv 600
	close
	at 200
	tcp6
	connect fd00:9:3::2 80
	send 80
	recv 600
	close
	at 400
	tcp4
	connect 10.9.3.2 80
	send 80
	recv 600
	set linger 0
	close
	at 500
	tcp4
	connect 10.9.3.2 80
	send 80
	shutdown
	recv 0
	close
	tcp6
	connect fd00:9:3::2 81
	close
	at 800
	tcp4
	connect 10.9.3.2 80
	recv 0
	at 950
	close
	E
    cat >"$work/server" <<-E
	tcp6
	set reuseaddr 1
	bind :: 80
	listen 5
	use 1
	accept 0
	recv 80
	send 600
	recv 0
	at 150
	close
	accept 0
	recv 80
	send 600
	recv 0
	close
	accept 0
	recv 80
	send 600
	recv 0
	close
	accept 0
	recv 0
	at 600
	send 500
	close
	accept 0
	at 850
	close
	E
}

start() { # NAME ARGUMENT…: synfin in the server's namespace, from the moment it captures
    ip netns exec $tag-server "$synfin" "${@:2}" >"$work/$1.out" 2>"$work/$1.err" </dev/null &
    running=$!
    wait_for_capture "$1"
}

# The last thing before the first packet: the filter, which a sanitizer's build does not have.
seccomp=2
ldd "$synfin" | grep -q 'lib[at]san' && seccomp=0

is_ready() {
    grep -q "^Seccomp:.$seccomp" "/proc/$running/status" 2>/dev/null && grep -q '^NoNewPrivs:.1' "/proc/$running/status"
}

wait_for_capture() { # NAME
    local i
    for ((i = 0; i < 100; i++)); do
        [ "$(on server cat /proc/net/packet | wc -l)" -gt 1 ] &&
            is_ready && return
        sleep 0.05
    done
    echo "live: $1 does not begin to capture"
    cat "$work/$1.err"
}

traffic() {
    local begin
    begin=$(awk '{ printf "%d000000", $1 * 1000 + 100 }' /proc/uptime)
    on server timeout 20 "$peer" "$begin" "$work/server" 2>>"$work/peer.err" &
    local server=$!
    sleep 0.1
    on client timeout 20 "$peer" "$begin" "$work/client" 2>>"$work/peer.err"
    wait $server
}

ended() { # how the running synfin ended by itself, in $status; 137: it did not
    local i
    for ((i = 0; i < 100; i++)); do
        kill -0 "$running" 2>/dev/null || break
        sleep 0.05
    done
    kill -KILL "$running" 2>/dev/null
    wait "$running" 2>/dev/null
    status=$?
    running=
}

interrupt() { # leaves the status in $status
    kill -INT "$running" 2>/dev/null
    ended
}

# Rows without what may differ between live and file, in order of id.
rows() {
    sed -E 's/"ended":"[a-z]*",//; s/^\{"type":"flow","id":([0-9]+),/\1 &/' "$1" | grep '"type":"flow"' |
        sort -n | cut -d ' ' -f 2-
}

same_rows() { # LIVE SAVED
    "$synfin" flows --json "$2" >"$work/again" || return 1
    rows "$1" >"$work/live.rows"
    rows "$work/again" >"$work/file.rows"
    diff "$work/live.rows" "$work/file.rows"
}

n_rows_with() { # FILE HOW-MANY KEY VALUE
    local found
    found=$(grep -c "\"$3\":$4[,}]" "$1")
    echo "$found rows with $3 $4, not $2"
    [ "$found" = "$2" ]
}

right_rows() { # FILE
    n_rows_with "$1" 7 type '"flow"' && n_rows_with "$1" 2 handshake '"refused"' &&
        n_rows_with "$1" 5 handshake '"complete"' && n_rows_with "$1" 3 close '"reset"' &&
        n_rows_with "$1" 3 close '"four_segment"' && n_rows_with "$1" 1 close '"three_segment"' &&
        n_rows_with "$1" 3 closed_by '"server"'
}

# Live, what is over is written a linger later; nobody waits for the end of the capture.
test_flows() { # INTERFACE
    start flows flows --json -i "$1" -w "$work/saved.pcap" --linger 1
    traffic
    sleep 1.6
    cp "$work/flows.out" "$work/early"
    interrupt
    check "flows -i $1 ends with status 0 by an interrupt" [ $status = 0 ]
    check "flows -i $1 gives the rows of these connections" right_rows "$work/flows.out"
    check "flows -i $1 writes rows while it runs" n_rows_with "$work/early" 7 type '"flow"'
    check "flows -i $1 gives the rows of the file that it saved" same_rows "$work/flows.out" "$work/saved.pcap"
}

test_dump() {
    start dump dump -i up0
    traffic
    sleep 0.4
    local lines
    lines=$(grep -c 'SYN' "$work/dump.out")
    check "dump -i prints while it runs ($lines lines with SYN)" [ "$lines" -ge 12 ]
    interrupt
    check 'dump -i ends with status 0 by an interrupt' [ $status = 0 ]
}

status_of() { # FIELD: of every thread of the running synfin, each value once
    cat /proc/"$running"/task/*/status | sed -n "s/^$1:[[:space:]]*//p" | tr '\t' ' ' | sort -u
}

# It runs as USER and GROUP for good, may do nothing that takes privilege, and is confined.
has_dropped() { # USER GROUP
    local field value
    for field in "Uid=$1 $1 $1 $1" "Gid=$2 $2 $2 $2" NoNewPrivs=1 Seccomp=$seccomp; do
        value=$(status_of "${field%%=*}")
        [ "$value" = "${field#*=}" ] || { echo "${field%%=*}: '$value', not '${field#*=}'"; return 1; }
    done
    for field in CapInh CapPrm CapEff CapAmb; do
        [ "$(status_of $field)" = 0000000000000000 ] || { echo "$field: $(status_of $field)"; return 1; }
    done
}

owned_by() { # USER GROUP FILE…
    local file
    for file in "${@:3}"; do
        [ "$(stat -c %u:%g "$file")" = "$1:$2" ] || { stat -c '%n: %u:%g' "$file"; return 1; }
    done
}

# As whom a capture runs, and whose its files are. What is saved is read back: it is whole.
test_privileges() { # WHO USER GROUP ARGUMENT…
    rm -f "$work/p.pcap" "$work/p.out"
    start "as-$1" flows --json -i up0 -w "$work/p.pcap" -o "$work/p.out" --linger 1 "${@:4}"
    check "captures as $1" has_dropped "$2" "$3"
    check "its files are given to $1" owned_by "$2" "$3" "$work/p.pcap" "$work/p.out"
    traffic
    sleep 0.3
    interrupt
    check "as $1 it ends with status 0" [ $status = 0 ]
    check "as $1 it gives the rows of these connections" right_rows "$work/p.out"
    check "as $1 it saves their packets" same_rows "$work/p.out" "$work/p.pcap"
}

# No root needed where the file has the capability; where it has not, the sentence says how to give it.
test_capability() {
    command -v setcap >/dev/null && command -v setpriv >/dev/null || return 0
    local folder=/tmp/synfin-live-$$ nobody
    nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
    install -d -m 755 "$folder" && install -m 755 "$synfin" "$folder/synfin"
    on server $nobody "$folder/synfin" flows -i up0 --duration 0.1 >"$work/nocap.out" 2>"$work/nocap.err"
    status=$?
    check "without root and capability status 1, not $status" [ $status = 1 ]
    check 'without root and capability it says what to do' grep -q 'setcap cap_net_raw' "$work/nocap.err"
    if setcap cap_net_raw+ep "$folder/synfin" 2>/dev/null; then
        ip netns exec $tag-server $nobody "$folder/synfin" flows --json -i up0 --linger 1 >"$work/cap.out" 2>"$work/cap.err" </dev/null &
        running=$!
        wait_for_capture capability
        check 'with the capability it captures, and gives it up' has_dropped 65534 65534
        traffic
        sleep 0.3
        interrupt
        check 'with the capability it gives the rows' right_rows "$work/cap.out"
    fi
    rm -rf "$folder"
}

# The interface goes away while it is captured on: a sentence, and the rows of what came before.
test_interface_gone() {
    start gone flows --json -i up0 --linger 1
    traffic
    sleep 0.3
    on server ip link del up0
    ended
    check "an interface that goes away is status 1, not $status" [ $status = 1 ]
    check 'an interface that goes away gets a sentence' grep -q "^synfin: the capture on 'up0' ended: " "$work/gone.err"
    check 'an interface that goes away: the rows so far' right_rows "$work/gone.out"
}

# It goes down and comes up again: both are said, and the capture goes on.
test_interface_down() {
    start down flows --json -i up0 --linger 1
    on server ip link set up0 down
    sleep 0.4
    on server ip link set up0 up
    on server ip -6 addr add fd00:9:3::2/64 dev up0 nodad
    sleep 0.4
    traffic
    sleep 0.3
    interrupt
    check "an interface that was down: status 0, not $status" [ $status = 0 ]
    check 'an interface that goes down gets a sentence' grep -q "^synfin: interface 'up0' went down: the capture waits" "$work/down.err"
    check 'an interface that comes up gets one, too' grep -q "^synfin: interface 'up0' is up again" "$work/down.err"
    check 'an interface that was down: the rows behind it' right_rows "$work/down.out"
}

test_no_such_interface() {
    on server "$synfin" flows --json -i nosuch0 >"$work/none.out" 2>"$work/none.err"
    status=$?
    check "an unknown interface is status 1, not $status" [ $status = 1 ]
    check 'an unknown interface is named' grep -q nosuch0 "$work/none.err"
    check 'the interfaces that there are are listed' grep -q up0 "$work/none.err"
}

make --no-print-directory B="$build" lab >"$work/make" 2>&1 || { cat "$work/make"; exit 1; }
peer=$(realpath "$build/lab/peer")
build_net
write_scripts
test_flows up0
test_flows any
test_dump
test_privileges nobody 65534 65534
test_privileges daemon 1 1 -Z daemon
SUDO_UID=54321 SUDO_GID=54322 test_privileges caller 54321 54322
test_capability
test_no_such_interface
test_interface_down
test_interface_gone
echo "live: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
