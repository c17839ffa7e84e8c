#include "checker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "findings.h"
#include "outcome.h"

static const char *const rule_texts[RULE_COUNT] = {
#define RULE(name, text) text,
#include "rules.def"
};

static const char *const kind_texts[KIND_COUNT] = {
#define KIND(name, text) text,
#include "rules.def"
};

const char *rule_text(enum rule rule)
{
    return rule_texts[rule];
}

const char *kind_text(enum kind kind)
{
    return kind_texts[kind];
}

/* What an analyser was not shown it cannot know. */
static bool is_beyond_knowing(enum kind kind)
{
    return kind == KIND_GAPS;
}

void checking_break(struct checking *checking, enum rule rule, const char *format, ...)
{
    struct verdict *verdict = checking->verdict;
    if (is_beyond_knowing(checking->kind) && rule != RULE_ENGINE && rule != RULE_LEGAL) {
        checking->tally->excused[rule]++;
        return;
    }
    checking->tally->broken[rule]++;
    if (verdict->is_broken)
        return;
    verdict->is_broken = true;
    verdict->rule = rule;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(verdict->text, sizeof verdict->text, format, arguments);
    va_end(arguments);
}

/* ---- proved views -----------------------------------------------------------------------------
 */

/* To one connection a listener and nobody are the same. */
static bool is_same(uint8_t said, uint8_t real)
{
    bool none_said = said == SF_STATE_CLOSED || said == SF_STATE_LISTEN;
    bool none_real = real == SF_STATE_CLOSED || real == SF_STATE_LISTEN;
    return said == real || (none_said && none_real);
}

/* Octets sent again, and the ACK on them, were true or are; whether their sender has closed since
 * they do not tell. A SYN or FIN again does speak of the present. */
static bool speaks_of_present(const struct packet *packet)
{
    return packet->reason != REASON_REPEAT || (packet->flags & (SF_SYN | SF_FIN)) != 0;
}

/* A RST that the analyser does not believe proves nothing. Undisturbed ones it has to believe. */
static bool is_disbelieved(const struct checking *checking, unsigned at,
                           const struct packet *packet)
{
    const struct said *said = &checking->account->said[at];
    return (packet->flags & SF_RST) != 0 && checking->kind != KIND_CLEAN &&
           said->view[packet->from].state != SF_STATE_CLOSED &&
           said->view[packet->from].state != SF_STATE_LISTEN;
}

/* The newest packets of `end` that the connection of pass `at` had taken by then, NULL for none:
 * of all, and of those that speak of the present. */
struct newest {
    const struct sent *of_all, *of_present;
    unsigned first_life; /* of its packets */
};

static struct newest find_newest(const struct checking *checking, unsigned at, unsigned end)
{
    const struct truth *truth = checking->truth;
    struct newest newest = {.first_life = LIVES_MAX};
    for (unsigned i = 0; i <= at; i++) {
        const struct said *said = &checking->account->said[i];
        const struct sent *sent = &truth->sent[truth->pass[i].sent];
        if (!said->is_told || said->flow != checking->account->said[at].flow ||
            sent->packet.from != end || is_disbelieved(checking, i, &sent->packet))
            continue;
        if (sent->packet.life < newest.first_life)
            newest.first_life = sent->packet.life;
        if (newest.of_all == NULL || sent > newest.of_all)
            newest.of_all = sent;
        if (speaks_of_present(&sent->packet) &&
            (newest.of_present == NULL || sent > newest.of_present))
            newest.of_present = sent;
    }
    return newest;
}

static bool was_established(const struct life *life)
{
    for (unsigned i = 0; i < life->n; i++) {
        if (life->history[i].state == SF_STATE_ESTABLISHED)
            return true;
    }
    return false;
}

/* Is the connection of the row over for its sender, which has begun another since? */
static bool has_left(const struct checking *checking, const struct newest *newest)
{
    const struct packet *last = &newest->of_all->packet;
    const struct life *first = &checking->truth->life[last->from][newest->first_life];
    return newest->first_life < last->life && was_established(first);
}

