/*
 * A segment that its sender may repeat, a SYN, a SYN,ACK or a FIN: when and how it was seen.
 */
#ifndef SYNFIN_MACHINE_SIGHTING_H
#define SYNFIN_MACHINE_SIGHTING_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/segment.h>

struct sighting {
    int64_t first_ns, last_ns; /* SF_NO_TIME: never */
    int64_t interval_ns;       /* between the last two */
    int64_t odd_interval_ns;   /* the latest that fits no timer; 0: none */
    uint32_t repeats;
    uint32_t first_tsval, last_tsval, previous_tsval;
    uint32_t last_ack;
    uint32_t last_payload;
    uint16_t last_window, last_ip_id;
    bool is_disturbed; /* the other end spoke in between: the timer may have started anew */
    bool is_odd;       /* the latest interval fits no timer */
    uint64_t first_number, last_number;
};

void sf_sighting_init(struct sighting *sighting);

/* The segment was seen once more; `heard_ns` is when its sender was last sent something. */
void sf_sighting_add(struct sighting *sighting, const struct sf_segment *segment, int64_t heard_ns);

#endif
