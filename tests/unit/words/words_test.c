#include "words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/width.h"

static void test_every_row_has_words(void **state)
{
    (void)state;
    for (unsigned i = SF_STATE_NONE + 1; i < SF_STATE_COUNT; i++)
        assert_true(strlen(sf_state_name(i)) > 4);
    for (unsigned i = 0; i < SF_HANDSHAKE_COUNT; i++)
        assert_true(sf_handshake_word(i)[0] != '\0' && sf_handshake_text(i)[0] != '\0');
    for (unsigned i = 0; i < SF_CLOSE_COUNT; i++)
        assert_true(sf_close_word(i)[0] != '\0' && sf_close_text(i)[0] != '\0');
    for (unsigned i = 0; i < SF_ENDED_COUNT; i++)
        assert_true(sf_ended_word(i)[0] != '\0');
    for (unsigned i = SF_RESET_KIND_NONE + 1; i < SF_RESET_KIND_COUNT; i++)
        assert_true(sf_reset_kind_word(i)[0] != '\0' && sf_reset_kind_text(i)[0] != '\0');
    for (unsigned i = SF_WHERE_NONE + 1; i < SF_WHERE_COUNT; i++)
        assert_true(sf_where_word(i)[0] != '\0' && sf_where_text(i)[0] != '\0');
    for (unsigned i = SF_DETAIL_NONE + 1; i < SF_DETAIL_COUNT; i++)
        assert_true(sf_detail_word(i)[0] != '\0' && sf_detail_text(i)[0] != '\0');
    for (unsigned i = SF_SKIP_NONE + 1; i < SF_SKIP_COUNT; i++)
        assert_true(sf_skip_word(i)[0] != '\0' && sf_skip_text(i)[0] != '\0');
    for (unsigned i = 0; i < SF_SAY_COUNT; i++)
        assert_true(sf_annotation_text(i, 2)[0] != '\0');
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(sf_state_name(SF_STATE_FIN_WAIT_2), "FIN_WAIT_2");
    assert_string_equal(sf_state_name(SF_STATE_NONE), "?");
    assert_string_equal(sf_state_name(200), "?");
    assert_string_equal(sf_handshake_word(SF_HANDSHAKE_NO_ANSWER), "no_answer");
    assert_string_equal(sf_close_word(SF_CLOSE_THREE_SEGMENT), "three_segment");
    assert_string_equal(sf_ended_word(SF_ENDED_EVICTED), "evicted");
    assert_string_equal(sf_reset_kind_word(SF_RESET_KIND_NO_CONNECTION_NOACK),
                        "no_connection_noack");
    assert_null(sf_reset_kind_word(SF_RESET_KIND_NONE));
    assert_null(sf_where_word(SF_WHERE_NONE));
    assert_null(sf_detail_word(SF_DETAIL_NONE));
    assert_string_equal(sf_where_word(SF_WHERE_AFTER), "after");
    assert_string_equal(sf_code_name(SF_CODE_FINAL_ACK_LOST), "FINAL_ACK_LOST");
    assert_int_equal(sf_code_severity(SF_CODE_FINAL_ACK_LOST), SF_WARNING);
    assert_string_equal(sf_severity_name(SF_ERROR), "error");
    assert_string_equal(sf_certainty_word(SF_PROVED), "proved");
    assert_string_equal(sf_certainty_word(SF_PROBABLE), "probable");
    assert_string_equal(sf_side_name(SF_SERVER), "server");
}

static void test_find(void **state)
{
    (void)state;
    assert_int_equal(sf_handshake_find("refused", 7), SF_HANDSHAKE_REFUSED);
    assert_int_equal(sf_handshake_find("REFUSED,x", 7), SF_HANDSHAKE_REFUSED);
    assert_int_equal(sf_handshake_find("refus", 5), -1);
    assert_int_equal(sf_close_find("reset", 5), SF_CLOSE_RESET);
    assert_int_equal(sf_code_find("final_ack_lost", 14), SF_CODE_FINAL_ACK_LOST);
    assert_int_equal(sf_code_find("", 0), -1);
}

static void test_flags(void **state)
{
    (void)state;
    static const struct {
        unsigned flags;
        const char *text;
    } cases[] = {
        {SF_SYN, "SYN"},
        {SF_SYN | SF_ACK, "SYN,ACK"},
        {SF_FIN | SF_PSH | SF_ACK, "FIN,PSH,ACK"},
        {0, "none"},
        {0x1ff, "SYN,FIN,RST,PSH,URG,ECE,CWR,AE,ACK"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_FLAGS_SIZE];
        size_t n = sf_flags_text(text, cases[i].flags);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
    }
    assert_string_equal(sf_flag_name(0), "FIN");
    assert_string_equal(sf_flag_name(8), "AE");
    assert_string_equal(sf_flag_name(9), "?");
}

static void test_tunnels(void **state)
{
    (void)state;
    static const struct {
        uint8_t tunnel;
        uint32_t id;
        const char *word;
    } cases[] = {
        {SF_TUNNEL_NONE, 0, ""},
        {SF_TUNNEL_IPIP, 0, "ipip"},
        {SF_TUNNEL_GRE, 0, "gre"},
        {SF_TUNNEL_VXLAN, 42, "vxlan:42"},
        {SF_TUNNEL_GENEVE, 16777215, "geneve:16777215"},
        {SF_TUNNEL_GTP, 0, "gtp"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_TUNNEL_SIZE];
        struct sf_key key = {.tunnel = cases[i].tunnel, .tunnel_id = cases[i].id};
        assert_int_equal(sf_tunnel_word(text, &key), cases[i].tunnel != SF_TUNNEL_NONE);
        assert_string_equal(text, cases[i].word);
    }
}

static void test_ascii(void **state)
{
    (void)state;
    static const struct {
        const char *text, *ascii;
    } cases[] = {
        {"→", "->"}, {"←", "<-"}, {"✓", "ok"}, {"…", "..."}, {"─", "-"},    {"▶", ">"},
        {"◀", "<"},  {"µ", "u"},  {"§", "s."}, {"三", "?"},  {"\xff", "?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length;
        assert_string_equal(sf_ascii_for(sf_utf8_next(cases[i].text, &length)), cases[i].ascii);
    }
}

static void assert_has_stand_ins(const char *text)
{
    for (size_t length; *text != '\0'; text += length) {
        uint32_t point = sf_utf8_next(text, &length);
        assert_true(point < 0x80 || strcmp(sf_ascii_for(point), "?") != 0);
    }
}

/* All our own texts survive ASCII. */
static void test_texts_have_stand_ins(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SF_SAY_COUNT; i++)
        assert_has_stand_ins(sf_annotation_text(i, 2));
    for (unsigned i = 0; i < SF_CODE_COUNT; i++) {
        assert_has_stand_ins(sf_code_rfc(i));
        assert_has_stand_ins(sf_code_says(i));
        assert_has_stand_ins(sf_code_sure(i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_has_words),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_tunnels),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_texts_have_stand_ins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
