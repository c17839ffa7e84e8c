#include "machine/rules.h"

#include <assert.h>

#include "machine/machine.h"
#include "machine/seq.h"

#define LONG_CLOSED_NS INT64_C(10000000000)

/* A FIN that follows sooner had waited for the window. */
#define DELAYED_FIN_NS INT64_C(1000000000)

typedef bool rule_fn(const struct judgement *j, struct sf_found *found);

struct rule {
    rule_fn *holds;
    uint32_t when; /* marks at which it is asked */
    uint8_t severity;
};

static const struct rule rules[SF_CODE_COUNT] = {
#define INFO    SF_INFO
#define NOTE    SF_NOTE
#define WARNING SF_WARNING
#define ERROR   SF_ERROR
#define FINDING(code, severity, when, says, sure, check, rfc, figure, see)                         \
    [SF_CODE_##code] = {sf_rule_##code, when, severity},
#include <synfin/findings.def>
#undef FINDING
#undef INFO
#undef NOTE
#undef WARNING
#undef ERROR
};

static const struct {
    uint8_t stronger, weaker;
} hides[] =
    {
#define HIDES(stronger, weaker) {SF_CODE_##stronger, SF_CODE_##weaker},
#include "machine/hides.def"
},
  lowers[] =
      {
#define LOWERS(stronger, weaker) {SF_CODE_##stronger, SF_CODE_##weaker},
#include "machine/hides.def"
},
  replaces[] =
      {
#define REPLACES(stronger, weaker) {SF_CODE_##stronger, SF_CODE_##weaker},
#include "machine/hides.def"
},
  settles[] = {
#define SETTLES(stronger, weaker) {SF_CODE_##stronger, SF_CODE_##weaker},
#include "machine/hides.def"
};

/* Each closing of a window and each challenge is told on its own; others are counted. */
static bool is_told_each_time(enum sf_code code)
{
    return code == SF_CODE_ZERO_WINDOW || code == SF_CODE_CHALLENGE_ACK;
}

/* What is odd about a header, and ICMP errors, are told by kind, each with its own count. */
static bool is_told_by_kind(enum sf_code code)
{
    return code == SF_CODE_ILLEGAL_FLAGS || code == SF_CODE_PAWS_REJECTED ||
           code == SF_CODE_ICMP_REJECTED;
}

static bool is_of_one_kind(const struct sf_found *x, const struct sf_found *y)
{
    return x->code == y->code && x->side == y->side && x->detail == y->detail &&
           x->icmp.type == y->icmp.type && x->icmp.code == y->icmp.code;
}

static struct sf_found blank(const struct judgement *j)
{
    struct sf_found found = {.certainty = SF_PROVED, .count = 1, .time_ns = j->now_ns};
    if (j->segment != NULL)
        found.number = j->segment->number;
    return found;
}

/* What holds at one step: of each code at most one finding for each end, in the order of codes. */
struct holding {
    uint64_t codes; /* one bit for each code that holds */
    unsigned n;
    struct sf_found blank; /* what each begins with */
    struct sf_found found[SF_CODE_COUNT * 2];
};

static_assert(SF_CODE_COUNT <= 64, "a set of codes has 64 bits");
static_assert(SF_MARK_CROWD == UINT32_C(1) << (MARKS - 1u), "MARKS counts the marks");

static void ask_for(const struct judgement *j, unsigned code, enum sf_side side,
                    struct holding *holding)
{
    struct sf_found *found = &holding->found[holding->n];
    *found = holding->blank;
    found->code = (uint8_t)code;
    found->severity = rules[code].severity;
    found->side = (uint8_t)side;
    if (!rules[code].holds(j, found))
        return;
    holding->codes |= UINT64_C(1) << code;
    holding->n++;
}

static void ask(const struct judgement *j, unsigned code, struct holding *holding)
{
    if ((rules[code].when & SF_EACH_END) == 0) {
        ask_for(j, code, SF_NOBODY, holding);
        return;
    }
    ask_for(j, code, SF_CLIENT, holding);
    ask_for(j, code, SF_SERVER, holding);
}

static bool holds(const struct holding *holding, unsigned code)
{
    return (holding->codes >> code & 1u) != 0;
}

static bool is_hidden(const struct holding *holding, unsigned code)
{
    for (size_t i = 0; i < sizeof hides / sizeof hides[0]; i++) {
        if (hides[i].weaker == code && holds(holding, hides[i].stronger))
            return true;
    }
    return false;
}

static void set_severity(struct sf_flow *flow, enum sf_code code, uint8_t severity)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (flow->history->found[i].code == code)
            flow->history->found[i].severity = severity;
    }
}

