#!/usr/bin/env bash
# Do manual pages, help and README say what the program does? Compares them with the tables of the sources.
set -u
cd "$(dirname "$0")/.." || exit 1
synfin=${SYNFIN:-build/synfin}
build=${B:-build}
passed=0 failed=0
export LC_ALL=C.UTF-8 TZ=UTC COLUMNS=80

check() { # check WHAT COMMAND… : the command succeeds
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "docs: $what"
        failed=$((failed + 1))
    fi
}

# The same words, one a line, on both sides; says which are not.
same_words() { # same_words FILE-A FILE-B
    local only
    only=$(comm -3 <(sort -u "$1") <(sort -u "$2"))
    [ -z "$only" ] && [ -s "$1" ] && return 0
    printf "only in one of them:\n%s\n" "$only"
    return 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# options: the table, the help, the manual page
sed -nE 's/^OPTION\([A-Z]+, [^,]+, "([a-z-]+)".*/--\1/p' src/cli/options.def >"$work/options"
"$synfin" --help | grep -oE '^  (-., |    )--[a-z-]+' | grep -oE -- '--[a-z-]+' >"$work/help"
sed -nE 's/^\.It (Fl [a-zA-Z] , |Fl )-([a-z-]+).*/--\2/p' man/synfin.1 >"$work/page"
check 'options in options.def and in --help' same_words "$work/options" "$work/help"
check 'options in options.def and in man/synfin.1' same_words "$work/options" "$work/page"

sed -nE 's/^\.It (Fl [a-zA-Z] , |Fl )-([a-z-]+).*/--\2/p' man/zh_CN/synfin.1 >"$work/page"
check 'options in options.def and in man/zh_CN/synfin.1' same_words "$work/options" "$work/page"

# short options likewise
sed -nE "s/^OPTION\([A-Z]+, '(.)', \"([a-z-]+)\".*/-\1 --\2/p" src/cli/options.def | tr ' ' = >"$work/options"
"$synfin" --help | sed -nE 's/^  (-.), (--[a-z-]+).*/\1=\2/p' >"$work/help"
sed -nE 's/^\.It Fl ([a-zA-Z]) , -([a-z-]+).*/-\1=--\2/p' man/synfin.1 >"$work/page"
check 'short options in options.def and in --help' same_words "$work/options" "$work/help"
check 'short options in options.def and in man/synfin.1' same_words "$work/options" "$work/page"

# commands: the table, the help, the manual page, the README
sed -nE 's/^COMMAND\([A-Z]+, "([a-z]+)".*/\1/p' src/cli/commands.def >"$work/commands"
"$synfin" --help | sed -n '/^Commands:/,/^$/p' | sed -nE 's/^  ([a-z]+) .*/\1/p' >"$work/help"
sed -n '/^The commands are:/,/^\.El/p' man/synfin.1 | sed -nE 's/^\.It Cm ([a-z]+).*/\1/p' >"$work/page"
sed -nE 's/^\| `([a-z]+)` \|.*/\1/p' README.md >"$work/readme"
check 'commands in commands.def and in --help' same_words "$work/commands" "$work/help"
check 'commands in commands.def and in man/synfin.1' same_words "$work/commands" "$work/page"
check 'commands in commands.def and in README.md' same_words "$work/commands" "$work/readme"
sed -nE 's/^\.It Cm ([a-z]+)$/\1/p' man/zh_CN/synfin.1 | grep -v anomalous >"$work/page"
sed -nE 's/^\| `([a-z]+)` \|.*/\1/p' README.zh-CN.md >"$work/readme"
check 'commands in commands.def and in man/zh_CN/synfin.1' same_words "$work/commands" "$work/page"
check 'commands in commands.def and in README.zh-CN.md' same_words "$work/commands" "$work/readme"
# the sections and the keys of both manual pages are the same
for macro in '^\.Sh ' '^\.It Li ' '^\.It Ev '; do
    grep -E "$macro" man/synfin.1 >"$work/english"
    grep -E "$macro" man/zh_CN/synfin.1 >"$work/page"
    check "lines $macro of man/synfin.1 and man/zh_CN/synfin.1" same_words "$work/english" "$work/page"
done
while read -r command; do
    check "synfin $command --help" "$synfin" "$command" --help >"$work/help" 2>&1
done <"$work/commands"

# help fits a terminal
wide() { "$synfin" --help | awk 'length($0) > 80 { print "too wide: " $0; bad = 1 } END { exit bad }'; }
check 'help fits 80 columns' wide

# findings: the page is the one made from the catalogue, and has each of them
check 'man/synfin-findings.7 is not what the catalogue gives: make man' \
    cmp -s "$build/findings.7" man/synfin-findings.7
sed -nE 's/^FINDING\(([A-Z_]+),.*/\1/p' include/synfin/findings.def >"$work/findings"
sed -nE 's/^\.It Sy ([A-Z_]+) Pq .*/\1/p' man/synfin-findings.7 >"$work/page"
check 'findings in findings.def and in man/synfin-findings.7' same_words "$work/findings" "$work/page"

sed -nE 's/^SIGN\(([A-Z_]+)[,)].*/\1/p' include/synfin/signs.def >"$work/signs"
sed -n '/^\.Ss Signs/,/^\.El/p' man/synfin-findings.7 | sed -nE 's/^\.It Sy ([A-Z_]+)$/\1/p' >"$work/page"
check 'signs in signs.def and in man/synfin-findings.7' same_words "$work/signs" "$work/page"

# translations: each text has one, and none is left over
make --no-print-directory po B="$build" >/dev/null 2>&1
msgen -o "$work/said" "$build/synfin.pot"
for po in src/words/*.po; do
    check "texts that $po lacks" msgcmp "$po" "$build/synfin.pot"
    check "texts of $po that nobody says" msgcmp "$work/said" "$po"
    check "$po itself" msgfmt --check-format -o /dev/null "$po"
done

# vocabulary: outcomes stand in the manual page
while read -r word; do
    check "the outcome $word in man/synfin.1" grep -qE "(^|[^a-z_])$word([^a-z_]|\$)" man/synfin.1
done < <(sed -nE 's/^(HANDSHAKE|CLOSE|ENDED)\([A-Z_]+, "([a-z_]+)".*/\2/p' include/synfin/outcomes.def)
while read -r word; do
    check "the tunnel $word in man/synfin.1" grep -qE "^\.Cm $word( |\$)" man/synfin.1
done < <(sed -nE 's/^TUNNEL\([A-Z_]+, "([a-z-]+)".*/\1/p' include/synfin/tunnels.def)
while read -r state; do
    check "the state $state in man/synfin.1" grep -q "$state" man/synfin.1
done < <(sed -nE 's/^STATE\(([A-Z0-9_]+)\).*/\1/p' include/synfin/states.def)

# JSON: each key that the program prints stands in the manual page
keys() { grep -oE '"[a-z_]+":' | tr -d '":' | sort -u; }
for command in flows dump stats; do
    for capture in close4_client_first icmp_fragmentation_needed; do
        "$synfin" "$command" --json "pcaps/$capture.pcap"
    done | keys >"$work/keys"
    check "$command --json prints keys" test -s "$work/keys"
    while read -r key; do
        check "the key $key of $command --json in man/synfin.1" \
            grep -qE "(^|[^a-z_0-9])$key([^a-z_0-9]|\$)" man/synfin.1 include/synfin/outcomes.def include/synfin/skips.def
    done <"$work/keys"
done

# README: what stands there as output is what the program prints now
example() { # the block of README $1 that begins with "$ COMMAND", without that line
    awk -v want="\$ $2" '$0 == want { on = 1; next } on && /^```/ { exit } on' "$1"
}
for readme in README.md README.zh-CN.md; do
    while read -r line; do
        read -ra words <<<"${line#\$ synfin }"
        example "$readme" "${line#\$ }" >"$work/expected"
        "$synfin" "${words[@]}" >"$work/got" 2>&1
        check "'${line#\$ }' of $readme prints something else now:" diff -u "$work/expected" "$work/got"
    done < <(grep -E '^\$ synfin ' "$readme")
done

echo "docs: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
