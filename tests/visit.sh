#!/usr/bin/env bash
# The command visit, in two network namespaces, at a real HTTP server: how it opens, how it ends, what it says when it
# cannot. Where namespaces or packet sockets are not permitted it says so in a line "SKIP: …" and passes.
set -u
set -m
cd "$(dirname "$0")/.." || exit 1
synfin=$(realpath "${SYNFIN:-build/synfin}")
work=$(mktemp -d)
tag=sfv$$
passed=0 failed=0
# shellcheck source=tests/net.sh
. tests/net.sh
export TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb

clean() {
    for process in $(ip netns pids $tag-server 2>/dev/null) $(ip netns pids $tag-client 2>/dev/null); do
        kill "$process" 2>/dev/null
    done
    part_hosts
    rm -rf "$work"
}
trap clean EXIT

check() { # WHAT COMMAND…
    if "${@:2}" >"$work/why" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "visit: failed: $1"
        sed 's/^/  /' "$work/why" | head -n 5
    fi
}

build_net() {
    command -v busybox >/dev/null || skip 'there is no busybox, whose HTTP server is visited'
    join_hosts
    address_hosts
    on client ip route add 10.9.4.0/24 via 10.9.3.2 # the server does not forward: nobody answers
    need_capture client
}

listens() { on server cat /proc/net/tcp6 /proc/net/tcp | grep -qi ":$(printf %04X "$1") 0*:0000 0A"; }

start_servers() {
    mkdir "$work/pages"
    echo '<h1>Welcome</h1>' >"$work/pages/index.html"
    echo 'another page' >"$work/pages/other.txt"
    ip netns exec $tag-server busybox httpd -f -p 80 -h "$work/pages" &
    ip netns exec $tag-server busybox nc -l -p 7 >"$work/sent" 2>/dev/null &
    sleep 60 | ip netns exec $tag-server busybox nc -l -p 9 >/dev/null 2>&1 &
    for _ in $(seq 100); do listens 80 && listens 7 && listens 9 && return; sleep 0.05; done
    echo 'visit: the servers do not listen'
    exit 1
}

# visit NAME STATUS ARGUMENT…: what it prints goes to NAME.out and NAME.err, what it saves to NAME.pcap
visit() {
    local name=$1 status=$2 got
    ip netns exec $tag-client timeout 60 "$synfin" visit -w "$work/$name.pcap" "${@:3}" >"$work/$name.out" 2>"$work/$name.err" </dev/null
    got=$?
    check "$name: status $got, not $status: $(cat "$work/$name.err")" test "$got" -eq "$status"
}

