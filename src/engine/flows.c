#include "engine/flows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "decode/decode.h"
#include "engine/aliases.h"
#include "engine/copies.h"
#include "engine/leavers.h"
#include "machine/attach.h"
#include "machine/history.h"
#include "machine/machine.h"
#include "machine/quote.h"
#include "track/table.h"
#include "track/timers.h"

#define STANDINGS         4u
#define CLOCK_SET_BACK_NS INT64_C(1000000000)

struct flows {
    const struct sf_settings *settings;
    struct sf_totals *totals;
    flows_emit_fn *emit;
    void *context;
    struct machine machine;
    struct table *table;
    struct timers timers;
    struct copies *copies;
    struct aliases *aliases;
    struct leavers leavers;
    const struct record *staying; /* is at work, and cannot leave for another; NULL: none */
    uint32_t next_id;
    int64_t now_ns; /* the capture's clock */
};

/* The connections of one key while a segment is placed. */
struct placing {
    struct record *record[STANDINGS];
    struct standing standing[STANDINGS];
    uint32_t n;
};

struct flows *sf_flows_new(const struct sf_settings *settings, struct sf_totals *totals,
                           flows_emit_fn *emit, void *context)
{
    struct flows *flows = calloc(1, sizeof *flows);
    if (flows == NULL)
        return NULL;
    flows->settings = settings;
    flows->totals = totals;
    flows->emit = emit;
    flows->context = context;
    flows->now_ns = SF_NO_TIME;
    /* One more, for what is opened beside the only one there is. */
    flows->table = sf_table_new(settings->max_flows + 1u, sizeof(struct sf_history));
    flows->copies = sf_copies_new();
    flows->aliases = sf_aliases_new();
    bool has_machine = sf_machine_init(&flows->machine, settings->msl_ns);
    if (flows->table == NULL || flows->copies == NULL || flows->aliases == NULL || !has_machine) {
        sf_flows_free(flows);
        return NULL;
    }
    return flows;
}

static void forget(struct flows *flows, struct record *record)
{
    sf_machine_forget(&flows->machine, &record->flow);
    free(record->held);
    record->held = NULL;
    sf_table_remove(flows->table, record);
}

void sf_flows_free(struct flows *flows)
{
    if (flows == NULL)
        return;
    for (uint32_t slot = 0; flows->table != NULL && slot < sf_table_slots(flows->table); slot++) {
        struct record *record = sf_table_at(flows->table, slot);
        if (record != NULL)
            forget(flows, record);
    }
    sf_table_free(flows->table);
    sf_timers_free(&flows->timers);
    sf_leavers_free(&flows->leavers);
    sf_copies_free(flows->copies);
    sf_aliases_free(flows->aliases);
    sf_machine_release(&flows->machine);
    free(flows);
}

void sf_flows_note_drops(struct flows *flows)
{
    flows->machine.completeness.has_drops = true;
}

void sf_flows_prefetch(const struct flows *flows, const struct sf_segment *segment)
{
    sf_table_prefetch(flows->table, segment->hash);
}

void sf_flows_prefetch_record(const struct flows *flows, const struct sf_segment *segment)
{
    sf_table_prefetch_record(flows->table, segment->hash);
}

/* ---- telling ----------------------------------------------------------------------------------
 */

static int tell_segment(struct flows *flows, const struct sf_flow *flow,
                        const struct sf_segment *segment, const struct sf_step *step,
                        struct sf_error *err)
{
    struct sf_event event = {.kind = SF_EVENT_SEGMENT,
                             .time_ns = segment->time_ns,
                             .flow = flow,
                             .segment = segment,
                             .step = step,
                             .n_found = flow->n_found - step->first_found};
    if (event.n_found > 0)
        event.found = flow->found + step->first_found;
    return flows->emit(flows->context, &event, err);
}

/* An error has its own kind of event, so that nobody takes what it quotes for something sent. */
static int tell_quote(struct flows *flows, const struct sf_flow *flow,
                      const struct sf_segment *quoted, const struct sf_step *step,
                      struct sf_error *err)
{
    struct sf_event event = {.kind = SF_EVENT_ICMP,
                             .time_ns = quoted->time_ns,
                             .flow = flow,
                             .segment = quoted,
                             .step = step,
                             .n_found = flow->n_found - step->first_found};
    if (event.n_found > 0)
        event.found = flow->found + step->first_found;
    return flows->emit(flows->context, &event, err);
}

