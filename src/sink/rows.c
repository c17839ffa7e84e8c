#include "sink/rows.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST  8
#define TAIL_OF_MAX 16 /* when all rows are precious: so many at the end are the latest */

/* ---- notes ----------------------------------------------------------------------------------- */

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static size_t pack_value(uint8_t *to, size_t room, uint64_t value)
{
    size_t n = 0;
    do {
        if (n == room)
            return 0;
        to[n] = (uint8_t)(value & 0x7f);
        value >>= 7;
        if (value != 0)
            to[n] |= 0x80;
        n++;
    } while (value != 0);
    return n;
}

static size_t unpack_value(const uint8_t *from, uint64_t *value)
{
    size_t n = 0;
    *value = 0;
    do {
        *value |= (uint64_t)(from[n] & 0x7f) << 7 * n;
    } while ((from[n++] & 0x80) != 0);
    return n;
}

/* A note is its annotation, a bit for each value that is not 0, and those values. */
static size_t pack_note(uint8_t *to, size_t room, const struct sf_note *note)
{
    size_t n = 2;
    if (room < n)
        return 0;
    to[0] = note->annotation;
    to[1] = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (note->value[i] == 0)
            continue;
        size_t used = pack_value(to + n, room - n, (uint64_t)note->value[i]);
        if (used == 0)
            return 0;
        to[1] = (uint8_t)(to[1] | 1u << i);
        n += used;
    }
    return n;
}

static size_t unpack_note(const uint8_t *from, struct sf_note *note)
{
    size_t n = 2;
    note->annotation = from[0];
    for (unsigned i = 0; i < 3; i++) {
        uint64_t value = 0;
        if ((from[1] >> i & 1u) != 0)
            n += unpack_value(from + n, &value);
        note->value[i] = (int64_t)value;
    }
    return n;
}

static void pack_notes(struct sf_row *row, const struct sf_step *step)
{
    for (unsigned i = 0; i < step->n_notes && i < SF_NOTES_MAX; i++) {
        size_t used = pack_note(row->packed + row->packed_length,
                                SF_ROW_PACKED - row->packed_length, &step->notes[i]);
        if (used == 0)
            return;
        row->packed_length = (uint8_t)(row->packed_length + used);
        row->n_notes++;
    }
}

struct sf_note sf_row_note(const struct sf_row *row, unsigned i)
{
    struct sf_note note = {0};
    size_t at = 0;
    for (unsigned k = 0; k <= i; k++)
        at += unpack_note(row->packed + at, &note);
    return note;
}

/* ---- rows out of events ---------------------------------------------------------------------- */

static uint8_t rank_of(const struct sf_step *step, uint32_t n_found)
{
    const uint32_t first = SF_MARK_FIRST | SF_MARK_SYN | SF_MARK_FIN | SF_MARK_RST;
    const uint32_t second = SF_MARK_OPENING | SF_MARK_MOVED | SF_MARK_TAKEN_BACK | SF_MARK_HELD;
    if (n_found > 0 || (step->marks & first) != 0)
        return 3;
    if ((step->marks & second) != 0)
        return 2;
    return (step->marks & ~(uint32_t)SF_MARK_CLOSING) != 0 || step->n_notes > 0 ? 1 : 0;
}

static uint8_t worst_of(const struct sf_event *event)
{
    uint8_t worst = 0;
    for (uint32_t i = 0; i < event->n_found; i++)
        if (event->found[i].severity + 1 > worst)
            worst = (uint8_t)(event->found[i].severity + 1);
    return worst;
}

/* An end's view counts as new when state or certainty differ, or an assumption was withdrawn. */
static void take_states(struct sf_row *row, const struct sf_step *step)
{
    for (int side = 0; side < 2; side++) {
        row->after[side] = step->after[side];
        row->taken_back[side] = step->taken_back[side];
        row->is_moved[side] = step->taken_back[side] != SF_STATE_NONE ||
                              step->before[side].state != step->after[side].state ||
                              step->before[side].is_proved != step->after[side].is_proved;
    }
}

/* Its receiver waited for the acknowledgment of its SYN or FIN, and has it now. */
static bool ends_wait(const struct sf_step *step)
{
    unsigned receiver = step->sender == SF_CLIENT ? SF_SERVER : SF_CLIENT;
    uint8_t was = step->before[receiver].state;
    bool was_waiting = was == SF_STATE_SYN_RCVD || was == SF_STATE_FIN_WAIT_1 ||
                       was == SF_STATE_CLOSING || was == SF_STATE_LAST_ACK;
    return was_waiting && step->after[receiver].state != was;
}

