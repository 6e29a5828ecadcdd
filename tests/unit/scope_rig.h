/*
 * Captures for the tests of epmscope: made in memory, segment by segment, or read from
 * tests/captures/.
 *
 * A rig has two views, as before and after a firewall, and `sees` says in which of them the
 * next packets are. A link is a TCP connection whose sequence numbers go on by themselves.
 */
#ifndef TESTS_UNIT_SCOPE_RIG_H
#define TESTS_UNIT_SCOPE_RIG_H

#include "labs/scope/draw.h"

#define SCOPE_BEFORE 1u
#define SCOPE_AFTER 2u
#define SCOPE_BOTH 3u

struct scope_rig {
	struct view *views[2];
	unsigned sees;
	int64_t time; /* of the next packet; each takes a millisecond */
	int64_t skew; /* of the second clock */
	struct nft *nft;
	struct gaps gaps;
	struct join join;
	bool joined;
};

struct scope_link {
	const char *client, *server;
	uint16_t client_port, server_port;
	const char *server_after; /* its address behind a translation; NULL: the same */
	uint32_t seq[2]; /* 0 of the client */
	uint16_t id;
};

void scope_rig_init(struct scope_rig *r);
void scope_rig_fini(struct scope_rig *r);

/* Sends a segment, and moves the sequence number on. */
void scope_send(struct scope_rig *r, struct scope_link *l, bool from_client, uint8_t flags, const void *data,
                size_t len);
/* The same once more: another id in its header, and nothing moves. */
void scope_send_again(struct scope_rig *r, struct scope_link *l, bool from_client, uint8_t flags,
                      const void *data, size_t len);
/* A vector, or PDUs as pdu_text has them. */
void scope_send_vector(struct scope_rig *r, struct scope_link *l, bool from_client, const char *name);
void scope_send_text(struct scope_rig *r, struct scope_link *l, bool from_client, const char *pdus);
/* An ICMP error from that host, about the client's last segment. */
void scope_send_icmp(struct scope_rig *r, const struct scope_link *l, const char *from, uint8_t type, uint8_t code);
void scope_handshake(struct scope_rig *r, struct scope_link *l);
/* Handshake, bind, ept_map and its answer, which names 192.0.2.7[49664]. */
void scope_map(struct scope_rig *r, struct scope_link *l);

/* A frame as raw IP into `frame`, of 2048 bytes. Returns its length. */
size_t scope_frame(uint8_t *frame, const char *from, uint16_t from_port, const char *to, uint16_t to_port,
                   uint32_t seq, uint32_t ack, uint8_t flags, const void *data, size_t len, uint16_t id);

/* Ends the views and joins them; one view counts if `sees` never had the other. */
const struct join *scope_join(struct scope_rig *r, bool two);
/* All ladders; the caller frees it. */
char *scope_draw_text(struct scope_rig *r, bool two);
/* The result of one conversation. */
struct result scope_result(struct scope_rig *r, bool two, size_t i);

/* Reads tests/captures/NAME-before.pcap and so on into the rig. */
void scope_load(struct scope_rig *r, const char *name, bool two, bool rules);
/* The contents of a file below the top of the tree; the caller frees it. */
char *scope_file(const char *path, size_t *len);

#endif