/* Was the sender in `state` when it sent the one, the other, or in between? */
static bool was_in(const struct checking *checking, const struct newest *newest, uint8_t state)
{
    const struct packet *last = &newest->of_all->packet;
    unsigned first = last->moment;
    if (state == SF_STATE_CLOSED && has_left(checking, newest))
        return true;
    if (last->reason == REASON_BAD_ACK && state == SF_STATE_CLOSED)
        return true; /* of the connection that the ACK was meant for nothing is left */
    if (newest->of_present == NULL)
        first = 0;
    else if (newest->of_present->packet.life == last->life)
        first = newest->of_present->packet.moment;
    for (unsigned i = first; i <= last->moment; i++) {
        if (is_same(state, checking->truth->life[last->from][last->life].history[i].state))
            return true;
    }
    return false;
}

static void check_view(struct checking *checking, unsigned at)
{
    const struct truth *truth = checking->truth;
    const struct said *said = &checking->account->said[at];
    unsigned end = truth->sent[truth->pass[at].sent].packet.from;
    /* A held SYN is told with the states in which the connection is when it takes its place. */
    if (!said->is_told || said->fate != SF_FATE_TAKEN)
        return;
    checking->tally->views++;
    if (!said->view[end].is_proved)
        return;
    checking->tally->proved_views++;
    struct newest newest = find_newest(checking, at, end);
    if (newest.of_all == NULL || was_in(checking, &newest, said->view[end].state))
        return;
    enum sf_state real = truth_state_at(truth, newest.of_all);
    checking_break(checking, RULE_VIEW, "packet %u: end %u is in %s, not in %s", at + 1u, end,
                   state_name(real), state_name((enum sf_state)said->view[end].state));
}

/* ---- paths ------------------------------------------------------------------------------------
 */

/* The states of an end that a row speaks of: those of all lives whose packets it took. */
struct story {
    uint8_t state[HISTORY_MAX * LIVES_MAX];
    bool is_silent[HISTORY_MAX * LIVES_MAX];
    unsigned n, n_lives;
};

static void add_life(struct story *story, const struct life *life)
{
    story->n_lives++;
    for (unsigned i = 0; i < life->n; i++) {
        story->state[story->n] = life->history[i].state;
        story->is_silent[story->n++] = life->history[i].is_silent;
    }
}

static struct story story_of(const struct checking *checking, uint32_t flow, unsigned end)
{
    const struct truth *truth = checking->truth;
    bool is_in[LIVES_MAX] = {false};
    struct story story = {.n = 0};
    for (unsigned i = 0; i < truth->n_passes; i++) {
        const struct packet *packet = &truth->sent[truth->pass[i].sent].packet;
        const struct said *said = &checking->account->said[i];
        /* What answers for no connection belongs to none, and the reset of an unacceptable ACK
         * to the connection that this was meant for. */
        if (said->is_told && said->flow == flow && packet->from == end &&
            packet->reason != REASON_NO_CONNECTION && packet->reason != REASON_BAD_ACK)
            is_in[packet->life] = true;
    }
    for (unsigned i = 0; i < LIVES_MAX; i++) {
        if (is_in[i])
            add_life(&story, &truth->life[end][i]);
    }
    if (story.n == 0)
        story.state[story.n++] = SF_STATE_CLOSED;
    return story;
}

static void check_proved_path(struct checking *checking, const struct sf_end *path, unsigned end,
                              const struct story *story)
{
    unsigned next = 0;
    for (unsigned i = 0; i < path->n_path; i++) {
        if (!sf_end_proves(path, i))
            continue;
        checking->tally->proved_states++;
        while (next < story->n && !is_same(path->path[i], story->state[next]))
            next++;
        if (next == story->n) {
            checking_break(checking, RULE_PATH, "end %u never was in %s then", end,
                           state_name((enum sf_state)path->path[i]));
            return;
        }
        next++;
    }
}

/* The arrows of RFC 9293 figure 5, with those of §3.10 that the figure leaves out: RST and ABORT
 * lead to CLOSED from everywhere, CLOSE may act in SYN-RECEIVED, and a FIN with the ACK of the FIN
 * leads from FIN-WAIT-1 to TIME-WAIT. */
