#include "cli/route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdint.h>
#include <time.h>

/* The answer: what RTA_OIF says. */
static int take_attribute(const struct nlattr *attribute, void *context)
{
    uint32_t *interface = context;
    if (mnl_attr_get_type(attribute) == RTA_OIF && mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
        *interface = mnl_attr_get_u32(attribute);
    return MNL_CB_OK;
}

static int take_message(const struct nlmsghdr *message, void *context)
{
    return mnl_attr_parse(message, sizeof(struct rtmsg), take_attribute, context);
}

/* "By which way would you send to this address?" */
static void fill_question(struct nlmsghdr *message, const struct sockaddr_storage *to)
{
    bool is_v6 = to->ss_family == AF_INET6;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)to;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)to;
    message->nlmsg_type = RTM_GETROUTE;
    message->nlmsg_flags = NLM_F_REQUEST;
    message->nlmsg_seq = (uint32_t)time(NULL);
    struct rtmsg *route = mnl_nlmsg_put_extra_header(message, sizeof *route);
    route->rtm_family = is_v6 ? AF_INET6 : AF_INET;
    route->rtm_dst_len = is_v6 ? 128 : 32;
    if (is_v6)
        mnl_attr_put(message, RTA_DST, sizeof v6->sin6_addr, &v6->sin6_addr);
    else
        mnl_attr_put(message, RTA_DST, sizeof v4->sin_addr, &v4->sin_addr);
    if (is_v6 && v6->sin6_scope_id != 0)
        mnl_attr_put_u32(message, RTA_OIF, v6->sin6_scope_id);
}

static int ask(struct mnl_socket *socket, const struct sockaddr_storage *to, uint32_t *interface)
{
    char buffer[8192];
    struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
    fill_question(message, to);
    uint32_t sequence = message->nlmsg_seq;
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
        return errno;
    ssize_t n = mnl_socket_recvfrom(socket, buffer, sizeof buffer);
    if (n < 0 || mnl_cb_run(buffer, (size_t)n, sequence, mnl_socket_get_portid(socket),
                            take_message, interface) < 0)
        return errno;
    return 0;
}

int sf_route_interface(const struct sockaddr_storage *to, char name[IF_NAMESIZE])
{
    uint32_t interface = 0;
    struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
    if (socket == NULL)
        return errno;
    int sys = ask(socket, to, &interface);
    mnl_socket_close(socket);
    if (sys == 0 && (interface == 0 || if_indextoname(interface, name) == NULL))
        sys = ENETUNREACH;
    return sys;
}
