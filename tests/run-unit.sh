#!/usr/bin/env bash
# Runs cmocka programs, one after the other; shows the output of those that fail.
#   tests/run-unit.sh PROGRAM…
set -u
passed=0 failed=0
for program; do
    output=$("$program" 2>&1)
    status=$?
    good=$(grep -cE '^\[ +OK +\]' <<<"$output")
    ran=$(sed -nE 's/^\[=+\] (.*: )?([0-9]+) test\(s\) run.*/\2/p' <<<"$output" | awk '{ n += $1 } END { print n + 0 }')
    skipped=$(grep -E '^\[ +SKIPPED +\] test' <<<"$output" | sort -u | grep -c .)
    bad=$((ran - good - skipped))
    [ "$bad" -lt 0 ] && bad=0
    [ "$skipped" -gt 0 ] && echo "$program: $skipped skipped"
    # A program that crashed, or leaked, failed even if all its tests said OK.
    [ "$status" -ne 0 ] && [ "$bad" -le 0 ] && bad=1
    [ "$status" -eq 0 ] && [ "$good" -eq 0 ] && bad=1
    [ "$bad" -gt 0 ] && printf '%s: status %d\n%s\n' "$program" "$status" "$output"
    passed=$((passed + good)) failed=$((failed + bad))
done
echo "unit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
