/*
 * The floor of the benchmark: libpcap hands out every packet, and nothing is done with it.
 *   null_loop FILE
 */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char text[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header = NULL;
    const u_char *bytes = NULL;
    unsigned long packets = 0, octets = 0;
    pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], text) : NULL;
    if (capture == NULL) {
        fprintf(stderr, "usage: null_loop FILE\n");
        return 2;
    }
    while (pcap_next_ex(capture, &header, &bytes) == 1) {
        packets++;
        octets += header->caplen;
    }
    pcap_close(capture);
    printf("%lu packets, %lu octets\n", packets, octets);
    return 0;
}
