#!/usr/bin/env bash
# Captures that someone made to be hard to read: bounded time and memory for each, and the right answer where
# there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${B:-build}
synfin=$(realpath "${SYNFIN:-$build/synfin}")
hostile=$build/tests/hostile/hostile
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/is.sh

# look KIND KIBIBYTES: all outputs end well, in time, and without more memory than that. A sanitizer takes more
# of both.
limit=20
ldd "$synfin" | grep -q 'lib[at]san' && limit=200
look() {
    local command
    "$hostile" "$1" >"$work/$1.pcap"
    for command in ladder 'dump --json' 'flows --json' stats; do
        # shellcheck disable=SC2086 # two words
        (if [ $limit = 20 ]; then ulimit -v "$2"; fi; exec timeout $limit "$synfin" $command "$work/$1.pcap" >"$work/out" 2>"$work/err")
        is "$1: $command" $? 0
        [ "$command" != 'flows --json' ] || cp "$work/out" "$work/$1.rows"
    done
}
rows() { grep -c "$2" "$work/$1.rows"; } # rows KIND PATTERN

look reuse 300000
is 'ports used a thousand times: connections' "$(rows reuse '"handshake":"complete","close":"four_segment"')" 1000
is 'ports used a thousand times: each after the first is known' "$(rows reuse '"TIME_WAIT_REUSED"')" 999
look jumps 300000
is 'a clock that jumps: connections' "$(rows jumps '"handshake":"complete","close":"four_segment"')" 200
look wrap 300000
is 'numbers that wrap: a plain connection' "$(rows wrap '"handshake":"complete","close":"four_segment".*"client_bytes":500,"server_bytes":600.*"findings":\[\]')" 1
look fragments 2000000
is 'headers in three fragments: connections' "$(rows fragments '"handshake":"no_answer"')" 333333
look pieces 300000
is 'pieces of one packet: no more than it' "$(($(rows pieces .) <= 1))" 1
look extensions 500000
look options 400000
is 'options of any length: a connection each' "$(rows options '"handshake":"no_answer"')" $((39 * 256))
look holes 300000
is 'a connection full of holes' "$(rows holes '"handshake":"complete"')" 1
look mess 400000
echo "hostile: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
