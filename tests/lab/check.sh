#!/bin/bash
# check.sh DIRECTORY…: hold what synfin reads from recordings of random.sh against the kernels' states (check.awk).
#
# Of each wrong one the exchange is shown, with what the router did to it. Status 1 if there is any.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
synfin=${SYNFIN:-$here/../../build/synfin}
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

from_plan() { # WORD
    awk -v word="$1" '$1 == "#" { for (i = 2; i < NF; i++) if ($i == word) print $(i + 1) }' "$recording/plan"
}

show_exchange() { # CAPTURE FLOW
    "$synfin" dump --quiet --only "id=$2" "$1"
    local port
    port=$("$synfin" flows --json --only "id=$2" "$1" | grep -o '4[1-9][0-9][0-9][0-9]' | head -n 1)
    grep -w "$port" "$recording/router" | sed 's/^/    router: /' || true
}

check_side() { # client|server
    local capture=$recording/$1.pcap
    "$synfin" flows --json "$capture" >"$work/flows" || true
    "$synfin" dump --json "$capture" >"$work/dump" || true
    awk -v near="$1" -v client_ms="$client_ms" -v server_ms="$server_ms" -f "$here/check.awk" \
        "$recording/plan" "$recording/states" "$work/flows" "$work/dump" >"$work/found" || status=1
    sed "s|^|$(basename "$recording") $1: |" "$work/found"
    awk '$1 == "WRONG" { print $3 }' "$work/found" | sort -un | while read -r flow; do
        show_exchange "$capture" "$flow"
    done
}

for recording in "$@"; do
    client_ms=$(($(from_plan client_ms) + $(from_plan late_ms)))
    server_ms=$(($(from_plan server_ms) + $(from_plan late_ms)))
    check_side client
    check_side server
done
exit $status