/* Of the handshake or the close: by its flags, or because it acknowledges a SYN or a FIN. */
static bool is_lesson(const struct sf_step *step)
{
    if ((step->marks & (SF_MARK_SYN | SF_MARK_FIN | SF_MARK_RST)) != 0 || ends_wait(step))
        return true;
    for (unsigned i = 0; i < step->n_notes && i < SF_NOTES_MAX; i++) {
        uint8_t said = step->notes[i].annotation;
        if (said == SF_SAY_THIRD_HANDSHAKE || said == SF_SAY_ACK_COVERS_FIN ||
            said == SF_SAY_ACK_COVERS_SECOND_FIN || said == SF_SAY_UNSEEN_FIN ||
            said == SF_SAY_TIME_WAIT_UNTIL || said == SF_SAY_TIME_WAIT_RESTARTED)
            return true;
    }
    return false;
}

static struct sf_row row_of_segment(const struct sf_event *event)
{
    const struct sf_segment *segment = event->segment;
    const struct sf_step *step = event->step;
    struct sf_row row = {
        .time_ns = segment->time_ns,
        .number = segment->number,
        .seq = segment->seq,
        .ack = segment->ack,
        .seq_rel = step->seq_rel,
        .ack_rel = step->ack_rel,
        .payload = segment->payload,
        .flags = segment->flags,
        .sender = step->sender,
        .fate = step->fate,
        .rank = rank_of(step, event->n_found),
        .severity = worst_of(event),
        .is_lesson = is_lesson(step),
    };
    if (event->kind == SF_EVENT_ICMP)
        row.icmp = segment->icmp;
    take_states(&row, step);
    pack_notes(&row, step);
    return row;
}

static struct sf_row row_of_silence(const struct sf_event *event)
{
    struct sf_row row = {
        .time_ns = event->time_ns,
        .number = UINT64_MAX, /* behind all segments so far */
        .is_silence = true,
        .is_end = event->step != NULL && (event->step->marks & SF_MARK_END) != 0,
        .rank = 3,
        .severity = worst_of(event),
        .n_codes = (uint8_t)(event->n_found < SF_ROW_CODES ? event->n_found : SF_ROW_CODES),
    };
    for (unsigned i = 0; i < row.n_codes; i++)
        row.codes[i] = event->found[i].code;
    if (event->step != NULL)
        take_states(&row, event->step);
    return row;
}

static bool is_still_told(const struct sf_flow *flow, uint8_t code)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (flow->found[i].code == code)
            return true;
    }
    return false;
}

bool sf_row_settle(struct sf_row *row, const struct sf_flow *flow)
{
    unsigned n = 0;
    if (!row->is_silence)
        return true;
    for (unsigned i = 0; i < row->n_codes; i++) {
        if (is_still_told(flow, row->codes[i]))
            row->codes[n++] = row->codes[i];
    }
    bool had_codes = row->n_codes > 0;
    row->n_codes = (uint8_t)n;
    bool has_moved = row->is_moved[SF_CLIENT] || row->is_moved[SF_SERVER] ||
                     row->taken_back[SF_CLIENT] != SF_STATE_NONE ||
                     row->taken_back[SF_SERVER] != SF_STATE_NONE;
    if (n == 0 && had_codes)
        row->severity = 0;
    return n > 0 || has_moved;
}

/* ---- keeping them ---------------------------------------------------------------------------- */

static size_t row_size(const struct sf_rows *rows)
{
    return sizeof *rows->rows + (rows->keeps_segments ? sizeof *rows->segments : 0);
}

/* Room for one more row; 0 bytes added and no room when memory or the limit forbid it. */
static size_t make_room(struct sf_rows *rows, size_t limit)
{
    uint32_t capacity = rows->capacity == 0 ? ROWS_FIRST : rows->capacity * 2;
    if (rows->n < rows->capacity || capacity > SF_ROWS_MAX)
        return 0;
    size_t added = (capacity - rows->capacity) * row_size(rows);
    if (added > limit)
        return 0;
    struct sf_row *more = realloc(rows->rows, capacity * sizeof *more);
    if (more == NULL)
        return 0;
    rows->rows = more;
    if (rows->keeps_segments) {
        struct sf_segment *segments = realloc(rows->segments, capacity * sizeof *segments);
        if (segments == NULL)
            return 0;
        rows->segments = segments;
    }
    rows->capacity = capacity;
    return added;
}

static void fold_in(struct sf_fold *fold, const struct sf_fold *other)
{
    fold->n += other->n;
    fold->octets[0] += other->octets[0];
    fold->octets[1] += other->octets[1];
    fold->n_errors += other->n_errors;
}