static bool is_arrow(uint8_t from, uint8_t to)
{
#define TO(state) (1u << SF_STATE_##state)
    static const unsigned arrows[SF_STATE_COUNT] = {
        [SF_STATE_CLOSED] = TO(SYN_SENT) | TO(LISTEN),
        [SF_STATE_LISTEN] = TO(SYN_RCVD) | TO(SYN_SENT),
        [SF_STATE_SYN_SENT] = TO(SYN_RCVD) | TO(ESTABLISHED),
        [SF_STATE_SYN_RCVD] = TO(ESTABLISHED) | TO(FIN_WAIT_1),
        [SF_STATE_ESTABLISHED] = TO(FIN_WAIT_1) | TO(CLOSE_WAIT),
        [SF_STATE_FIN_WAIT_1] = TO(FIN_WAIT_2) | TO(CLOSING) | TO(TIME_WAIT),
        [SF_STATE_FIN_WAIT_2] = TO(TIME_WAIT),
        [SF_STATE_CLOSING] = TO(TIME_WAIT),
        [SF_STATE_CLOSE_WAIT] = TO(LAST_ACK)};
#undef TO
    return to == SF_STATE_CLOSED || (arrows[from] >> to & 1u) != 0;
}

static void check_legal(struct checking *checking, const struct sf_end *path, unsigned end)
{
    for (unsigned i = 1; i < path->n_path; i++) {
        if (!is_arrow(path->path[i - 1u], path->path[i]))
            checking_break(checking, RULE_LEGAL, "end %u: nothing leads from %s to %s", end,
                           state_name((enum sf_state)path->path[i - 1u]),
                           state_name((enum sf_state)path->path[i]));
    }
}

/* Is the path the story, but for an end of it that was reached in silence? */
static bool is_right(const struct sf_end *path, const struct story *story)
{
    unsigned n = story->n;
    while (n > path->n_path && n > 0 && story->is_silent[n - 1u])
        n--;
    return n == path->n_path && memcmp(path->path, story->state, n) == 0;
}

/*
 * The path without `passing`, where that is only assumed and stands in front of `next`. For an ACK
 * may have no effect that nothing shows:
 *
 * - ESTABLISHED before FIN-WAIT-1: CLOSE acted in SYN-RECEIVED, the ACK of the SYN was on its way.
 * - FIN-WAIT-2 before TIME-WAIT: the ACK of the FIN came on octets that were there already. By
 *   RFC 9293 §3.10.7.4, first, nothing of such a segment is taken.
 */
static struct sf_end without(const struct sf_end *path, enum sf_state passing, enum sf_state next)
{
    struct sf_end shorter = *path;
    for (unsigned i = 1; i + 1u < path->n_path; i++) {
        if (path->path[i] != passing || sf_end_proves(path, i) || path->path[i + 1u] != next)
            continue;
        memmove(&shorter.path[i], &shorter.path[i + 1u], path->n_path - i - 1u);
        shorter.proved = (uint16_t)((path->proved & ((1u << i) - 1u)) |
                                    (path->proved >> 1u & ~((1u << i) - 1u)));
        shorter.n_path--;
        break;
    }
    return shorter;
}

/* CLOSED, but not as LAST-ACK ends. */
static bool ends_by_reset(const uint8_t *state, unsigned n)
{
    return n > 1 && state[n - 1u] == SF_STATE_CLOSED && state[n - 2u] != SF_STATE_LAST_ACK;
}

/*
 * Where a connection is reset, nothing that an end sends tells what it had still heard before: a
 * RST need not acknowledge anything (RFC 9293 §3.10.5), and who obeys one says nothing. So behind
 * the last state that other segments prove, path and story may differ. So they may where an opener
 * gave up in silence: that it refuses a SYN right after its own, it may have done before that.
 */
static bool is_right_before_reset(const struct sf_end *path, const struct story *story)
{
    unsigned n = path->n_path;
    while (n > 0 && (!sf_end_proves(path, n - 1u) || path->path[n - 1u] == SF_STATE_CLOSED))
        n--;
    bool is_silent = story->is_silent[story->n - 1u];
    bool gave_up_opening = story->n > 1 && story->state[story->n - 2u] == SF_STATE_SYN_SENT;
    bool was_reset = ends_by_reset(path->path, path->n_path) ||
                     (ends_by_reset(story->state, story->n) && (!is_silent || gave_up_opening));
    return was_reset && n <= story->n && memcmp(path->path, story->state, n) == 0;
}

/* Could no packet have shown the difference? */
static bool is_hidden(const struct sf_end *path, const struct story *story)
{
    struct sf_end shorter = without(path, SF_STATE_ESTABLISHED, SF_STATE_FIN_WAIT_1);
    struct sf_end direct = without(path, SF_STATE_FIN_WAIT_2, SF_STATE_TIME_WAIT);
    struct sf_end shortest = without(&shorter, SF_STATE_FIN_WAIT_2, SF_STATE_TIME_WAIT);
    return is_right(&direct, story) || is_right(&shorter, story) || is_right(&shortest, story) ||
           is_right_before_reset(path, story) || is_right_before_reset(&shorter, story);
}

