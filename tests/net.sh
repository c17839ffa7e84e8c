# shellcheck shell=bash disable=SC2154
# Two hosts, client and server: network namespaces named $tag-client and $tag-server, joined by a virtual Ethernet
# link that is up0 at both ends. For tests that read this file with `.`, after setting `tag` to a name of their own.

# Says why nothing can be tested here, and passes. A test that someone has asked for has one of its own, which fails.
skip() {
    echo "SKIP: $1"
    exit 0
}

on() { # HOST COMMAND…
    ip netns exec "$tag-$1" "${@:2}"
}

# The hosts without addresses.
join_hosts() {
    local host
    [ "$(id -u)" = 0 ] || skip 'network namespaces need root'
    command -v ip >/dev/null || skip 'there is no ip (iproute2)'
    for host in client server; do
        ip netns add "$tag-$host" 2>/dev/null || skip 'network namespaces are not permitted here'
    done
    on client ip link add up0 type veth peer name up0 netns "$tag-server" 2>/dev/null ||
        skip 'there are no virtual Ethernet links here'
    for host in client server; do on $host ip link set lo up && on $host ip link set up0 up; done
}

# The client is 10.9.3.1 and fd00:9:3::1, the server 10.9.3.2 and fd00:9:3::2.
address_hosts() {
    on client ip addr add 10.9.3.1/24 dev up0
    on server ip addr add 10.9.3.2/24 dev up0
    on client ip -6 addr add fd00:9:3::1/64 dev up0 nodad
    on server ip -6 addr add fd00:9:3::2/64 dev up0 nodad
}

# $synfin must be allowed to capture there.
need_capture() { # HOST
    local said
    said=$(on "$1" timeout 5 "$synfin" flows --json -i up0 --duration 0.1 2>&1 >/dev/null) ||
        ! grep -qi 'permi' <<<"$said" || skip 'packet sockets are not permitted here'
}

part_hosts() {
    local host
    for host in client server; do ip netns del "$tag-$host" 2>/dev/null; done
}
