#include "sink/sinks.h"

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

static void test_unknown_format(void **state)
{
    (void)state;
    struct sf_sink *sink = NULL;
    struct sf_error err = {0};
    const struct sf_sink_settings settings = {0};
    assert_int_equal(sf_sink_new(&sink, "flows-xml", &settings, &err), SF_E_USAGE);
    assert_string_equal(err.text, "there is no output format 'flows-xml'");
    assert_null(sink);
}

/* Both formats want what a dump wants and nothing that waits: --only relies on it. */
static void test_dumps_do_not_wait(void **state)
{
    (void)state;
    static const char *const names[] = {"dump-text", "dump-json"};
    for (size_t i = 0; i < 2; i++) {
        struct sf_sink *sink;
        const struct sf_sink_settings settings = {0};
        assert_int_equal(sf_sink_new(&sink, names[i], &settings, NULL), 0);
        assert_int_equal(sink->type->wants, SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_ICMP) |
                                                SF_WANTS(SF_EVENT_SILENCE));
        sink->type->free(sink);
    }
}

static void tell_dump(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_tell(story);
    story_segment(story, 800, SF_SERVER, SF_SYN | SF_ACK, 0, 1, 0, ASSUMED(ESTABLISHED),
                  PROVED(SYN_RCVD));
    story_note(story, SF_SAY_SECOND_HANDSHAKE, 9000, 0, 0);
    story_note(story, SF_SAY_ACK_IS_X_PLUS_1, 0, 0, 0);
    story_tell(story);
    story_segment(story, INT64_C(43200000000), SF_CLIENT, SF_ACK | SF_PSH, 1, 1, 5, 0, 0);
    story->step.fate = SF_FATE_COPY;
    story_tell(story);
}

static void test_dump_text(void **state)
{
    (void)state;
    char *text = printed("dump-text", (struct sf_sink_settings){0}, tell_dump);
    assert_string_equal(
        text, "2026-07-28\n"
              "12:00:00.000000 1 #1 10.0.0.1:41000 → 10.0.0.2:80  SYN seq=0 win=64240 len=0  "
              "client CLOSED→SYN_SENT\n"
              "12:00:00.000800 2 #1 10.0.0.2:80 → 10.0.0.1:41000  SYN,ACK seq=0 ack=1 win=64240 "
              "len=0  client SYN_SENT→ESTABLISHED?, server LISTEN→SYN_RCVD; second handshake: "
              "y = 9000, ack = x+1 ✓\n"
              "2026-07-29\n"
              "00:00:00.000000 3 #1 10.0.0.1:41000 → 10.0.0.2:80  PSH,ACK seq=1 ack=1 win=64240 "
              "len=5  a copy: the capture saw this packet before\n");
    free(text);
    text =
        printed("dump-text", (struct sf_sink_settings){.ascii = true, .absolute = true}, tell_dump);
    assert_is_ascii(text);
    assert_has(text, "SYN,ACK seq=9000 ack=1001 win=64240");
    free(text);
}

/* A terminal gets what has no room on lines of their own; everything else one line a segment. */
static void test_dump_on_a_terminal(void **state)
{
    (void)state;
    char *text =
        printed("dump-text", (struct sf_sink_settings){.terminal = true, .width = 80}, tell_dump);
    assert_lines_fit(text, 86); /* the longest segment itself takes 86 columns */
    assert_has(text, "win=64240 len=0\n        client SYN_SENT→ESTABLISHED?, server "
                     "LISTEN→SYN_RCVD; second handshake:\n        y = 9000, ack = x+1 ✓\n");
    free(text);
    text =
        printed("dump-text", (struct sf_sink_settings){.terminal = true, .width = 200}, tell_dump);
    assert_has(text, "win=64240 len=0  client SYN_SENT→ESTABLISHED?, server");
    free(text);
}

static void test_dump_json(void **state)
{
    (void)state;
    static const char first[] =
        "{\"type\":\"segment\",\"packet\":1,\"time\":1785240000.000000000,\"flow\":1,"
        "\"from\":\"client\",\"flags\":[\"SYN\"],\"seq\":1000,\"ack\":null,\"seq_rel\":0,"
        "\"ack_rel\":null,\"window\":64240,\"length\":0,\"client_before\":\"CLOSED\","
        "\"client_after\":\"SYN_SENT\",\"server_before\":\"LISTEN\",\"server_after\":\"LISTEN\","
        "\"client_proved\":true,\"server_proved\":true,\"fate\":\"taken\",\"findings\":[]}\n";
    char *text = printed("dump-json", (struct sf_sink_settings){0}, tell_dump);
    assert_memory_equal(text, first, sizeof first - 1);
    assert_has(text, "\"fate\":\"copy\"");
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
    story->segment.data_offset = 0; /* quoted up to its number */
    story->step.fate = SF_FATE_DOUBTED;
    story_tell_icmp(story, 3, 4, SF_ICMP_TOO_BIG, 1400);
}

