#!/usr/bin/env bash
# The command line from outside: exit statuses, messages, files, pipes, signals.
set -u
cd "$(dirname "$0")/.." || exit 1
synfin=$(realpath "${SYNFIN:-build/synfin}")
[ -x "$synfin" ] || { echo "there is no program $synfin"; exit 1; }
export TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80 TERM=dumb
unset NO_COLOR
good=pcaps/close4_client_first.pcap  # one plain connection: nothing to find
refused=pcaps/refused.pcap           # HANDSHAKE_REFUSED, a warning
other=pcaps/close4_server_first.pcap # another one
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() { passed=$((passed + 1)); }
not_ok() { # not_ok WHAT
    failed=$((failed + 1))
    echo "cli: $1"
    sed 's/^/    /' "$work/err" | head -n 5
}

# expect STATUS 'PATTERN' ARGUMENT… : the status, and a line of standard error (''\: it must be empty).
# Every message is one line that begins with the program's name.
expect() {
    local status=$1 pattern=$2 got
    shift 2
    "$synfin" "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    if [ "$got" -ne "$status" ]; then
        not_ok "synfin $*: status $got, not $status"
    elif [ -z "$pattern" ] && [ -s "$work/err" ]; then
        not_ok "synfin $*: speaks on standard error"
    elif [ -n "$pattern" ] && ! grep -qE "^synfin: .*$pattern" "$work/err"; then
        not_ok "synfin $*: no line with '$pattern'"
    elif [ -n "$pattern" ] && [ "$(wc -l <"$work/err")" -ne 1 ]; then
        not_ok "synfin $*: not one line"
    else
        ok
    fi
}

check() { # check WHAT COMMAND…
    local what=$1
    shift
    if "$@"; then ok; else not_ok "$what"; fi
}

# ---- help and mistakes --------------------------------------------------------------------------
"$synfin" >"$work/out" 2>"$work/err"
check 'no arguments: status 2' test $? -eq 2
check 'no arguments: a short usage' grep -q '^usage: synfin' "$work/err"
check 'no arguments: nothing on standard output' test ! -s "$work/out"
expect 0 '' --help
expect 0 '' -h
expect 0 '' flows --help
check 'help of one command has its own options only' grep -q -- '--csv' "$work/out"
expect 0 '' ladder --help
check 'ladder has no --csv' bash -c "! grep -q -- --csv '$work/out'"
expect 0 '' --version
check 'the version' grep -qx 'synfin [0-9]*\.[0-9]*\.[0-9]*' "$work/out"
expect 2 "'lader' is neither a command nor a file; did you mean 'ladder'" lader
expect 2 'en\|zh is wanted' --lang de "$good"
expect 2 "did you mean '--json'" flows --jsn "$good"
expect 2 'unknown option -Q' -Q "$good"
expect 2 '-Z no-such-user: there is no such user' -Z no-such-user "$good"
expect 2 '--relinquish-privileges: its argument is empty' -Z '' "$good"
expect 2 'lacks its argument' flows "$good" --only
expect 2 'these commands do: dump, flows, stats' ladder --json "$good"
expect 2 'exclude each other' flows --json --csv "$good"
expect 2 'auto\|always\|never' --color blue "$good"
expect 2 'a number of seconds' --msl soon "$good"
expect 2 'from 64 to 262144' -i lo -s 5
expect 2 'belong to -i' -p "$good"
expect 2 'belong to -i' -B 8 "$good"
expect 2 'belong to -i' -s 128 -r "$good"
expect 2 'exclude each other' -i lo -r "$good"
expect 2 'of what' flows
expect 2 'filter is given twice' -f tcp -r "$good" port 80
expect 2 . -r "$good" this is no filter
expect 2 . flows --only nonsense "$good"
expect 2 . flows --only close=sideways "$good"
expect 2 . flows --only finding=NO_SUCH_CODE "$good"
expect 2 . flows --only client=1.2.3.4/99 "$good"

# ---- the textbook -------------------------------------------------------------------------------
expect 0 '' explain
check 'the list fits 80 columns' bash -c "! grep -qE '.{81}' '$work/out'"
while read -r name; do
    check "the list has $name" grep -qE "(^|[ ,])$name(,|\$)" "$work/out"
