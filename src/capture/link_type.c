#include "capture/link_type.h"

#include <pcap/pcap.h>
#include <stddef.h>

/* https://www.tcpdump.org/linktypes.html: those whose DLT_ differs from system to system. */
static const struct pair {
    uint32_t link_type;
    int dlt;
} pairs[] = {
    {100, DLT_ATM_RFC1483}, {101, DLT_RAW},      {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP}, {108, DLT_LOOP},
    {109, DLT_ENC},         {246, DLT_PFSYNC},   {258, DLT_PKTAP},
};

int sf_link_type_to_dlt(uint32_t link_type)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i].link_type == link_type) {
            return pairs[i].dlt;
        }
    }
    return (int)link_type; /* 16 bits in a file */
}

uint32_t sf_link_type_of_dlt(int dlt)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i].dlt == dlt) {
            return pairs[i].link_type;
        }
    }
    return (uint32_t)dlt;
}
