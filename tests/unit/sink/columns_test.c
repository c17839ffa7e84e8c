#include "sink/columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "printed.h"

static void test_json(void **state)
{
    (void)state;
    char *text = printed("flows-json", (struct sf_sink_settings){0}, story_of_lost_ack);
    assert_string_equal(
        text,
        "{\"type\":\"flow\",\"id\":1,\"ip\":4,\"client\":\"10.0.0.1\",\"client_port\":41000,"
        "\"server\":\"10.0.0.2\",\"server_port\":80,\"vlan\":null,\"tunnel\":null,"
        "\"start\":1785240000.000000000,\"end\":1785240001.402300000,\"duration\":1.402300000,"
        "\"handshake\":\"complete\",\"close\":\"four_segment\",\"closed_by\":\"client\","
        "\"client_state\":\"TIME_WAIT\",\"server_state\":\"CLOSED\",\"client_proved\":true,"
        "\"server_proved\":false,\"ended\":\"over\","
        "\"client_path\":[\"CLOSED\",\"SYN_SENT\",\"ESTABLISHED\",\"FIN_WAIT_1\",\"FIN_WAIT_2\","
        "\"TIME_WAIT\"],"
        "\"server_path\":[\"LISTEN\",\"SYN_RCVD\",\"ESTABLISHED\",\"CLOSE_WAIT\",\"LAST_ACK\","
        "\"CLOSED\"],"
        "\"handshake_time\":0.001100000,\"rtt_server\":0.000800000,\"rtt_client\":0.000300000,"
        "\"client_isn\":1000,\"server_isn\":9000,"
        "\"client_options\":{\"mss\":1460,\"wscale\":7,\"sack\":true,\"timestamps\":true},"
        "\"server_options\":{\"mss\":1460,\"wscale\":7,\"sack\":true,\"timestamps\":true},"
        "\"client_packets\":6,\"server_packets\":17,\"client_bytes\":310,\"server_bytes\":17376,"
        "\"client_retransmissions\":0,\"server_retransmissions\":0,\"syn_retransmissions\":0,"
        "\"synack_retransmissions\":0,\"fin_retransmissions\":1,"
        "\"findings\":[{\"code\":\"FINAL_ACK_LOST\",\"severity\":\"warning\",\"side\":\"client\","
        "\"packet\":22,\"time\":1785240001.402000000,\"certainty\":\"proved\",\"where\":\"after\","
        "\"count\":1,\"interval\":0.199800000}]}\n");
    free(text);
}

/* A lone SYN of which nothing else is known, without options, in a VLAN and a tunnel. */
static void tell_lone_syn(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story->flow.key.vlan[0] = 5;
    story->flow.key.tunnel = SF_TUNNEL_VXLAN;
    story->flow.key.tunnel_id = 42;
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story->flow.end[SF_CLIENT].options.present = 0;
    story->flow.end[SF_SERVER].n_path = 0;
    story->flow.syn_ns = story->flow.start_ns;
    story->flow.handshake = SF_HANDSHAKE_NO_ANSWER;
    story->flow.close = SF_CLOSE_OPEN;
    story->flow.ended = SF_ENDED_INPUT;
    struct sf_found *found = story_found(story, SF_CODE_NO_ANSWER, SF_NOBODY);
    found->certainty = SF_PROBABLE;
    found->reset_kind = SF_RESET_KIND_ABORT;
    found->detail = SF_DETAIL_CAPTURE_ENDED_EARLY;
    found->state = SF_STATE_SYN_SENT;
    found->octets = 7;
    found->count = 2;
    story_end(story);
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        print_error("no %s in %s\n", part, text);
    assert_non_null(strstr(text, part));
}