done < <(sed -nE 's/^(STATE|FINDING)\(([A-Z0-9_]+)[,)].*/\2/p' include/synfin/states.def include/synfin/findings.def)
expect 0 '' explain time-wait
check 'another spelling, the same entry' cmp -s "$work/out" <("$synfin" explain TIME_WAIT)
expect 0 '' explain simultaneous open
check 'words that are one name' grep -q '^simultaneous open  ' "$work/out"
expect 0 '' explain 2MSL 三次握手
check 'words that are several names' test "$(grep -cE '^(2MSL|three-way handshake)  ' "$work/out")" -eq 2
expect 2 "no 'CLOSNG'; did you mean 'CLOSING'" explain CLOSNG
expect 2 "no 'xylophones'; 'synfin explain' lists" explain 2MSL xylophones
check 'and nothing is printed' test ! -s "$work/out"
expect 2 "'explain' does not take --json" explain --json
expect 1 'cannot write' explain -o "$work/no/such" MSL
expect 0 '' explain -o "$work/entry" MSL
check 'an entry in a file' grep -q '^MSL  ' "$work/entry"
check 'nothing else' test ! -s "$work/out"
check 'a full disk is noticed' bash -c "'$synfin' explain MSL >/dev/full 2>'$work/err'; [ \$? -eq 1 ]"
check 'an entry for a pipe that closes' bash -c "'$synfin' explain 2>'$work/err' | head -n 1 >/dev/null; [ ! -s '$work/err' ]"
# Each figure of a finding shows that finding.
while read -r code capture id; do
    check "explain $code shows pcaps/$capture.pcap, which has no such finding" \
        test -n "$("$synfin" flows --json --only "finding=$code" --only "id=$id" "pcaps/$capture.pcap")"
done < <(tr '\n' ' ' <include/synfin/findings.def | sed 's/FINDING(/\n&/g' |
    sed -nE 's/^FINDING\(([A-Z0-9_]+),.*"([a-z0-9_]+)(:([0-9]+))?", "[^"]*"\) *$/\1 \2 \4/p' | awk '{ print $1, $2, $3 == "" ? 1 : $3 }')

# ---- reports (tests/report looks at them in a browser) ---------------------------------------------
expect 2 "'report' to where" report "$good"
expect 2 "'report' of what" report --html "$work/x.html"
expect 2 "would overwrite" report --html "$work/copy.pcap" "$(cp "$good" "$work/copy.pcap"; echo "$work/copy.pcap")"
check 'and did not' cmp -s "$good" "$work/copy.pcap"
expect 2 '--html and --markdown name the same file' report --html "$work/x" --markdown "$work/x" "$good"
expect 2 '-w and --html name the same file' report -w "$work/x" --html "$work/x" "$good"
expect 2 '-o is of use only' report --html "$work/x.html" -o "$work/y" "$good"
expect 2 "these commands do: report, visit" ladder --html "$work/x.html" "$good"
expect 2 'a file of its own' visit --html - x
expect 1 "cannot write '.*/no/x.html'" report --html "$work/no/x.html" "$good"
expect 0 '' report --html "$work/x.html" --markdown "$work/x.md" "$good"
check 'nothing on standard output' test ! -s "$work/out"
check 'a whole page' bash -c "[ \"\$(tail -n 1 '$work/x.html')\" = '</html>' ] && head -n 1 '$work/x.html' | grep -q DOCTYPE"
expect 0 '' report --html - "$good"
check 'the page on standard output' cmp -s "$work/out" "$work/x.html"
expect 0 '' report --markdown - -o "$work/y.md" "$good"
check 'or where -o says' cmp -s "$work/y.md" "$work/x.md"
expect 3 '' report --markdown "$work/z.md" --fail-on warning "$refused"
check 'the report is there all the same' grep -q HANDSHAKE_REFUSED "$work/z.md"
expect 0 '' report --markdown "$work/z.md" --only close=reset "$good"
check 'no connection was chosen' bash -c "! grep -q '^## Connection 1' '$work/z.md'"
check 'a report for a full disk' bash -c "'$synfin' report --html - '$good' >/dev/full 2>'$work/err'; [ \$? -eq 1 ]"
head -c -7 "$good" >"$work/cut.pcap"
expect 1 'byte' report --html "$work/z.html" "$work/cut.pcap"
check 'a damaged capture gives a whole page' grep -q '^</html>' "$work/z.html"

