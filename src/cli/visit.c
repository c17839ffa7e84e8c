#include "cli/visit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <synfin/version.h>

#include "cli/complain.h"
#include "cli/destination.h"
#include "cli/files.h"
#include "cli/reading.h"
#include "cli/signals.h"
#include "cli/visitor.h"
#include "words/translate.h"

#define NS_PER_S    INT64_C(1000000000)
#define LONGEST_NS  (60 * NS_PER_S) /* connecting, answer and close take no longer, idling apart */
#define FILTER_SIZE 512
#define TEXT_SIZE   4096

/* ---- what is sent ---------------------------------------------------------------------------- */

/* A request for a page. Whoever stays idle asks the server to stay, too. */
static size_t make_request(char text[TEXT_SIZE], const struct sf_destination *destination,
                           bool keeps_open)
{
    bool is_v6 = strchr(destination->host, ':') != NULL;
    int n = snprintf(text, TEXT_SIZE,
                     "GET %s HTTP/1.1\r\nHost: %s%s%s\r\nUser-Agent: synfin/%s\r\nAccept: */*\r\n"
                     "Connection: %s\r\n\r\n",
                     destination->path, is_v6 ? "[" : "", destination->host, is_v6 ? "]" : "",
                     SF_VERSION, keeps_open ? "keep-alive" : "close");
    return n > 0 && n < TEXT_SIZE ? (size_t)n : 0;
}

/* The text of --send: \r, \n, \t, \0 and \\ stand for what they do in C. */
static size_t unescape(char text[TEXT_SIZE], const char *typed)
{
    static const char from[] = "rnt0\\", to[] = "\r\n\t\0\\";
    size_t n = 0;
    for (; *typed != '\0' && n < TEXT_SIZE; typed++) {
        const char *escape = *typed == '\\' && typed[1] != '\0' ? strchr(from, typed[1]) : NULL;
        text[n++] = escape != NULL ? to[escape - from] : *typed;
        typed += escape != NULL ? 1 : 0;
    }
    return n;
}

static void fill_errand(struct sf_errand *errand, char text[TEXT_SIZE],
                        const struct sf_request *request, const struct sf_destination *destination)
{
    errand->text = text;
    errand->idle_ns = request->idle_ns;
    errand->closes_first = request->close_first;
    errand->resets = request->reset;
    errand->length = request->send != NULL ? unescape(text, request->send)
                                           : make_request(text, destination, request->idle_ns > 0);
}

/* ---- what is captured ------------------------------------------------------------------------ */

/* This connection, and ICMP errors that quote it: behind an IP header of the usual length. */
static void make_filter(char filter[FILTER_SIZE], const struct sf_destination *destination)
{
    unsigned local = destination->local_port;
    const char *port = destination->port;
    bool is_v6 = destination->address.ss_family == AF_INET6;
    char address[sizeof destination->text];
    (void)snprintf(address, sizeof address, "%s", destination->text);
    address[strcspn(address, "%")] = '\0'; /* no zone in a filter */
    (void)snprintf(filter, FILTER_SIZE,
                   is_v6 ? "(tcp port %u and tcp port %s and host %s) or "
                           "(icmp6 and ip6[88:2] = %u and ip6[90:2] = %s)"
                         : "(tcp port %u and tcp port %s and host %s) or "
                           "(icmp and icmp[28:2] = %u and icmp[30:2] = %s)",
                   local, port, address, local, port);
}

static void send_off(void *context)
{
    sf_visitor_go(context);
}

/* ---- what is said ---------------------------------------------------------------------------- */

static void tell_way(const struct sf_request *request, const struct sf_destination *destination)
{
    if (request->quiet)
        return;
    if (strcmp(destination->host, destination->text) == 0)
        sf_complain(_("visiting %s, port %s, through %s, from port %u"), destination->text,
                    destination->port, destination->interface, destination->local_port);
    else
        sf_complain(_("visiting %s (%s), port %s, through %s, from port %u"), destination->host,
                    destination->text, destination->port, destination->interface,
                    destination->local_port);
}

