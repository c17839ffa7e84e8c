#!/usr/bin/env bash
# The pages of `synfin report` in headless Chromium: make test-report. Screenshots and PDF stay in build/report.
set -eu
cd "$(dirname "$0")/../.."
build=${B:-build}
synfin=$(realpath "${SYNFIN:-$build/synfin}")
generate=$(realpath "$build/tests/bench/generate")
out=$build/report
rm -rf "$out/pages"
mkdir -p "$out/pages"
cp tests/report/package.json "$out/"
[ -d "$out/node_modules/playwright-core" ] ||
    (cd "$out" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-audit --no-fund --no-package-lock --loglevel=error >/dev/null)
export TZ=UTC LC_ALL=C.UTF-8 COLUMNS=80
pages=$(realpath "$out/pages")

# one connection, with findings
"$synfin" report --html "$pages/one.html" pcaps/final_ack_lost.pcap
"$synfin" report --lang zh --html "$pages/zh.html" pcaps/final_ack_lost.pcap
# every kind of connection there is; the files are not in order of time, which is said on standard error
"$synfin" report --html "$pages/all.html" pcaps/*.pcap 2>/dev/null
"$synfin" flows --json pcaps/*.pcap 2>/dev/null >"$pages/all.json"
# ten thousand connections, with a quarter of a million packets
"$generate" mix 20 >"$pages/many.pcap"
"$synfin" report --html "$pages/many.html" "$pages/many.pcap"
"$synfin" flows --json "$pages/many.pcap" >"$pages/many.json"

# Markup where a capture and the command line have text: an interface's name, a comment, a file's name.
block() { # block TYPE BODY-IN-HEX
    local length=$((12 + ${#2} / 2))
    printf '%s%08x%s%08x' "$1" 0 "$2" 0 | sed "s/^\(........\)......../\1$(le32 $length)/; s/........\$/$(le32 $length)/"
}
le32() { printf '%08x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'; }
le16() { printf '%04x' "$1" | sed 's/\(..\)\(..\)/\2\1/'; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
option() { # option CODE TEXT, padded to whole words
    local text n=${#2}
    text=$(printf '%s' "$2" | hex)
    while [ $((${#text} % 8)) -ne 0 ]; do text+=00; done
    printf '%s%s%s' "$(le16 "$1")" "$(le16 "$n")" "$text"
}
evil='<img src=x onerror=window.pwned=1><script>window.pwned=1</script>'
{
    block 0a0d0d0a "4d3c2b1a01000000ffffffffffffffff$(option 1 "$evil")00000000"
    block 01000000 "0100000000000400$(option 2 "$evil")$(option 1 "$evil")00000000"
    # the packets of a plain capture, little endian, microseconds
    tail -c +25 pcaps/refused.pcap | hex | {
        read -r all || true
        while [ -n "$all" ]; do
            seconds=${all:0:8} micros=${all:8:8} captured=${all:16:8} length=${all:24:8}
            n=$((16#${captured:6:2}${captured:4:2}${captured:2:2}${captured:0:2}))
            us=$((16#${seconds:6:2}${seconds:4:2}${seconds:2:2}${seconds:0:2} * 1000000 + 16#${micros:6:2}${micros:4:2}${micros:2:2}${micros:0:2}))
            data=${all:32:$((2 * n))}
            all=${all:$((32 + 2 * n))}
            while [ $((${#data} % 8)) -ne 0 ]; do data+=00; done
            block 06000000 "00000000$(le32 $((us >> 32)))$(le32 $((us & 0xffffffff)))$captured$length$data$(option 1 "$evil")00000000"
        done
    }
} | sed 's/../\\x&/g' | xargs -0 printf '%b' >"$pages/evil.pcapng"
cp "$pages/evil.pcapng" "$pages/<img src=x onerror=window.pwned=1>\"'&.pcapng"
(cd "$pages" && "$synfin" report --html evil.html --markdown evil.md "./<img src=x onerror=window.pwned=1>\"'&.pcapng")

NODE_PATH=$(realpath "$out/node_modules") CHROMIUM=${CHROMIUM:-$(command -v chromium)} node tests/report/page_test.js "$pages"
