#!/usr/bin/env bash
# Every seed of the fuzz targets once, without a fuzzer: those of tests/fuzz/seeds, and the captures.
set -u
shopt -s nullglob
cd "$(dirname "$0")/../.." || exit 1
build=${B:-build}
passed=0 failed=0

replay() { # replay ROOM FILE…
    local room=$1
    shift
    if output=$("$build/fuzz/replay_$room" "$@" 2>&1); then
        passed=$((passed + 1))
    else
        printf '%s\n' "$output"
        failed=$((failed + 1))
    fi
}

seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
for room in decode flows sinks reader; do
    B=$build tests/fuzz/seeds.sh $room "$seeds/$room" || failed=$((failed + 1))
    replay $room "$seeds/$room"/*
done
for folder in tests/fuzz/seeds/*/; do
    inputs=("$folder"*)
    [ ${#inputs[@]} -gt 0 ] && replay "$(basename "$folder")" "${inputs[@]}"
done
echo "fuzz seeds: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