static struct sf_fold fold_of(const struct sf_row *row)
{
    struct sf_fold fold = {0};
    if (row->icmp.kind != SF_ICMP_NONE) {
        fold.n_errors = 1;
    } else if (!row->is_silence) {
        fold.n = 1;
        fold.octets[row->sender & 1] = row->payload;
    }
    return fold;
}

/* Takes row `i` out; what it was goes into the fold behind it. */
static void fold_row(struct sf_rows *rows, uint32_t i)
{
    struct sf_fold fold = fold_of(&rows->rows[i]);
    fold_in(&fold, &rows->rows[i].before);
    fold_in(i + 1 < rows->n ? &rows->rows[i + 1].before : &rows->pending, &fold);
    size_t behind = rows->n - i - 1;
    memmove(&rows->rows[i], &rows->rows[i + 1], behind * sizeof *rows->rows);
    if (rows->segments != NULL)
        memmove(&rows->segments[i], &rows->segments[i + 1], behind * sizeof *rows->segments);
    rows->n--;
}

/* Makes place among the rows for one of `rank`; false when it deserves none. */
static bool give_way(struct sf_rows *rows, uint8_t rank)
{
    uint32_t least = 0;
    for (uint32_t i = 1; i < rows->n; i++)
        if (rows->rows[i].rank <= rows->rows[least].rank)
            least = i; /* the latest of equals */
    if (rows->n == 0 || rows->rows[least].rank > rank)
        return false;
    if (rows->rows[least].rank == rank) {
        if (rank < 3)
            return false;
        least = rows->n > TAIL_OF_MAX ? rows->n - TAIL_OF_MAX : rows->n - 1;
    }
    fold_row(rows, least);
    return true;
}

/* Where a row goes: at the end, but for a SYN that was held and now takes its place. */
static uint32_t place_of(const struct sf_rows *rows, const struct sf_row *row)
{
    uint32_t i = rows->n;
    while (i > 0 && rows->rows[i - 1].number > row->number && !rows->rows[i - 1].is_silence)
        i--;
    return i;
}

static void insert(struct sf_rows *rows, struct sf_row *row, const struct sf_segment *segment)
{
    uint32_t i = place_of(rows, row);
    if (i == rows->n) {
        row->before = rows->pending;
        rows->pending = (struct sf_fold){0};
    }
    size_t behind = rows->n - i;
    memmove(&rows->rows[i + 1], &rows->rows[i], behind * sizeof *rows->rows);
    rows->rows[i] = *row;
    if (rows->keeps_segments) {
        memmove(&rows->segments[i + 1], &rows->segments[i], behind * sizeof *rows->segments);
        if (segment != NULL)
            rows->segments[i] = *segment;
        else
            memset(&rows->segments[i], 0, sizeof rows->segments[i]);
    }
    rows->n++;
}

/* One quiet segment alone gets a row; two in succession are folded. */
static bool folds_quiet(struct sf_rows *rows, const struct sf_row *row)
{
    if (row->rank > 0)
        return false;
    if (rows->pending.n > 0)
        return true;
    if (rows->n == 0 || rows->rows[rows->n - 1].rank > 0)
        return false;
    fold_row(rows, rows->n - 1);
    return true;
}

static size_t keep(struct sf_rows *rows, struct sf_row *row, const struct sf_segment *segment,
                   size_t limit)
{
    struct sf_fold fold = fold_of(row);
    if (folds_quiet(rows, row)) {
        fold_in(&rows->pending, &fold);
        return 0;
    }
    size_t added = make_room(rows, limit);
    if (rows->n == rows->capacity && !give_way(rows, row->rank)) {
        fold_in(&rows->pending, &fold);
        return added;
    }
    insert(rows, row, segment);
    return added;
}

size_t sf_rows_add(struct sf_rows *rows, const struct sf_event *event, size_t limit)
{
    if (event->kind == SF_EVENT_SILENCE) {
        struct sf_row silence = row_of_silence(event);
        return keep(rows, &silence, NULL, limit);
    }
    if (!rows->is_begun) {
        rows->is_begun = true;
        rows->first[0] = event->step->before[0];
        rows->first[1] = event->step->before[1];
    }
    struct sf_row row = row_of_segment(event);
    return keep(rows, &row, event->segment, limit);
}

size_t sf_rows_release(struct sf_rows *rows)
{
    size_t freed = rows->capacity * row_size(rows);
    bool keeps_segments = rows->keeps_segments;
    free(rows->rows);
    free(rows->segments);
    memset(rows, 0, sizeof *rows);
    rows->keeps_segments = keeps_segments;
    return freed;
}
