#include "sink/ladder_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "printed.h"

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        print_error("no %s in\n%s\n", part, text);
    assert_non_null(strstr(text, part));
}

static const struct sf_totals nothing_read;

/* Laid out by hand: 80 columns are time 8, number 3, state 12, arrow 39, state 12, and blanks. */
static void test_rows(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "connection 1   10.0.0.1:41000 → 10.0.0.2:80\n",
        "2026-07-28 12:00:00.000000+00:00\n",
        "handshake complete in 1.10 ms (server 0.80 ms, client 0.30 ms); closed by the\n"
        "client, four segments; 1 finding\n",
        "    time   #  client                                                server\n"
        "              CLOSED                                                LISTEN\n"
        "0.000000   1  SYN_SENT     ──── SYN seq=0 ────────────────────────▶\n"
        "                           first handshake: x = 1000, MSS 1460, window scale 2^7\n"
        "0.000800   2  ESTABLISHED? ◀─── SYN,ACK seq=0 ack=1 ─────────────── SYN_RCVD\n",
        "0.001100   3  ESTABLISHED  ──── ACK seq=1 ack=1 ──────────────────▶ ESTABLISHED?\n",
        "0.002000   4               ──── PSH,ACK seq=1 ack=1 len=310 ──────▶\n",
        "0.002900   5               ◀─── ACK seq=1 ack=311 ───────────────── ESTABLISHED\n",
        "           …  12 segments, 17376 bytes ←\n"
        "1.200000  18  FIN_WAIT_1   ──── FIN,ACK seq=311 ack=17377 ────────▶ CLOSE_WAIT?\n",
        "1.402000  22!              ◀─── FIN,ACK seq=17377 ack=312 ───────── LAST_ACK\n"
        "                           the same FIN again, after 200 ms\n"
        "                           the server: not CLOSED after all, still LAST_ACK\n",
        "client  CLOSED → SYN_SENT → ESTABLISHED → FIN_WAIT_1 → FIN_WAIT_2? → TIME_WAIT\n"
        "server  LISTEN → SYN_RCVD → ESTABLISHED → CLOSE_WAIT → LAST_ACK → CLOSED?\n",
        "! FINAL_ACK_LOST (warning, packet 22)  The server repeated its FIN after the\n  final ACK",
        "  How sure: Proved that the server had not taken the ACK.\n",
        "\n1 connection, 1 with findings\n",
    };
    char *text = printed_with_totals("ladder", (struct sf_sink_settings){0}, story_of_lost_ack,
                                     &nothing_read);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_has(text, lines[i]);
    assert_null(strchr(text, '\x1b'));
    free(text);
}

static void tell_icmp(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    story_segment(story, 800, SF_CLIENT, SF_SYN, 0, 0, 0, ASSUMED(CLOSED), 0);
    story_tell_icmp(story, 3, 13, SF_ICMP_FORBIDDEN, 0);
    story_segment(story, 900, SF_SERVER, 0, 500, 0, 0, 0, 0);
    story->step.fate = SF_FATE_DOUBTED;
    story_tell_icmp(story, 3, 4, SF_ICMP_TOO_BIG, 1400);
    story->flow.handshake = SF_HANDSHAKE_NO_ANSWER;
    story_found(story, SF_CODE_ICMP_REJECTED, SF_CLIENT)->severity = SF_WARNING;
    story_end(story);
}

/* An error is neither end's arrow: it is dotted, and goes back to the end whose segment it quotes.
 */
