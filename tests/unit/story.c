#include "story.h"

#include <string.h>

#define START_NS INT64_C(1785240000000000000) /* 2026-07-28 12:00:00 UTC */
#define X        1000u
#define Y        9000u

void story_begin(struct story *story, struct sf_sink *sink)
{
    memset(story, 0, sizeof *story);
    story->sink = sink;
    story->number = 1;
    struct sf_flow *flow = &story->flow;
    static const uint8_t client[16] = {10, 0, 0, 1}, server[16] = {10, 0, 0, 2};
    flow->id = 1;
    memcpy(flow->key.addr[0], client, 16);
    memcpy(flow->key.addr[1], server, 16);
    flow->key.port[0] = 41000;
    flow->key.port[1] = 80;
    flow->key.vlan[0] = flow->key.vlan[1] = SF_NO_VLAN;
    flow->key.ip = 4;
    flow->closed_by = SF_NOBODY;
    flow->start_ns = flow->last_ns = START_NS;
    flow->syn_ns = flow->synack_ns = flow->complete_ns = SF_NO_TIME;
    flow->found = story->found;
    flow->end[SF_CLIENT].iss = flow->end[SF_CLIENT].first = X;
    flow->end[SF_SERVER].iss = flow->end[SF_SERVER].first = Y;
    flow->end[SF_CLIENT].path[0] = SF_STATE_CLOSED;
    flow->end[SF_SERVER].path[0] = SF_STATE_LISTEN;
    flow->end[SF_CLIENT].n_path = flow->end[SF_SERVER].n_path = 1;
    flow->end[SF_CLIENT].proved = flow->end[SF_SERVER].proved = 1;
}

static struct sf_view view_of(const struct sf_end *end)
{
    return (struct sf_view){.state = (uint8_t)sf_end_state(end),
                            .at = (uint8_t)(end->n_path - 1),
                            .is_proved = sf_end_is_proved(end)};
}

static void move(struct sf_end *end, int state)
{
    if (state == 0)
        return;
    if ((int)sf_end_state(end) != state >> 1)
        end->path[end->n_path++] = (uint8_t)(state >> 1);
    unsigned bit = 1u << (end->n_path - 1);
    end->proved = (uint16_t)((state & 1) != 0 ? (end->proved | bit) : (end->proved & ~bit));
}

static uint32_t marks_of(const struct story *story, unsigned flags, int client, int server)
{
    uint32_t marks = story->number == 1 ? SF_MARK_FIRST : 0;
    if ((flags & SF_SYN) != 0)
        marks |= SF_MARK_SYN | SF_MARK_OPENING;
    if ((flags & SF_FIN) != 0)
        marks |= SF_MARK_FIN | SF_MARK_CLOSING;
    if ((flags & SF_RST) != 0)
        marks |= SF_MARK_RST;
    if (client != 0 || server != 0)
        marks |= SF_MARK_MOVED;
    return marks;
}

static void fill_step(struct story *story, enum sf_side sender, uint32_t seq, uint32_t ack,
                      int client, int server)
{
    struct sf_step *step = &story->step;
    memset(step, 0, sizeof *step);
    step->sender = (uint8_t)sender;
    step->seq_rel = seq;
    step->ack_rel = ack;
    step->marks = marks_of(story, story->segment.flags, client, server);
    step->first_found = story->flow.n_found;
    for (int side = 0; side < 2; side++)
        step->before[side] = view_of(&story->flow.end[side]);
    move(&story->flow.end[SF_CLIENT], client);
    move(&story->flow.end[SF_SERVER], server);
    for (int side = 0; side < 2; side++)
        step->after[side] = view_of(&story->flow.end[side]);
}