static void test_json_of_what_is_not_known(void **state)
{
    (void)state;
    char *text = printed("flows-json", (struct sf_sink_settings){0}, tell_lone_syn);
    assert_has(text, "\"vlan\":5,\"tunnel\":\"vxlan:42\"");
    assert_has(text, "\"closed_by\":null");
    assert_has(text, "\"server_state\":null");
    assert_has(text, "\"ended\":\"input\"");
    assert_has(text, "\"server_path\":[]");
    assert_has(text, "\"handshake_time\":null,\"rtt_server\":null,\"rtt_client\":null");
    assert_has(text, "\"server_isn\":null,\"client_options\":{},\"server_options\":null");
    assert_has(text, "\"side\":null,\"packet\":1,");
    assert_has(text, "\"certainty\":\"probable\",\"reset_kind\":\"abort\","
                     "\"detail\":\"capture ended early\",\"state\":\"SYN_SENT\",\"count\":2,"
                     "\"octets\":7}]");
    free(text);
}

/* Tags that only carry a priority, and no VLAN. */
static void tell_priority_tags(struct story *story, struct sf_sink *sink)
{
    story_begin(story, sink);
    story->flow.key.vlan[0] = story->flow.key.vlan[1] = SF_NO_VLAN;
    story->flow.has_priority_tag = true;
    story_segment(story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, PROVED(SYN_SENT), 0);
    story_end(story);
}

static void test_vlan_of_priority_tags(void **state)
{
    (void)state;
    char *text = printed("flows-json", (struct sf_sink_settings){0}, tell_priority_tags);
    assert_has(text, "\"vlan\":0,");
    free(text);
    text = printed("ladder", (struct sf_sink_settings){.width = 80}, tell_priority_tags);
    assert_has(text, "VLAN 0");
    free(text);
}

static void test_csv(void **state)
{
    (void)state;
    char *text = printed("flows-csv", (struct sf_sink_settings){0}, story_of_lost_ack);
    assert_string_equal(
        text,
        "type,id,ip,client,client_port,server,server_port,vlan,tunnel,start,end,duration,"
        "handshake,close,closed_by,client_state,server_state,client_proved,server_proved,ended,"
        "client_path,server_path,handshake_time,rtt_server,rtt_client,client_isn,server_isn,"
        "client_options,server_options,client_packets,server_packets,client_bytes,server_bytes,"
        "client_retransmissions,server_retransmissions,syn_retransmissions,"
        "synack_retransmissions,fin_retransmissions,findings\r\n"
        "flow,1,4,10.0.0.1,41000,10.0.0.2,80,,,1785240000.000000000,1785240001.402300000,"
        "1.402300000,complete,four_segment,client,TIME_WAIT,CLOSED,true,false,over,"
        "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT,"
        "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED,"
        "0.001100000,0.000800000,0.000300000,1000,9000,mss=1460 wscale=7 sack timestamps,"
        "mss=1460 wscale=7 sack timestamps,6,17,310,17376,0,0,0,0,1,FINAL_ACK_LOST@22\r\n");
    free(text);
}

/* In a simultaneous open both ends repeat SYN and SYN,ACK. */
static void test_repeats(void **state)
{
    (void)state;
    static const struct {
        uint8_t handshake;
        const char *json;
    } cases[] = {
        {SF_HANDSHAKE_COMPLETE, "\"syn_retransmissions\":1,\"synack_retransmissions\":8,"
                                "\"fin_retransmissions\":48"},
        {SF_HANDSHAKE_SIMULTANEOUS, "\"syn_retransmissions\":3,\"synack_retransmissions\":12,"
                                    "\"fin_retransmissions\":48"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story story;
        struct sf_output output;
        story_begin(&story, NULL);
        story.flow.handshake = cases[i].handshake;
        story.flow.end[SF_CLIENT].syn_repeats = 1;
        story.flow.end[SF_SERVER].syn_repeats = 2;
        story.flow.end[SF_CLIENT].synack_repeats = 4;
        story.flow.end[SF_SERVER].synack_repeats = 8;
        story.flow.end[SF_CLIENT].fin_repeats = 16;
        story.flow.end[SF_SERVER].fin_repeats = 32;
        assert_int_equal(sf_output_init(&output, -1), 0);
        sf_columns_json(&output, &story.flow);
        sf_output_char(&output, '\0');
        assert_has(output.bytes, cases[i].json);
        sf_output_release(&output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_of_what_is_not_known),
        cmocka_unit_test(test_vlan_of_priority_tags),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