/* What was lost, and where, is told by the stronger finding. */
static void yield(struct sf_flow *flow, enum sf_code code)
{
    set_severity(flow, code, SF_INFO);
    for (uint32_t i = 0; i < flow->n_found; i++) {
        struct sf_found *found = &flow->history->found[i];
        if (found->code == code && found->where == SF_WHERE_UNKNOWN)
            found->where = SF_WHERE_NONE;
    }
}

/* Anew each time: what lowered a finding may have been taken back. */
static void lower(struct sf_flow *flow)
{
    if (flow->n_found == 0)
        return;
    for (size_t i = 0; i < sizeof lowers / sizeof lowers[0]; i++)
        set_severity(flow, (enum sf_code)lowers[i].weaker, rules[lowers[i].weaker].severity);
    for (size_t i = 0; i < sizeof lowers / sizeof lowers[0]; i++) {
        if (sf_history_found(flow, (enum sf_code)lowers[i].stronger, SF_NOBODY) != NULL)
            yield(flow, (enum sf_code)lowers[i].weaker);
    }
}

/* A second time tells more than the first did. */
static void replace(struct judgement *j, enum sf_code code)
{
    for (size_t i = 0; i < sizeof replaces / sizeof replaces[0]; i++) {
        if (replaces[i].stronger == code)
            j->step->first_found -=
                sf_history_drop_found(j->flow, (enum sf_code)replaces[i].weaker);
    }
    for (size_t i = 0; i < sizeof settles / sizeof settles[0]; i++) {
        struct sf_found *weaker =
            sf_history_found(j->flow, (enum sf_code)settles[i].weaker, SF_NOBODY);
        if (settles[i].stronger == code && weaker != NULL && weaker->certainty == SF_PROBABLE)
            j->step->first_found -= sf_history_drop_found(j->flow, (enum sf_code)settles[i].weaker);
    }
}

/* A packet that the capture missed looks like one that the path lost. */
static void doubt(const struct machine *machine, struct sf_found *found)
{
    if ((rules[found->code].when & SF_NEEDS_ALL) == 0 || found->certainty != SF_PROVED ||
        !sf_machine_is_lossy(machine))
        return;
    found->certainty = SF_PROBABLE;
    found->is_lossy = true;
}

/* What was told before and is only counted now, or NULL. */
static struct sf_found *find_told(const struct sf_flow *flow, const struct sf_found *found)
{
    enum sf_code code = (enum sf_code)found->code;
    if (is_told_each_time(code) && flow->n_found < FOUND_MAX)
        return NULL;
    if (!is_told_by_kind(code))
        return sf_history_found(flow, code, (enum sf_side)found->side);
    for (uint32_t i = 0; i < flow->n_found; i++) {
        struct sf_found *old = &flow->history->found[i];
        if (is_of_one_kind(old, found))
            return old;
    }
    return NULL;
}

static void add(struct judgement *j, const struct sf_found *found)
{
    replace(j, (enum sf_code)found->code);
    struct sf_found *old = find_told(j->flow, found);
    if (old == NULL) {
        sf_history_add_found(j->flow, found);
        return;
    }
    old->count++;
    old->octets += found->octets;
    if (found->icmp.value != 0 && found->icmp.value < old->icmp.value)
        old->icmp.value = found->icmp.value; /* of several MTUs the smallest is the path's */
    if (found->severity > old->severity)
        old->severity = found->severity;
}

/* The latest episode of that end's window. */
static struct sf_found *closed_window(const struct sf_flow *flow, enum sf_side side)
{
    struct sf_found *last = NULL;
    for (uint32_t i = 0; i < flow->n_found; i++) {
        struct sf_found *found = &flow->history->found[i];
        if (found->code == SF_CODE_ZERO_WINDOW && found->side == side)
            last = found;
    }
    return last;
}

/* A window that opens again ends its episode. */
static void end_closed_window(const struct sf_flow *flow, enum sf_side side, int64_t lasted_ns)
{
    struct sf_found *last = closed_window(flow, side);
    if (last == NULL)
        return;
    last->interval_ns = lasted_ns;
    if (last->interval_ns >= LONG_CLOSED_NS)
        last->severity = SF_WARNING;
}

/* One that never opened lasted to the connection's last segment. */
static void time_closed_windows(const struct sf_flow *flow)
{
    for (int side = 0; side < 2; side++) {
        int64_t closed_ns = flow->history->end[side].window_closed_ns;
        if (closed_ns != SF_NO_TIME)
            end_closed_window(flow, (enum sf_side)side, flow->last_ns - closed_ns);
    }
}

