#!/usr/bin/env bash
# Live traffic for a long time: connections between two network namespaces, about 50,000 packets a second, captured
# by synfin. Its memory stays flat, it loses no descriptor, and it accounts for every connection.
#   MINUTES=60 PER_SECOND=5500 tests/soak.sh      (a connection has nine packets)
set -u
set -m
cd "$(dirname "$0")/.." || exit 1
build=${B:-build}
synfin=$(realpath "${SYNFIN:-$build/synfin}")
talk=$(realpath "$build/tests/soak/talk")
minutes=${MINUTES:-60} per_second=${PER_SECOND:-5500}
seconds=$((minutes * 60))
work=$(mktemp -d)
tag=sfs$$
# shellcheck source=tests/net.sh
. tests/net.sh
server='' capture=''

clean() {
    kill $server $capture 2>/dev/null
    part_hosts
    rm -rf "$work"
}
trap clean EXIT

fail() {
    echo "soak: failed: $1"
    failed=1
}

skip() {
    fail "$1"
    exit 1
}

join_hosts
on server ip addr add 10.9.0.1/16 dev up0
for ((i = 0; i < 100; i++)); do on client ip addr add 10.9.1.$i/16 dev up0; done
for host in client server; do on $host sysctl -qw net.ipv4.tcp_max_tw_buckets=2000000 net.core.somaxconn=4096; done
on client sysctl -qw 'net.ipv4.ip_local_port_range=10000 65000'

ip netns exec $tag-server "$synfin" flows --json -i up0 -B 256 -o "$work/rows" 2>"$work/err" &
capture=$!
ip netns exec $tag-server "$talk" server 10.9.0.1 80 &
server=$!
sleep 1

ulimit -n "$(ulimit -Hn)" # a host that was busy for a moment catches up with many at once
rss() { awk '/^VmRSS/ { print $2 }' /proc/$capture/status; }
files() { find /proc/$capture/fd -mindepth 1 | wc -l; }

failed=0
files_before=$(files)
ip netns exec $tag-client "$talk" client 10.9.0.1 80 $seconds $per_second 10.9.1.0 100 >"$work/made" &
client=$!
# Memory grows until as much is over as is kept: 2MSL, one minute.
settled=$((seconds > 180 ? 120 : seconds * 2 / 3))
sleep $settled
rss_settled=$(rss)
# A leak shows as growth from minute to minute; a moment of more connections as one step.
(while sleep 60; do echo "$((SECONDS / 60)) min: $(rss) KiB"; done) &
watcher=$!
wait $client || fail "connections that failed: $(cat "$work/made")"
kill $watcher 2>/dev/null
wait $watcher 2>/dev/null
rss_end=$(rss) files_end=$(files)
sleep 7 # what is over is written after five seconds
kill -INT $capture
wait $capture
status=$?
capture=''
made=$(sed -n 's/.*done=\([0-9]*\).*/\1/p' "$work/made")
rows=$(grep -c '"handshake":"complete","close":"\(four\|three\)_segment"' "$work/rows")
all=$(wc -l <"$work/rows")
cat "$work/made" "$work/err"
echo "soak: $minutes minutes, memory $rss_settled KiB after $settled s and $rss_end KiB at the end, descriptors" \
    "$files_before and $files_end, connections $made made, $rows right of $all rows"
[ $status = 0 ] || fail "status $status"
[ "$rss_end" -le $((rss_settled * 105 / 100)) ] || fail 'memory grew'
[ "$files_end" -eq "$files_before" ] || fail 'descriptors were not closed'
[ "$rows" -eq "$made" ] && [ "$all" -eq "$made" ] || fail 'connections are missing, or wrong'
[ $failed = 0 ] && echo 'soak: passed'
exit $failed
