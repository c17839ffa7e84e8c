# shellcheck shell=bash disable=SC2086 # numbers and names without blanks
# net.sh: two hosts, each with a network namespace and a kernel of its own behaviour, and between them the
# namespace in which the router runs. To be sourced by the scripts that record; they must be root.
#
# Gives $work (removed at the end), build_net, build_gate, build_mirror, remove_net, on, start, stop_children, pause, now_ms,
# open_trace, wait_for_others.
# Nothing outside the namespaces of this run is touched.

work=$(mktemp -d "${TMPDIR:-/tmp}/synfin-lab.XXXXXX")
tag=sf$$
trace=
children=()

need() {
    for tool in ip tcpdump ethtool awk flock nsenter; do
        command -v $tool >/dev/null || { echo "lab: $tool is missing" >&2; exit 1; }
    done
    [ "$(id -u)" = 0 ] || { echo "lab: network namespaces need root" >&2; exit 1; }
}

stop_children() {
    local child
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
    children=()
}

remove_net() {
    for host in client gate router server; do ip netns del $tag-$host 2>/dev/null || true; done
}

clean() {
    stop_children
    remove_net
    if [ -n "$trace" ]; then
        rmdir "$trace" 2>/dev/null || true
        umount "$work/tracefs" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

on() { # HOST COMMAND…
    ip netns exec "$tag-$1" "${@:2}"
}

# One recording at a time: the tracepoint tells of all namespaces, and all recordings have the same addresses.
wait_for_others() {
    exec 9>/tmp/synfin-lab.lock
    flock 9
}

# The states of full sockets, as the kernel itself reports each change.
open_trace() {
    mkdir "$work/tracefs"
    mount -t tracefs none "$work/tracefs" 2>/dev/null || return 0
    trace=$work/tracefs/instances/$tag
    if ! mkdir "$trace" 2>/dev/null; then
        umount "$work/tracefs"
        trace=
        return 0
    fi
    echo mono >"$trace/trace_clock"
    echo 1 >"$trace/events/sock/inet_sock_set_state/enable"
}

# HOST INTERFACE NET OTHER_NET LAST: a host with its address, and the other's card as next hop.
host() {
    on $1 ip link set $2 address 02:00:00:00:0$3:01
    on $1 sysctl -qw net.ipv6.conf.$2.accept_dad=0 net.ipv6.conf.$2.router_solicitations=0 \
        net.ipv6.conf.$2.addr_gen_mode=1 net.ipv4.tcp_fastopen=3
    on $1 ethtool -K $2 rx off tx off tso off gso off gro off >/dev/null
    on $1 ip link set lo up
    on $1 ip link set $2 up
    on $1 ip addr add 10.9.$3.$3/24 dev $2
    on $1 ip -6 addr add fd00:9:$3::$3/64 dev $2 nodad
    on $1 ip neigh add 10.9.$3.254 lladdr 02:00:00:00:0$4:01 dev $2
    on $1 ip -6 neigh add fd00:9:$3::fe lladdr 02:00:00:00:0$4:01 dev $2
    on $1 ip route add default via 10.9.$3.254
    on $1 ip -6 route add default via fd00:9:$3::fe
}

# The hosts get hash tables of their own, small ones: to ask for all sockets is to walk through the table. A kernel
# that cannot do so (before 6.1) is asked all the same.
build_net() {
    ip netns add $tag-router
    on router sysctl -qw net.ipv4.tcp_child_ehash_entries=256 2>/dev/null || true
    for host in client server; do nsenter --net=/run/netns/$tag-router ip netns add $tag-$host; done
    on router sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    on router ip link add to_client type veth peer name up0 netns $tag-client
    on router ip link add to_server type veth peer name up0 netns $tag-server
    for side in to_client to_server; do
        on router ethtool -K $side rx off tx off tso off gso off gro off >/dev/null
        on router ip link set $side up
    done
    host client up0 1 2
    host server up0 2 1
}

# A kernel that forwards, between the router and the server: it answers what it cannot forward with ICMP errors.
build_gate() {
    ip netns add $tag-gate
    on server ip link set up0 netns $tag-gate
    on gate ip link add down0 type veth peer name up0 netns $tag-server
    on gate sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.down0.accept_dad=0
    host gate up0 3 1
    on gate ip link set down0 address 02:00:00:00:04:01
    on gate ethtool -K down0 rx off tx off tso off gso off gro off >/dev/null
    on gate ip link set down0 up
    on gate ip addr add 10.9.2.254/24 dev down0
    on gate ip -6 addr add fd00:9:2::fe/64 dev down0 nodad
    host server up0 2 4
    for ip in -4 -6; do on client ip $ip neigh flush dev up0 nud permanent; done
    on client ip neigh add 10.9.1.254 lladdr 02:00:00:00:03:01 dev up0
    on client ip -6 neigh add fd00:9:1::fe lladdr 02:00:00:00:03:01 dev up0
}

# A mirror port, and the interface at the other end of its cable.
build_mirror() {
    on router ip link add mirror type veth peer name seen
    on router ip link set mirror up
    on router ip link set seen up
}

start() { # LOG HOST COMMAND…
    ip netns exec "$tag-$2" "${@:3}" >"$work/$1.log" 2>"$work/$1.err" 9>&- &
    children+=($!)
}

pause() { # MS
    sleep "$(awk -v ms="$1" 'BEGIN { print (ms > 0 ? ms : 0) / 1000 }')"
}

now_ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }
