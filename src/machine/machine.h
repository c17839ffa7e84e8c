/*
 * The passive state machine: one connection and its next segment → what that segment tells.
 *
 * The machine keeps nothing but what is in the flow and its history, and tables of fixed size for
 * what only several connections together can show (crowd.h). It never allocates in the quiet
 * middle of a connection.
 */
#ifndef SYNFIN_MACHINE_MACHINE_H
#define SYNFIN_MACHINE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/event.h>
#include <synfin/flow.h>
#include <synfin/segment.h>

#include "machine/crowd.h"

/* So many bits enum sf_mark has. */
#define MARKS 23u

/* What the capture itself misses; RFC 9293 knows no ACK of what was never received. */
struct completeness {
    uint64_t segments;
    uint64_t unseen; /* of these: that acknowledge what never passed, though its sender is seen */
    bool has_drops;  /* the capture reports packets that it dropped */
};

/* Which directions pass here: known once a connection shows both, or an end that hears what does
 * not. */
struct directions {
    bool has_both;
    bool has_lonely; /* a client took a SYN,ACK that never passed */
};

/* Which findings are asked for at a step with this mark: one bit for each code. See rules.h. */
struct asked {
    uint64_t codes[MARKS];
};

struct machine {
    struct asked asked;
    struct directions directions;
    int64_t msl_ns; /* maximum segment lifetime; TIME_WAIT lasts twice that */
    struct completeness completeness;
    struct crowd crowd; /* what connections show together */
};

/* `machine` is all zero. Returns false without memory; sf_machine_release is due then, too. */
bool sf_machine_init(struct machine *machine, int64_t msl_ns);
void sf_machine_release(struct machine *machine);

/*
 * Makes `flow` (key and id set, all else zero) a new connection with these notes, which are all
 * zero and stay with it. sf_machine_forget releases what it holds, but not the notes themselves.
 */
void sf_machine_begin(struct sf_flow *flow, struct sf_history *history);
void sf_machine_forget(struct machine *machine, struct sf_flow *flow);

/* Does the capture hold one direction only, as far as its connections tell? */
bool sf_machine_is_one_sided(const struct machine *machine);

/* Does the capture miss so much that a loss it shows may be its own? From one in a thousand on. */
bool sf_machine_is_lossy(const struct machine *machine);

/*
 * Takes the next segment of the connection and fills `step`. `fate` says how it came:
 * SF_FATE_TAKEN, SF_FATE_SETTLED, SF_FATE_COPY or SF_FATE_DAMAGED.
 */
void sf_machine_take(struct machine *machine, struct sf_flow *flow,
                     const struct sf_segment *segment, enum sf_fate fate, struct sf_step *step);

/* `flow` is new, and `old` had its ports before: what of that still counts. */
void sf_machine_follow(struct sf_flow *flow, const struct sf_flow *old);

/*
 * Shows `segment`, a SYN held until its answer decides, beside the connection that has its ports.
 * Remembers only that the other end may answer it with a challenge ACK.
 */
void sf_machine_hold(struct sf_flow *flow, const struct sf_segment *segment, struct sf_step *step);

/* Fills `step` for a segment that comes when the row is written (SF_FATE_LATE). Changes nothing. */
void sf_machine_look(const struct sf_flow *flow, const struct sf_segment *segment,
                     struct sf_step *step);

/* Counts `n` more repeats of a SYN that were held and not kept. */
void sf_machine_count_repeats(struct sf_flow *flow, const struct sf_segment *syn, uint32_t n);

/*
 * A held SYN was answered with SYN,ACK although `flow`, on the same ports, was still open: the end
 * that sent it (`from`, an end of the key) had forgotten the connection. PEER_LOST_STATE.
 */
void sf_machine_forgotten(struct machine *machine, struct sf_flow *flow,
                          const struct sf_segment *syn, struct sf_step *step);

/*
 * The end that waits for an answer in `flow` sent a SYN with another number, which opens a
 * connection of its own. ISN_CHANGED.
 */
void sf_machine_renumbered(struct sf_flow *flow, const struct sf_segment *syn,
                           struct sf_step *step);

/* A SYN that TIME_WAIT_SYN_REJECTED tells of was accepted in the end: what that cost. */
void sf_machine_note_delay(struct sf_flow *flow, int64_t delay_ns);

/*
 * Is a segment whose checksum is wrong damaged? Not while the wrong ones outnumber the right ones
 * among what its sender sent: then the card that will fill them in is likelier. Counts both.
 */
enum sf_fate sf_machine_weigh_checksum(struct sf_flow *flow, const struct sf_segment *segment);

/* Does the segment's number lie in what its sender has sent on this connection? */
bool sf_machine_has_number(const struct sf_flow *flow, const struct sf_segment *segment);

/* Are both ends in the quiet middle? Then only SYN, FIN and RST can move them. */
bool sf_machine_is_quiet(const struct sf_flow *flow);

/*
 * Tells what the silence up to `now_ns` shows. Returns true when `step` holds something new.
 */
bool sf_machine_silence(struct machine *machine, struct sf_flow *flow, int64_t now_ns,
                        struct sf_step *step);

/* When sf_machine_silence should be asked next; INT64_MAX: not before the next segment. */
int64_t sf_machine_next_silence(const struct sf_flow *flow);

/* When the connection, silent from now on, is over; INT64_MAX: never by silence. */
int64_t sf_machine_over_at(const struct sf_flow *flow, int64_t linger_ns);

/* The input is over, or the row is due: last findings. `now_ns` is the input's last moment. */
void sf_machine_end(struct machine *machine, struct sf_flow *flow, int64_t now_ns,
                    struct sf_step *step);

#endif