/* A FIN that A sends only now, after it had asked whether the window of B is open again. */
static void tell_delayed_fin(const struct judgement *j)
{
    struct sf_found *last = closed_window(j->flow, j->b);
    bool is_open = j->pb->window_closed_ns == SF_NO_TIME;
    if (!j->is_first_fin || j->pa->window_probes == 0 || last == NULL ||
        (is_open && j->now_ns - j->pb->window_opened_ns > DELAYED_FIN_NS))
        return;
    last->detail = SF_DETAIL_FIN_DELAYED;
}

/* A SYN,ACK whose timestamp echoes one of several SYNs tells which of them arrived. */
static void place_syn_repeat(struct judgement *j)
{
    struct sf_found *found = sf_history_found(j->flow, SF_CODE_SYN_RETRANSMITTED, j->b);
    const struct sighting *syn = &j->pb->syn;
    if (!j->is_synack || j->is_synack_again || found == NULL || j->flow->history->was_held ||
        j->pa->segments > 0 || j->flow->synack_ns != j->now_ns ||
        (j->segment->options.present & SF_OPT_TIMESTAMPS) == 0 ||
        syn->first_tsval == syn->last_tsval)
        return;
    uint32_t echo = j->segment->options.tsecr;
    if (echo == syn->first_tsval) {
        found->where = SF_WHERE_NONE;
        found->detail = SF_DETAIL_FIRST_ARRIVED;
    } else if (seq_within(echo, syn->first_tsval + 1u, syn->last_tsval)) {
        found->where = SF_WHERE_AFTER;
        found->certainty = SF_PROBABLE;
    }
}

/* The client reset what was not for it, and opened all the same: RFC 9293 §3.5, figure 8. */
static void doubt_bad_synack(struct judgement *j)
{
    struct sf_found *found = sf_history_found(j->flow, SF_CODE_SYNACK_BAD_ACK, j->b);
    if (!j->is_third || found == NULL || j->pa->resets == 0)
        return;
    found->certainty = SF_PROBABLE;
    found->detail = SF_DETAIL_OLD_DUPLICATE;
}

/* Nothing of what was sent into the half that seemed open was ever taken: it was not open. */
static void drop_refused_half_close(struct judgement *j)
{
    bool was_taken = (j->B->known & SF_KNOWS_UNA) != 0 && j->pb->sent_after_fin &&
                     seq_before(j->pb->after_fin_seq, j->B->una);
    if (!was_taken)
        j->step->first_found -= sf_history_drop_found(j->flow, SF_CODE_HALF_CLOSED);
}

void sf_rule_doubt_repeat(struct sf_found *found, bool may_be_doubled)
{
    if (!may_be_doubled)
        return;
    found->certainty = SF_PROBABLE;
    found->detail = SF_DETAIL_OR_DOUBLED;
}

void sf_rules_index(struct asked *asked)
{
    for (unsigned mark = 0; mark < MARKS; mark++) {
        asked->codes[mark] = 0;
        for (unsigned code = 0; code < SF_CODE_COUNT; code++)
            asked->codes[mark] |= (uint64_t)(rules[code].when >> mark & 1u) << code;
    }
}

static uint64_t asked_for(const struct asked *asked, uint32_t marks)
{
    uint64_t codes = 0;
    for (uint32_t left = marks; left != 0; left &= left - 1)
        codes |= asked->codes[__builtin_ctz(left)];
    return codes;
}

void sf_rules_apply(struct judgement *j)
{
    struct holding holding;
    holding.codes = 0;
    holding.n = 0;
    holding.blank = blank(j);
    for (uint64_t left = asked_for(&j->machine->asked, j->step->marks); left != 0; left &= left - 1)
        ask(j, (unsigned)__builtin_ctzll(left), &holding);
    if (holds(&holding, SF_CODE_DATA_AFTER_CLOSE))
        drop_refused_half_close(j);
    if (j->by[SF_SIGN_RST].is_lost)
        j->step->first_found -=
            sf_history_drop_packet(j->flow, j->heard[SF_SIGN_RST].number, SF_CODE_RESET_SUSPICIOUS);
    for (unsigned i = 0; i < holding.n; i++) {
        if (is_hidden(&holding, holding.found[i].code))
            continue;
        doubt(j->machine, &holding.found[i]);
        add(j, &holding.found[i]);
    }
    if (j->window_opens)
        end_closed_window(j->flow, j->a, j->window_closed_for_ns);
    if (j->segment != NULL) {
        place_syn_repeat(j);
        doubt_bad_synack(j);
        tell_delayed_fin(j);
    }
    lower(j->flow);
}

void sf_rules_reread_lost_ack(struct sf_flow *flow)
{
    struct sf_found *found = sf_history_found(flow, SF_CODE_HANDSHAKE_ACK_LOST, SF_NOBODY);
    if (found == NULL)
        return;
    found->code = SF_CODE_ACCEPT_QUEUE_OVERFLOW;
    found->side = SF_SERVER;
    found->where = SF_WHERE_NONE;
    if (found->detail != SF_DETAIL_OR_DEFERRED_ACCEPT)
        found->detail = SF_DETAIL_NONE;
    found->certainty = SF_PROBABLE;
}

