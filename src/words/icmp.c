#include "words/words.h"

#include "words/sentence.h"
#include "words/translate.h"

static const struct {
    uint8_t ip, type, code;
    const char *text;
} errors[] = {
#define ICMP_ERROR(ip, type, code, kind, text) {ip, type, code, text},
#include <synfin/icmp.def>
};

/* Where the code is none of those. */
static const struct {
    uint8_t ip, type;
    const char *text;
} others[] = {
#define ICMP_OTHER(ip, type, kind, text) {ip, type, text},
#include <synfin/icmp.def>
};

static const struct {
    const char *says, *check;
} kinds[SF_ICMP_KIND_COUNT] = {
#define ICMP_KIND(name, says, check) [SF_ICMP_##name] = {says, check},
#include <synfin/icmp.def>
};

const char *sf_icmp_word(const struct sf_icmp *icmp)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].ip == icmp->ip && errors[i].type == icmp->type &&
            errors[i].code == icmp->code)
            return errors[i].text;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].ip == icmp->ip && others[i].type == icmp->type)
            return others[i].text;
    return "?";
}

const char *sf_icmp_says(unsigned kind)
{
    return kind > SF_ICMP_NONE && kind < SF_ICMP_KIND_COUNT ? sf_translate(kinds[kind].says) : "?";
}

const char *sf_icmp_check(unsigned kind)
{
    return kind > SF_ICMP_NONE && kind < SF_ICMP_KIND_COUNT ? sf_translate(kinds[kind].check) : "?";
}

static bool put_value(struct sf_sentence *sentence, const char *name, size_t length,
                      const void *context)
{
    const struct sf_icmp *icmp = context;
    (void)name, (void)length; /* there is but one */
    sf_sentence_add_number(sentence, icmp->value);
    return true;
}

size_t sf_icmp_text(char text[SF_ICMP_SIZE], const struct sf_icmp *icmp)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, SF_ICMP_SIZE);
    sf_sentence_add(&sentence, sf_translate(sf_icmp_word(icmp)));
    if (icmp->value == 0)
        return sentence.length;
    const char *value = icmp->kind == SF_ICMP_TOO_BIG ? _(", MTU {value}") : _(" at octet {value}");
    sf_sentence_add_filled(&sentence, value, put_value, icmp);
    return sentence.length;
}
