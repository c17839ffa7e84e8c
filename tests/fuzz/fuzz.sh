#!/usr/bin/env bash
# Runs libFuzzer targets, one after the other; `make fuzz` builds them and calls this.
#   fuzz.sh ROOM…
# What it finds new goes to build/fuzz/corpus/ROOM, what fails to build/fuzz/found/ROOM.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${B:-build/fuzz}
failed=0
for room; do
    corpus=$build/corpus/$room found=$build/found/$room seeds=$build/seeds/$room
    mkdir -p "$corpus" "$found" "$seeds" "tests/fuzz/seeds/$room"
    B=$build tests/fuzz/seeds.sh "$room" "$seeds"
    "$build/fuzz/fuzz_$room" -max_total_time="${SECONDS_EACH:-60}" -max_len=4096 -timeout=10 -print_final_stats=1 \
        -verbosity=0 -entropic=0 -artifact_prefix="$found/" "$corpus" "$seeds" "tests/fuzz/seeds/$room" || failed=1
done
exit "$failed"