void story_segment(struct story *story, int64_t us, enum sf_side sender, unsigned flags,
                   uint32_t seq, uint32_t ack, uint32_t payload, int client, int server)
{
    struct sf_segment *segment = &story->segment;
    memset(segment, 0, sizeof *segment);
    segment->number = story->number;
    segment->time_ns = START_NS + us * 1000;
    segment->key = story->flow.key;
    segment->from = sender == SF_CLIENT ? story->flow.client : 1 - story->flow.client;
    segment->flags = (uint16_t)flags;
    segment->seq = seq + story->flow.end[sender].first;
    segment->ack = (flags & SF_ACK) != 0 ? ack + story->flow.end[sf_other(sender)].first : 0;
    segment->payload = payload;
    segment->data_offset = (flags & SF_SYN) != 0 ? 10 : 5;
    segment->tcp_length = 4u * segment->data_offset + payload;
    segment->window = 64240;
    segment->checksum = 0xbeef;
    segment->ttl = 64;
    segment->checksum_state = SF_CHECKSUM_GOOD;
    if ((flags & SF_SYN) != 0)
        segment->options = (struct sf_options){.present = SF_OPT_MSS | SF_OPT_WSCALE |
                                                          SF_OPT_SACK_PERMITTED | SF_OPT_TIMESTAMPS,
                                               .mss = 1460,
                                               .wscale = 7,
                                               .tsval = 100};
    fill_step(story, sender, seq, ack, client, server);
    struct sf_end *end = &story->flow.end[sender];
    end->packets++;
    end->bytes += payload;
    end->known |= SF_KNOWS_SEQ | SF_KNOWS_ISS;
    if ((flags & SF_SYN) != 0) {
        end->has_options = true;
        end->options = segment->options;
    }
    story->flow.last_ns = segment->time_ns;
    story->number++;
}

void story_note(struct story *story, enum sf_annotation annotation, int64_t a, int64_t b, int64_t c)
{
    story->step.notes[story->step.n_notes++] =
        (struct sf_note){.annotation = (uint8_t)annotation, .value = {a, b, c}};
}

struct sf_found *story_found(struct story *story, enum sf_code code, enum sf_side side)
{
    struct sf_found *found = &story->found[story->flow.n_found++];
    *found = (struct sf_found){
        .number = story->segment.number,
        .time_ns = story->segment.time_ns,
        .count = 1,
        .code = (uint8_t)code,
        .side = (uint8_t)side,
    };
    return found;
}

static void tell(struct story *story, enum sf_event_kind kind)
{
    struct sf_error err = {0};
    const struct sf_event event = {
        .kind = kind,
        .time_ns = story->segment.time_ns,
        .flow = &story->flow,
        .segment = &story->segment,
        .step = &story->step,
        .found = story->found + story->step.first_found,
        .n_found = story->flow.n_found - story->step.first_found,
    };
    if ((story->sink->type->wants & SF_WANTS(kind)) != 0)
        (void)story->sink->type->event(story->sink, &event, &err);
}

void story_tell(struct story *story)
{
    tell(story, SF_EVENT_SEGMENT);
}

void story_tell_icmp(struct story *story, uint8_t type, uint8_t code, enum sf_icmp_kind kind,
                     uint32_t value)
{
    story->segment.kind = SF_SEGMENT_QUOTED;
    story->segment.icmp = (struct sf_icmp){.reporter = {10, 0, 0, 254},
                                           .value = value,
                                           .ip = 4,
                                           .type = type,
                                           .code = code,
                                           .kind = (uint8_t)kind};
    story->step.marks = SF_MARK_ICMP | (story->step.marks & SF_MARK_MOVED);
    tell(story, SF_EVENT_ICMP);
}

void story_end(struct story *story)
{
    struct sf_error err = {0};
    const struct sf_event event = {
        .kind = SF_EVENT_FLOW_END, .time_ns = story->flow.last_ns, .flow = &story->flow};
    (void)story->sink->type->event(story->sink, &event, &err);
}

static void tell_opening(struct story *story)
{
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_note(story, SF_SAY_FIRST_HANDSHAKE, X, 0, 0);
    story_note(story, SF_SAY_OPTION_MSS, 1460, 0, 0);
    story_note(story, SF_SAY_OPTION_WSCALE, 7, 0, 0);
    story->flow.syn_ns = story->segment.time_ns;
    story_tell(story);
    story_segment(story, 800, SF_SERVER, SF_SYN | SF_ACK, 0, 1, 0, ASSUMED(ESTABLISHED),
                  PROVED(SYN_RCVD));
    story_note(story, SF_SAY_SECOND_HANDSHAKE, Y, 0, 0);
    story_note(story, SF_SAY_ACK_IS_X_PLUS_1, 0, 0, 0);
    story->flow.synack_ns = story->segment.time_ns;
    story_tell(story);
    story_segment(story, 1100, SF_CLIENT, SF_ACK, 1, 1, 0, PROVED(ESTABLISHED),
                  ASSUMED(ESTABLISHED));
    story->step.marks |= SF_MARK_OPENING;
    story_note(story, SF_SAY_THIRD_HANDSHAKE, 0, 0, 0);
    story_note(story, SF_SAY_ACK_IS_Y_PLUS_1, 0, 0, 0);
    story_note(story, SF_SAY_ROUND_TRIPS, 800000, 300000, 1100000);
    story->flow.complete_ns = story->segment.time_ns;
    story->flow.handshake = SF_HANDSHAKE_COMPLETE;
    story_tell(story);
}

