#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

enum { LINK_JUNIPER_ETHER = 178, LINK_NFLOG = 239 };

/* A prefix of one octet and padding, a mark, and then the packet. */
#define PREFIX_LE "05 00 0a 00 00 00 00 00 08 00 02 00 00 00 00 01 "
#define PREFIX_BE "00 05 00 0a 00 00 00 00 00 08 00 02 00 00 00 01 "

static const struct wrapping cases[] = {
    {LINK_NFLOG, "02 00 00 2a " PREFIX_LE "3d 00 09 00 " HELLO4 "00 00 00 ", .ip_offset = 24},
    {LINK_NFLOG, "0a 00 00 2a 44 00 09 00 " HELLO6, .ip_offset = 8},
    {LINK_NFLOG, "02 00 00 2a " PREFIX_BE "00 3d 00 09 " HELLO4 "00 00 00 ", .ip_offset = 24},
    /* an unknown version; a family that is not IP; no packet; lengths that cannot be */
    {LINK_NFLOG, "02 01 00 2a 3d 00 09 00 " HELLO4, .skip = SF_SKIP_NOT_IP},
    {LINK_NFLOG, "03 00 00 2a 3d 00 09 00 " HELLO4, .skip = SF_SKIP_NOT_IP},
    {LINK_NFLOG, "02 00 00 2a " PREFIX_LE, .skip = SF_SKIP_NOT_IP},
    {LINK_NFLOG, "02 00 00 2a 03 00 0a 00 3d 00 09 00 " HELLO4, .skip = SF_SKIP_MALFORMED},
    {LINK_NFLOG, "02 00 00 2a 09 00 0a 00 00 00", .skip = SF_SKIP_MALFORMED},
    {LINK_NFLOG, "02 00", .skip = SF_SKIP_MALFORMED},
    /* with extensions, without, and without a link header; not Juniper at all */
    {LINK_JUNIPER_ETHER, "4d 47 43 80 00 06 03 01 06 01 0e 01 " MAC_ADDRESSES "08 00 " HELLO4,
     .ip_offset = 26},
    {LINK_JUNIPER_ETHER, "4d 47 43 01 " MAC_ADDRESSES "81 00 00 05 86 dd " HELLO6, .ip_offset = 22,
     .vlan = {5}},
    {LINK_JUNIPER_ETHER, "4d 47 43 02 02 00 00 00 " HELLO4, .ip_offset = 8},
    {LINK_JUNIPER_ETHER, "4d 47 44 00 " MAC_ADDRESSES "08 00 " HELLO4, .skip = SF_SKIP_MALFORMED},
    {LINK_JUNIPER_ETHER, "4d 47 43 80 00 06 03 01", .skip = SF_SKIP_MALFORMED},
    {LINK_JUNIPER_ETHER, "4d 47 43 80 00", .skip = SF_SKIP_MALFORMED},
    {LINK_JUNIPER_ETHER, "4d 47 43 02 02 00", .skip = SF_SKIP_MALFORMED},
};

static void test_logged_packets(void **state)
{
    (void)state;
    check_wrappings(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logged_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
