#!/usr/bin/env bash
# How much of src/ the fuzz targets reach, by their seeds and by all that `make fuzz` has found so far; and how much
# they and the unit tests reach together. `make coverage` builds them for that and calls this.
#   coverage.sh TARGET… -- UNIT-TEST…
set -eu
shopt -s nullglob
cd "$(dirname "$0")/../.." || exit 1
build=${B:-build/coverage}
profiles=$build/profiles
rm -rf "$profiles"
mkdir -p "$profiles"
objects=()
reach() { # reach PROGRAM: what it reaches is looked at, too
    objects+=(${objects:+-object} "$1") # the first one is not named as such
}

share() { # share NAME FILE-OR-FOLDER…: of all in them
    llvm-cov export -summary-only "${objects[@]}" -instr-profile="$profiles/all" "${@:2}" 2>/dev/null |
        grep -o '"totals":{.*' |
        sed -E 's/.*"branches":\{[^}]*"percent":([0-9.]+).*"lines":\{[^}]*"percent":([0-9.]+).*/\2 \1/' |
        awk -v name="$1" '{ printf "%-12s %8.1f%% %8.1f%%\n", name, $1, $2 }'
}

table() { # table WHAT
    local room
    llvm-profdata merge -o "$profiles/all" "$profiles"/*.profraw
    printf '\n%-12s %9s %9s\n' "$1" lines branches
    for room in decode track machine words sink engine; do
        share $room src/$room
    done
    share readers src/capture/{blocks,pcap_file,pcapng_block,pcapng_file,reader,source,ticks,window}.c
    share all src
}

while [ $# -gt 0 ] && [ "$1" != -- ]; do
    program=$build/fuzz/replay_$1 seeds=$build/seeds/$1
    LLVM_PROFILE_FILE=/dev/null B=$build tests/fuzz/seeds.sh "$1" "$seeds"
    inputs=("$seeds"/* tests/fuzz/seeds/"$1"/* build/fuzz/corpus/"$1"/*)
    printf '%s: ' "$1"
    printf '%s\0' "${inputs[@]}" |
        LLVM_PROFILE_FILE=$profiles/$1-%p.profraw xargs -0 -n 2000 "$program" | awk '{ n += $1 } END { print n " inputs" }'
    reach "$program"
    shift
done
table 'fuzz targets'
shift
for program; do
    LLVM_PROFILE_FILE=$profiles/unit-%p.profraw "$program" >/dev/null 2>&1 || echo "$program failed"
    reach "$program"
done
table 'and tests'
