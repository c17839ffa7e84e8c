#!/usr/bin/env bash
# How fast synfin reads a large capture, beside tcpdump and a loop that only counts packets (libpcap):
# alternating runs of the same file, the best of each. No test: machines differ, ratios less so.
#   tests/bench/bench.sh [CAPTURE]
set -eu
cd "$(dirname "$0")/../.."
build=${B:-build}
synfin=${SYNFIN:-$build/synfin}
capture=${1-}
rounds=${ROUNDS:-5}

if [ -z "$capture" ]; then
    capture=$build/bench.pcap
    [ -s "$capture" ] || "$build/tests/bench/make_capture" 50000 12 >"$capture"
fi
cat "$capture" >/dev/null # into the page cache, for everyone
packets=$("$build/tests/bench/null_loop" "$capture" | cut -d' ' -f1)

declare -A best=()
measure() { # measure NAME COMMAND…
    local name=$1 began ended
    shift
    began=$(date +%s%N)
    "$@" >/dev/null 2>&1 || { echo "'$*' failed" >&2; return 1; }
    ended=$(date +%s%N)
    [ $((ended - began)) -lt "${best[$name]:-9223372036854775807}" ] && best[$name]=$((ended - began))
    return 0
}

for ((round = 0; round < rounds; round++)); do
    measure null "$build/tests/bench/null_loop" "$capture"
    measure flows "$synfin" flows --json "$capture"
    measure stats "$synfin" stats "$capture"
    measure ladder "$synfin" ladder -q "$capture"
    measure dump "$synfin" dump "$capture"
    command -v tcpdump >/dev/null && measure tcpdump tcpdump -nr "$capture"
done

row() { # row NAME WHAT
    [ -n "${best[$1]-}" ] || return 0
    awk -v what="$2" -v ns="${best[$1]}" -v packets="$packets" -v floor="${best[null]}" -v peer="${best[tcpdump]-0}" 'BEGIN {
        printf "%-22s %8.3f s %8.1f ns/packet %8.2f x loop", what, ns / 1e9, ns / packets, ns / floor
        if (peer > 0) printf " %8.3f x tcpdump", ns / peer
        print "" }'
}
echo "$packets packets, best of $rounds:"
row null 'libpcap, counting'
row tcpdump 'tcpdump -nr'
row flows 'synfin flows --json'
row stats 'synfin stats'
row ladder 'synfin ladder -q'
row dump 'synfin dump'