static int tell_silence(struct flows *flows, const struct sf_flow *flow, const struct sf_step *step,
                        int64_t now_ns, struct sf_error *err)
{
    uint32_t n_found = flow->n_found > step->first_found ? flow->n_found - step->first_found : 0;
    bool moved = (step->marks & (SF_MARK_MOVED | SF_MARK_TAKEN_BACK)) != 0;
    if (n_found == 0 && !moved)
        return 0;
    struct sf_event event = {.kind = SF_EVENT_SILENCE,
                             .time_ns = now_ns,
                             .flow = flow,
                             .step = step,
                             .found = n_found > 0 ? flow->found + step->first_found : NULL,
                             .n_found = n_found};
    return flows->emit(flows->context, &event, err);
}

/* ---- deadlines --------------------------------------------------------------------------------
 */

static int64_t over_at(const struct flows *flows, const struct record *record)
{
    if (record->is_written)
        return record->written_ns;
    return sf_machine_over_at(&record->flow, flows->settings->linger_ns);
}

/* A connection stands in the heap once; a reminder that comes too early is set anew then. */
static void remind(struct flows *flows, struct record *record)
{
    int64_t due = over_at(flows, record);
    int64_t silence = record->is_written ? INT64_MAX : sf_machine_next_silence(&record->flow);
    if (silence < due)
        due = silence;
    if (due >= record->wake_ns)
        return;
    struct timer timer = {.due_ns = due, .id = record->flow.id, .slot = record->flow.slot};
    if (sf_timers_add(&flows->timers, &timer))
        record->wake_ns = due;
}

static int settle(struct flows *flows, struct record *record, bool as_new,
                  const struct attachment *why, struct sf_error *err);

/* Writes the row. What is over stays for 2MSL, so that late segments are recognised. */
static int write_row(struct flows *flows, struct record *record, enum sf_ended ended,
                     struct sf_error *err)
{
    struct sf_step step;
    record->flow.ended = (uint8_t)ended;
    sf_machine_end(&flows->machine, &record->flow, flows->now_ns, &step);
    int status = tell_silence(flows, &record->flow, &step, flows->now_ns, err);
    if (status != 0)
        return status;
    flows->totals->connections++;
    if (ended == SF_ENDED_EVICTED)
        flows->totals->evicted++;
    struct sf_event event = {
        .kind = SF_EVENT_FLOW_END, .time_ns = flows->now_ns, .flow = &record->flow};
    return flows->emit(flows->context, &event, err);
}

/* SYNs held beside a connection that leaves open their own, or end with it. */
static int end_flow(struct flows *flows, struct record *record, enum sf_ended ended,
                    struct sf_error *err)
{
    int status = 0;
    if (record->held != NULL) {
        /* Who leaves for want of room cannot open another connection. */
        bool as_new = ended != SF_ENDED_EVICTED &&
                      sf_attach_held_is_new(&record->flow, record->held, flows->now_ns,
                                            flows->settings->msl_ns);
        status = settle(flows, record, as_new, NULL, err);
    }
    if (status == 0)
        status = write_row(flows, record, ended, err);
    int64_t keep = 2 * flows->settings->msl_ns;
    if (status == 0 && ended == SF_ENDED_OVER && flows->settings->linger_ns < keep) {
        record->is_written = true;
        sf_history_close(&record->flow);
        record->written_ns = record->flow.last_ns + keep;
        record->wake_ns = INT64_MAX;
        remind(flows, record);
        return 0;
    }
    forget(flows, record);
    return status;
}

static int wake(struct flows *flows, struct record *record, int64_t now_ns, struct sf_error *err)
{
    record->wake_ns = INT64_MAX;
    if (record->is_written && record->written_ns > now_ns) {
        remind(flows, record);
        return 0;
    }
    if (record->is_written) {
        int status = record->held != NULL ? settle(flows, record, true, NULL, err) : 0;
        forget(flows, record);
        return status;
    }
    if (sf_machine_next_silence(&record->flow) <= now_ns) {
        struct sf_step step;
        if (sf_machine_silence(&flows->machine, &record->flow, now_ns, &step)) {
            int status = tell_silence(flows, &record->flow, &step, now_ns, err);
            if (status != 0)
                return status;
        }
    }
    if (over_at(flows, record) <= now_ns)
        return end_flow(flows, record, SF_ENDED_OVER, err);
    remind(flows, record);
    return 0;
}

