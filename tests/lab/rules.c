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
    bool has_number;
} actions[] = {
    {"drop", LAB_DROP, false},       {"delay", LAB_DELAY, true}, {"copy", LAB_COPY, true},
    {"corrupt", LAB_CORRUPT, false}, {"reset", LAB_RESET, true},
};

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

static bool set_action(struct lab_rule *rule, const char *word, const char *number)
{
    for (size_t i = 0; i < N_OF(actions); i++) {
        if (strcmp(word, actions[i].name) != 0)
            continue;
        rule->action = actions[i].action;
        rule->number = number ? (uint32_t)strtoul(number, NULL, 10) : 0;
        return actions[i].has_number == (number != NULL);
    }
    return false;
}

static bool parse_line(struct lab_rule *rule, char *line)
{
    char *save, *words[5] = {NULL};
    size_t n = 0;
    for (char *word = strtok_r(line, " \t\n", &save); word; word = strtok_r(NULL, " \t\n", &save)) {
        if (n == N_OF(words))
            return false;
        words[n++] = word;
    }
    *rule = (struct lab_rule){.seen = 0};
    return n >= 4 && set_direction(rule, words[0]) && set_kind(rule, words[1]) &&
           set_range(rule, words[2]) && set_action(rule, words[3], words[4]);
}

unsigned lab_rules_read(struct lab_rules *rules, FILE *file)
{
    char line[256];
    rules->n_rules = 0;
    for (unsigned number = 1; fgets(line, sizeof line, file); number++) {
        if (line[strspn(line, " \t\n")] == '\0' || line[0] == '#')
            continue;
        if (rules->n_rules == LAB_RULES_MAX || !parse_line(&rules->rules[rules->n_rules], line))
            return number;
        rules->n_rules++;
    }
    return 0;
}

const struct lab_rule *lab_rules_match(struct lab_rules *rules, enum lab_direction direction,
                                       const struct lab_frame *frame)
{
    const struct lab_rule *decides = NULL;
    if (!frame->is_tcp)
        return NULL;
    for (size_t i = 0; i < rules->n_rules; i++) {
        struct lab_rule *rule = &rules->rules[i];
        if (rule->direction != direction || !rule->fits(frame))
            continue;
        rule->seen++;
        if (!decides && rule->seen >= rule->first && rule->seen <= rule->last)
            decides = rule;
    }
    return decides;
}
