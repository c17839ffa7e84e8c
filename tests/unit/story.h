/*
 * A made-up connection for the tests of sinks: its segments are told one by one, with the states
 * that the test says they lead to. Nothing here analyses anything.
 */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

#include <synfin/event.h>

#define STORY_FOUND_MAX 8

struct story {
    struct sf_sink *sink;
    struct sf_flow flow;
    struct sf_found found[STORY_FOUND_MAX];
    struct sf_segment segment;
    struct sf_step step;
    uint64_t number; /* of the next packet */
};

/* The states that a line of a story leads to; 0 leaves the state as it is. */
#define PROVED(state)  ((SF_STATE_##state) << 1 | 1)
#define ASSUMED(state) ((SF_STATE_##state) << 1)

/* 10.0.0.1:41000 → 10.0.0.2:80, x = 1000, y = 9000, beginning 2026-07-28 12:00:00 UTC. */
void story_begin(struct story *story, struct sf_sink *sink);

/*
 * One segment, `us` microseconds after the beginning, SEQ and ACK relative. Fills story->segment
 * and story->step; notes and marks may be added before story_tell.
 */
void story_segment(struct story *story, int64_t us, enum sf_side sender, unsigned flags,
                   uint32_t seq, uint32_t ack, uint32_t payload, int client, int server);
void story_note(struct story *story, enum sf_annotation annotation, int64_t a, int64_t b,
                int64_t c);
struct sf_found *story_found(struct story *story, enum sf_code code, enum sf_side side);
void story_tell(struct story *story);

/* Tells an ICMP error of 10.0.0.254 that quotes that segment, in its place. */
void story_tell_icmp(struct story *story, uint8_t type, uint8_t code, enum sf_icmp_kind kind,
                     uint32_t value);

/* The row is written: SF_EVENT_FLOW_END. */
void story_end(struct story *story);

/*
 * The whole: a handshake in 1.1 ms, a request and its answer, a close in four segments by the
 * client whose final ACK is lost after the capture point, so that the server repeats its FIN.
 */
void story_of_lost_ack(struct story *story, struct sf_sink *sink);

#endif