int sf_flows_advance(struct flows *flows, int64_t now_ns, struct sf_error *err)
{
    struct timer due;
    /* Packets a little out of order do not turn the clock back; another file, or a clock that was
     * set, does: silence is told by what is near. */
    if (flows->now_ns == SF_NO_TIME || now_ns > flows->now_ns ||
        flows->now_ns - now_ns > CLOCK_SET_BACK_NS)
        flows->now_ns = now_ns;
    while (sf_timers_take(&flows->timers, flows->now_ns, &due)) {
        struct record *record = sf_table_at(flows->table, due.slot);
        if (record == NULL || record->flow.id != due.id || record->wake_ns != due.due_ns)
            continue;
        int status = wake(flows, record, due.due_ns, err);
        if (status != 0)
            return status;
    }
    return 0;
}

/* ---- room -------------------------------------------------------------------------------------
 */

static int make_room(struct flows *flows, struct sf_error *err)
{
    struct record *record = sf_leavers_next(&flows->leavers, flows->table, flows->staying);
    if (record == NULL)
        return 0;
    if (record->is_written) {
        forget(flows, record);
        return 0;
    }
    return end_flow(flows, record, SF_ENDED_EVICTED, err);
}

/* ---- placing a segment ------------------------------------------------------------------------
 */

static void find_standings(const struct flows *flows, const struct sf_segment *segment,
                           struct placing *placing)
{
    placing->n = 0;
    for (struct record *record = sf_table_find(flows->table, &segment->key, segment->hash);
         record != NULL && placing->n < STANDINGS; record = sf_table_older(record)) {
        placing->record[placing->n] = record;
        placing->standing[placing->n] = (struct standing){
            .flow = &record->flow, .held = record->held, .is_written = record->is_written};
        placing->n++;
    }
}

static int open_flow(struct flows *flows, const struct sf_segment *segment, uint32_t id,
                     struct record **opened, struct sf_error *err)
{
    *opened = NULL;
    if (sf_table_count(flows->table) >= flows->settings->max_flows) {
        int status = make_room(flows, err);
        if (status != 0)
            return status;
    }
    struct record *record = sf_table_add(flows->table, &segment->key, segment->hash);
    if (record == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0,
                            "out of memory: try a smaller number with --max-flows");
    sf_machine_begin(&record->flow, sf_table_extra(record));
    record->flow.id = id != 0 ? id : ++flows->next_id;
    *opened = record;
    return 0;
}

static void note_reuse(struct record *record, const struct sf_segment *segment,
                       const struct attachment *why)
{
    struct sf_history *history = record->flow.history;
    history->is_dead_duplicate = why->is_dead;
    memcpy(history->old_isn, why->reuse.old_isn, sizeof history->old_isn);
    memcpy(history->old_max, why->reuse.old_max, sizeof history->old_max);
    memcpy(history->has_old_isn, why->reuse.has_old_isn, sizeof history->has_old_isn);
    if (!why->reuse.is_reuse)
        return;
    history->is_reuse = true;
    history->reuse_code = why->reuse.code;
    history->reuse_ns = why->reuse.since_ns;
    history->reuse_detail = why->reuse.detail;
    bool client_held = why->reuse.holder == segment->from;
    history->reuse_side = (uint8_t)(why->reuse.holder > 1 || client_held ? SF_CLIENT : SF_SERVER);
}

static enum sf_fate weigh(struct flows *flows, const struct sf_packet *packet,
                          struct record *record, struct sf_segment *segment)
{
    uint8_t verify = flows->settings->verify;
    bool can_move =
        (segment->flags & (SF_SYN | SF_FIN | SF_RST)) != 0 || !sf_machine_is_quiet(&record->flow);
    if (packet != NULL && segment->checksum_state == SF_CHECKSUM_UNVERIFIED &&
        (verify == SF_VERIFY_ALL || (verify == SF_VERIFY_STATE && can_move)))
        sf_checksum_verify(packet, segment);
    return sf_machine_weigh_checksum(&record->flow, segment);
}

