# check.awk: what synfin read from one capture of random.sh against the states that both kernels' sockets had.
#
#     awk -v near=client|server -f check.awk plan states other.json flows.json dump.json
#
# near is the host at whose side of the router the capture was taken; other.json is the dump of the capture at the other
# side, dump.json that of this one. Each segment was sent when the capture beside its sender saw it. A state shown as
# proved must be one that the kernel's socket had when its host sent the last segment that was captured of it, or since;
# and the proved states of an end, in order, must be a part of the kernel's history.
#
# One thing nobody can see: a program has closed, the kernel is in FIN_WAIT_1 (RFC 9293, section 3.10.4: "in any case"),
# but its FIN still waits behind data, or was lost before it came here. Such an end looks as if it were in ESTABLISHED,
# and when the other's FIN comes meanwhile, in CLOSE_WAIT and then LAST_ACK, where it is in CLOSING. That is counted as
# `closing unseen`.
#
# Prints `WRONG` with the flow's id for the first of an end that is not, `differs` for a path that is not the kernel's
# (which need not be a fault: what no segment shows, nobody can read) unless its end is missing or one assumed state too
# long, and the counts.

BEGIN {
    slack = 0.003
}

function value(key,    rest) {
    if (!match($0, "\"" key "\":")) return ""
    rest = substr($0, RSTART + RLENGTH)
    if (rest ~ /^\[/) { sub(/\].*/, "", rest); gsub(/[\["]/, "", rest); gsub(/,/, ">", rest) }
    else { sub(/[,}].*/, "", rest); gsub(/"/, "", rest) }
    return rest
}

FILENAME ~ /plan$/ {
    if ($1 != "#") kind[$1 " " $2] = $3
    else if ($2 == "server" && $3 == "syncookies") has_cookies = $4 == 2
    next
}

# ---- the kernels: state number i of a socket began between opened and begun ----

FILENAME ~ /states$/ && $1 == "connection" {
    ports = $4 " " $5
    life[ports]++
    next
}
FILENAME ~ /states$/ {
    socket = ports " " $1
    at = socket SUBSEP life[ports]
    truth[at] = truth[at] (truth[at] ? ">" : "") ($NF == "brief" || $3 == "inferred" && NF > 4 ? "(" $2 ")" : $2)
    if (NF < 5 && life[ports] > 1) next # what a socket was before its next life, its last one tells
    i = ++held[socket]
    name[socket, i] = $2
    opened[socket, i] = NF < 5 ? 0 : $4
    begun[socket, i] = NF < 5 ? 0 : $5
    life_of[socket, i] = life[ports]
    next
}

# LISTEN and CLOSED are one: no segment tells a listener that is asked from one that is not.
function is_same(a, b) { return a == b || (a ~ /^(CLOSED|LISTEN)$/ && b ~ /^(CLOSED|LISTEN)$/) }

# The socket of the connection is gone, too, when these ports have a new life.
function is_replaced(socket, to,    i) {
    for (i = 2; i <= held[socket]; i++)
        if (life_of[socket, i] != life_of[socket, i - 1] && opened[socket, i] - slack <= to) return 1
    return 0
}

# Had the socket that state at some time between the two? The last one it keeps, also when these ports have a new life.
function had(socket, state, from, to,    i) {
    for (i = 1; i <= held[socket]; i++) {
        # FIN_WAIT_2, and gone before it was asked for again: TIME_WAIT may have been between.
        if (state == "TIME_WAIT" && name[socket, i] == "FIN_WAIT_2" && i < held[socket] && opened[socket, i + 1] <= begun[socket, i])
            return 1
        if (is_same(name[socket, i], state) && opened[socket, i] - slack <= to &&
            (i == held[socket] || life_of[socket, i] != life_of[socket, i + 1] || begun[socket, i + 1] + slack >= from)) return 1
    }
    return state == "CLOSED" && (!held[socket] || is_replaced(socket, to))
}

function history(socket,    i, text) {
    for (i = 1; i <= held[socket]; i++) text = text " " name[socket, i] sprintf("@%.3f", begun[socket, i] % 1000)
    return text
}

# ---- when segments were sent ----

function print_of() { return value("flags") " " value("seq") " " value("ack") " " value("length") }

FILENAME ~ /other/ && /"type":"segment"/ {
    mark = print_of()
    if (value("flags") ~ /FIN/ && !(value("seq") + value("length") in first_fin_ack))
        first_fin_ack[value("seq") + value("length")] = value("ack")
    seen_at[mark, ++sightings[mark]] = value("time") + 0
    next
}

# Of the same segment sent several times any may be the one that came just now: the first possible moment.
function sent_at(host_here, time,    mark, i) {
    if (host_here == near) return time
    mark = print_of()
    for (i = 1; i <= sightings[mark]; i++) if (seen_at[mark, i] > time - 1) return seen_at[mark, i]
    return time - 1
}

# ---- the flows: who is who, and the paths ----

function host_of(address) { return address ~ /^(10\.9\.1\.|fd00:9:1:)/ ? "client" : "server" }

# How many states of the path are the kernel's, from the first on; brief ones (in parentheses) may be missing. All
# of the kernel's that must be there are when `complete` is set.
function agree(kernel, path,    n, m, part, word, i, at, state) {
    n = split(path, part, ">")
    m = split(kernel, word, ">")
    complete = 1
    for (i = at = 1; at <= m; at++) {
        state = word[at]
        gsub(/[()]/, "", state)
        if (i <= n && is_same(state, part[i])) i++
        else if (word[at] !~ /^\(/) { complete = 0; break }
    }
    return i - 1 == n
}

function is_part(path, socket,    n, part, i, at) {
    n = split(path, part, ">")
    if (path == "CLOSED" && !held[socket]) return 1
    for (i = at = 1; i <= n; i++) {
        if (part[i] == "SYN_RCVD" || part[i] == "TIME_WAIT" && i == n) continue # had() has looked after them
        if (has_cookies && part[i] == "CLOSE_WAIT") continue
        while (at <= held[socket] && !is_same(name[socket, at], part[i])) {
            at++
            if (part[i] == "CLOSED" && life_of[socket, at] != life_of[socket, at - 1]) return i == n
        }
        if (at > held[socket]) return 0
    }
    return 1
}

function without_last(path) { sub(/>[^>]*$/, "", path); return path }

function add_path(id, side,    socket, path, turn, want) {
    socket = ports_of[id] " " host[id, side]
    path = value(side "_path")
    if (is_stray) return
    turn = turns[ports_of[id]]
    want = truth[socket, turn]
    n_paths++
    if (agree(want, path)) { if (complete) n_same++; else n_short++; return }
    if (value(side "_proved") == "false" && agree(want, without_last(path)) && complete) { n_long++; return }
    print "differs flow " id, kind[ports_of[id]], host[id, side] ": kernel " want ", synfin " path \
        (value(side "_proved") == "true" ? "" : "?")
}

FILENAME ~ /flows/ && /"type":"flow"/ {
    id = value("id")
    is_swapped = host_of(value("client")) == "server"
    host[id, "client"] = is_swapped ? "server" : "client"
    host[id, "server"] = is_swapped ? "client" : "server"
    ports_of[id] = is_swapped ? value("server_port") " " value("client_port") : value("client_port") " " value("server_port")
    is_stray = /STRAY_SEGMENT/
    if (!is_stray) turns[ports_of[id]]++
    add_path(id, "client")
    add_path(id, "server")
    next
}

# ---- the segments ----

# Does the state come of a FIN that waits behind data?
function is_closing_unseen(id, side, state, since, time,    socket) {
    socket = ports_of[id] " " host[id, side]
    if (state == "ESTABLISHED" && !has_fin[id, side]) return had(socket, "FIN_WAIT_1", since, time)
    if (state == "CLOSE_WAIT" && !has_fin[id, side] && had(socket, "LAST_ACK", since, time)) return 1
    if (state == "CLOSE_WAIT" && !has_fin[id, side] && had(socket, "CLOSING", since, time)) return is_late[id, side] = 1
    if (state != "LAST_ACK" || !had(socket, "CLOSING", since, time)) return 0
    return is_late[id, side] || has_lost_fin(id, side)
}

# Was there a FIN of this end that the other side of the router saw, and that acknowledges less than the one here?
function has_lost_fin(id, side) { return host[id, side] != near && fin_ack[id, side] != first_fin_ack[fin_seq[id, side]] }

# A SYN cookie forgets where the stream began: when the third segment is lost, and the next one has a higher number, the
# server begins there, and what it missed, even a FIN, it acknowledges without having had it.
function is_cookie_victim(id, side, state) {
    return has_cookies && host[id, side] == "server" && state ~ /^(CLOSE_WAIT|LAST_ACK)$/
}

# A server that sends cookies holds no socket; the one of another may be gone again before it is asked for.
function is_unwatched(id, side, state,    socket, i) {
    socket = ports_of[id] " " host[id, side]
    if (state != "SYN_RCVD" || host[id, side] != "server") return 0
    for (i = 1; i <= held[socket] && !has_cookies; i++) if (name[socket, i] == "SYN_RCVD") return 0
    return 1
}

function check(id, side, from, time,    socket, state, is_sender, host_here, since) {
    state = value(side "_after")
    host_here = host[id, side]
    is_sender = side == from
    socket = ports_of[id] " " host_here
    if (is_sender && value("fate") == "taken")
        sent[id, side] = sent_at(host_here, time)
    if (value(side "_proved") != "true") {
        n_assumed++
        if (!had(socket, state, time, time + 0.1)) n_otherwise++
        return
    }
    n_proved++
    if (state != last_proved[id, side]) {
        last_proved[id, side] = state
        proved[id, side] = proved[id, side] (proved[id, side] ? ">" : "") state
    }
    since = (id, side) in sent ? sent[id, side] : time
    if (had(socket, state, since, time)) return
    if (is_unwatched(id, side, state) || is_cookie_victim(id, side, state)) return
    if (is_closing_unseen(id, side, state, since, time)) { n_unseen++; return }
    wrong++
    if (is_told[id, side]++) return
    printf "WRONG flow %d packet %d: %s shown in %s, kernel:%s (packet at %.3f)\n", id, value("packet"), host_here, state,
        history(socket), time % 1000
}

FILENAME ~ /dump/ && /"type":"segment"/ {
    n_packets++
    id = value("flow")
    # A SYN that was held is shown when it is known where it belongs, with what is known then.
    if (value("time") + 0 > latest[id]) latest[id] = value("time") + 0
    if (value("flags") ~ /FIN/ && !has_fin[id, value("from")]) {
        has_fin[id, value("from")] = 1
        fin_seq[id, value("from")] = value("seq") + value("length")
        fin_ack[id, value("from")] = value("ack")
    }
    check(id, "client", value("from"), latest[id])
    check(id, "server", value("from"), latest[id])
}

END {
    for (place in proved) {
        split(place, part, SUBSEP)
        socket = ports_of[part[1]] " " host[part[1], part[2]]
        if (is_late[part[1], part[2]] || has_lost_fin(part[1], part[2]) || is_told[part[1], part[2]] || is_part(proved[place], socket)) continue
        wrong++
        print "WRONG flow " part[1] ": " host[part[1], part[2]] " proved " proved[place] ", kernel:" history(socket)
    }
    printf "%s side: %d segments, %d states proved, %d wrong, %d closing unseen; %d assumed, %d not so; %d paths, %d the kernel's, %d shorter, %d longer, %d differ\n",
        near, n_packets, n_proved, wrong, n_unseen, n_assumed, n_otherwise, n_paths, n_same, n_short, n_long,
        n_paths - n_same - n_short - n_long
    exit wrong > 0
}
