#include "words/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A finding with everything set. */
static struct sf_found full(unsigned code, unsigned side)
{
    return (struct sf_found){
        .number = 22,
        .interval_ns = 199800000,
        .count = 3,
        .octets = 500,
        .code = (uint8_t)code,
        .severity = SF_WARNING,
        .side = (uint8_t)side,
        .where = SF_WHERE_AFTER,
        .certainty = SF_PROBABLE,
        .reset_kind = SF_RESET_KIND_ABORT,
        .detail = SF_DETAIL_UNREAD_DATA_LIKELY,
        .state = SF_STATE_LAST_ACK,
    };
}

static void test_every_finding_is_whole(void **state)
{
    (void)state;
    for (unsigned code = 0; code < SF_CODE_COUNT; code++) {
        assert_true(strlen(sf_code_says(code)) > 20);
        assert_true(strlen(sf_code_sure(code)) > 5);
        assert_true(strlen(sf_code_check(code)) > 5);
        assert_memory_equal(sf_code_rfc(code), "RFC ", 4);
        for (unsigned side = SF_CLIENT; side <= SF_NOBODY; side++) {
            char text[SF_FINDING_SIZE];
            struct sf_found found = full(code, side);
            /* No placeholder is left over, and no text is cut. */
            assert_true(sf_finding_text(text, sizeof text, &found) < sizeof text - 1);
            assert_null(strpbrk(text, "{}"));
            assert_int_equal(text[strlen(text) - 1], '.');
            assert_true(sf_finding_sure_text(text, sizeof text, &found) < sizeof text - 1);
            assert_null(strpbrk(text, "{}"));
            assert_true(sf_finding_check_text(text, sizeof text, &found) < sizeof text - 1);
            assert_null(strpbrk(text, "{}"));
        }
    }
}

static void test_sentence(void **state)
{
    (void)state;
    char text[SF_FINDING_SIZE];
    struct sf_found found = {.code = SF_CODE_FIN_ACK_LOST,
                             .side = SF_SERVER,
                             .where = SF_WHERE_AFTER,
                             .interval_ns = 250000000,
                             .count = 1};
    (void)sf_finding_text(text, sizeof text, &found);
    assert_string_equal(text,
                        "The client repeated its FIN although the ACK that covers it had passed "
                        "here in time: that ACK did not reach it, and it was still in FIN_WAIT_1. "
                        "The repeat came 250 ms later. That ACK was lost between the capture point "
                        "and the client.");
    found =
        (struct sf_found){.code = SF_CODE_ACKED_UNSEEN, .side = SF_CLIENT, .octets = 1, .count = 2};
    (void)sf_finding_text(text, sizeof text, &found);
    assert_string_equal(text, "The server acknowledged bytes of the client that never passed "
                              "here: the capture missed them. Seen 2 times. 1 byte is concerned.");
}

/* Each kind has its own sentences, and what is quoted is named. */
static void test_icmp(void **state)
{
    (void)state;
    char text[SF_FINDING_SIZE];
    for (unsigned kind = SF_ICMP_NONE + 1; kind < SF_ICMP_KIND_COUNT; kind++) {
        struct sf_found found = full(SF_CODE_ICMP_REJECTED, SF_CLIENT);
        found.icmp = (struct sf_icmp){.ip = 6, .type = 1, .code = 1, .kind = (uint8_t)kind};
        assert_true(sf_finding_text(text, sizeof text, &found) < sizeof text - 1);
        assert_null(strpbrk(text, "{}"));
        assert_non_null(strstr(text, "communication administratively prohibited"));
        (void)sf_finding_check_text(text, sizeof text, &found);
        assert_null(strpbrk(text, "{}"));
    }
    struct sf_found found = {
        .code = SF_CODE_ICMP_REJECTED,
        .side = SF_CLIENT,
        .count = 1,
        .quoted_flags = SF_SYN,
        .icmp = {
            .reporter = {10, 0, 0, 254}, .ip = 4, .type = 3, .code = 3, .kind = SF_ICMP_NO_PORT}};
    (void)sf_finding_text(text, sizeof text, &found);
    assert_string_equal(text, "10.0.0.254 rejected the SYN of the client: port unreachable. A "
                              "closed TCP port answers with RST, so this is a firewall that "
                              "rejects. Most hosts give the attempt to connect up at that.");
    found.quoted_flags = SF_SYN | SF_ACK;
    (void)sf_finding_text(text, sizeof text, &found);
    assert_non_null(strstr(text, "the SYN,ACK of the client"));
    assert_non_null(strstr(text, "Some hosts forget the request to connect at that."));
    found.side = SF_SERVER;
    found.quoted_flags = SF_ACK | SF_PSH;
    found.quoted_seq = 1449;
    found.icmp.code = 4;
    found.icmp.kind = SF_ICMP_TOO_BIG;
    found.icmp.value = 1400;
    (void)sf_finding_text(text, sizeof text, &found);
    assert_string_equal(text, "10.0.0.254 could not forward the segment seq=1449 of the server: "
                              "fragmentation needed, MTU 1400. The server has to send smaller ones "
                              "from then on (path MTU discovery).");
}