static int take(struct flows *flows, struct record *record, const struct sf_packet *packet,
                struct sf_segment *segment, enum sf_fate fate, struct sf_error *err)
{
    struct sf_step step;
    if (fate == SF_FATE_TAKEN) {
        /* Roles and ends are known from the first segment on only. */
        fate = weigh(flows, packet, record, segment);
        if (fate == SF_FATE_TAKEN && (segment->checksum_state == SF_CHECKSUM_OFFLOADED ||
                                      segment->checksum_state == SF_CHECKSUM_BAD))
            flows->totals->packets_offloaded++;
    }
    sf_machine_take(&flows->machine, &record->flow, segment, fate, &step);
    int status = tell_segment(flows, &record->flow, segment, &step, err);
    remind(flows, record);
    return status;
}

/* The row is written and never changes: the segment is only counted, and shown as it comes. */
static int tell_late(struct flows *flows, struct record *record, const struct sf_segment *segment,
                     struct sf_error *err)
{
    struct sf_step step;
    flows->totals->late++;
    sf_machine_look(&record->flow, segment, &step);
    return tell_segment(flows, &record->flow, segment, &step, err);
}

static int hold(struct flows *flows, struct record *record, const struct sf_segment *segment,
                struct sf_error *err)
{
    struct held *held = record->held;
    struct sf_step step;
    if (held == NULL) {
        held = calloc(1, sizeof *held);
        if (held == NULL)
            return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
        held->id = ++flows->next_id;
        held->from = segment->from;
        const struct sf_end *end = &record->flow.end[sf_flow_sender(&record->flow, segment)];
        held->same_isn = (end->known & SF_KNOWS_ISS) != 0 && end->iss == segment->seq;
        record->held = held;
    }
    if (held->n < HELD_MAX)
        held->syn[held->n++] = *segment;
    else
        held->n_more++;
    sf_machine_hold(&record->flow, segment, &step);
    return tell_segment(flows, &record->flow, segment, &step, err);
}

/* The earlier connection of the ports gives way to the one that was accepted. */
static int replace_old(struct flows *flows, struct record *old, const struct sf_segment *syn,
                       const struct attachment *why, struct sf_error *err)
{
    if (old->is_written)
        return 0;
    if (why->old_is_forgotten) {
        struct sf_step step;
        sf_machine_forgotten(&flows->machine, &old->flow, syn, &step);
        int status = tell_silence(flows, &old->flow, &step, syn->time_ns, err);
        if (status != 0)
            return status;
    }
    return end_flow(flows, old, SF_ENDED_OVER, err);
}

/* Nothing that the error tells can move the connection's times or deadlines: it is no segment. */
static int take_quote(struct flows *flows, struct record *record, struct sf_segment *quoted,
                      enum sf_fate fate, struct sf_error *err)
{
    struct sf_step step;
    if (fate == SF_FATE_LATE)
        flows->totals->late++;
    sf_quote_take(&flows->machine, &record->flow, quoted, fate, &step);
    return tell_quote(flows, &record->flow, quoted, &step, err);
}

/* One of those that were held, where it belongs. */
static int take_held(struct flows *flows, struct record *to, struct sf_segment *segment,
                     struct sf_error *err)
{
    if (segment->kind == SF_SEGMENT_QUOTED)
        return take_quote(flows, to, segment, to->is_written ? SF_FATE_LATE : SF_FATE_SETTLED, err);
    if (to->is_written)
        return tell_late(flows, to, segment, err);
    return take(flows, to, NULL, segment, SF_FATE_SETTLED, err);
}

/* What is held opens a connection of its own, or is told beside the one it was held at. */
static int settle(struct flows *flows, struct record *record, bool as_new,
                  const struct attachment *why, struct sf_error *err)
{
    struct held *held = record->held;
    struct record *to = record;
    const struct record *stayed = flows->staying;
    int status = 0;
    assert(held != NULL);
    record->held = NULL;
    flows->staying = record;
    if (as_new)
        status = open_flow(flows, &held->syn[0], held->id, &to, err);
    flows->staying = stayed;
    if (status == 0 && as_new) {
        assert(to != NULL);
        to->flow.history->was_held = to->flow.history->has_predecessor = true;
        sf_machine_follow(&to->flow, &record->flow);
        if (why != NULL)
            note_reuse(to, &held->syn[0], why);
        sf_machine_note_delay(&record->flow, held->syn[held->n - 1].time_ns - held->syn[0].time_ns);
    }
    for (unsigned i = 0; i < held->n && status == 0; i++)
        status = take_held(flows, to, &held->syn[i], err);
    if (status == 0 && !to->is_written)
        sf_machine_count_repeats(&to->flow, &held->syn[0], held->n_more);
    if (status == 0 && as_new && why != NULL && why->verb == ATTACH_JOIN)
        status = replace_old(flows, record, &held->syn[0], why, err);
    free(held);
    return status;
}

