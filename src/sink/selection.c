#include "sink/only.h"

#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "words/translate.h"
#include "words/words.h"

/* What a term compares. */
enum key {
    KEY_ANOMALOUS,
    KEY_HANDSHAKE,
    KEY_CLOSE,
    KEY_FINDING,
    KEY_CLIENT,
    KEY_SERVER,
    KEY_PORT,
    KEY_IP,
    KEY_ID,
    KEY_COUNT
};

struct term {
    enum key key;
    uint32_t value;          /* of the enumeration, the port, the id … */
    struct sf_prefix prefix; /* of KEY_CLIENT and KEY_SERVER */
    bool is_last;            /* of the alternatives of one expression */
};

struct sf_selection {
    struct term *terms; /* one expression after the other */
    size_t n_terms, capacity;
};

/* ---- comparing ------------------------------------------------------------------------------- */

static unsigned end_of(const struct sf_flow *flow, enum sf_side side)
{
    return side == SF_CLIENT ? flow->client : 1u - flow->client;
}

static bool is_anomalous(const struct sf_flow *flow, const struct term *term)
{
    (void)term;
    for (uint32_t i = 0; i < flow->n_found; i++)
        if (flow->found[i].severity >= SF_NOTE)
            return true;
    return false;
}

static bool has_handshake(const struct sf_flow *flow, const struct term *term)
{
    return flow->handshake == term->value;
}

static bool has_close(const struct sf_flow *flow, const struct term *term)
{
    return flow->close == term->value;
}

static bool has_finding(const struct sf_flow *flow, const struct term *term)
{
    for (uint32_t i = 0; i < flow->n_found; i++)
        if (flow->found[i].code == term->value)
            return true;
    return false;
}

static bool has_client(const struct sf_flow *flow, const struct term *term)
{
    return sf_prefix_has(&term->prefix, flow->key.addr[end_of(flow, SF_CLIENT)], flow->key.ip);
}

static bool has_server(const struct sf_flow *flow, const struct term *term)
{
    return sf_prefix_has(&term->prefix, flow->key.addr[end_of(flow, SF_SERVER)], flow->key.ip);
}

static bool has_port(const struct sf_flow *flow, const struct term *term)
{
    return flow->key.port[0] == term->value || flow->key.port[1] == term->value;
}

static bool has_ip(const struct sf_flow *flow, const struct term *term)
{
    return flow->key.ip == term->value;
}

static bool has_id(const struct sf_flow *flow, const struct term *term)
{
    return flow->id == term->value;
}

/* ---- reading values -------------------------------------------------------------------------- */

/* Each reads the `length` bytes of a value; false when they are none. */
static bool read_handshake(struct term *term, const char *text, size_t length)
{
    int value = sf_handshake_find(text, length);
    term->value = (uint32_t)value;
    return value >= 0;
}

static bool read_close(struct term *term, const char *text, size_t length)
{
    int value = sf_close_find(text, length);
    term->value = (uint32_t)value;
    return value >= 0;
}

static bool read_code(struct term *term, const char *text, size_t length)
{
    int value = sf_code_find(text, length);
    term->value = (uint32_t)value;
    return value >= 0;
}

static bool read_prefix(struct term *term, const char *text, size_t length)
{
    return sf_prefix_read(&term->prefix, text, length) == 0;
}

static bool read_number(struct term *term, const char *text, size_t length, uint64_t most)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
        if (value > most)
            return false;
    }
    term->value = (uint32_t)value;
    return length > 0;
}

static bool read_port(struct term *term, const char *text, size_t length)
{
    return read_number(term, text, length, UINT16_MAX);
}

static bool read_ip(struct term *term, const char *text, size_t length)
{
    return read_number(term, text, length, 6) && (term->value == 4 || term->value == 6);
}

static bool read_id(struct term *term, const char *text, size_t length)
{
    return read_number(term, text, length, UINT32_MAX) && term->value > 0;
}

