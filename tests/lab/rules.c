#include "rules.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool is_syn(const struct lab_frame *frame)
{
    return (frame->flags & (LAB_SYN | LAB_ACK)) == LAB_SYN;
}

static bool is_synack(const struct lab_frame *frame)
{
    return (frame->flags & (LAB_SYN | LAB_ACK)) == (LAB_SYN | LAB_ACK);
}

static bool is_fin(const struct lab_frame *frame)
{
    return frame->flags & LAB_FIN;
}

static bool is_rst(const struct lab_frame *frame)
{
    return frame->flags & LAB_RST;
}

static bool is_data(const struct lab_frame *frame)
{
    return lab_frame_payload(frame) > 0;
}

static bool is_bare_ack(const struct lab_frame *frame)
{
    return !is_data(frame) && (frame->flags & ~LAB_PSH) == LAB_ACK;
}

static bool is_any(const struct lab_frame *frame)
{
    return frame->is_tcp;
}

static const struct {
    const char *name;
    bool (*fits)(const struct lab_frame *frame);
} kinds[] = {
    {"syn", is_syn},   {"synack", is_synack}, {"fin", is_fin}, {"rst", is_rst},
    {"data", is_data}, {"ack", is_bare_ack},  {"any", is_any},
};

static const struct {
    const char *name;
    enum lab_action action;
    size_t n_numbers;
} actions[] = {
    {"drop", LAB_DROP, 0},       {"delay", LAB_DELAY, 1},   {"copy", LAB_COPY, 1},
    {"corrupt", LAB_CORRUPT, 0}, {"reset", LAB_RESET, 1},   {"flags", LAB_FLAGS, 1},
    {"append", LAB_APPEND, 1},   {"age", LAB_AGE, 1},       {"split", LAB_SPLIT, 0},
    {"third", LAB_THIRD, 0},     {"random", LAB_RANDOM, 5},
};

enum { FIXED_WORDS = 4, WORDS_MAX = FIXED_WORDS + 5 };

#define N_OF(array) (sizeof(array) / sizeof(array)[0])

static bool set_direction(struct lab_rule *rule, const char *word)
{
    rule->direction = strcmp(word, "s2c") == 0 ? LAB_S2C : LAB_C2S;
    return strcmp(word, "s2c") == 0 || strcmp(word, "c2s") == 0;
}

static bool set_kind(struct lab_rule *rule, const char *word)
{
    for (size_t i = 0; i < N_OF(kinds); i++)
        if (strcmp(word, kinds[i].name) == 0)
            rule->fits = kinds[i].fits;
    return rule->fits;
}

static bool set_range(struct lab_rule *rule, const char *word)
{
    char *end;
    rule->first = rule->last = (unsigned)strtoul(word, &end, 10);
    if (*end == '-' && end[1])
        rule->last = (unsigned)strtoul(end + 1, &end, 10);
    else if (*end == '-' && end++)
        rule->last = UINT_MAX;
    return *end == '\0' && rule->first > 0 && rule->last >= rule->first;
}

static uint32_t number(const char *word)
{
    return (uint32_t)strtoul(word, NULL, 10);
}

static bool set_action(struct lab_rule *rule, const char *word, char **numbers, size_t n)
{
    for (size_t i = 0; i < N_OF(actions); i++) {
        if (strcmp(word, actions[i].name) != 0 || n != actions[i].n_numbers)
            continue;
        rule->act = (struct lab_act){actions[i].action, n == 1 ? number(numbers[0]) : 0};
        if (n == 5)
            rule->dice =
                (struct lab_dice){number(numbers[0]), number(numbers[1]), number(numbers[2]),
                                  number(numbers[3]), number(numbers[4])};
        return true;
    }
    return false;
}

static bool parse_line(struct lab_rule *rule, char *line)
{
    char *save, *words[WORDS_MAX];
    size_t n = 0;
    for (char *word = strtok_r(line, " \t\n", &save); word; word = strtok_r(NULL, " \t\n", &save)) {
        if (n == WORDS_MAX)
            return false;
        words[n++] = word;
    }
    *rule = (struct lab_rule){.seen = 0};
    return n >= FIXED_WORDS && set_direction(rule, words[0]) && set_kind(rule, words[1]) &&
           set_range(rule, words[2]) &&
           set_action(rule, words[3], words + FIXED_WORDS, n - FIXED_WORDS);
}

unsigned lab_rules_read(struct lab_rules *rules, FILE *file)
{
    char line[256];
    *rules = (struct lab_rules){.n_rules = 0};
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        if (line[strspn(line, " \t\n")] == '\0' || line[0] == '#')
            continue;
        if (rules->n_rules == LAB_RULES_MAX || !parse_line(&rules->rules[rules->n_rules], line))
            return number;
        rules->n_rules++;
    }
    return 0;
}

/* A finaliser of integer hashes: each bit of the argument turns over half of the result's. */
static uint32_t scatter(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352d;
    x = (x ^ x >> 15) * 0x846ca68b;
    return x ^ x >> 16;
}

/* One more throw for the segment's connection: a number to draw others from. */
static uint32_t throw_dice(struct lab_rules *rules, const struct lab_dice *dice,
                           enum lab_direction direction, const struct lab_frame *frame)
{
    const uint8_t *ports = frame->bytes + frame->tcp_at;
    uint32_t pair = 0;
    for (size_t i = 0; i < 4; i++)
        pair = pair << 8 | ports[i];
    uint32_t chosen = scatter(pair + (uint32_t)direction);
    uint16_t nth = ++rules->rolls[chosen % LAB_ROLLS_MAX];
    return scatter(scatter(chosen ^ scatter(dice->seed)) + nth);
}

static struct lab_act roll(struct lab_rules *rules, const struct lab_dice *dice,
                           enum lab_direction direction, const struct lab_frame *frame)
{
    uint32_t thrown = throw_dice(rules, dice, direction, frame);
    uint32_t luck = thrown % 100;
    uint32_t later_ms = 1 + scatter(thrown) % (dice->late_ms ? dice->late_ms : 1);
    if (luck < dice->loss)
        return (struct lab_act){LAB_DROP, 0};
    if (luck < dice->loss + dice->late)
        return (struct lab_act){LAB_DELAY, later_ms};
    if (luck < dice->loss + dice->late + dice->twice)
        return (struct lab_act){LAB_COPY, later_ms};
    return (struct lab_act){LAB_PASS, 0};
}

struct lab_act lab_rules_decide(struct lab_rules *rules, enum lab_direction direction,
                                const struct lab_frame *frame)
{
    const struct lab_rule *decides = NULL;
    for (size_t i = 0; frame->is_tcp && i < rules->n_rules; i++) {
        struct lab_rule *rule = &rules->rules[i];
        if (rule->direction != direction || !rule->fits(frame))
            continue;
        rule->seen++;
        if (!decides && rule->seen >= rule->first && rule->seen <= rule->last)
            decides = rule;
    }
    if (!decides)
        return (struct lab_act){LAB_PASS, 0};
    if (decides->act.action == LAB_RANDOM)
        return roll(rules, &decides->dice, direction, frame);
    return decides->act;
}
