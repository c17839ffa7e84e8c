# states.awk: one account of both kernels' states, from the tracepoint's lines (the first file) and
# those of watch (client's, server's). The tracepoint tells of full sockets; where it says CLOSE, watch
# knows whether a small socket goes on in FIN_WAIT_2 or TIME_WAIT. SYN_RCVD of a listener is watch's.
# With -v times=1 each line tells when, by CLOCK_REALTIME: not before the first number, and not after the second.

function state_name(word) {
    sub(/^TCP_/, "", word)
    sub(/[ ,]*$/, "", word)
    if (word == "FIN_WAIT1") return "FIN_WAIT_1"
    if (word == "FIN_WAIT2") return "FIN_WAIT_2"
    if (word == "SYN_RECV" || word == "NEW_SYN_RECV") return "SYN_RCVD"
    if (word == "CLOSE") return "CLOSED"
    return word
}

function value(name,    at, rest) {
    at = index($0, " " name "=")
    rest = substr($0, at + length(name) + 2)
    sub(/ .*/, "", rest)
    return rest
}

function push(time, not_before, rank, host, local, remote, state, how, old) {
    key[++n] = sprintf("%018.6f %d", time, rank)
    when[n] = time; earliest[n] = not_before; host_of[n] = host; local_of[n] = local; remote_of[n] = remote
    state_of[n] = state; how_of[n] = how; old_of[n] = old
}

FNR == NR && /inet_sock_set_state:/ {
    from = value("saddrv6")
    host = from ~ /10\.(9\.1|42\.0)\.1$|^fd00:9:1::/ ? "client" : from ~ /10\.(9\.2|42\.0)\.2$|^fd00:9:2::/ ? "server" : ""
    if (host == "" || value("sport") == 0 || value("dport") == 0) next
    time = 0
    for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+:$/) { time = $i; sub(/:$/, "", time); break }
    push(time + 0, time + 0, 0, host, value("sport"), value("dport"), state_name(value("newstate")), "trace",
         state_name(value("oldstate")))
    next
}

$1 == "clock" { to_realtime = $2; next }
NF == 6 && $1 ~ /^[0-9]+\.[0-9]+$/ && $4 != 0 { push($1 + 0, $6 + 0, 1, $2, $3, $4, $5, "diag", "") }

# Events in order of time; few, so the simplest sort will do.
function sort(    i, j, k) {
    for (i = 1; i <= n; i++) order[i] = i
    for (i = 2; i <= n; i++) {
        k = order[i]
        for (j = i - 1; j > 0 && key[order[j]] > key[k]; j--) order[j + 1] = order[j]
        order[j + 1] = k
    }
}

# Was it the end of the socket when the tracepoint said CLOSE? The poll's next word on it, up to the
# next life of these ports, decides.
function becomes(i,    j, e, c, seen_gone) {
    c = order[i]
    if (old_of[c] !~ /^(FIN_WAIT_1|FIN_WAIT_2|CLOSING)$/) return "CLOSED"
    for (j = i + 1; j <= n; j++) {
        e = order[j]
        if (host_of[e] != host_of[c] || local_of[e] != local_of[c] || remote_of[e] != remote_of[c]) continue
        if (how_of[e] == "trace") return "CLOSED"
        if (state_of[e] == "CLOSED") { # the full socket, on its way out, seen beside the small one
            if (!seen_gone) seen_gone = earliest[e]
            continue
        }
        # Seen by the first look behind that moment, or soon: it was TIME_WAIT all along.
        if (state_of[e] == "TIME_WAIT") return earliest[e] <= when[c] || seen_gone && seen_gone <= when[c] || when[e] - when[c] < 0.1 ? "TIME_WAIT" : "FIN_WAIT_2"
        if (state_of[e] == "FIN_WAIT_2") return "FIN_WAIT_2"
        if (state_of[e] == "GONE" && when[e] - when[c] < 0.02) continue # missed on its way to the small sockets
        if (state_of[e] == "GONE") return when[e] - when[c] < 0.2 ? "CLOSED" : "FIN_WAIT_2"
        return "CLOSED"
    }
    return old_of[c] == "FIN_WAIT_2" && last_diag[host_of[c], local_of[c], remote_of[c]] == "FIN_WAIT_2" ? "FIN_WAIT_2" : "CLOSED"
}