/* What the complaint about a wrong value says of the right ones. */
static const struct {
    const char *word;
    bool is_early; /* the first packet tells it */
    bool (*matches)(const struct sf_flow *flow, const struct term *term);
    bool (*read)(struct term *term, const char *text, size_t length);
    const char *wanted;
} keys[KEY_COUNT] = {
    [KEY_ANOMALOUS] = {"anomalous", false, is_anomalous, NULL, NULL},
    [KEY_HANDSHAKE] = {"handshake", false, has_handshake, read_handshake,
                       N_("complete, simultaneous, refused, reset, no_answer, half_open, unseen")},
    [KEY_CLOSE] = {"close", false, has_close, read_close,
                   N_("four_segment, three_segment, simultaneous, reset, half_closed, open, "
                      "timeout")},
    [KEY_FINDING] = {"finding", false, has_finding, read_code,
                     N_("a code such as FINAL_ACK_LOST; man synfin-findings lists them")},
    [KEY_CLIENT] = {"client", true, has_client, read_prefix,
                    N_("an address or a prefix such as 10.0.0.0/8")},
    [KEY_SERVER] = {"server", true, has_server, read_prefix,
                    N_("an address or a prefix such as 10.0.0.0/8")},
    [KEY_PORT] = {"port", true, has_port, read_port, N_("a number up to 65535")},
    [KEY_IP] = {"ip", true, has_ip, read_ip, N_("4 or 6")},
    [KEY_ID] = {"id", false, has_id, read_id, N_("the number of a connection, from 1")},
};

/* ---- expressions ----------------------------------------------------------------------------- */

int sf_selection_new(struct sf_selection **selection, struct sf_error *err)
{
    *selection = calloc(1, sizeof **selection);
    if (*selection == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    return 0;
}

void sf_selection_free(struct sf_selection *selection)
{
    if (selection == NULL)
        return;
    free(selection->terms);
    free(selection);
}

static int add_term(struct sf_selection *selection, const struct term *term, struct sf_error *err)
{
    if (selection->n_terms == selection->capacity) {
        size_t capacity = selection->capacity * 2 + 8;
        struct term *terms = realloc(selection->terms, capacity * sizeof *terms);
        if (terms == NULL)
            return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
        selection->terms = terms;
        selection->capacity = capacity;
    }
    selection->terms[selection->n_terms++] = *term;
    return 0;
}

static int find_key(const char *word, size_t length)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (strlen(keys[i].word) == length && memcmp(keys[i].word, word, length) == 0)
            return i;
    return -1;
}

static int complain_of_key(const char *text, size_t length, struct sf_error *err)
{
    return sf_error_set(err, SF_E_USAGE, 0,
                        _("--only does not know '%.*s'; it takes anomalous, handshake=, close=, "
                          "finding=, client=, server=, port=, ip=, id="),
                        (int)length, text);
}

static int complain_of_value(int key, const char *text, size_t length, struct sf_error *err)
{
    return sf_error_set(err, SF_E_USAGE, 0, _("--only %s='%.*s': wanted is %s"), keys[key].word,
                        (int)length, text, sf_translate(keys[key].wanted));
}

/*
 * Reads what stands between two commas. `key` is that of the part before, and becomes that of this
 * one; -1 for none.
 */
static int read_part(struct term *term, int *key, const char *text, size_t length,
                     struct sf_error *err)
{
    const char *equals = memchr(text, '=', length);
    const char *value = text;
    size_t shown = length < 80 ? length : 80;
    if (equals != NULL) {
        *key = find_key(text, (size_t)(equals - text));
        value = equals + 1;
    } else if (find_key(text, length) == KEY_ANOMALOUS) {
        *key = KEY_ANOMALOUS;
        term->key = KEY_ANOMALOUS;
        return 0;
    }
    if (*key < 0 || keys[*key].read == NULL)
        return complain_of_key(text, shown, err);
    length -= (size_t)(value - text);
    term->key = (enum key)(*key);
    if (!keys[*key].read(term, value, length))
        return complain_of_value(*key, value, length < 80 ? length : 80, err);
    return 0;
}

int sf_selection_add(struct sf_selection *selection, const char *expression, struct sf_error *err)
{
    size_t n_before = selection->n_terms;
    int key = -1, status = 0;
    for (const char *at = expression; status == 0; at++) {
        size_t length = strcspn(at, ",");
        struct term term = {.is_last = at[length] == '\0'};
        status = read_part(&term, &key, at, length, err);
        if (status == 0)
            status = add_term(selection, &term, err);
        at += length;
        if (*at == '\0')
            break;
    }
    if (status != 0)
        selection->n_terms = n_before;
    return status;
}

bool sf_selection_matches(const struct sf_selection *selection, const struct sf_flow *flow)
{
    bool matches = false;
    for (size_t i = 0; i < selection->n_terms; i++) {
        const struct term *term = &selection->terms[i];
        matches = matches || keys[term->key].matches(flow, term);
        if (!term->is_last)
            continue;
        if (!matches)
            return false;
        matches = false;
    }
    return true;
}

bool sf_selection_is_early(const struct sf_selection *selection)
{
    for (size_t i = 0; i < selection->n_terms; i++)
        if (!keys[selection->terms[i].key].is_early)
            return false;
    return true;
}
