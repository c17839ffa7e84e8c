#!/usr/bin/env bash
# Writes the C source of the page's style sheet and script: assets.sh FILE.css FILE.js
set -eu
text() { # text NAME FILE
    printf 'const char %s[] = {\n' "$1"
    od -An -v -td1 "$2" | sed -E 's/ +/,/g; s/^,//; s/$/,/'
    echo '0};'
}
hash=$(printf '%b' "$(sha256sum "$2" | cut -d' ' -f1 | sed 's/../\\x&/g')" | base64)
echo '#include "sink/report_assets.h"'
text sf_report_css "$1"
text sf_report_js "$2"
printf 'const char sf_report_js_hash[] = "sha256-%s";\n' "$hash"