# The saved packets are one connection with these keys.
saved() { # NAME KEY VALUE…
    local name=$1
    "$synfin" flows --json "$work/$name.pcap" >"$work/$name.json" 2>&1
    check "$name: one connection is saved" test "$(wc -l <"$work/$name.json")" -eq 1
    shift
    while [ $# -gt 1 ]; do
        check "$name: \"$1\":$2, not $(cat "$work/$name.json")" grep -q "\"$1\":$2[,}]" "$work/$name.json"
        shift 2
    done
}

said() { check "$1: says '$2', not: $(head -n 3 "$work/$1.err")" grep -qE "^synfin: .*$2" "$work/$1.err"; }
shown() { check "$1: shows '$2'" grep -qE "$2" "$work/$1.out"; }

build_net
start_servers

# Nobody answers: this takes ten seconds, so that it goes on beside the rest.
ip netns exec $tag-client "$synfin" visit -w "$work/silent.pcap" 10.9.4.1 >"$work/silent.out" 2>"$work/silent.err" &
silent=$!

# ---- a page, over both versions of IP ----
visit page4 0 10.9.3.2
said page4 'visiting 10\.9\.3\.2, port 80, through up0, from port [0-9]+'
shown page4 'first handshake: x = [0-9]+'
shown page4 '^  source port  *16  [0-9]+ '
shown page4 'TIME_WAIT'
shown page4 '1 connection, none with findings'
check 'page4: the ladder is that of the packets' diff <("$synfin" ladder -v "$work/page4.pcap") "$work/page4.out"
saved page4 handshake '"complete"' client '"10.9.3.1"' server_port 80 closed_by '"server"'
check 'page4: closed entirely' grep -qE '"close":"(three|four)_segment"' "$work/page4.json"
check 'page4: the page came' grep -aq 'Welcome' "$work/page4.pcap"

visit both 0 --html "$work/both.html" --markdown "$work/both.md" 10.9.3.2
check 'both: a whole page' grep -q '^</html>' "$work/both.html"
check 'both: of this host' grep -q '<title>TCP connections: 10\.9\.3\.2</title>' "$work/both.html"
check 'both: a lab report' grep -q '^#### handshake, third segment' "$work/both.md"
shown both '1 connection, none with findings'

visit page6 0 'http://[fd00:9:3::2]/other.txt'
saved page6 ip 6 handshake '"complete"' closed_by '"server"'
check 'page6: the page that was named' grep -aq 'another page' "$work/page6.pcap"
check 'page6: the host in brackets' grep -aq '^Host: \[fd00:9:3::2\]' "$work/page6.pcap"

# ---- how it ends ----
visit first 0 --close-first 10.9.3.2
saved first handshake '"complete"' closed_by '"client"'
check 'first: the answer came all the same' grep -aq 'Welcome' "$work/first.pcap"
visit reset 0 --reset 10.9.3.2
saved reset close '"reset"' closed_by '"client"'
shown reset 'ABORTIVE_CLOSE'
check 'reset with --fail-on: status 3' bash -c \
    "ip netns exec $tag-client '$synfin' visit -q --reset --fail-on note 10.9.3.2 >/dev/null 2>&1; [ \$? -eq 3 ]"
visit sent 0 --send 'hello\r\n\\.' --close-first 10.9.3.2:7
saved sent client_bytes 9
check 'sent: what was asked for' cmp -s "$work/sent" <(printf 'hello\r\n\\.')

# ---- when it cannot ----
visit refused 0 10.9.3.2:81
said refused '10\.9\.3\.2 refused the connection to port 81'
shown refused 'HANDSHAKE_REFUSED'
saved refused handshake '"refused"'
visit nowhere 1 10.77.0.1
said nowhere 'there is no route to 10\.77\.0\.1: Network is unreachable'
visit unknown 1 no-such-name.invalid
said unknown "cannot find the address of 'no-such-name\.invalid'"
check 'unknown: nothing is printed' test ! -s "$work/unknown.out"
check 'no permission' bash -c \
    "ip netns exec $tag-client setpriv --reuid 65534 --clear-groups '$synfin' visit 10.9.3.2 2>&1 | grep -q 'no permission to capture on .up0.'"

# ---- who does it: the process that captures and the one that connects are both nobody's ----
ip netns exec $tag-client "$synfin" visit --send x --idle 30 10.9.3.2:9 >"$work/idle.out" 2>"$work/idle.err" &
idle=$!
for _ in $(seq 100); do on server cat /proc/net/tcp6 | grep -q ':0009 [^ ]* 01 ' && break; sleep 0.05; done
uid_of() { awk '/^Uid:/ { print $2, $3, $4 }' "/proc/$1/status"; }
visitor=$(cat "/proc/$idle/task/$idle/children" 2>/dev/null | tr -d ' ')
for process in "$idle" "$visitor"; do
    check "the process $process is nobody's" test "$(uid_of "$process")" = '65534 65534 65534'
done
sleep 0.5 # what has come is read every tenth of a second
kill -INT "$idle"
wait "$idle"
check 'an interrupt ends it cleanly' test $? -eq 0
check 'and the ladder is shown' grep -q 'ESTABLISHED' "$work/idle.out"

wait "$silent"
check 'silent: status 1' test $? -eq 1
said silent '10\.9\.4\.1 did not answer at port 80: nothing came back within 10 s'
saved silent handshake '"no_answer"' client_state '"SYN_SENT"'
shown silent 'NO_ANSWER'

echo "visit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
