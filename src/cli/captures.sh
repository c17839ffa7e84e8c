#!/bin/sh
# Writes the C source of the captures that tables name as figures: captures.sh TABLE…
# A table has them as the last but one argument of its rows: …, "NAME", "see|also") or "NAME:2".
set -eu
names=$(cat "$@" | tr '\n' ' ' | grep -oE '"[a-z0-9_]+(:[0-9]+)?", *"[^"]*"\)' | sed -E 's/^"([a-z0-9_]+).*/\1/' | sort -u)
echo '#include "cli/captures.h"'
for name in $names; do
    printf '\nstatic const unsigned char %s[] = {\n' "$name"
    od -An -v -tu1 "pcaps/$name.pcap" | sed -E 's/ +/,/g; s/^,//; s/$/,/'
    echo '};'
done
printf '\nstatic const struct sf_capture captures[] = {\n'
for name in $names; do
    printf '    {"%s", %s, sizeof %s},\n' "$name" "$name" "$name"
done
cat <<'END'
};

const struct sf_capture *sf_captures(size_t *n)
{
    *n = sizeof captures / sizeof *captures;
    return captures;
}
END