static void test_repeat_of_unknown_cause(void **state)
{
    (void)state;
    char text[SF_FINDING_SIZE];
    struct sf_found found = {.code = SF_CODE_SYN_RETRANSMITTED,
                             .side = SF_CLIENT,
                             .where = SF_WHERE_UNKNOWN,
                             .interval_ns = INT64_C(1000000000),
                             .count = 1};
    (void)sf_finding_text(text, sizeof text, &found);
    assert_string_equal(text,
                        "The client sent its SYN again: it had no SYN,ACK for the first one by "
                        "then. The first repeat came after 1 s. Whether the first SYN or its "
                        "answer was lost, and where, cannot be told from here.");
}

/* What is only likely says so itself, and what would prove it; the details that change a text. */
static void test_variants(void **state)
{
    (void)state;
    static const struct {
        struct sf_found found;
        const char *text, *sure; /* parts */
    } cases[] = {
        {{.code = SF_CODE_CHALLENGE_ACK, .certainty = SF_PROBABLE},
         "The client probably did not accept a segment",
         "Likely: while data flows it may also be an ordinary ACK."},
        {{.code = SF_CODE_SYN_RETRANSMITTED, .certainty = SF_PROBABLE, .where = SF_WHERE_AFTER},
         "The first SYN was probably lost between the capture point and the server.",
         "That the first SYN was lost is likely"},
        {{.code = SF_CODE_SYNACK_RETRANSMITTED, .detail = SF_DETAIL_ANSWERS_SYN},
         "It answers a repeated SYN.",
         "Proved. Whether the SYN,ACK before it was lost is told only"},
        {{.code = SF_CODE_NO_ANSWER, .detail = SF_DETAIL_CAPTURE_ENDED_EARLY},
         "The capture ends with the last SYN: too early to tell.",
         "Proved for this place only."},
        {{.code = SF_CODE_NO_ANSWER,
          .detail = SF_DETAIL_CAPTURE_ENDED_EARLY,
          .interval_ns = 300000000},
         "The capture ends 300 ms after the last SYN: too early to tell.",
         "Proved for this place only."},
        {{.code = SF_CODE_STALE_SYN}, "an old duplicate of the SYN that opened", "Proved"},
        {{.code = SF_CODE_STALE_SYN, .certainty = SF_PROBABLE},
         "other numbers than those of this connection",
         "Likely"},
        {{.code = SF_CODE_RESET_AFTER_FIN,
          .severity = SF_NOTE,
          .state = SF_STATE_FIN_WAIT_2,
          .is_state_assumed = true},
         "Its state then was probably FIN_WAIT_2.",
         "The order is proved."},
        {{.code = SF_CODE_RESET_AFTER_FIN, .severity = SF_INFO},
         "so it changes nothing.",
         "The order is proved."},
        {{.code = SF_CODE_ZERO_WINDOW, .interval_ns = 1000000000},
         "the server had to wait.",
         "Proved"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_FINDING_SIZE];
        (void)sf_finding_text(text, sizeof text, &cases[i].found);
        assert_non_null(strstr(text, cases[i].text));
        (void)sf_finding_sure_text(text, sizeof text, &cases[i].found);
        assert_non_null(strstr(text, cases[i].sure));
    }
}

