#!/usr/bin/env bash
# All tests, one after the other; `make check` runs it. Ends with one line: N passed, N failed.
#   tests/all.sh UNIT-TEST-PROGRAM…
# A test script says "NAME: N passed, N failed" in its last line, or "SKIP: why"; what else it prints is
# shown only when it failed.
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0

run() { # run NAME COMMAND…
    local name=$1 output status last
    shift
    output=$("$@" 2>&1)
    status=$?
    last=$(grep -E '[0-9]+ passed, [0-9]+ failed' <<<"$output" | tail -n 1)
    [ "$status" -ne 0 ] && printf '%s\n' "$output"
    grep '^SKIP' <<<"$output" | sed "s/^/  $name: /"
    if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        [ "$status" -eq 0 ] && printf '  %s: %d passed\n' "$name" "${BASH_REMATCH[1]}"
        # A status that the counts do not explain is a failure, too.
        [ "$status" -ne 0 ] && [ "${BASH_REMATCH[2]}" -eq 0 ] && failed=$((failed + 1))
    elif [ "$status" -ne 0 ]; then
        printf '  %s: failed with status %d\n' "$name" "$status"
        failed=$((failed + 1))
    elif ! grep -q '^SKIP' <<<"$output"; then
        passed=$((passed + 1))
    fi
}

run unit tests/run-unit.sh "$@"
run simulate "${B:-build}/tests/simulate/simulate"
for script in golden cli docs states generated faults hostile live visit; do
    [ -e "tests/$script.sh" ] && run "$script" "tests/$script.sh"
done
run fuzz tests/fuzz/check.sh
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
