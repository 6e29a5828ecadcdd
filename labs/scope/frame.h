/*
 * One frame of a capture, from the link to TCP or ICMP: bytes to a struct.
 *
 *     Ethernet, VLAN tags ---+
 *     Linux cooked v1, v2 ---+-- IPv4 ------------------+-- TCP --- payload
 *     null, loopback --------+-- IPv6, its extensions --+-- ICMP error, which quotes TCP
 *     raw IP ----------------+
 *
 * Nothing is put together here: a fragment is called one and left alone. No heap, no
 * clock. Frames may be cut anywhere (snaplen), and lie about every length they have.
 */
#ifndef SCOPE_FRAME_H
#define SCOPE_FRAME_H

#include "rpc/addr.h"
#include "rpc/cursor.h"

enum frame_kind {
	FRAME_OTHER,   /* something else, by the name in `what` */
	FRAME_STRANGE, /* not understood, for the reason in `what` */
	FRAME_TCP,
	FRAME_ICMP, /* an error that quotes a TCP segment */
};

#define FRAME_FIN 0x01u
#define FRAME_SYN 0x02u
#define FRAME_RST 0x04u
#define FRAME_PSH 0x08u
#define FRAME_ACK 0x10u

struct frame {
	enum frame_kind kind;
	const char *what; /* constant text */
	unsigned value;   /* a number that belongs to it; 0: none */

	union addr from, to; /* with ports if it is TCP */
	uint16_t ip_id;      /* 0 in IPv6 */
	uint32_t ip_length;  /* the length that nft calls `ip length`, `ip6 length` */

	uint8_t flags; /* FRAME_SYN ... */
	uint32_t seq;
	uint32_t ack;
	uint16_t window;
	uint32_t options;       /* a hash of the TCP options */
	const uint8_t *payload; /* in the frame's bytes; NULL if there is none */
	size_t captured;        /* of the payload */
	size_t length;          /* that it had on the wire */

	uint8_t icmp_type;
	uint8_t icmp_code;
	union addr quoted_from, quoted_to; /* with ports */
	uint32_t quoted_seq;
};

/* `linktype` is one of libpcap's DLT_*; `captured` bytes of `length` are there. */
void frame_decode(int linktype, const uint8_t *data, size_t captured, size_t length, struct frame *f);

/* FNV-1a, of n bytes. */
uint64_t frame_hash(const void *data, size_t n);

#endif
