#include "decode/fragments.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct sf_datagram_id) == 48, "compared and hashed as bytes: no padding");

/* ---- ranges of one datagram ------------------------------------------------------------------ */

static void merge_ranges(struct sf_datagram *datagram)
{
    uint32_t kept = 0;
    if (datagram->n_ranges == 0) {
        return;
    }
    for (uint32_t i = 1; i < datagram->n_ranges; i++) {
        struct sf_range *last = &datagram->ranges[kept];
        const struct sf_range *range = &datagram->ranges[i];
        if (last->end == range->begin && last->is_pending == range->is_pending) {
            last->end = range->end;
        } else {
            datagram->ranges[++kept] = *range;
        }
    }
    datagram->n_ranges = kept + 1;
}

/*
 * Cuts `range` down to its first octets that were not seen yet and enters them. False: there are
 * none, or no room. What lies behind an overlap is left out: honest senders do not overlap.
 */
static bool enter_range(struct sf_datagram *datagram, struct sf_range *range)
{
    uint32_t i = 0;
    while (i < datagram->n_ranges && datagram->ranges[i].begin <= range->begin) {
        if (datagram->ranges[i].end > range->begin) {
            range->begin = datagram->ranges[i].end;
        }
        i++;
    }
    if (i < datagram->n_ranges && datagram->ranges[i].begin < range->end) {
        range->end = datagram->ranges[i].begin;
    }
    if (range->begin >= range->end || datagram->n_ranges == FRAGMENTS_RANGES) {
        return false;
    }
    memmove(&datagram->ranges[i + 1], &datagram->ranges[i],
            (datagram->n_ranges - i) * sizeof datagram->ranges[0]);
    datagram->ranges[i] = *range;
    datagram->n_ranges++;
    return true;
}

/* Takes in the pending ranges that follow `range` without a gap, and lengthens it by them. */
static void collect_pending(struct sf_datagram *datagram, struct sf_range *range)
{
    for (uint32_t i = 0; i < datagram->n_ranges; i++) {
        struct sf_range *next = &datagram->ranges[i];
        if (next->is_pending && next->begin == range->end) {
            next->is_pending = false;
            range->end = next->end;
        }
    }
    merge_ranges(datagram);
}

static bool is_complete(const struct sf_datagram *datagram)
{
    const struct sf_range *all = &datagram->ranges[0];
    return datagram->has_total && datagram->n_ranges == 1 && !all->is_pending && all->begin == 0 &&
           all->end >= datagram->total;
}

/* Is every octet in front of `octet` part of a segment already? */
static bool is_next(const struct sf_datagram *datagram, uint32_t octet)
{
    return datagram->n_ranges > 0 && datagram->ranges[0].begin == 0 &&
           !datagram->ranges[0].is_pending && datagram->ranges[0].end >= octet;
}