static bool is_whole(const struct checking *checking)
{
    const struct plan *plan = checking->plan;
    return plan->skipped == 0 && plan->deaf_to == NOBODY && !plan->ends_early &&
           !checking->truth->is_cut;
}

static bool was_held_for_long(const struct checking *checking)
{
    bool is_held = false;
    for (unsigned i = 0; i < checking->truth->n_sent; i++)
        is_held |= checking->truth->sent[i].held[FRONT] || checking->truth->sent[i].held[BEHIND];
    return is_held && !plan_is_steady(checking->plan);
}

static enum kind kind_of(const struct checking *checking)
{
    bool is_disturbed[2] = {false, false};
    if (checking->plan->missed > 0)
        return KIND_GAPS;
    if (was_held_for_long(checking))
        return KIND_LATE;
    if (!is_whole(checking))
        return KIND_PARTIAL;
    for (unsigned i = 0; i < checking->truth->n_sent; i++) {
        const struct sent *sent = &checking->truth->sent[i];
        for (unsigned leg = 0; leg < 2; leg++)
            is_disturbed[leg] |= sent->lost[leg] > 0 || sent->held[leg] || sent->doubled[leg];
    }
    if (is_disturbed[FRONT])
        return is_disturbed[BEHIND] ? KIND_BOTH : KIND_FRONT;
    return is_disturbed[BEHIND] ? KIND_BEHIND : KIND_CLEAN;
}

static void list_states(char *text, size_t size, const uint8_t *state, unsigned n)
{
    size_t used = 0;
    for (unsigned i = 0; i < n && used < size; i++)
        used +=
            (size_t)snprintf(text + used, size - used, " %s", state_name((enum sf_state)state[i]));
}

static void check_row(struct checking *checking, const struct row *row)
{
    enum kind kind = checking->kind;
    for (unsigned end = 0; end < 2; end++) {
        const struct sf_end *path = &row->flow.end[observed_side(&row->flow, end)];
        struct story story = story_of(checking, row->flow.id, end);
        check_proved_path(checking, path, end, &story);
        check_legal(checking, path, end);
        if (story.n_lives != 1)
            continue;
        bool right = is_right(path, &story);
        struct score *score = &checking->tally->path[kind];
        *(right ? &score->right : &score->wrong) += 1;
        bool hidden = !right && kind == KIND_CLEAN && is_hidden(path, &story);
        checking->tally->hidden += hidden ? 1u : 0u;
        if (!right && !hidden && kind == KIND_CLEAN) {
            char real[120] = "";
            list_states(real, sizeof real, story.state, story.n);
            checking_break(checking, RULE_CLEAN, "end %u went through%s", end, real);
        }
    }
}

/* ---- all of it --------------------------------------------------------------------------------
 */

void check(const struct plan *plan, const struct truth *truth, const struct account *account,
           struct tally *tally, struct verdict *verdict)
{
    struct checking checking = {
        .plan = plan, .truth = truth, .account = account, .tally = tally, .verdict = verdict};
    *verdict = (struct verdict){.is_broken = false};
    checking.kind = kind_of(&checking);
    tally->conversations++;
    tally->packets += truth->n_sent;
    tally->passes += truth->n_passes;
    tally->rows += account->n_rows;
    tally->cut += truth->is_cut ? 1u : 0u;
    if (account->has_failed)
        checking_break(&checking, RULE_ENGINE, "it failed");
    for (unsigned i = 0; i < truth->n_passes; i++)
        check_view(&checking, i);
    for (unsigned i = 0; i < account->n_rows; i++) {
        check_row(&checking, &account->row[i]);
        check_findings(&checking, &account->row[i]);
        check_outcome(&checking, &account->row[i]);
    }
    tally->failed += verdict->is_broken ? 1u : 0u;
}

void tally_add(struct tally *tally, const struct tally *more)
{
    const uint64_t *from = (const uint64_t *)more;
    uint64_t *to = (uint64_t *)tally; /* it holds nothing but counts */
    for (size_t i = 0; i < sizeof *tally / sizeof *to; i++)
        to[i] += from[i];
}