# ---- a visit that never starts (tests/visit.sh makes real ones) -----------------------------------
expect 2 "'visit' whom" visit
expect 2 'one host, not several' visit a b
expect 2 "'0' is no port" visit x:0
expect 2 'speaks no TLS' visit https://example.com/
expect 2 'exclude each other' visit --reset --close-first x
expect 2 "'visit' does not take --json" visit --json x
expect 2 "'ladder' does not take --reset; these commands do: visit" ladder --reset "$good"
expect 1 "address of 'no-such-name.invalid'" visit no-such-name.invalid
expect 2 'a number of seconds' visit --idle long x

# ---- languages ----------------------------------------------------------------------------------
# in LOCALE ARGUMENT…: what the program prints where only the locale is set, and LANGUAGE by the test itself
in_locale() { env -u LC_ALL -u LC_MESSAGES -u LC_CTYPE LANG="$1" "$synfin" "${@:2}" 2>&1; }
speaks() { grep -q '握手完成' <(in_locale "$@"); }
check '--lang zh in the plain C locale' speaks C --lang zh "$good"
check '--lang=zh behind the file' speaks C "$good" --lang=zh
check 'LANG, installed or not' speaks zh_CN.UTF-8 "$good"
check 'not in C, whatever LANGUAGE says' bash -c "! LANGUAGE=zh LC_ALL=C '$synfin' '$good' | grep -q 握手"
check 'LANGUAGE before LANG' bash -c "! LANGUAGE=en LC_ALL=zh_CN.UTF-8 '$synfin' '$good' | grep -q 握手"
check 'no Chinese where it cannot be shown' bash -c "! LC_ALL=zh_CN.GB2312 '$synfin' '$good' | grep -q 握手"
check '--lang en wins over LANG' grep -q '^handshake complete' <(in_locale zh_CN.UTF-8 --lang en "$good")
check 'help in Chinese' grep -q '^命令：' <(in_locale C --lang zh --help)
check 'help in Chinese fits 80 columns' bash -c "! '$synfin' --lang zh --help | grep -P '^(?:[\x00-\x7f]|(?:[^\x00-\x7f])){80}' >/dev/null"
check 'errors in Chinese' grep -q '没有这个用户' <(in_locale C --lang zh -Z no-such-user "$good")
check 'errors of files in Chinese' grep -q '无法打开' <(in_locale C --lang zh no-such.pcap)
check 'a mistake beside it in Chinese' grep -q '未知选项' <(in_locale C --lang zh --jsno "$good")
for format in 'flows --json' 'flows --csv' 'dump --json' 'stats --json'; do
    # shellcheck disable=SC2086 # two words
    check "$format is the same in every language" cmp -s <(in_locale C $format --lang zh "$refused") <(in_locale C $format "$refused")
done
check 'Chinese with ASCII drawing' bash -c "'$synfin' --lang zh --ascii '$good' | grep -q '^握手完成' && ! '$synfin' --lang zh --ascii '$good' | grep -q '[─▶]'"
cp "$synfin" "$work/alone"
check 'without a catalogue: English, and a sentence' bash -c \
    "'$work/alone' --lang zh '$good' 2>&1 | grep -q 'catalogue zh_CN is not installed\|握手完成'"

# ---- files --------------------------------------------------------------------------------------
expect 0 '' "$good"
check 'the default for files is a ladder' cmp -s "$work/out" <("$synfin" ladder "$good")
expect 1 "no-such\.pcap.*No such file" no-such.pcap
check 'a missing file gives no results' test ! -s "$work/out"
expect 1 'irectory' flows pcaps/
check 'nor a header: flows' test ! -s "$work/out"
expect 1 'No such file' flows --csv no-such.pcap
check 'nor a header: flows --csv' test ! -s "$work/out"
expect 1 'not a capture file' flows README.md
: >"$work/empty.pcap"
expect 1 'empty' flows "$work/empty.pcap"
head -c -7 "$good" >"$work/cut.pcap"
expect 1 "cut\.pcap.*byte [0-9]+" flows --json "$work/cut.pcap"
check 'what comes before the damage is told' test -s "$work/out"
expect 1 'byte' flows --fail-on note "$work/cut.pcap"
expect 1 'No such file' flows --json no-such.pcap "$good"
check 'the other file is read all the same' grep -q '"type":"flow"' "$work/out"
start_of() { "$synfin" flows --json "$1" | grep -oE '"start":[0-9]+' | tr -dc 0-9; }
first=$good second=$other
[ "$(start_of "$good")" -gt "$(start_of "$other")" ] && first=$other second=$good
expect 0 '' flows --json "$first" "$second"
check 'two files, two connections' test "$(wc -l <"$work/out")" -eq 2
expect 0 "$second.*$first|$first.*$second" flows --json "$second" "$first"
check 'files out of order are read as given' test "$(wc -l <"$work/out")" -eq 2