static void test_icmp(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\nno answer to the SYN but an ICMP error; 1 finding\n",
        "\n0.000000   1  SYN_SENT     ──── SYN seq=0 ────────────────────────▶\n",
        "\n0.000800   2  CLOSED?      ◀┄┄┄ ICMP 3/13 quotes SYN seq=0 ┄┄┄┄┄┄┄┄\n"
        "                           communication administratively prohibited, from\n"
        "                           10.0.0.254\n",
        "\n0.000900   3               ┄┄┄┄ ICMP 3/4 quotes seq=500 ┄┄┄┄┄┄┄┄┄┄▶\n"
        "                           fragmentation needed, MTU 1400, from 10.0.0.254, not\n"
        "                           believed: no such number was sent\n",
    };
    char *text = printed("ladder", (struct sf_sink_settings){0}, tell_icmp);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_has(text, lines[i]);
    free(text);
    text = printed("ladder", (struct sf_sink_settings){.ascii = true, .absolute = true}, tell_icmp);
    assert_is_ascii(text);
    assert_has(text, " <... ICMP 3/13 quotes SYN seq=1000 .....\n");
    free(text);
}

/* The longest label of all, in the narrowest ladder. */
static void tell_long_icmp(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 900, SF_CLIENT, 0x1ff, 0, 0, 0, 0, 0);
    story->step.seq_rel = UINT32_MAX;
    story_tell_icmp(story, 255, 255, SF_ICMP_TOO_BIG, UINT32_MAX);
    story_end(story);
}

static void test_long_icmp_fits(void **state)
{
    (void)state;
    for (unsigned width = 72; width <= 130; width++) {
        char *text = printed("ladder", (struct sf_sink_settings){.width = width}, tell_long_icmp);
        assert_lines_fit(text, width);
        free(text);
    }
}

static void test_beside(void **state)
{
    (void)state;
    char *text = printed("ladder", (struct sf_sink_settings){.width = 120}, story_of_lost_ack);
    assert_has(text,
               "──▶               first handshake: x = 1000, MSS 1460,\n"
               "                                                                                "
               "  window scale 2^7");
    free(text);
}

/* Every width, every look: no line is too wide. */
static void test_lines_fit(void **state)
{
    (void)state;
    for (unsigned width = 72; width <= 200; width++) {
        for (unsigned look = 0; look < 8; look++) {
            struct sf_sink_settings settings = {.width = width,
                                                .ascii = (look & 1) != 0,
                                                .absolute = (look & 2) != 0,
                                                .verbose = (look & 4) != 0};
            char *text = printed_with_totals("ladder", settings, story_of_lost_ack, &nothing_read);
            assert_lines_fit(text, width);
            if (settings.ascii)
                assert_is_ascii(text);
            free(text);
        }
    }
}

static void test_color_only_where_wanted(void **state)
{
    (void)state;
    char *plain = printed("ladder", (struct sf_sink_settings){0}, story_of_lost_ack);
    char *colored = printed("ladder", (struct sf_sink_settings){.color = true}, story_of_lost_ack);
    assert_has(colored, "\x1b[33m! \x1b[0m"); /* a warning */
    assert_has(colored, "\x1b[32mSYN_SENT\x1b[0m");
    /* Without the colours it is the same text. */
    char *to = colored;
    for (const char *from = colored; *from != '\0'; from++) {
        if (*from == '\x1b')
            from = strchr(from, 'm');
        else
            *to++ = *from;
    }
    *to = '\0';
    assert_string_equal(colored, plain);
    free(plain);
    free(colored);
}

/* Numbers of ten digits: the arrow drops what it can, the notes keep the length. */
static void tell_large_numbers(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story->flow.end[SF_CLIENT].first = 4000000000u;
    story->flow.end[SF_SERVER].first = 4000000000u;
    story_segment(story, 0, SF_CLIENT, SF_FIN | SF_ACK | SF_PSH, 7, 9, 1460, PROVED(FIN_WAIT_1), 0);
    story->step.notes[story->step.n_notes++] =
        (struct sf_note){.annotation = SF_SAY_SECOND_FIN, .value = {1467}};
    story_tell(story);
    story_end(story);
}

static void test_large_numbers(void **state)
{
    (void)state;
    struct sf_sink_settings settings = {.absolute = true};
    char *text = printed("ladder", settings, tell_large_numbers);
    assert_lines_fit(text, 80);
    assert_has(text, "FIN,ACK 4000000007 ack 4000000009 ");
    assert_has(text, "1460 bytes");
    assert_has(text, "second FIN: takes number v = 4000001467");
    free(text);
}

