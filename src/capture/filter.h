/*
 * A BPF filter expression for packets of files, compiled by libpcap once per link type.
 *
 * Live captures filter in the kernel instead (see live.h).
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include <synfin/error.h>
#include <synfin/segment.h>

struct sf_filter;

/*
 * A new filter; `expression` (pcap-filter(7)) is copied. Nothing is compiled yet. Returns 0, with
 * a filter to be freed with sf_filter_free, or SF_E_MEMORY.
 */
int sf_filter_new(struct sf_filter **filter, const char *expression, struct sf_error *err);

/*
 * Compiles the filter for one link type, unless it was before. Returns 0, or SF_E_USAGE with
 * libpcap's own message, or SF_E_MEMORY. To check an expression before any file is opened, use
 * SF_LINK_ETHERNET of link_type.h; a few expressions (for instance `type mgt`) fit other link
 * types only.
 */
int sf_filter_check(struct sf_filter *filter, uint32_t link_type, struct sf_error *err);

/*
 * Does the packet pass? Returns 1 or 0; on the first packet of a link type, what sf_filter_check
 * returns when the expression does not fit it.
 */
int sf_filter_passes(struct sf_filter *filter, const struct sf_packet *packet,
                     struct sf_error *err);

/* NULL is fine. */
void sf_filter_free(struct sf_filter *filter);

#endif
