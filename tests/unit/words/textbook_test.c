#include "words/textbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "words/words.h"

/* Full stops and question marks that end a sentence. */
static unsigned sentences(const char *text)
{
    unsigned n = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        char next = text[i + 1];
        if ((text[i] == '.' || text[i] == '?') && (next == ' ' || next == '\0') &&
            !(next == ' ' && text[i + 2] >= 'a' && text[i + 2] <= 'z'))
            n++;
    }
    return n;
}

static void test_every_entry_is_whole(void **state)
{
    unsigned n_states = 0;
    (void)state;
    for (size_t i = 0; i < sf_textbook_size(); i++) {
        struct sf_entry entry = sf_textbook_entry(i);
        assert_true(entry.name[0] != '\0');
        assert_memory_equal(entry.rfc, "RFC ", 4);
        assert_true(entry.see[0] != '\0' || entry.kind == SF_ENTRY_FINDING);
        n_states += entry.kind == SF_ENTRY_STATE;
        if (entry.kind == SF_ENTRY_FINDING) {
            assert_string_equal(entry.name, sf_code_name(entry.value));
            continue;
        }
        unsigned n = sentences(entry.text);
        if (n < 2 || n > 8)
            fail_msg("%s has %u sentences", entry.name, n);
        assert_true(entry.title[0] != '\0');
        if (entry.kind == SF_ENTRY_STATE)
            assert_string_equal(entry.name, sf_state_name(entry.value));
    }
    assert_int_equal(n_states, 11); /* RFC 9293 §3.3.2 */
}

/* Each name that an entry refers to is the name of another. */
static void test_references_lead_somewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sf_textbook_size(); i++) {
        struct sf_entry entry = sf_textbook_entry(i);
        for (const char *at = entry.see; *at != '\0';) {
            char name[64];
            size_t length = strcspn(at, "|");
            assert_in_range(length, 1, sizeof name - 1);
            (void)snprintf(name, sizeof name, "%.*s", (int)length, at);
            size_t found = sf_textbook_find(name);
            if (found == sf_textbook_size() || found == i ||
                strcmp(sf_textbook_entry(found).name, name) != 0)
                fail_msg("%s refers to '%s'", entry.name, name);
            at += length + (at[length] == '|' ? 1 : 0);
        }
    }
}

/* Each name and other name leads to its own entry; only CLOSING is two, state and finding. */
static void test_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < sf_textbook_size(); i++) {
        struct sf_entry entry = sf_textbook_entry(i);
        size_t found = sf_textbook_find(entry.name);
        if (found != i && strcmp(entry.name, "CLOSING") != 0)
            fail_msg("%s is found as entry %zu, not %zu", entry.name, found, i);
    }
}

static const char *name_of(const char *word)
{
    size_t at = sf_textbook_find(word);
    return at < sf_textbook_size() ? sf_textbook_entry(at).name : NULL;
}

static void test_find(void **state)
{
    static const struct {
        const char *word, *name;
    } rows[] = {
        {"CLOSING", "CLOSING"},
        {"closing", "CLOSING"},
        {"time-wait", "TIME_WAIT"},
        {"Fin Wait 2", "FIN_WAIT_2"},
        {"final_ack_lost", "FINAL_ACK_LOST"},
        {"2MSL", "2MSL"},
        {"2msl", "2MSL"},
        {"ACK", "ACK"},
        {"ack number", "acknowledgment number"},
        {"acknowledgement number", "acknowledgment number"},
        {"HALF_OPEN", "HALF_OPEN"},
        {"half open", "half-open"},
        {"  half--open ", "half-open"},
        {"SYN_COOKIE", "SYN_COOKIE"},
        {"syn cookie", "SYN cookie"},
        {"三次握手", "three-way handshake"},
        {"四次挥手", "four-segment close"},
        {"确认号", "acknowledgment number"},
        {"header length", "data offset"},
        {"", NULL},
        {"-", NULL},
        {"no such thing", NULL},
        {"a word that is far too long to be the name of anything that a textbook could have", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name = name_of(rows[i].word);
        if (rows[i].name == NULL)
            assert_null(name);
        else
            assert_string_equal(name, rows[i].name);
    }
}

static void test_nearest(void **state)
{
    size_t places[3];
    (void)state;
    assert_int_equal(sf_textbook_nearest("CLOSNG", places, 3), 3);
    assert_string_equal(sf_textbook_entry(places[0]).name, "CLOSING");
    assert_true(strcmp(sf_textbook_entry(places[1]).name, "CLOSING") != 0);
    assert_true(sf_textbook_nearest("TIMEWAIT", places, 3) > 0);
    assert_string_equal(sf_textbook_entry(places[0]).name, "TIME_WAIT");
    assert_true(sf_textbook_nearest("cookie", places, 3) > 0);
    assert_non_null(strstr(sf_textbook_entry(places[0]).names, "cookie"));
    assert_int_equal(sf_textbook_nearest("CLOSNG", places, 1), 1);
    assert_int_equal(sf_textbook_nearest("xylophone-quartet", places, 3), 0);
    assert_int_equal(sf_textbook_nearest("", places, 3), 0);
}

/* The ways between the states are those of RFC 9293 figure 5, its notes and §3.10.7.4; a RST closes
 * from everywhere. */
static void test_transitions_are_those_of_the_rfc(void **state)
{
#define S(from, to) [SF_STATE_##from][SF_STATE_##to] = true
    static const bool expected[SF_STATE_COUNT][SF_STATE_COUNT] = {
        S(CLOSED, LISTEN),         S(CLOSED, SYN_SENT),        S(LISTEN, SYN_RCVD),
        S(LISTEN, SYN_SENT),       S(LISTEN, CLOSED),          S(SYN_SENT, SYN_RCVD),
        S(SYN_SENT, ESTABLISHED),  S(SYN_SENT, CLOSED),        S(SYN_RCVD, ESTABLISHED),
        S(SYN_RCVD, FIN_WAIT_1),   S(ESTABLISHED, FIN_WAIT_1), S(ESTABLISHED, CLOSE_WAIT),
        S(FIN_WAIT_1, FIN_WAIT_2), S(FIN_WAIT_1, CLOSING),     S(FIN_WAIT_1, TIME_WAIT),
        S(FIN_WAIT_2, TIME_WAIT),  S(CLOSING, TIME_WAIT),      S(CLOSE_WAIT, LAST_ACK),
        S(LAST_ACK, CLOSED),       S(TIME_WAIT, CLOSED),       S(SYN_RCVD, CLOSED),
        S(ESTABLISHED, CLOSED),    S(FIN_WAIT_1, CLOSED),      S(FIN_WAIT_2, CLOSED),
        S(CLOSING, CLOSED),        S(CLOSE_WAIT, CLOSED),
    };
#undef S
    bool got[SF_STATE_COUNT][SF_STATE_COUNT] = {{false}};
    struct sf_transition transition;
    (void)state;
    for (size_t i = 0; sf_transition(i, &transition); i++) {
        assert_true(transition.text != NULL && strlen(transition.text) > 5);
        got[transition.from][transition.to] = true;
    }
    for (unsigned from = 0; from < SF_STATE_COUNT; from++)
        for (unsigned to = 0; to < SF_STATE_COUNT; to++)
            if (got[from][to] != expected[from][to])
                fail_msg("%s to %s is %s", sf_state_name(from), sf_state_name(to),
                         got[from][to] ? "there" : "missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_entry_is_whole),
        cmocka_unit_test(test_references_lead_somewhere),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_transitions_are_those_of_the_rfc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
