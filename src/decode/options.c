#include "decode/options.h"

enum {
    END_OF_LIST,
    NO_OPERATION,
    MSS,
    WSCALE,
    SACK_PERMITTED,
    SACK,
    TIMESTAMPS = 8,
    USER_TIMEOUT = 28,
    MPTCP = 30,
    FASTOPEN = 34,
    EXPERIMENT = 254
};

#define FASTOPEN_MAGIC 0xf989 /* RFC 7413 §4.1.1, before kind 34 was assigned */
#define SACK_BLOCK     8

bool sf_options_next(struct sf_options_iterator *iterator)
{
    const uint8_t *octet = NULL;
    do {
        octet = take(&iterator->cursor, 1);
    } while (octet != NULL && *octet == NO_OPERATION);
    if (octet == NULL || *octet == END_OF_LIST) {
        iterator->end =
            octet == NULL && iterator->uncaptured > 0 ? SF_OPTIONS_CUT : SF_OPTIONS_WHOLE;
        return false;
    }
    iterator->kind = *octet;
    const uint8_t *length = take(&iterator->cursor, 1);
    if (length == NULL) {
        iterator->end = iterator->uncaptured > 0 ? SF_OPTIONS_CUT : SF_OPTIONS_BAD;
        return false;
    }
    if (*length < 2 || *length - 2u > bytes_left(&iterator->cursor) + iterator->uncaptured) {
        iterator->end = SF_OPTIONS_BAD;
        return false;
    }
    iterator->length = (uint8_t)(*length - 2); /* at least 0, as tested */
    iterator->value = take(&iterator->cursor, iterator->length);
    iterator->end = SF_OPTIONS_CUT; /* only meant where there is no value */
    return iterator->value != NULL;
}

static bool read_sack(const struct sf_options_iterator *option, struct sf_options *options)
{
    if (option->length == 0 || option->length % SACK_BLOCK != 0) {
        return false;
    }
    options->sack_left = load_be32(option->value);
    options->sack_right = load_be32(option->value + 4);
    options->present |= SF_OPT_SACK;
    return true;
}

static bool read_timestamps(const struct sf_options_iterator *option, struct sf_options *options)
{
    if (option->length != 8) {
        return false;
    }
    options->tsval = load_be32(option->value);
    options->tsecr = load_be32(option->value + 4);
    options->present |= SF_OPT_TIMESTAMPS;
    return true;
}

static bool read_mptcp(const struct sf_options_iterator *option, struct sf_options *options)
{
    if (option->length == 0) {
        return false;
    }
    if ((options->present & SF_OPT_MPTCP) == 0) { /* of several, the first says most */
        options->mptcp_subtype = option->value[0] >> 4;
        options->present |= SF_OPT_MPTCP;
    }
    return true;
}

static bool read_fastopen(uint8_t cookie_length, struct sf_options *options)
{
    options->fastopen_length = cookie_length;
    options->present |= SF_OPT_FASTOPEN;
    return true;
}

/* Kind 254 is shared by experiments; each begins with a number of its own (RFC 6994). */
static bool read_experiment(const struct sf_options_iterator *option, struct sf_options *options)
{
    if (option->length < 2 || load_be16(option->value) != FASTOPEN_MAGIC) {
        return true;
    }
    return read_fastopen((uint8_t)(option->length - 2), options);
}

static bool read_number(const struct sf_options_iterator *option, uint16_t *number,
                        struct sf_options *options, enum sf_option bit)
{
    if (option->length != 2) {
        return false;
    }
    *number = load_be16(option->value);
    options->present |= (uint8_t)bit;
    return true;
}

static bool read_wscale(const struct sf_options_iterator *option, struct sf_options *options)
{
    if (option->length != 1) {
        return false;
    }
    options->wscale = option->value[0];
    options->present |= SF_OPT_WSCALE;
    return true;
}

/* False: a known option with a length that it cannot have. */
static bool read_option(const struct sf_options_iterator *option, struct sf_options *options)
{
    switch (option->kind) {
    case MSS:
        return read_number(option, &options->mss, options, SF_OPT_MSS);
    case WSCALE:
        return read_wscale(option, options);
    case SACK_PERMITTED:
        options->present |= option->length == 0 ? SF_OPT_SACK_PERMITTED : 0;
        return option->length == 0;
    case SACK:
        return read_sack(option, options);
    case TIMESTAMPS:
        return read_timestamps(option, options);
    case USER_TIMEOUT:
        return read_number(option, &options->user_timeout, options, SF_OPT_USER_TIMEOUT);
    case MPTCP:
        return read_mptcp(option, options);
    case FASTOPEN:
        return read_fastopen(option->length, options);
    case EXPERIMENT:
        return read_experiment(option, options);
    default:
        return true;
    }
}

uint8_t sf_options_read(const uint8_t *bytes, uint32_t captured, uint32_t length,
                        struct sf_options *options)
{
    struct sf_options_iterator option = {
        .cursor = {bytes, bytes + captured},
        .uncaptured = length - captured,
    };
    uint8_t quality = 0;
    while (sf_options_next(&option)) {
        if (!read_option(&option, options)) {
            quality |= SF_QUALITY_BAD_OPTION;
        }
    }
    if (option.end == SF_OPTIONS_BAD) {
        quality |= SF_QUALITY_BAD_OPTION;
    }
    if (option.end == SF_OPTIONS_CUT) {
        quality |= SF_QUALITY_NO_TCP_OPTIONS;
    }
    return quality;
}
