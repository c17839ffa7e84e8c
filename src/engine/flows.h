/*
 * The connections of a session: each segment finds its place, the machine takes it, and what ends
 * is told and removed, in the order in which connections end.
 */
#ifndef SYNFIN_ENGINE_FLOWS_H
#define SYNFIN_ENGINE_FLOWS_H

#include <stdint.h>

#include <synfin/event.h>
#include <synfin/session.h>

struct flows;

/* Receives every event; returns 0 or a negative SF_E…, which ends the session. */
typedef int flows_emit_fn(void *context, const struct sf_event *event, struct sf_error *err);

struct flows *sf_flows_new(const struct sf_settings *settings, struct sf_totals *totals,
                           flows_emit_fn *emit, void *context);
void sf_flows_free(struct flows *flows);

/* Hints that the connection of this segment will be asked for soon. */
void sf_flows_prefetch(const struct flows *flows, const struct sf_segment *segment);

/* The same once more, when all segments of a batch had their first hint. */
void sf_flows_prefetch_record(const struct flows *flows, const struct sf_segment *segment);

/*
 * Takes one segment, after telling what ended before it. `packet` is the one it was decoded from,
 * or NULL when the checksum cannot be verified any more.
 */
int sf_flows_take(struct flows *flows, const struct sf_packet *packet, struct sf_segment *segment,
                  struct sf_error *err);

/* Lets the capture's clock reach `now_ns`: tells what silence shows, and what is over. */
int sf_flows_advance(struct flows *flows, int64_t now_ns, struct sf_error *err);

/* The capture has dropped packets: what looks lost may have passed unseen. */
void sf_flows_note_drops(struct flows *flows);

/* The input is over: ends all connections. */
int sf_flows_finish(struct flows *flows, struct sf_error *err);

#endif