static void tell_ipv6(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story->flow.key.ip = 6;
    memset(story->flow.key.addr, 0xee, sizeof story->flow.key.addr);
    story->flow.key.vlan[0] = 5;
    story->flow.key.tunnel = SF_TUNNEL_GRE;
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    story_end(story);
}

static void test_long_addresses(void **state)
{
    (void)state;
    char *text = printed("ladder", (struct sf_sink_settings){0}, tell_ipv6);
    assert_lines_fit(text, 80);
    assert_has(text, "connection 1   [eeee:eeee:eeee:eeee:eeee:eeee:eeee:eeee]:41000\n"
                     "             → [eeee:eeee:eeee:eeee:eeee:eeee:eeee:eeee]:80   VLAN 5, gre\n");
    free(text);
}

/* A SYN that is held has no row; it gets one when it took its place. */
static void tell_held(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story->step.fate = SF_FATE_HELD;
    story_tell(story);
    story->step.fate = SF_FATE_SETTLED;
    story_tell(story);
    story_end(story);
}

static void test_held(void **state)
{
    (void)state;
    char *text = printed("ladder", (struct sf_sink_settings){0}, tell_held);
    const char *row = strstr(text, "SYN seq=0");
    assert_non_null(row);
    assert_null(strstr(row + 1, "SYN seq=0"));
    free(text);
}

static void tell_silence(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    story->step.first_found = story->flow.n_found;
    struct sf_found *found = story_found(story, SF_CODE_NO_ANSWER, SF_CLIENT);
    found->severity = SF_WARNING;
    const struct sf_event event = {.kind = SF_EVENT_SILENCE,
                                   .time_ns = story->flow.start_ns + INT64_C(75000000000),
                                   .flow = &story->flow,
                                   .found = found,
                                   .n_found = 1};
    assert_int_equal(sink->type->event(sink, &event, NULL), 0);
    story->flow.handshake = SF_HANDSHAKE_NO_ANSWER;
    story_end(story);
}

static void test_silence(void **state)
{
    (void)state;
    char *text = printed("ladder", (struct sf_sink_settings){0}, tell_silence);
    assert_has(text, "75.000000    !              silence: NO_ANSWER\n");
    assert_has(text, "no answer to the SYN; 1 finding\n");
    free(text);
}

/* Connections that nobody wants leave nothing behind, also when their slot is taken again. */
static void tell_dropped(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story->flow.slot = 700;
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    const struct sf_event event = {.kind = SF_EVENT_FLOW_DROP, .flow = &story->flow};
    assert_int_equal(sink->type->event(sink, &event, NULL), 0);
    story_segment(story, 10, SF_CLIENT, SF_RST, 5, 0, 0, PROVED(CLOSED), 0);
    story_tell(story);
    story_end(story);
}

static void test_dropped(void **state)
{
    (void)state;
    char *text = printed("ladder", (struct sf_sink_settings){0}, tell_dropped);
    assert_null(strstr(text, "SYN seq=0"));
    assert_has(text, "RST seq=5");
    free(text);
}

/* A selection was made already, or everything shown is remarkable: no command would narrow it. */
static void tell_two(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    story_end(story);
    story->flow.id = 2;
    (void)story_found(story, SF_CODE_NO_ANSWER, SF_CLIENT);
    story_end(story);
}

static void tell_two_and_drop(struct story *story, struct sf_sink *sink)
{
    tell_two(story, sink);
    const struct sf_event event = {.kind = SF_EVENT_FLOW_DROP, .flow = &story->flow};
    assert_int_equal(sink->type->event(sink, &event, NULL), 0);
}