/* A SYN or SYN,ACK showed up after all. */
static void tell_midstream(struct sf_flow *flow)
{
    struct sf_found *found = sf_history_found(flow, SF_CODE_MIDSTREAM, SF_NOBODY);
    if (found != NULL && !flow->history->roles_are_guessed)
        found->detail = SF_DETAIL_TOLD_BY_SYNACK;
}

static void tell_closing(struct sf_flow *flow)
{
    struct sf_found *found = sf_history_found(flow, SF_CODE_CLOSING, SF_NOBODY);
    if (found == NULL)
        return;
    bool client = sf_fold_has_proved(&flow->end[SF_CLIENT], SF_STATE_CLOSING);
    bool server = sf_fold_has_proved(&flow->end[SF_SERVER], SF_STATE_CLOSING);
    found->detail = client && server ? SF_DETAIL_BOTH_PROVED
                    : client         ? SF_DETAIL_CLIENT_PROVED
                    : server         ? SF_DETAIL_SERVER_PROVED
                                     : SF_DETAIL_BOTH_ASSUMED;
}

/* How long one half stayed open behind the first FIN, and whether it still is. */
static void time_half_close(struct sf_flow *flow)
{
    for (int side = 0; side < 2; side++) {
        struct sf_found *found = sf_history_found(flow, SF_CODE_HALF_CLOSED, (enum sf_side)side);
        int64_t covered_ns = flow->history->end[side].fin_covered_ns;
        int64_t other_ns = flow->history->end[1 - side].fin.first_ns;
        if (found == NULL)
            continue;
        bool is_open =
            (flow->end[1 - side].known & SF_KNOWS_FIN) == 0 && !flow->history->rst_accepted;
        found->interval_ns = (other_ns != SF_NO_TIME ? other_ns : flow->last_ns) - covered_ns;
        found->severity = is_open ? SF_NOTE : SF_INFO;
        found->detail = is_open ? SF_DETAIL_STILL_OPEN : SF_DETAIL_NONE;
    }
}

/* A stalled close lasts until the FIN that comes at last, or as long as the input. */
static void time_stalled(struct sf_flow *flow, int64_t now_ns)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        struct sf_found *found = &flow->history->found[i];
        bool is_waiter = found->code == SF_CODE_FIN_WAIT_2_STALLED;
        if ((!is_waiter && found->code != SF_CODE_CLOSE_WAIT_STALLED) ||
            found->reset_kind != SF_RESET_KIND_NONE)
            continue;
        enum sf_side side = (enum sf_side)found->side;
        enum sf_side silent = is_waiter ? sf_other(side) : side;
        int64_t fin_ns = flow->history->end[silent].fin.first_ns;
        bool is_open = fin_ns == SF_NO_TIME && !flow->history->rst_accepted;
        found->interval_ns = (fin_ns != SF_NO_TIME ? fin_ns : now_ns) - found->time_ns;
        if (is_open && !is_waiter && found->detail == SF_DETAIL_NONE)
            found->detail = SF_DETAIL_STILL_OPEN;
    }
}

/* Where no answer of anyone passes, a missing one tells nothing. */
static void doubt_silence(const struct machine *machine, struct sf_flow *flow)
{
    struct sf_found *found = sf_history_found(flow, SF_CODE_NO_ANSWER, SF_NOBODY);
    if (found == NULL || !sf_machine_is_one_sided(machine))
        return;
    found->severity = SF_INFO;
    found->certainty = SF_PROBABLE;
    found->detail = SF_DETAIL_ONE_DIRECTION;
}

/* A silence lasts as long as the input. */
static void time_silence(struct sf_flow *flow, int64_t now_ns)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        struct sf_found *found = &flow->history->found[i];
        bool is_silence = found->code == SF_CODE_GAVE_UP || found->code == SF_CODE_NO_ANSWER ||
                          found->code == SF_CODE_HALF_OPEN;
        if (is_silence && now_ns - found->time_ns > found->interval_ns)
            found->interval_ns = now_ns - found->time_ns;
    }
}

void sf_rules_finish(const struct machine *machine, struct sf_flow *flow, int64_t now_ns)
{
    for (uint32_t i = 0; i < flow->n_found; i++)
        doubt(machine, &flow->history->found[i]);
    doubt_silence(machine, flow);
    time_silence(flow, now_ns);
    time_stalled(flow, now_ns);
    time_closed_windows(flow);
    tell_midstream(flow);
    tell_closing(flow);
    time_half_close(flow);
}