static void tell_data(struct story *story)
{
    story_segment(story, 2000, SF_CLIENT, SF_ACK | SF_PSH, 1, 1, 310, 0, 0);
    story_tell(story);
    story_segment(story, 2900, SF_SERVER, SF_ACK, 1, 311, 0, 0, PROVED(ESTABLISHED));
    story_tell(story);
    for (unsigned i = 0; i < 12; i++) {
        story_segment(story, 5000 + 10 * i, SF_SERVER, SF_ACK, 1 + 1448 * i, 311, 1448, 0, 0);
        story_tell(story);
    }
}

static void tell_close(struct story *story)
{
    story_segment(story, 1200000, SF_CLIENT, SF_FIN | SF_ACK, 311, 17377, 0, PROVED(FIN_WAIT_1),
                  ASSUMED(CLOSE_WAIT));
    story_note(story, SF_SAY_FIRST_FIN, 1311, 0, 0);
    story_tell(story);
    story_segment(story, 1200800, SF_SERVER, SF_ACK, 17377, 312, 0, ASSUMED(FIN_WAIT_2),
                  PROVED(CLOSE_WAIT));
    story->step.marks |= SF_MARK_CLOSING;
    story_note(story, SF_SAY_ACK_COVERS_FIN, 0, 0, 0);
    story_tell(story);
    story_segment(story, 1201900, SF_SERVER, SF_FIN | SF_ACK, 17377, 312, 0, ASSUMED(TIME_WAIT),
                  PROVED(LAST_ACK));
    story_note(story, SF_SAY_SECOND_FIN, 26377, 0, 0);
    story_tell(story);
    story_segment(story, 1202200, SF_CLIENT, SF_ACK, 312, 17378, 0, PROVED(TIME_WAIT),
                  ASSUMED(CLOSED));
    story->step.marks |= SF_MARK_CLOSING;
    story_note(story, SF_SAY_ACK_COVERS_SECOND_FIN, 0, 0, 0);
    story_note(story, SF_SAY_TIME_WAIT_UNTIL, INT64_C(60000000000), 0, 0);
    story_tell(story);
}

static void tell_repeat(struct story *story)
{
    struct sf_end *server = &story->flow.end[SF_SERVER];
    story_segment(story, 1402000, SF_SERVER, SF_FIN | SF_ACK, 17377, 312, 0, 0, 0);
    server->n_path--;
    story->step.taken_back[SF_SERVER] = SF_STATE_CLOSED;
    story->step.after[SF_SERVER] = (struct sf_view){.state = SF_STATE_LAST_ACK, .is_proved = true};
    story->step.marks |= SF_MARK_TAKEN_BACK | SF_MARK_REPEAT | SF_MARK_MOVED;
    story->step.repeat = SF_REPEAT_ANSWER_LOST;
    server->fin_repeats = 1;
    story_note(story, SF_SAY_FIN_AGAIN, 200100000, 0, 0);
    struct sf_found *found = story_found(story, SF_CODE_FINAL_ACK_LOST, SF_CLIENT);
    found->severity = SF_WARNING;
    found->where = SF_WHERE_AFTER;
    found->interval_ns = 199800000;
    story_tell(story);
    story_segment(story, 1402300, SF_CLIENT, SF_ACK, 312, 17378, 0, 0, ASSUMED(CLOSED));
    story->step.marks |= SF_MARK_CLOSING;
    story_note(story, SF_SAY_TIME_WAIT_RESTARTED, INT64_C(60000000000), 0, 0);
    story_tell(story);
}

void story_of_lost_ack(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    tell_opening(story);
    tell_data(story);
    tell_close(story);
    tell_repeat(story);
    story->flow.close = SF_CLOSE_FOUR_SEGMENT;
    story->flow.closed_by = SF_CLIENT;
    story_end(story);
}