/* Octets of TCP's payload in front of octet `at` of the datagram. */
static uint32_t payload_before(const struct sf_datagram *datagram, uint32_t at)
{
    return at > datagram->data_begin ? at - datagram->data_begin : 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

static bool is_alive(const struct sf_datagram *datagram, int64_t now_ns)
{
    /* Differences as unsigned numbers: times of a hostile capture may lie far apart. */
    uint64_t age = (uint64_t)now_ns - (uint64_t)datagram->time_ns;
    return age <= FRAGMENTS_LIFE_NS || 0 - age <= FRAGMENTS_LIFE_NS;
}

static struct sf_datagram *find(struct sf_fragments *fragments, uint64_t tag,
                                const struct sf_datagram_id *id, int64_t now_ns)
{
    for (uint32_t i = 0; i < FRAGMENTS_DATAGRAMS; i++) {
        struct sf_datagram *datagram = &fragments->datagrams[i];
        if (fragments->tags[i] == tag && memcmp(&datagram->of, id, sizeof *id) == 0 &&
            is_alive(datagram, now_ns)) {
            return datagram;
        }
    }
    return NULL;
}

static void begin(struct sf_datagram *datagram, const struct sf_datagram_id *id, int64_t now_ns)
{
    memset(datagram, 0, sizeof *datagram);
    datagram->of = *id;
    datagram->time_ns = now_ns;
}

static struct sf_datagram *find_or_begin(struct sf_fragments *fragments,
                                         const struct sf_hash_key *key,
                                         const struct sf_datagram_id *id, int64_t now_ns)
{
    uint64_t tag = sf_hash_bytes(key, id, sizeof *id);
    struct sf_datagram *found = find(fragments, tag, id, now_ns);
    if (found != NULL) {
        return found;
    }
    fragments->newest = (fragments->newest + 1) % FRAGMENTS_DATAGRAMS;
    fragments->tags[fragments->newest] = tag;
    begin(&fragments->datagrams[fragments->newest], id, now_ns);
    return &fragments->datagrams[fragments->newest];
}

static void note_last(struct sf_datagram *datagram, const struct sf_piece *piece)
{
    if (piece->is_last && !datagram->has_total) {
        datagram->has_total = true;
        datagram->total = piece->end;
    }
}

/* ---- the first piece ------------------------------------------------------------------------- */

/* The same first piece once more (captured twice), or an id that is in use for another datagram? */
static bool is_same_first(const struct sf_datagram *datagram, const struct sf_segment *segment)
{
    return datagram->first.seq == segment->seq && datagram->first.flags == segment->flags &&
           datagram->first.checksum == segment->checksum;
}

/* What the first piece itself carries; what came before it is added only once. */
static uint32_t first_end(struct sf_datagram *datagram, const struct sf_piece *piece)
{
    struct sf_range own = {.begin = 0, .end = piece->end};
    struct sf_range fresh = own;
    if (!enter_range(datagram, &fresh)) {
        fresh = own;
    }
    collect_pending(datagram, &fresh);
    return fresh.end;
}

static void keep_first(struct sf_datagram *datagram, uint32_t tcp_begin,
                       const struct sf_segment *segment)
{
    datagram->has_first = true;
    datagram->is_header_told = true;
    datagram->first = *segment;
    datagram->data_begin = tcp_begin + 4u * segment->data_offset;
}

/* What is known of the payload when the datagram is told up to octet `end`. */
static void set_payload(const struct sf_datagram *datagram, uint32_t end,
                        struct sf_segment *segment)
{
    segment->payload = payload_before(datagram, end);
    segment->tcp_length = 4u * segment->data_offset + segment->payload;
}

/* FIN and PSH come with the piece that completes the datagram. */
static void await_more(struct sf_segment *segment)
{
    segment->flags &= (uint16_t) ~(SF_FIN | SF_PSH);
    segment->quality |= SF_QUALITY_MORE_FRAGMENTS;
}

void sf_fragments_first(struct sf_fragments *fragments, const struct sf_hash_key *key,
                        const struct sf_piece *piece, uint32_t tcp_begin,
                        struct sf_segment *segment)
{
    struct sf_datagram *datagram = find_or_begin(fragments, key, &piece->of, segment->time_ns);
    bool is_copy = datagram->has_first && is_same_first(datagram, segment);
    if (datagram->has_first && !is_copy) {
        begin(datagram, &piece->of, segment->time_ns);
    }
    if (!is_copy) {
        keep_first(datagram, tcp_begin, segment);
        set_payload(datagram, first_end(datagram, piece), segment);
    }
    if (is_copy || !is_complete(datagram)) {
        await_more(segment);
    }
}

/* ---- a header in pieces ---------------------------------------------------------------------- */

/* A first piece that says something else belongs to another datagram with the same id. */
static bool contradicts(const struct sf_datagram *datagram, const uint8_t *bytes, size_t n)
{
    bool differs = datagram->has_first && datagram->has_header == 0;
    for (size_t i = 0; i < n && i < FRAGMENTS_HEADER; i++) {
        differs |= (datagram->has_header >> i & 1) != 0 && datagram->header[i] != bytes[i];
    }
    return differs;
}

/* Octets that came twice are what they were first: honest senders do not overlap. */
static void keep_octets(struct sf_datagram *datagram, uint32_t begin, const uint8_t *bytes,
                        size_t n)
{
    for (size_t i = 0; i < n && begin + i < FRAGMENTS_HEADER; i++) {
        uint64_t bit = UINT64_C(1) << (begin + i);
        if ((datagram->has_header & bit) == 0) {
            datagram->header[begin + i] = bytes[i];
            datagram->has_header |= bit;
        }
    }
}

static bool has_octets(const struct sf_datagram *datagram, uint32_t n)
{
    uint64_t all = (UINT64_C(1) << n) - 1;
    return (datagram->has_header & all) == all;
}

/* Length of the header if all of it is there, else 0. Its least is what a wrong offset leaves. */
static uint32_t whole_header(const struct sf_datagram *datagram)
{
    enum { LEAST = 20, OFFSET = 12 };
    uint32_t length = 4u * (datagram->header[OFFSET] >> 4);
    if (length < LEAST) {
        length = LEAST;
    }
    return has_octets(datagram, LEAST) && has_octets(datagram, length) ? length : 0;
}

uint32_t sf_fragments_keep_header(struct sf_fragments *fragments, const struct sf_hash_key *key,
                                  const struct sf_piece *piece, int64_t time_ns,
                                  const uint8_t *bytes, size_t n, uint8_t header[FRAGMENTS_HEADER])
{
    struct sf_datagram *datagram = find_or_begin(fragments, key, &piece->of, time_ns);
    if (piece->begin == 0 && contradicts(datagram, bytes, n)) {
        begin(datagram, &piece->of, time_ns);
    }
    if (datagram->is_header_told) {
        return 0;
    }
    keep_octets(datagram, piece->begin, bytes, n);
    uint32_t length = whole_header(datagram);
    if (length > 0) {
        datagram->is_header_told = true;
        memcpy(header, datagram->header, length);
    }
    return length;
}

void sf_fragments_begin_spread(struct sf_fragments *fragments, const struct sf_hash_key *key,
                               const struct sf_piece *piece, struct sf_segment *segment)
{
    struct sf_datagram *datagram = find_or_begin(fragments, key, &piece->of, segment->time_ns);
    struct sf_range told = {.begin = 0, .end = 0};
    collect_pending(datagram, &told);
    keep_first(datagram, 0, segment);
    set_payload(datagram, told.end, segment);
    if (!is_complete(datagram)) {
        await_more(segment);
    }
}

/* ---- later pieces ---------------------------------------------------------------------------- */

/* Turns `segment` into the octets `range` of the datagram. */
static void continue_first(const struct sf_datagram *datagram, const struct sf_range *range,
                           struct sf_segment *segment)
{
    const struct sf_segment *first = &datagram->first;
    uint16_t flags = is_complete(datagram) ? SF_ACK | SF_FIN | SF_PSH : SF_ACK;
    uint32_t before = payload_before(datagram, range->begin);
    segment->kind = SF_SEGMENT_CONTINUED;
    segment->key = first->key;
    segment->hash = first->hash;
    segment->from = first->from;
    segment->seq = first->seq + before + ((first->flags & SF_SYN) != 0 ? 1 : 0);
    segment->ack = first->ack;
    segment->window = first->window;
    segment->flags = first->flags & flags;
    segment->payload = payload_before(datagram, range->end) - before;
    segment->tcp_length = segment->payload;
    segment->checksum_state = SF_CHECKSUM_PARTIAL;
}

enum sf_skip sf_fragments_later(struct sf_fragments *fragments, const struct sf_hash_key *key,
                                const struct sf_piece *piece, struct sf_segment *segment)
{
    struct sf_datagram *datagram = find_or_begin(fragments, key, &piece->of, segment->time_ns);
    struct sf_range fresh = {.begin = piece->begin, .end = piece->end};
    note_last(datagram, piece);
    bool can_tell = datagram->has_first &&
                    ((datagram->first.flags & SF_FIN) == 0 || is_next(datagram, piece->begin));
    fresh.is_pending = !can_tell;
    if (!enter_range(datagram, &fresh)) {
        return SF_SKIP_FRAGMENT;
    }
    if (!can_tell) {
        merge_ranges(datagram);
        return SF_SKIP_FRAGMENT;
    }
    collect_pending(datagram, &fresh);
    continue_first(datagram, &fresh, segment);
    return SF_SKIP_NONE;
}
