#!/usr/bin/env bash
# How much of src/ the fuzz targets reach, by their seeds and by all that `make fuzz` has found so far:
# `make coverage` builds them for that and calls this.
#   coverage.sh TARGET…
set -eu
shopt -s nullglob
cd "$(dirname "$0")/../.." || exit 1
build=${B:-build/coverage}
profiles=$build/profiles
rm -rf "$profiles"
mkdir -p "$profiles"
objects=()
for target; do
    program=$build/fuzz/replay_$target seeds=$build/seeds/$target
    LLVM_PROFILE_FILE=/dev/null B=$build tests/fuzz/seeds.sh "$target" "$seeds"
    inputs=("$seeds"/* tests/fuzz/seeds/"$target"/* build/fuzz/corpus/"$target"/*)
    printf '%s: ' "$target"
    printf '%s\0' "${inputs[@]}" |
        LLVM_PROFILE_FILE=$profiles/$target-%p.profraw xargs -0 -n 2000 "$program" | awk '{ n += $1 } END { print n " inputs" }'
    objects+=(${objects:+-object} "$program") # the first one is not named as such
done
llvm-profdata merge -o "$profiles/all" "$profiles"/*.profraw
llvm-cov report "${objects[@]}" -instr-profile="$profiles/all" -show-region-summary=false \
    -show-instantiation-summary=false src | grep -v ' 0 \+- \+0 \+0 \+-' | sed -E 's/^-+$//'

share() { # share NAME FILE-OR-FOLDER…: of all in them
    llvm-cov export -summary-only "${objects[@]}" -instr-profile="$profiles/all" "${@:2}" | grep -o '"totals":{.*' |
        sed -E 's/.*"branches":\{[^}]*"percent":([0-9.]+).*"lines":\{[^}]*"percent":([0-9.]+).*/\2 \1/' |
        awk -v name="$1" '{ printf "%-12s %8.1f%% %8.1f%%\n", name, $1, $2 }'
}
printf '\n%-12s %9s %9s\n' room lines branches
for room in decode track machine words sink engine; do
    share $room src/$room
done
share readers src/capture/{blocks,pcap_file,pcapng_block,pcapng_file,reader,source,ticks,window}.c
share all src