function connection(host, client_port, server_port, begins,    pair) {
    pair = client_port SUBSEP server_port
    if (begins || !lives[host, pair]) {
        lives[host, pair]++
        # What a server's socket begins, the latest of the client's has asked for.
        if (host == "server" && lives[host, pair] < lives["client", pair]) lives[host, pair] = lives["client", pair]
    }
    if (!((pair, lives[host, pair]) in number)) {
        number[pair, lives[host, pair]] = ++n_connections
        title[n_connections] = "connection " n_connections " ports " client_port " " server_port
    }
    return number[pair, lives[host, pair]]
}

# A state held for less than a millisecond is marked `brief`: no packet can show it.
function add(host, c, state, how, time, not_before) {
    if (last[host, c] == state) return
    if (last[host, c] == "" && host == "server" && state == "ESTABLISHED") add(host, c, "SYN_RCVD", "inferred", time, 0)
    if (last[host, c] != "" && time - since[host, c] < 0.001) lines[host, c] = lines[host, c] " brief"
    since[host, c] = how == "inferred" ? 0 : time
    last[host, c] = state
    lines[host, c] = lines[host, c] "\n" host " " state " " how
    if (times) lines[host, c] = lines[host, c] sprintf(" %.6f %.6f", not_before + to_realtime, time + to_realtime)
}

function is_over(state) { return state == "" || state == "CLOSED" || state == "TIME_WAIT" }

# The last socket of a finished run may still die while the next one is recorded: what it reports does not
# continue the history of the socket that now has its ports.
# Nor does a connect() that fails because an older socket still has them.
function is_stranger(e,    socket) {
    socket = host_of[e] SUBSEP local_of[e] SUBSEP remote_of[e]
    if (state_of[e] == "SYN_SENT" && history[socket] !~ /^(|CLOSED|LISTEN|TIME_WAIT)$/) return 1
    if (old_of[e] == "SYN_SENT" && history[socket] != "SYN_SENT") return 1
    if (old_of[e] !~ /^(CLOSED|LISTEN|SYN_SENT|SYN_RCVD)$/ && history[socket] != old_of[e]) return 1
    history[socket] = state_of[e]
    return 0
}

function event(i,    e, host, cp, sp, state, how, c, before, pair) {
    e = order[i]
    host = host_of[e]; state = state_of[e]; how = how_of[e]
    cp = host == "client" ? local_of[e] : remote_of[e]
    sp = host == "client" ? remote_of[e] : local_of[e]
    pair = cp SUBSEP sp
    before = lives[host, pair] ? last[host, number[pair, lives[host, pair]]] : ""
    if (how == "trace" && is_stranger(e)) return
    if (how == "trace" && state == "SYN_RCVD" && old_of[e] != "SYN_SENT") return
    if (how == "trace" && state == "CLOSED") {
        state = becomes(i)
        if (state != "CLOSED") how = "diag"
    }
    if (how == "diag" && state == "GONE") {
        if (before != "SYN_RCVD" && before != "FIN_WAIT_2" && before != "TIME_WAIT") return
        state = "CLOSED"
    } else if (how == "diag" && state !~ /^(SYN_RCVD|FIN_WAIT_2|TIME_WAIT)$/) return
    if (how == "diag" && state == "SYN_RCVD" && !is_over(before)) return
    begins = before != "" && is_over(before) && (state ~ /^(SYN_SENT|SYN_RCVD|ESTABLISHED)$/)
    add(host, connection(host, cp, sp, begins), state, how, when[e], earliest[e])
}

END {
    sort()
    for (i = 1; i <= n; i++) if (how_of[order[i]] == "diag") last_diag[host_of[order[i]], local_of[order[i]], remote_of[order[i]]] = state_of[order[i]]
    for (i = 1; i <= n; i++) event(i)
    for (c = 1; c <= n_connections; c++) {
        print title[c]
        print "client CLOSED initial" lines["client", c]
        if (lines["server", c] == "") print "server CLOSED inferred"
        else if (lines["server", c] ~ /^\nserver SYN_SENT/) print "server CLOSED initial" lines["server", c]
        else print "server LISTEN initial" lines["server", c]
    }
}
