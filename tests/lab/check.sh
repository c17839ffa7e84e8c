#!/bin/bash
# check.sh DIRECTORY…: hold what synfin reads from recordings of random.sh against the kernels' states (check.awk), and
# the losses that it tells against what the router dropped (losses.awk).
#
# Of each wrong one the exchange is shown, with what the router did to it. Status 1 if there is any.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
synfin=${SYNFIN:-$here/../../build/synfin}
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

show_exchange() { # CAPTURE FLOW
    "$synfin" dump --quiet --only "id=$2" "$1"
    local port
    port=$("$synfin" flows --json --only "id=$2" "$1" | grep -o '4[1-9][0-9][0-9][0-9]' | head -n 1)
    grep -w "$port" "$recording/router" | sed 's/^/    router: /' || true
}

check_side() { # client|server OTHER
    local capture=$recording/$1.pcap
    "$synfin" flows --json "$capture" >"$work/flows" || true
    "$synfin" dump --json "$capture" >"$work/dump" || true
    "$synfin" dump --json "$recording/$2.pcap" >"$work/other" || true
    awk -v near="$1" -f "$here/check.awk" "$recording/plan" "$recording/states" "$work/other" "$work/flows" "$work/dump" \
        >"$work/found" || status=1
    awk -v near="$1" -f "$here/losses.awk" "$recording/router" "$work/flows" >>"$work/found" || status=1
    sed "s|^|$(basename "$recording") $1: |" "$work/found"
    awk '$1 == "WRONG" { print $3 }' "$work/found" | sort -un | while read -r flow; do
        show_exchange "$capture" "$flow"
    done
}

for recording in "$@"; do
    check_side client server
    check_side server client
done
exit $status
