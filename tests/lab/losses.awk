# losses.awk: what synfin says was lost, against what the router dropped.
#
#     awk -v near=client|server -f losses.awk router flows.json
#
# A FIN_LOST, SYNACK_LOST, HANDSHAKE_ACK_LOST, FIN_ACK_LOST or FINAL_ACK_LOST that is told as proved must have a dropped
# segment of that end and kind behind it. All losses happen in the router, that is behind a capture on the sender's side
# and before one on the other: `where` must say so. Prints `WRONG` with the flow's id for each that is not, and the counts.

function value(text, key,    rest) {
    if (!match(text, "\"" key "\":")) return ""
    rest = substr(text, RSTART + RLENGTH)
    sub(/[,}].*/, "", rest)
    gsub(/"/, "", rest)
    return rest
}

function has_bit(flags, bit) { return int(flags / bit) % 2 }

function number_of(hex,    i, n) {
    for (i = 3; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
    return n
}

FILENAME ~ /router$/ {
    if ($2 != "dropped") next
    port = $3 == "c2s" ? $4 : $5
    host = $3 == "c2s" ? "client" : "server"
    flags = number_of($11)
    if (has_bit(flags, 1)) dropped[port, host, "FIN_LOST"] = 1
    if (has_bit(flags, 2) && has_bit(flags, 16)) dropped[port, host, "SYNACK_LOST"] = 1
    if (has_bit(flags, 16))
        dropped[port, host, "HANDSHAKE_ACK_LOST"] = dropped[port, host, "FIN_ACK_LOST"] = dropped[port, host, "FINAL_ACK_LOST"] = 1
    next
}

/"type":"flow"/ {
    is_swapped = value($0, "client") !~ /^(10\.9\.1\.|fd00:9:1:)/
    port = is_swapped ? value($0, "server_port") : value($0, "client_port")
    n = split(substr($0, index($0, "\"findings\":")), finding, /\{"code":"/)
    for (i = 2; i <= n; i++) {
        code = finding[i]
        sub(/".*/, "", code)
        if (code !~ /_LOST$/ || code ~ /^RESET/) continue
        host = value(finding[i], "side")
        if (is_swapped) host = host == "client" ? "server" : "client"
        if (value(finding[i], "certainty") != "proved") { likely++; continue }
        proved++
        if ((port, host, code) in dropped && value(finding[i], "where") == (host == near ? "after" : "before")) continue
        wrong++
        print "WRONG flow " value($0, "id") ": " code " of the " host ", proved, " value(finding[i], "where")
    }
}

END {
    printf "%s side: %d losses proved, %d wrong; %d likely\n", near, proved, wrong, likely
    exit wrong > 0
}
