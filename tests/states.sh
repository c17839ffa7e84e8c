#!/usr/bin/env bash
# Holds the paths that synfin reads from pcaps/ against the states that both kernels' sockets really
# went through while the capture was taken (tests/lab/states, recorded with it by make pcaps).
#   tests/states.sh [NAME…]
#
# Where the two may differ, because no packet shows it, tests/lab/tolerances says so: one line each, with
# the path that synfin gives there and the reason. A tolerance that is not needed any more is a failure, too.
set -u
cd "$(dirname "$0")/.." || exit 1
synfin=${SYNFIN:-build/synfin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# ID CLIENT_PORT SERVER_PORT client|server PATH, two lines a connection, in order of id
paths_of_packets() { # CAPTURE
    "$synfin" flows --json "$1" | awk '
        function value(key,    rest) {
            if (!match($0, "\"" key "\":")) return ""
            rest = substr($0, RSTART + RLENGTH)
            if (rest ~ /^\[/) { sub(/\].*/, "", rest); gsub(/[\["]/, "", rest); gsub(/,/, ">", rest) }
            else sub(/[,}].*/, "", rest)
            return rest
        }
        /"type":"flow"/ {
            ports = value("id") " " value("client_port") " " value("server_port")
            print ports, "client", value("client_path")
            print ports, "server", value("server_path")
        }' | sort -n -k 1,1 -s
}

# The same without the id, from the kernels' account; a brief state stands in brackets.
paths_of_kernels() { # STATES
    awk '
        function out(side) { if (title) print title, side, path[side]; path[side] = "" }
        /^#/ { next }
        $1 == "connection" { out("client"); out("server"); title = $4 " " $5; next }
        { path[$1] = path[$1] (path[$1] ? ">" : "") ($4 == "brief" ? "(" $2 ")" : $2) }
        END { out("client"); out("server") }' "$1"
}

# Every connection that synfin saw, beside the kernels' one of the same ports and turn.
compare() { # NAME
    awk -v name="$1" '
        # Brief states may be left out.
        function agree(kernel, packets) {
            gsub(/\)>/, ">)?", kernel)
            return packets ~ ("^" kernel "$")
        }
        FILENAME ~ /tolerances$/ { if ($1 == name) { allowed[$2 " " $3 " " $4] = $5 } next }
        FILENAME ~ /kernels$/ { of = $1 " " $2 " " $3; truth[of, ++turns[of]] = $4; next }
        {
            of = $2 " " $3 " " $4
            turn = ++seen[of]
            want = truth[of, turn]
            place = $2 " " turn " " $4
            if (place in allowed) {
                used[place] = 1
                if (agree(want, $5)) print name ": port", place ": the tolerance is not needed any more"
                want = allowed[place]
            }
            n++
            if (!agree(want, $5)) print name ": port", place ":\n  kernel " truth[of, turn] "\n  synfin " $5
        }
        END {
            for (turn_of in truth) {
                split(turn_of, part, SUBSEP)
                split(part[1], word, " ")
                place = word[1] " " part[2] " " word[3]
                if (part[2] > seen[part[1]] && allowed[place] != "unseen")
                    print name ": port", place ": synfin has no such connection"
                used[place] = 1
            }
            for (place in allowed) if (!(place in used)) print name ": no connection for the tolerance", place
            if (!n) print name ": no connection was found"
        }' tests/lab/tolerances "$work/kernels" "$work/packets"
}

[ $# -gt 0 ] || set -- $(cd tests/lab/states && for file in *.states; do echo "${file%.states}"; done)
for name in "$@"; do
    capture=$(ls "pcaps/$name".pcap "pcaps/$name".pcapng 2>/dev/null)
    paths_of_kernels "tests/lab/states/$name.states" >"$work/kernels"
    paths_of_packets "$capture" >"$work/packets"
    compare "$name" >"$work/differences"
    if [ -s "$work/differences" ]; then
        cat "$work/differences"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
echo "states: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
