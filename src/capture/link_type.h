/*
 * Link types have two numbers: LINKTYPE_ in capture files, DLT_ in libpcap's calls on this system.
 * They are the same but for a few old ones.
 */
#ifndef CAPTURE_LINK_TYPE_H
#define CAPTURE_LINK_TYPE_H

#include <stdint.h>

#define SF_LINK_ETHERNET 1u

/* LINKTYPE_ → DLT_. */
int sf_link_type_to_dlt(uint32_t link_type);

/* DLT_ → LINKTYPE_. */
uint32_t sf_link_type_of_dlt(int dlt);

#endif