"$synfin" flows --json "$good" >"$work/expected"
"$synfin" flows --json - <"$good" >"$work/got"
check 'standard input by redirection' cmp -s "$work/expected" "$work/got"
cat "$good" | "$synfin" flows --json -r - >"$work/got"
check 'standard input through a pipe' cmp -s "$work/expected" "$work/got"
for packer in gzip zstd xz lz4 bzip2; do
    command -v "$packer" >/dev/null || continue
    "$packer" -c <"$good" >"$work/packed" 2>/dev/null
    "$synfin" flows --json "$work/packed" >"$work/got" 2>"$work/err"
    check "a file compressed by $packer" cmp -s "$work/expected" "$work/got"
    cat "$work/packed" | "$synfin" flows --json - >"$work/got" 2>"$work/err"
    check "a pipe compressed by $packer" cmp -s "$work/expected" "$work/got"
done

# ---- results ------------------------------------------------------------------------------------
expect 0 '' flows --json -o "$work/result" "$good"
check '-o writes what standard output would get' cmp -s "$work/expected" "$work/result"
check '-o leaves standard output alone' test ! -s "$work/out"
expect 1 "no/such/place" flows -o "$work/no/such/place" "$good"
cp "$good" "$work/mine.pcap"
expect 2 'overwrite' flows -o "$work/mine.pcap" "$work/mine.pcap"
expect 2 'overwrite' flows -w "$work/mine.pcap" "$work/mine.pcap"
check 'the input is still there' cmp -s "$good" "$work/mine.pcap"
expect 2 'same file' flows -o "$work/x" -w "$work/x" "$good"
for command in 'ladder' 'dump' 'flows' 'flows --json' 'flows --csv' 'stats' 'stats --json' 'dump --json' '--help' interfaces; do
    read -ra words <<<"$command"
    [[ $command == --help || $command == interfaces ]] || words+=("$good")
    "$synfin" "${words[@]}" >/dev/full 2>"$work/err"
    status=$?
    check "a full disk is status 1: $command" test $status -eq 1
    check "a full disk gets its one sentence: $command" grep -qE '^synfin: .*(No space left|incomplete)' "$work/err"
    check "and no second one: $command" test "$(wc -l <"$work/err")" -eq 1
done
expect 1 'No space left' flows -q -o "$work/x" -w /dev/full "$good"
expect 1 'No space left' dump -q --only id=1 -o /dev/full "$good"
expect 1 'No space left' flows -q --only id=1 -o "$work/x" -w /dev/full "$good"
expect 1 'byte [0-9]+' dump --only id=1 "$work/cut.pcap"
for command in ladder dump 'flows --json' stats; do
    read -ra words <<<"$command"
    (sleep 0.1; "$synfin" "${words[@]}" "$good" 2>"$work/err") | :
    check "a closed pipe is no matter of words: $command" test ! -s "$work/err"
done

# ---- -w, --only, --fail-on ------------------------------------------------------------------------
expect 0 '' flows -q -w "$work/copy.pcap" "$refused"
check '-w saves all that was read' cmp -s <("$synfin" flows --json "$refused") <("$synfin" flows --json "$work/copy.pcap")
"$synfin" flows -q --only close=four_segment -w "$work/chosen.pcap" "$good" "$refused" >"$work/out" 2>"$work/err"
check '-w with --only saves the chosen connections' \
    cmp -s <("$synfin" flows --json "$good") <("$synfin" flows --json "$work/chosen.pcap")