/* Nothing is said twice, nothing that does not hold. */
static void test_left_unsaid(void **state)
{
    (void)state;
    static const struct {
        struct sf_found found;
        const char *text;
    } cases[] = {
        {{.code = SF_CODE_HANDSHAKE_REFUSED, .reset_kind = SF_RESET_KIND_REFUSAL}, "shape of"},
        {{.code = SF_CODE_RESET_AFTER_FIN, .severity = SF_NOTE}, "changes nothing"},
        {{.code = SF_CODE_ZERO_WINDOW, .interval_ns = 999999999}, "had to wait"},
        {{.code = SF_CODE_NO_ANSWER,
          .detail = SF_DETAIL_CAPTURE_ENDED_EARLY,
          .interval_ns = 300000000},
         "Silence since then"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_FINDING_SIZE];
        (void)sf_finding_text(text, sizeof text, &cases[i].found);
        assert_null(strstr(text, cases[i].text));
    }
}

static void test_cut_at_a_character(void **state)
{
    (void)state;
    const struct sf_found found = full(SF_CODE_FINAL_ACK_LOST, SF_CLIENT);
    char whole[SF_FINDING_SIZE];
    (void)sf_finding_check_text(whole, sizeof whole, &found);
    for (size_t size = 1; size < strlen(whole) + 2; size++) {
        char *text = malloc(size); /* the sanitizer sees a byte too far */
        assert_non_null(text);
        size_t n = sf_finding_check_text(text, size, &found);
        assert_true(n < size);
        assert_int_equal(text[n], '\0');
        assert_memory_equal(text, whole, n);
        assert_true(((unsigned char)whole[n] & 0xc0) != 0x80);
        free(text);
    }
}

static void test_notes(void **state)
{
    (void)state;
    struct sf_note_words words;
    sf_note_words_init(&words);
    static const struct {
        struct sf_note note;
        const char *text;
    } cases[] = {
        {{SF_SAY_FIRST_HANDSHAKE, {1000, 0, 0}}, "first handshake: x = 1000"},
        {{SF_SAY_ACK_IS_WRONG, {91, 101, 0}}, "ack ✗: 91 where 101 is expected"},
        {{SF_SAY_ROUND_TRIPS, {800000, 300000, 1100000}},
         "handshake took 1.10 ms (server 0.80 ms, client 0.30 ms)"},
        {{SF_SAY_OPTION_WSCALE, {7, 0, 0}}, "window scale 2^7"},
        {{SF_SAY_TIME_WAIT_UNTIL, {INT64_C(60000000000), 0, 0}}, "TIME_WAIT for 2MSL = 60 s"},
        {{SF_SAY_ACK_COVERS_SYN_DATA, {80, 0, 0}}, "ack = x+1+80 ✓: takes 80 bytes of the SYN"},
        {{SF_SAY_UNSEEN_OCTETS, {1, 0, 0}}, "acknowledges 1 byte that never passed here"},
        {{SF_SAY_UNSEEN_OCTETS, {2, 0, 0}}, "acknowledges 2 bytes that never passed here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_NOTE_SIZE];
        size_t n = sf_note_text(text, &cases[i].note, NULL);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
        (void)sf_note_text(text, &cases[i].note, &words);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_no_note_keeps_a_placeholder(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SF_SAY_COUNT; i++) {
        char text[SF_NOTE_SIZE];
        const struct sf_note note = {.annotation = (uint8_t)i,
                                     .value = {4294967295, 4294967295, 4294967295}};
        assert_true(sf_note_text(text, &note, NULL) < sizeof text - 1);
        const char *open = strchr(text, '{');
        assert_true(open == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_finding_is_whole),
        cmocka_unit_test(test_sentence),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_repeat_of_unknown_cause),
        cmocka_unit_test(test_variants),
        cmocka_unit_test(test_left_unsaid),
        cmocka_unit_test(test_cut_at_a_character),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_no_note_keeps_a_placeholder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