static void test_icmp(void **state)
{
    (void)state;
    char *text = printed("dump-text", (struct sf_sink_settings){0}, tell_icmp);
    assert_has(text, "\n12:00:00.000800 2 #1 10.0.0.254: ICMP 3/13 communication administratively "
                     "prohibited, quotes 10.0.0.1:41000 → 10.0.0.2:80  SYN seq=0 len=0  client "
                     "SYN_SENT→CLOSED?\n");
    assert_has(text, "\n12:00:00.000900 3 #1 10.0.0.254: ICMP 3/4 fragmentation needed, MTU 1400, "
                     "quotes 10.0.0.2:80 → 10.0.0.1:41000  seq=500  not believed: no such number "
                     "was sent\n");
    free(text);
    text = printed("dump-text", (struct sf_sink_settings){.absolute = true}, tell_icmp);
    assert_has(text, "SYN seq=1000 len=0  client");
    free(text);
    text = printed("dump-json", (struct sf_sink_settings){0}, tell_icmp);
    assert_has(text,
               "{\"type\":\"icmp\",\"packet\":2,\"time\":1785240000.000800000,\"flow\":1,"
               "\"side\":\"client\",\"detail\":\"communication administratively prohibited\","
               "\"icmp_type\":3,\"icmp_code\":13,\"reporter\":\"10.0.0.254\",\"flags\":[\"SYN\"],"
               "\"seq\":1000,\"seq_rel\":0,\"length\":0,\"client_before\":\"SYN_SENT\","
               "\"client_after\":\"CLOSED\",\"server_before\":\"LISTEN\",\"server_after\":"
               "\"LISTEN\",\"client_proved\":false,\"server_proved\":true,\"fate\":\"taken\","
               "\"findings\":[]}\n");
    assert_has(text, "\"icmp_code\":4,\"reporter\":\"10.0.0.254\",\"mtu\":1400,\"flags\":[],"
                     "\"seq\":9500,\"seq_rel\":500,\"length\":null,");
    assert_has(text, "\"fate\":\"doubted\"");
    free(text);
}

/* A late segment belongs to no connection any more. */
static void tell_late(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_SERVER, SF_ACK, 500, 700, 0, 0, 0);
    struct sf_step step = {.fate = SF_FATE_LATE};
    const struct sf_event event = {
        .kind = SF_EVENT_SEGMENT, .segment = &story->segment, .step = &step};
    assert_int_equal(sink->type->event(sink, &event, NULL), 0);
}

static void test_late(void **state)
{
    (void)state;
    char *text = printed("dump-text", (struct sf_sink_settings){0}, tell_late);
    assert_has(text, "1 #- 10.0.0.2:80 → 10.0.0.1:41000  ACK seq=9500 ack=1700 win=64240 len=0  "
                     "late: its connection is over and written\n");
    free(text);
    text = printed("dump-json", (struct sf_sink_settings){0}, tell_late);
    assert_has(text, "\"flow\":null,\"from\":null,");
    assert_has(text, "\"seq_rel\":null,\"ack_rel\":null,");
    assert_has(text, "\"client_before\":null,\"client_after\":null,");
    free(text);
}

static void tell_silence(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    struct sf_found *found = story_found(story, SF_CODE_NO_ANSWER, SF_CLIENT);
    found->severity = SF_WARNING;
    const struct sf_event event = {.kind = SF_EVENT_SILENCE,
                                   .time_ns = story->flow.start_ns + INT64_C(75000000000),
                                   .flow = &story->flow,
                                   .found = found,
                                   .n_found = 1};
    assert_int_equal(sink->type->event(sink, &event, NULL), 0);
}

static void test_silence(void **state)
{
    (void)state;
    char *text = printed("dump-text", (struct sf_sink_settings){0}, tell_silence);
    assert_has(text, "12:01:15.000000 - #1 silence\n    ! NO_ANSWER (warning)  The client sent");
    free(text);
    text = printed("dump-json", (struct sf_sink_settings){0}, tell_silence);
    assert_string_equal(text,
                        "{\"type\":\"finding\",\"flow\":1,\"code\":\"NO_ANSWER\",\"severity\":"
                        "\"warning\",\"side\":\"client\",\"packet\":1,\"time\":"
                        "1785240000.000000000,\"certainty\":\"proved\",\"count\":1}\n");
    free(text);
}

static void test_table(void **state)
{
    (void)state;
    char *text = printed("flows-table", (struct sf_sink_settings){0}, story_of_lost_ack);
    assert_string_equal(
        text, "    id  start                             client → server\n"
              "        handshake     close          by        duration         bytes → / ←\n"
              "     1  2026-07-28T12:00:00.000000+00:00  10.0.0.1:41000 → 10.0.0.2:80\n"
              "        complete      four_segment   client      1.40 s         310 / 17376\n"
              "        FINAL_ACK_LOST\n");
    free(text);
    text = printed("flows-table", (struct sf_sink_settings){.quiet = true}, story_of_lost_ack);
    assert_memory_equal(text, "     1  2026", 12);
    free(text);
}