"$synfin" dump --only close=four_segment -w "$work/chosen2.pcap" "$good" "$refused" >"$work/out" 2>"$work/err"
check 'dump --only prints the chosen connections' \
    cmp -s <("$synfin" dump --json "$good" | wc -l) <("$synfin" dump --json --only close=four_segment "$good" "$refused" 2>/dev/null | wc -l)
check 'dump --only -w saves them' cmp -s "$work/chosen.pcap" "$work/chosen2.pcap"
"$synfin" flows -q --only finding=ICMP_REJECTED -w "$work/chosen3.pcap" pcaps/icmp_prohibited.pcap "$good" >"$work/out" 2>"$work/err"
check '-w with --only saves ICMP errors with their connection' \
    cmp -s <("$synfin" dump --json pcaps/icmp_prohibited.pcap) <("$synfin" dump --json "$work/chosen3.pcap")
check 'dump --only prints ICMP errors with their connection' \
    cmp -s <("$synfin" dump --json pcaps/icmp_prohibited.pcap) \
    <("$synfin" dump --json --only close=open pcaps/icmp_prohibited.pcap "$good" 2>/dev/null)
expect 2 'read but once' dump --only id=1 -
expect 2 'read but once' flows --only id=1 -w "$work/x" -
expect 2 'two steps' -i lo --only id=1 -w "$work/x"
expect 2 'standard output' flows -w - "$good"
"$synfin" flows -q -o /dev/null -w - "$good" 2>"$work/err" | "$synfin" flows --json - >"$work/got" 2>>"$work/err"
check '-w - into a pipe' cmp -s <("$synfin" flows --json "$good") "$work/got"
expect 0 '' stats --fail-on note "$good"
expect 3 '' stats --fail-on note "$refused"
expect 3 '' stats --fail-on warning "$refused"
expect 0 '' stats --fail-on error "$refused"
expect 0 '' flows --fail-on warning --only handshake=complete "$refused"
expect 3 '' dump --fail-on warning --only handshake=refused "$refused"
expect 0 '' flows --json -c 3 "$good"
check '-c stops after so many packets' test "$("$synfin" stats --json -c 3 "$good" | grep -oE '"read":[0-9]+')" = '"read":3'
expect 0 '' flows --json -r "$good" port 1
check 'a filter that nothing passes gives no rows' test ! -s "$work/out"

# ---- looks ----------------------------------------------------------------------------------------
expect 0 '' ladder --ascii "$refused"
check '--ascii is ASCII' bash -c "! LC_ALL=C grep -qP '[^\\x00-\\x7f]' '$work/out'"
LC_ALL=C "$synfin" ladder "$refused" >"$work/got"
check 'so is a locale without UTF-8' cmp -s "$work/out" "$work/got"
expect 0 '' ladder --color always "$refused"
check '--color always colours' grep -q $'\033' "$work/out"
"$synfin" ladder "$refused" >"$work/out"
check 'no colour into a file' bash -c "! grep -q \$'\\033' '$work/out'"
for columns in 80 100 132; do
    COLUMNS=$columns "$synfin" ladder "$good" "$refused" >"$work/out" 2>/dev/null
    # but for the last line, a command to be copied
    check "a ladder fits $columns columns" test "$(grep -v 'synfin ladder --only' "$work/out" | wc -L)" -le "$columns"
done

# ---- signals --------------------------------------------------------------------------------------
mkfifo "$work/fifo"
exec 3<>"$work/fifo" # both ends: opening it waits for nobody
for threads in 1 2; do
    "$synfin" flows --json --threads "$threads" "$work/fifo" >"$work/out" 2>"$work/err" &
    pid=$!
    head -c 200 "$good" >&3
    sleep 0.3
    # a sanitizer may add one of its own
    check "--threads $threads is what runs" test "$(find /proc/$pid/task -mindepth 1 -maxdepth 1 | wc -l)" -ge "$threads"
    kill -TERM "$pid"
    wait "$pid"
    check "an interrupt of a file is death by that signal, --threads $threads" test $? -eq 143
    check 'and no word' test ! -s "$work/err"
done
exec 3>&-

# ---- interfaces -----------------------------------------------------------------------------------
expect 0 '' interfaces
check 'there is a loopback' grep -q '^lo .*loopback' "$work/out"
expect 1 . -i no-such-interface
expect 2 . interfaces lo

echo "cli: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
