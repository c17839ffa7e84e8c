#include "sink/make.h"

#include "sink/columns.h"
#include "words/words.h"

#define PUT(output, literal) sf_output_bytes(output, literal, sizeof(literal) - 1)

static const char *const fates[] = {
    [SF_FATE_TAKEN] = "taken",     [SF_FATE_HELD] = "held",       [SF_FATE_SETTLED] = "settled",
    [SF_FATE_COPY] = "copy",       [SF_FATE_DAMAGED] = "damaged", [SF_FATE_LATE] = "late",
    [SF_FATE_DOUBTED] = "doubted",
};

/* `,"key":` and a word of ours, or null. */
static void put_word(struct sf_output *output, const char *key, const char *word)
{
    PUT(output, ",\"");
    sf_output_text(output, key);
    if (word == NULL) {
        PUT(output, "\":null");
        return;
    }
    PUT(output, "\":\"");
    sf_output_text(output, word);
    sf_output_char(output, '"');
}

static void put_number(struct sf_output *output, const char *key, uint64_t number, bool is_known)
{
    PUT(output, ",\"");
    sf_output_text(output, key);
    PUT(output, "\":");
    if (is_known)
        sf_output_unsigned(output, number);
    else
        PUT(output, "null");
}

static void put_flags(struct sf_output *output, unsigned flags)
{
    bool is_first = true;
    PUT(output, ",\"flags\":[");
    for (unsigned i = 0; i < SF_FLAG_COUNT; i++) {
        unsigned bit = sf_flag_shown(i);
        if ((flags >> bit & 1u) == 0)
            continue;
        if (!is_first)
            sf_output_char(output, ',');
        is_first = false;
        sf_output_char(output, '"');
        sf_output_text(output, sf_flag_name(bit));
        sf_output_char(output, '"');
    }
    sf_output_char(output, ']');
}

static const char *state_or_null(const struct sf_view *view)
{
    return view->state == SF_STATE_NONE ? NULL : sf_state_name(view->state);
}

static void put_states(struct sf_output *output, const struct sf_step *step)
{
    put_word(output, "client_before", state_or_null(&step->before[SF_CLIENT]));
    put_word(output, "client_after", state_or_null(&step->after[SF_CLIENT]));
    put_word(output, "server_before", state_or_null(&step->before[SF_SERVER]));
    put_word(output, "server_after", state_or_null(&step->after[SF_SERVER]));
    PUT(output, ",\"client_proved\":");
    sf_output_text(output, step->after[SF_CLIENT].is_proved ? "true" : "false");
    PUT(output, ",\"server_proved\":");
    sf_output_text(output, step->after[SF_SERVER].is_proved ? "true" : "false");
}

static void put_findings(struct sf_output *output, const struct sf_event *event)
{
    PUT(output, ",\"findings\":[");
    for (uint32_t i = 0; i < event->n_found; i++) {
        sf_output_text(output, i == 0 ? "{" : ",{");
        sf_columns_found_json(output, &event->found[i]);
        sf_output_char(output, '}');
    }
    sf_output_char(output, ']');
}

static void put_segment(struct sf_output *output, const struct sf_event *event)
{
    const struct sf_segment *segment = event->segment;
    const struct sf_step *step = event->step;
    bool has_ack = (segment->flags & SF_ACK) != 0;
    bool has_flow = event->flow != NULL;
    PUT(output, "{\"type\":\"segment\",\"packet\":");
    sf_output_unsigned(output, segment->number);
    PUT(output, ",\"time\":");
    sf_output_seconds(output, segment->time_ns, 9);
    put_number(output, "flow", has_flow ? event->flow->id : 0, has_flow);
    put_word(output, "from", has_flow ? sf_side_name(step->sender) : NULL);
    put_flags(output, segment->flags);
    put_number(output, "seq", segment->seq, true);
    put_number(output, "ack", segment->ack, has_ack);
    put_number(output, "seq_rel", step->seq_rel, has_flow);
    put_number(output, "ack_rel", step->ack_rel, has_flow && has_ack);
    put_number(output, "window", segment->window, true);
    put_number(output, "length", segment->payload, true);
    put_states(output, step);
    put_word(output, "fate", step->fate < sizeof fates / sizeof *fates ? fates[step->fate] : NULL);
    put_findings(output, event);
    PUT(output, "}\n");
}

/* An ICMP error: what it is, who sent it, and what it quotes of which end. */
static void put_icmp(struct sf_output *output, const struct sf_event *event)
{
    const struct sf_segment *quoted = event->segment;
    const struct sf_step *step = event->step;
    PUT(output, "{\"type\":\"icmp\",\"packet\":");
    sf_output_unsigned(output, quoted->number);
    PUT(output, ",\"time\":");
    sf_output_seconds(output, quoted->time_ns, 9);
    put_number(output, "flow", event->flow->id, true);
    put_word(output, "side", sf_side_name(step->sender));
    put_word(output, "detail", sf_icmp_word(&quoted->icmp));
    sf_columns_icmp_json(output, &quoted->icmp);
    put_flags(output, quoted->flags);
    put_number(output, "seq", quoted->seq, true);
    put_number(output, "seq_rel", step->seq_rel, true);
    put_number(output, "length", quoted->payload, quoted->data_offset != 0);
    put_states(output, step);
    put_word(output, "fate", step->fate < sizeof fates / sizeof *fates ? fates[step->fate] : NULL);
    put_findings(output, event);
    PUT(output, "}\n");
}

static void put_silence(struct sf_output *output, const struct sf_event *event)
{
    for (uint32_t i = 0; i < event->n_found; i++) {
        PUT(output, "{\"type\":\"finding\",\"flow\":");
        sf_output_unsigned(output, event->flow->id);
        sf_output_char(output, ',');
        sf_columns_found_json(output, &event->found[i]);
        PUT(output, "}\n");
    }
}

static int put(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    const struct sf_plain *plain = (const struct sf_plain *)sink;
    if (event->kind == SF_EVENT_SEGMENT)
        put_segment(plain->settings.output, event);
    else if (event->kind == SF_EVENT_ICMP)
        put_icmp(plain->settings.output, event);
    else if (event->kind == SF_EVENT_SILENCE)
        put_silence(plain->settings.output, event);
    return sf_plain_end_line(plain, err);
}

static const struct sf_sink_type dump_json = {
    .name = "dump-json",
    .wants = SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_ICMP) | SF_WANTS(SF_EVENT_SILENCE),
    .event = put,
    .free = sf_plain_free,
};

int sf_dump_json_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                     struct sf_error *err)
{
    *sink = sf_plain_new(sizeof(struct sf_plain), &dump_json, settings, err);
    return *sink != NULL ? 0 : SF_E_MEMORY;
}
