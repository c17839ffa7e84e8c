#include "capture/filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "capture/link_type.h"

/* What libpcap takes as the largest packet; a filter returns as much of one that passes. */
#define SNAP_LENGTH 262144

struct program {
    uint32_t link_type;
    struct bpf_program code;
};

struct sf_filter {
    char *expression;
    struct program *programs; /* one for each link type seen */
    size_t n_programs;
    size_t latest; /* where the last packet found its program */
};

int sf_filter_new(struct sf_filter **filter, const char *expression, struct sf_error *err)
{
    struct sf_filter *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->expression = strdup(expression);
    }
    if (made == NULL || made->expression == NULL) {
        sf_filter_free(made);
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left for the filter");
    }
    *filter = made;
    return 0;
}

static int refuse(const struct sf_filter *filter, uint32_t link_type, const char *why,
                  struct sf_error *err)
{
    const char *name = pcap_datalink_val_to_name(sf_link_type_to_dlt(link_type));
    if (name == NULL) {
        return sf_error_set(err, SF_E_USAGE, 0, "filter '%s' on link type %u: %s",
                            filter->expression, link_type, why);
    }
    return sf_error_set(err, SF_E_USAGE, 0, "filter '%s' on link type %s: %s", filter->expression,
                        name, why);
}

static int compile(const struct sf_filter *filter, uint32_t link_type, struct bpf_program *code,
                   struct sf_error *err)
{
    pcap_t *dead = pcap_open_dead(sf_link_type_to_dlt(link_type), SNAP_LENGTH);
    if (dead == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left for the filter");
    }
    int status = 0;
    if (pcap_compile(dead, code, filter->expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        status = refuse(filter, link_type, pcap_geterr(dead), err);
    }
    pcap_close(dead);
    return status;
}

static int add_program(struct sf_filter *filter, uint32_t link_type, struct sf_error *err)
{
    size_t n = filter->n_programs;
    struct program *grown = realloc(filter->programs, (n + 1) * sizeof *grown);
    if (grown == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left for the filter");
    }
    filter->programs = grown;
    filter->programs[n] = (struct program){.link_type = link_type};
    int status = compile(filter, link_type, &filter->programs[n].code, err);
    if (status == 0) {
        filter->latest = n;
        filter->n_programs = n + 1;
    }
    return status;
}

int sf_filter_check(struct sf_filter *filter, uint32_t link_type, struct sf_error *err)
{
    for (size_t i = 0; i < filter->n_programs; i++) {
        if (filter->programs[i].link_type == link_type) {
            filter->latest = i;
            return 0;
        }
    }
    return add_program(filter, link_type, err);
}

int sf_filter_passes(struct sf_filter *filter, const struct sf_packet *packet, struct sf_error *err)
{
    if (filter->n_programs == 0 ||
        filter->programs[filter->latest].link_type != packet->link_type) {
        int status = sf_filter_check(filter, packet->link_type, err);
        if (status != 0) {
            return status;
        }
    }
    /* The program looks at the lengths only, never at the time. */
    struct pcap_pkthdr header = {.caplen = packet->captured, .len = packet->length};
    return pcap_offline_filter(&filter->programs[filter->latest].code, &header, packet->bytes) != 0;
}

void sf_filter_free(struct sf_filter *filter)
{
    if (filter == NULL) {
        return;
    }
    for (size_t i = 0; i < filter->n_programs; i++) {
        pcap_freecode(&filter->programs[i].code);
    }
    free(filter->programs);
    free(filter->expression);
    free(filter);
}