/* Ports used again: the row of the connection before is due. */
static int retire(struct flows *flows, struct placing *placing, const struct attachment *why,
                  struct sf_error *err)
{
    if (placing->n == 0 || !why->reuse.is_reuse || placing->record[0]->is_written)
        return 0;
    return end_flow(flows, placing->record[0], SF_ENDED_OVER, err);
}

/* The attempt that the new one begins beside, if that is what happened. */
static int tell_renumbered(struct flows *flows, const struct placing *placing,
                           const struct sf_segment *segment, const struct attachment *where,
                           struct sf_error *err)
{
    struct sf_step step;
    if (!where->isn_changed)
        return 0;
    assert(placing->n > 0);
    const struct record *old = placing->record[0];
    sf_machine_renumbered(&placing->record[0]->flow, segment, &step);
    return tell_silence(flows, &old->flow, &step, segment->time_ns, err);
}

/* Where the segment belongs, once what was held has found its own place. */
static int decide(struct flows *flows, const struct sf_segment *segment, struct placing *placing,
                  struct attachment *where, struct sf_error *err)
{
    int64_t msl_ns = flows->settings->msl_ns;
    find_standings(flows, segment, placing);
    sf_attach_decide(placing->standing, placing->n, segment, msl_ns, where);
    if (where->settle == SETTLE_NOT)
        return 0;
    assert(placing->n > 0);
    int status = settle(flows, placing->record[0], where->settle == SETTLE_AS_NEW, where, err);
    find_standings(flows, segment, placing);
    sf_attach_decide(placing->standing, placing->n, segment, msl_ns, where);
    return status;
}

static int place(struct flows *flows, const struct sf_packet *packet, struct sf_segment *segment,
                 struct sf_error *err)
{
    struct placing placing;
    struct attachment where;
    int status = decide(flows, segment, &placing, &where, err);
    if (status != 0)
        return status;
    if (where.verb == ATTACH_NEW) {
        struct record *opened;
        status = retire(flows, &placing, &where, err);
        if (status == 0)
            status = tell_renumbered(flows, &placing, segment, &where, err);
        if (status == 0)
            status = open_flow(flows, segment, 0, &opened, err);
        if (status != 0)
            return status;
        assert(opened != NULL);
        opened->flow.history->has_predecessor = placing.n > 0;
        note_reuse(opened, segment, &where);
        return take(flows, opened, packet, segment, SF_FATE_TAKEN, err);
    }
    assert(where.to < placing.n);
    struct record *record = placing.record[where.to];
    if (where.verb == ATTACH_HOLD)
        return hold(flows, record, segment, err);
    if (where.verb == ATTACH_JOIN)
        return take(flows, record, packet, segment, SF_FATE_TAKEN, err);
    return tell_late(flows, record, segment, err);
}

/* A copy is told where its original went: to the youngest connection that has its number. */
static int take_copy(struct flows *flows, struct sf_segment *segment, struct sf_error *err)
{
    flows->totals->packets_copied++;
    struct record *record = sf_table_find(flows->table, &segment->key, segment->hash);
    while (record != NULL && !sf_machine_has_number(&record->flow, segment))
        record = sf_table_older(record);
    if (record == NULL || record->is_written)
        return 0;
    return take(flows, record, NULL, segment, SF_FATE_COPY, err);
}

/*
 * Was it seen before, perhaps in another world? Then both are one connection from now on. In any
 * case the segment has the key of its connection afterwards.
 */
static enum copy find_copy(struct flows *flows, struct sf_segment *segment)
{
    struct original original;
    enum copy copy = sf_copies_seen(flows->copies, segment, &original);
    if (copy != COPY_NOT) {
        sf_aliases_apply(flows->aliases, &original.key, &original.hash);
        sf_aliases_add(flows->aliases, &segment->key, &original.key, original.hash);
    }
    sf_aliases_apply(flows->aliases, &segment->key, &segment->hash);
    return copy;
}