static void tell_long(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    struct sf_flow *flow = &story->flow;
    flow->id = 4294967295u;
    flow->key.ip = 6;
    memset(flow->key.addr, 0xee, sizeof flow->key.addr);
    flow->is_nano = true;
    flow->handshake = SF_HANDSHAKE_SIMULTANEOUS;
    flow->close = SF_CLOSE_THREE_SEGMENT;
    flow->closed_by = SF_SERVER;
    flow->end[SF_CLIENT].bytes = UINT64_C(9999999);
    flow->end[SF_SERVER].bytes = UINT64_C(100999999999);
    for (unsigned i = 0; i < STORY_FOUND_MAX; i++)
        (void)story_found(story, (enum sf_code)(i * 3), SF_CLIENT);
    story_end(story);
}

static void test_many_octets(void **state)
{
    (void)state;
    char *text = printed("flows-table", (struct sf_sink_settings){0}, tell_long);
    assert_has(text, " 9999999 / 100 GB\n");
    free(text);
}

static void test_table_fits(void **state)
{
    (void)state;
    for (unsigned width = 80; width <= 220; width++) {
        char *text = printed("flows-table", (struct sf_sink_settings){.width = width}, tell_long);
        assert_lines_fit(text, width);
        free(text);
        text = printed("flows-table", (struct sf_sink_settings){.width = width, .ascii = true},
                       story_of_lost_ack);
        assert_lines_fit(text, width);
        assert_is_ascii(text);
        free(text);
    }
}

/* The packets are the input's, all else is of the connections that reached the sink. */
static void test_stats(void **state)
{
    (void)state;
    static struct sf_totals input;
    input.packets_read = 30;
    input.packets_analysed = 23;
    input.packets_skipped[SF_SKIP_NOT_TCP] = 7;
    input.connections = 99;
    input.late = 2;
    input.start_ns = INT64_C(1785240000000000000);
    input.last_ns = input.start_ns + 1500000000;
    char *text =
        printed_with_totals("stats-json", (struct sf_sink_settings){0}, story_of_lost_ack, &input);
    assert_has(text, "{\"type\":\"stats\",\"packets\":{\"read\":30,\"analysed\":23,\"skipped\":{");
    assert_has(text, "\"not_tcp\":7,");
    assert_has(text, "\"connections\":1,\"handshake\":{");
    assert_has(text, "\"complete\":1,");
    assert_has(text, "\"four_segment\":1,");
    assert_has(text, "\"findings\":{\"FINAL_ACK_LOST\":1}");
    assert_has(text, "\"max\":0.000800000}");
    assert_has(text, "\"fin_retransmissions\":1,\"drops\":null,\"evicted\":0,\"late\":2,");
    assert_has(text, "\"first_to_close\":[{\"server_port\":80,\"client\":1,\"server\":0}]");
    assert_has(text, "\"slowest_handshakes\":[{\"id\":1,\"handshake_time\":0.001100000,");
    assert_has(text, "\"attacks\":[]}\n");
    free(text);
    text = printed_with_totals("stats-text", (struct sf_sink_settings){.ascii = true},
                               story_of_lost_ack, &input);
    assert_lines_fit(text, 80);
    assert_is_ascii(text);
    assert_has(text, "2026-07-28 12:00:00.000000+00:00, for 1.50 s\n");
    assert_has(text, "          30  read\n          23  analysed as TCP segments\n");
    assert_has(text,
               "\n1 connection\n           1  handshake complete                     100.0 %\n");
    assert_has(text, "           1  FINAL_ACK_LOST            warning\n");
    assert_has(text, "  to the server        0.80 ms     0.80 ms     0.80 ms     0.80 ms\n");
    free(text);
}

static void tell_nothing(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
}

static void test_empty_input(void **state)
{
    (void)state;
    static struct sf_totals input = {.start_ns = SF_NO_TIME, .last_ns = SF_NO_TIME};
    static const char *const names[] = {"stats-text",  "stats-json",      "ladder",   "flows-table",
                                        "report-html", "report-markdown", "flows-csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *text =
            printed_with_totals(names[i], (struct sf_sink_settings){0}, tell_nothing, &input);
        assert_true(strlen(text) > 0);
        assert_null(strstr(text, "nan"));
        free(text);
    }
    char *text = printed_with_totals("ladder", (struct sf_sink_settings){0}, tell_nothing, &input);
    assert_string_equal(text, "0 connections, none with findings\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_format),
        cmocka_unit_test(test_dumps_do_not_wait),
        cmocka_unit_test(test_dump_text),
        cmocka_unit_test(test_dump_json),
        cmocka_unit_test(test_dump_on_a_terminal),
        cmocka_unit_test(test_icmp),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_table_fits),
        cmocka_unit_test(test_stats),
        cmocka_unit_test(test_many_octets),
        cmocka_unit_test(test_empty_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
