/*
 * Scans: one source that tries many ports of a host, or one port of many hosts, without success;
 * and lone segments that no TCP would send.
 */
#ifndef SYNFIN_MACHINE_SCANS_H
#define SYNFIN_MACHINE_SCANS_H

#include "machine/judge.h"

/* So many ports, or hosts, within SCAN_WINDOW_NS. */
#define SCAN_MIN       15u
#define SCAN_WINDOW_NS INT64_C(60000000000)

/* What is known of a target: the enum sf_method that tried it, and whether it answered SYN,ACK. */
#define SCAN_TAG_METHOD 0x0fu
#define SCAN_TAG_OPEN   0x80u

/* `prober` tried the other end without success; NULL_SCAN and its like where `method` says so. */
void sf_scans_failed(struct judgement *j, enum sf_side prober, enum sf_method method, bool is_open);

/* The client's handshake is complete. */
void sf_scans_succeeded(struct judgement *j);

/* Notes a segment without any flag, … : NULL_SCAN, XMAS_SCAN or SYN_FIN, once per pair of hosts. */
void sf_scans_probed(struct judgement *j, enum sf_method method);

/* A lone acknowledgment began the connection; or it did not stay alone. */
void sf_scans_lone_ack(struct judgement *j);
void sf_scans_no_lone_ack(struct judgement *j);

/* Was it one of several lone acknowledgments to different ports of one host? */
bool sf_scans_was_ack_scan(const struct judgement *j);

#endif
