#!/usr/bin/env bash
# What goes wrong around the program: disks that are full or fail, files that change while they are read, readers
# that are slow, signals at any moment. Each ends, or goes on, with the right status and sentence, and what was
# written by then is whole.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${B:-build}
synfin=$(realpath "${SYNFIN:-$build/synfin}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() { passed=$((passed + 1)); }
not_ok() { # not_ok WHAT
    failed=$((failed + 1))
    echo "faults: $1"
    [ -e "$work/err" ] && sed 's/^/    /' "$work/err" | head -n 5
}
check() { # check WHAT COMMAND…
    local what=$1
    shift
    if "$@"; then ok; else not_ok "$what"; fi
}
says() { grep -qE "^synfin: .*$1" "$work/err"; } # says PATTERN: in one line of standard error, the only one
says_once() { says "$1" && [ "$(wc -l <"$work/err")" -eq 1 ]; }
whole() { # whole FILE: every line is a JSON object, and there is one at least
    [ -s "$1" ] && [ "$(tail -c 1 "$1" | od -An -tx1)" = ' 0a' ] && ! grep -qvE '^\{"type":.*\}$' "$1"
}
whole_or_empty() { [ ! -s "$1" ] || whole "$1"; }
one_of() { [ "$1" = "$2" ] || [ "$1" = "$3" ]; }
begins() { cmp -s -n "$(stat -c %s "$1")" "$1" "$2"; } # begins FILE WHOLE: FILE is how WHOLE begins

big=$work/big.pcap
"$build/tests/bench/generate" handshakes 200 >"$big" 2>/dev/null
size=$(stat -c %s "$big")
"$synfin" dump --json "$big" >"$work/all"
"$synfin" flows --json "$big" >"$work/rows"

# ---- disks ----------------------------------------------------------------------------------------
# A file at its limit takes part of a line, or of a record.
for kib in 64 333; do
    (ulimit -f $kib && exec "$synfin" dump --json -o "$work/out" "$big" 2>"$work/err")
    check "-o at $kib KiB: status 1" [ $? = 1 ]
    check "-o at $kib KiB: a sentence" says_once 'cannot write: File too large'
    check "-o at $kib KiB: whole lines" whole "$work/out"
    check "-o at $kib KiB: the first ones" begins "$work/out" "$work/all"
    (ulimit -f $kib && exec "$synfin" dump --json "$big" >"$work/out" 2>"$work/err")
    check "standard output at $kib KiB: status 1" [ $? = 1 ]
    check "standard output at $kib KiB: whole lines" whole "$work/out"
    rm -f "$work/saved"
    (ulimit -f $kib && exec "$synfin" flows -q -w "$work/saved" "$big" >/dev/null 2>"$work/err")
    check "-w at $kib KiB: status 1" [ $? = 1 ]
    check "-w at $kib KiB: a sentence" says_once "cannot write '.*saved': File too large"
    "$synfin" stats "$work/saved" >/dev/null 2>"$work/err"
    check "-w at $kib KiB: a whole capture" [ $? = 0 ]
    "$synfin" dump --json "$work/saved" | grep '"type":"segment"' >"$work/out"
    check "-w at $kib KiB: the first packets" begins "$work/out" "$work/all"
done
"$synfin" flows --json -q -w /dev/full -o "$work/out" "$big" 2>"$work/err"
check '-w on a full disk: status 1' [ $? = 1 ]
check '-w on a full disk: a sentence' says_once "cannot write '/dev/full': No space left"

# A disk that fails in the middle: what came before is told. (A sanitizer must be loaded first itself.)
if ! ldd "$synfin" | grep -q 'lib[at]san'; then
    for threads in 1 2; do
        FAIL_FILE=$big FAIL_AFTER=$((size / 2)) LD_PRELOAD=$(realpath "$build/tests/faults/fail_read.so") \
            "$synfin" dump --json --threads $threads "$big" >"$work/out" 2>"$work/err"
        check "a read error, --threads $threads: status 1" [ $? = 1 ]
        check "a read error, --threads $threads: a sentence" says_once "cannot read '.*big.pcap': Input/output error"
        check "a read error, --threads $threads: whole lines" whole "$work/out"
        check "a read error, --threads $threads: the first ones" begins "$work/out" "$work/all"
        check "a read error, --threads $threads: all up to it" \
            [ "$(wc -l <"$work/out")" -ge $(($(wc -l <"$work/all") * 9 / 20)) ]
    done
fi

# ---- files that change, and a slow reader ---------------------------------------------------------
# held COMMAND…: runs it with its output into a full pipe, so that it stands still in the middle of the file;
# `change` is done then, and the pipe is emptied slowly.
held() {
    mkfifo "$work/pipe"
    "$@" >"$work/pipe" 2>"$work/err" &
    local pid=$!
    exec 4<"$work/pipe"
    for ((i = 0; i < 200; i++)); do
        grep -q pipe_write "/proc/$pid/wchan" 2>/dev/null || [ "$(awk '{ print $3 }' "/proc/$pid/stat")" = S ] && break
        sleep 0.02
    done
    change
    { dd bs=4096 count=8 status=none && sleep 0.2 && cat; } <&4 >"$work/out"
    exec 4<&-
    wait $pid
    status=$?
    rm -f "$work/pipe"
}

cp "$big" "$work/changing.pcap"
change() { :; }
held "$synfin" dump --json "$work/changing.pcap"
check 'a slow reader: status 0' [ $status = 0 ]
check 'a slow reader gets everything' cmp -s "$work/out" "$work/all"

change() { truncate -s $((size - 1000)) "$work/changing.pcap"; }
held "$synfin" dump --json "$work/changing.pcap"
check 'a file cut while it is read: status 1' [ $status = 1 ]
check 'a file cut while it is read: a sentence' says_once 'cut off at byte [0-9]+'
check 'a file cut while it is read: whole lines' whole "$work/out"

half=$((24 + (size / 2 - 24) / 8 * 8))
head -c $half "$big" >"$work/changing.pcap"
change() { tail -c +$((half + 1)) "$big" >>"$work/changing.pcap"; }
held "$synfin" dump --json "$work/changing.pcap"
check 'a file growing while it is read: status 0' [ $status = 0 ]
check 'a file growing while it is read: all of it' cmp -s "$work/out" "$work/all"

# ---- signals at any moment ------------------------------------------------------------------------
for signal in INT TERM; do
    number=$((128 + $(kill -l $signal)))
    for ((i = 1; i <= 12; i++)); do
        "$synfin" dump --json "$big" >"$work/out" 2>"$work/err" &
        pid=$!
        sleep "0.$(printf %03d $((i * i * 2)))"
        kill -$signal $pid 2>/dev/null
        wait $pid
        status=$?
        check "SIG$signal, moment $i: status $status" one_of $status $number 0
        check "SIG$signal, moment $i: no word" [ ! -s "$work/err" ]
        check "SIG$signal, moment $i: whole lines" whole_or_empty "$work/out"
        check "SIG$signal, moment $i: the first ones" begins "$work/out" "$work/all"
    done
done
echo "faults: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