static void test_command(void **state)
{
    (void)state;
    const struct sf_sink_settings settings = {0};
    char *text = printed_with_totals("ladder", settings, tell_two, &nothing_read);
    assert_has(text, "\n2 connections, 1 with findings:\n  synfin ladder --only id=2 FILE\n");
    free(text);
    text = printed_with_totals("ladder", settings, tell_two_and_drop, &nothing_read);
    assert_has(text, "\n2 connections, 1 with findings\n");
    free(text);
}

/* Behind a repeat no round trip is known, only how long it took. */
static void tell_repeat(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    story->flow.handshake = SF_HANDSHAKE_COMPLETE;
    story->flow.syn_ns = 0;
    story->flow.synack_ns = INT64_C(1010000000);
    story->flow.complete_ns = INT64_C(1030000000);
    story->flow.end[SF_CLIENT].syn_repeats = 1;
    story_end(story);
}

static void test_repeat_is_no_round_trip(void **state)
{
    (void)state;
    char *text = printed("ladder", (struct sf_sink_settings){0}, tell_repeat);
    assert_has(text, "handshake complete in 1.03 s; ");
    free(text);
}

/* The bits of a table add up to the header, RFC 9293 §3.1; and no two lines are empty. */
static void test_lesson_adds_up(void **state)
{
    (void)state;
    char *text =
        printed("ladder", (struct sf_sink_settings){.verbose = 1, .width = 120}, story_of_lost_ack);
    assert_null(strstr(text, "\n\n\n"));
    const char *table = strstr(text, "  source port ");
    const char *end = strstr(table, "\n  seq: ");
    assert_non_null(end);
    unsigned sum = 0, words = 0;
    for (const char *line = table; line < end; line = strchr(line, '\n') + 1) {
        unsigned bits = 0, value = 0;
        char column[6];
        memcpy(column, line + 23, 5);
        column[5] = '\0';
        if (sscanf(column, "%u", &bits) == 1)
            sum += bits;
        if (strncmp(line, "  data offset ", 14) == 0 && sscanf(line + 28, "%u", &value) == 1)
            words = value;
    }
    assert_int_equal(words, 10);
    assert_int_equal(sum, words * 32);
    free(text);
}

static void test_lesson(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\n  packet 1, SYN from the client\n",
        "  source port             16  41000                  the client's port\n",
        "  sequence number         32  1000 (rel. 0)          the initial number (ISN);\n",
        "  acknowledgment no.      32  0                      not valid: the ACK flag is\n",
        "  data offset              4  10                     in 32-bit words: 10 × 4\n",
        "  SYN                      1  1 ",
        "  window                  16  64240                  bytes it can take; in a ",
        "  checksum                16  0xbeef                 right\n",
        "  option MSS              32  1460 ",
        "  option timestamps       16  8, 10                  kind and length\n",
        "    TSval                 32  100 ",
        "    TSecr                 32  0                      not valid: the ACK flag is\n",
        "  seq: x = 1000, chosen by the client so that nobody can guess it.\n",
        "  ack: x + 1 = 1001, because the SYN takes one number: 1001 is what the server\n",
        "  seq: x + 1 = 1001, because the SYN took number x.\n",
        "  seq: not random but the next number of the stream, x + 1 + 310 bytes sent\n",
        "  ack: none yet, because no number of the server is known.\n",
    };
    struct sf_sink_settings settings = {.verbose = 1};
    char *text = printed("ladder", settings, story_of_lost_ack);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_has(text, lines[i]);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_long_icmp_fits), cmocka_unit_test(test_beside),
        cmocka_unit_test(test_lines_fit),      cmocka_unit_test(test_color_only_where_wanted),
        cmocka_unit_test(test_large_numbers),  cmocka_unit_test(test_long_addresses),
        cmocka_unit_test(test_held),           cmocka_unit_test(test_silence),
        cmocka_unit_test(test_dropped),        cmocka_unit_test(test_lesson),
        cmocka_unit_test(test_command),        cmocka_unit_test(test_repeat_is_no_round_trip),
        cmocka_unit_test(test_lesson_adds_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