/* What went wrong, if anything did; returns the status that this is worth. */
static int tell_return(const struct sf_destination *destination, const struct sf_report *report)
{
    if (report->stage == SF_STAGE_DONE || report->stage == SF_STAGE_BEGUN)
        return report->stage == SF_STAGE_DONE ? SF_EXIT_FINE : SF_EXIT_FAILED;
    if (report->stage == SF_STAGE_CONNECTED) {
        sf_complain(_("the connection to %s broke off: %s"), destination->text,
                    strerror(report->sys));
        return SF_EXIT_FINE;
    }
    if (report->sys == ECONNREFUSED) {
        sf_complain(_("%s refused the connection to port %s: nobody listens there, or a firewall "
                      "says so"),
                    destination->text, destination->port);
        return SF_EXIT_FINE;
    }
    if (report->sys == ETIMEDOUT)
        sf_complain(_("%s did not answer at port %s: nothing came back within 10 s"),
                    destination->text, destination->port);
    else
        sf_complain(_("cannot connect to %s, port %s: %s"), destination->text, destination->port,
                    strerror(report->sys));
    return SF_EXIT_FAILED;
}

/* ---- the visit ------------------------------------------------------------------------------- */

static int fail(const struct sf_error *err)
{
    sf_complain("%s", err->text);
    return err->code == SF_E_USAGE ? SF_EXIT_USAGE : SF_EXIT_FAILED;
}

/* Captures while the visitor is under way. */
static int watch(const struct sf_request *request, const struct sf_destination *destination,
                 struct sf_visitor *visitor)
{
    char filter[FILTER_SIZE];
    struct sf_request live = *request;
    struct sf_report report;
    make_filter(filter, destination);
    live.interface = destination->interface;
    live.filter = filter;
    live.duration_ns = LONGEST_NS + request->idle_ns;
    live.no_promiscuous = true;
    live.verbose = 1;
    live.n_paths = 0;
    live.visited = request->paths[0];
    sf_signals_stop_on_child();
    int status = sf_read_live(&live, send_off, visitor);
    sf_visitor_return(visitor, &report);
    if (status != SF_EXIT_FINE || sf_signals_caught() != 0)
        return status;
    return tell_return(destination, &report);
}

static int visit(const struct sf_request *request, struct sf_destination *destination)
{
    char text[TEXT_SIZE];
    struct sf_error err = {0};
    struct sf_errand errand;
    struct sf_identity identity = {0};
    struct sf_visitor visitor;
    if (sf_privileges_choose(&identity, request->user, &err) != 0 ||
        sf_destination_find(destination, &err) != 0)
        return fail(&err);
    fill_errand(&errand, text, request, destination);
    tell_way(request, destination);
    int status = sf_visitor_start(&visitor, destination, &errand, &identity, &err);
    sf_destination_close(destination); /* the visitor's copy is to be the last one */
    return status != 0 ? fail(&err) : watch(request, destination, &visitor);
}

/* Where the results go, before anything is sent. */
static int check_results(const struct sf_request *request)
{
    struct sf_request live = *request;
    live.interface = "";
    live.n_paths = 0;
    return sf_files_check(&live);
}

int sf_visit(const struct sf_request *request)
{
    struct sf_error err = {0};
    struct sf_destination destination;
    if (request->n_paths != 1)
        return sf_complain_usage(request->n_paths == 0
                                     ? _("'visit' whom? Name a host: synfin visit HOST[:PORT]")
                                     : _("'visit' takes one host, not several"));
    if (request->close_first && request->reset)
        return sf_complain_usage(_("--close-first and --reset exclude each other"));
    if (sf_destination_parse(&destination, request->paths[0], &err) != 0)
        return fail(&err);
    int status = check_results(request);
    if (status == 0)
        status = visit(request, &destination);
    sf_destination_close(&destination);
    return status;
}
