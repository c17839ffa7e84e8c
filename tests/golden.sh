#!/usr/bin/env bash
# Golden tests: what the program prints on captures, byte for byte, one line of tests/golden/cases each.
#   tests/golden.sh [NAME]          run all cases, or one (a pattern: some)
#   tests/golden.sh --bless NAME    rewrite its expected file; then read the diff
set -u
cd "$(dirname "$0")/.." || exit 1
synfin=${SYNFIN:-build/synfin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bless=no wanted=
[ "${1-}" = --bless ] && bless=yes && shift
wanted=${1-}
passed=0 failed=0

run_case() { # run_case CAPTURE ARGUMENT… ; prints what the program prints, and its status unless 0
    local capture=$1 locale=C.UTF-8 status
    shift
    # A case for terminals without UTF-8 says so itself, and proves that the locale decides.
    [ "${1-}" = LC_ALL=C ] && locale=C && shift
    env -u NO_COLOR -u LANGUAGE TZ=UTC LC_ALL="$locale" COLUMNS="${columns:-80}" TERM=dumb \
        "$synfin" "$@" "$capture" </dev/null 2>&1
    status=$?
    [ "$status" -eq 0 ] || echo "status $status"
}

while read -r name capture expected arguments; do
    case $name in '' | '#'*) continue ;; esac
    # shellcheck disable=SC2053 # it is a pattern
    [ -z "$wanted" ] || [[ $name == $wanted ]] || continue
    columns=80
    read -ra words <<<"$arguments"
    [[ ${words[0]-} == COLUMNS=* ]] && columns=${words[0]#COLUMNS=} && words=("${words[@]:1}")
    run_case "$capture" ${words[@]+"${words[@]}"} >"$work/got"
    if [ "$bless" = yes ]; then
        cp "$work/got" "tests/golden/$expected"
        echo "blessed tests/golden/$expected: read its diff before you commit it"
    elif diff -u "tests/golden/$expected" "$work/got" >"$work/diff" 2>&1; then
        passed=$((passed + 1))
    else
        echo "golden $name: synfin $arguments $capture"
        head -n 60 "$work/diff"
        failed=$((failed + 1))
    fi
done <tests/golden/cases
[ "$bless" = yes ] && exit 0
# Each capture has a ladder and a row to be compared with.
for capture in pcaps/*.pcap pcaps/*.pcapng; do
    [ -z "$wanted" ] || break
    if [ "$(grep -cE " $capture .* (ladder|flows --json)( --only [^ ]+)?$" tests/golden/cases)" -lt 2 ]; then
        echo "golden: $capture has no cases for ladder and flows --json"
        failed=$((failed + 1))
    fi
done
if [ $((passed + failed)) -eq 0 ]; then
    echo "no such case: $wanted" && exit 1
fi
echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
