#!/usr/bin/env bash
# Captures that the benchmark's generator makes, held against what it says it made; and the same
# answers from every form of them: microseconds, nanoseconds, pcapng, compressed, through a pipe,
# and again, with another key of the hash table.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${B:-build}
synfin=${SYNFIN:-$build/synfin}
generate=$build/tests/bench/generate
[ -x "$synfin" ] && [ -x "$generate" ] || { echo "there is no $synfin or no $generate"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/is.sh

told() { sed -n "s/.* $1=\([0-9]*\).*/\1/p" "$work/said"; } # told NAME: what the generator said
count() { # count NAME: the first number of that name in the statistics
    grep -o "\"$1\":[0-9]*" "$work/stats" | head -n 1 | cut -d: -f2
}

look() { # look KIND DIVISOR
    "$generate" "$1" "$2" >"$work/$1.pcap" 2>"$work/said"
    sed -i 's/^/ /' "$work/said"
    "$synfin" stats --json "$work/$1.pcap" >"$work/stats"
    local opened=$(($(told four_segment) + $(told three_segment) + $(told reset) + $(told lost_ack) + $(told open)))
    is "$1: packets" "$(count read)" "$(told packets)"
    is "$1: connections" "$(count connections)" "$(told connections)"
    is "$1: handshakes" "$(count complete)" "$opened"
    is "$1: refused" "$(count refused)" "$(told refused)"
    is "$1: unanswered" "$(count no_answer)" "$(told unanswered)"
    is "$1: three segments" "$(count three_segment)" "$(told three_segment)"
    is "$1: four segments" "$(count four_segment)" "$(($(told four_segment) + $(told lost_ack)))"
    is "$1: resets" "$(count reset)" 0 # of handshakes; the first of that name
    is "$1: lost final ACKs" "$(count FINAL_ACK_LOST | grep . || echo 0)" "$(told lost_ack)"
    is "$1: checksums" "$(count offloaded)" 0
}

look handshakes 500
look mix 500
look bulk 200
look crowd 5000
look alike 500

# Connections among SYNs of a thousand times as many senders, with room for few: the real ones are all told right,
# and what was given up is counted.
"$generate" flood 50 >"$work/flood.pcap" 2>"$work/said"
sed -i 's/^/ /' "$work/said"
"$synfin" flows --json --max-flows 50000 "$work/flood.pcap" >"$work/flood.json" 2>"$work/flood.err"
real=$(grep '"handshake":"complete"' "$work/flood.json" | grep '"close":"four_segment"' | grep -c '"findings":\[\]')
is "flood: real connections" "$real" "$(told four_segment)"
is "flood: rows" "$(wc -l <"$work/flood.json")" "$(($(told packets) - 9 * $(told four_segment)))"
evicted=$(grep -c '"ended":"evicted"' "$work/flood.json")
is "flood: what was given up is said" "$(grep -c "$evicted connections were written early" "$work/flood.err")" 1
is "flood: all that was given up is embryonic" "$(grep '"ended":"evicted"' "$work/flood.json" | grep -vc '"handshake":"no_answer"')" 0

flows() { "$synfin" flows --json "$@" 2>&1 | tee "$work/flows" | md5sum; }
for kind in handshakes mix; do
    capture=$work/$kind.pcap
    wanted=$(flows "$capture")
    is "$kind: rows" "$(grep -c '"handshake"' "$work/flows")" "$("$synfin" stats --json "$capture" |
        grep -o '"connections":[0-9]*' | head -n 1 | cut -d: -f2)"
    is "$kind: one thread" "$(flows --threads 1 "$capture")" "$wanted"
    is "$kind: two threads" "$(flows --threads 2 "$capture")" "$wanted"
    is "$kind: again" "$(flows "$capture")" "$wanted"
    is "$kind: through a pipe" "$(flows - <"$capture")" "$wanted"
    gzip -c "$capture" >"$work/$kind.gz"
    is "$kind: compressed" "$(flows "$work/$kind.gz")" "$wanted"
    "$generate" "$kind" 500 pcapng >"$work/$kind.pcapng" 2>/dev/null
    is "$kind: pcapng" "$(flows "$work/$kind.pcapng")" "$wanted"
done
for capture in pcaps/*.pcap pcaps/*.pcapng; do
    for command in 'flows --json' 'dump --json'; do
        # shellcheck disable=SC2086 # two words
        is "$capture, $command" "$("$synfin" $command --threads 1 "$capture" 2>&1 | md5sum)" \
            "$("$synfin" $command --threads 2 "$capture" 2>&1 | md5sum)"
    done
done
echo "generated: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