/* A receiver throws an error with a wrong checksum away. */
static enum sf_fate fate_of_quote(struct flows *flows, struct sf_segment *quoted)
{
    bool is_damaged = quoted->checksum_state == SF_CHECKSUM_BAD;
    if (is_damaged && flows->settings->verify != SF_VERIFY_NONE)
        return SF_FATE_DAMAGED;
    if (find_copy(flows, quoted) == COPY_NOT)
        return SF_FATE_TAKEN;
    flows->totals->packets_copied++;
    return SF_FATE_COPY;
}

/* Kept with the SYN as long as there is room, and told at once in any case. */
static int hold_quote(struct flows *flows, struct record *record, struct sf_segment *quoted,
                      struct sf_error *err)
{
    struct held *held = record->held;
    if (held->n < HELD_MAX)
        held->syn[held->n++] = *quoted;
    return take_quote(flows, record, quoted, SF_FATE_HELD, err);
}

static int place_quote(struct flows *flows, struct sf_segment *quoted, struct sf_error *err)
{
    struct placing placing;
    find_standings(flows, quoted, &placing);
    struct quote_place place = sf_quote_place(placing.standing, placing.n, quoted);
    if (place.verb == QUOTE_UNMATCHED) {
        flows->totals->packets_skipped[SF_SKIP_ICMP_UNMATCHED]++;
        return 0;
    }
    assert(place.to < placing.n);
    struct record *record = placing.record[place.to];
    flows->totals->packets_analysed++;
    flows->totals->packets_icmp++;
    enum sf_fate fate = fate_of_quote(flows, quoted);
    if (fate == SF_FATE_TAKEN && place.verb == QUOTE_HOLD)
        return hold_quote(flows, record, quoted, err);
    if (fate == SF_FATE_TAKEN && place.verb == QUOTE_DOUBT)
        fate = SF_FATE_DOUBTED;
    if (place.verb == QUOTE_LATE)
        fate = SF_FATE_LATE;
    return take_quote(flows, record, quoted, fate, err);
}

int sf_flows_take(struct flows *flows, const struct sf_packet *packet, struct sf_segment *segment,
                  struct sf_error *err)
{
    int status = sf_flows_advance(flows, segment->time_ns, err);
    if (status != 0)
        return status;
    if (segment->kind != SF_SEGMENT_SENT)
        sf_aliases_apply(flows->aliases, &segment->key, &segment->hash);
    if (segment->kind == SF_SEGMENT_QUOTED)
        return place_quote(flows, segment, err);
    flows->totals->packets_analysed++;
    enum copy copy = segment->kind == SF_SEGMENT_SENT ? find_copy(flows, segment) : COPY_NOT;
    if (copy == COPY_NOT)
        return place(flows, packet, segment, err);
    if (copy == COPY_BY_TIME)
        segment->quality |= SF_QUALITY_COPY_BY_TIME;
    return take_copy(flows, segment, err);
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static int compare_ids(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* Held SYNs open their connections first, so that these end in the order of ids as well. */
static int settle_all(struct flows *flows, struct sf_error *err)
{
    int status = 0;
    for (uint32_t slot = 0; slot < sf_table_slots(flows->table) && status == 0; slot++) {
        struct record *record = sf_table_at(flows->table, slot);
        if (record == NULL || record->held == NULL)
            continue;
        bool as_new = sf_attach_held_is_new(&record->flow, record->held, flows->now_ns,
                                            flows->settings->msl_ns);
        status = settle(flows, record, as_new, NULL, err);
    }
    return status;
}

struct last {
    uint32_t id, slot;
};

int sf_flows_finish(struct flows *flows, struct sf_error *err)
{
    int status = settle_all(flows, err);
    uint32_t slots = sf_table_slots(flows->table), n = 0;
    struct last *last = malloc((size_t)slots * sizeof *last + 1);
    if (last == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    for (uint32_t slot = 0; slot < slots; slot++) {
        const struct record *record = sf_table_at(flows->table, slot);
        if (record != NULL && !record->is_written)
            last[n++] = (struct last){.id = record->flow.id, .slot = slot};
    }
    qsort(last, n, sizeof *last, compare_ids);
    for (uint32_t i = 0; i < n && status == 0; i++) {
        struct record *record = sf_table_at(flows->table, last[i].slot);
        if (record != NULL && record->flow.id == last[i].id)
            status = end_flow(flows, record, SF_ENDED_INPUT, err);
    }
    free(last);
    return status;
}
