/*
 * What one capture shows: packets of conversations with a mapper, and what is said in them.
 *
 *     frame --> flow --> stream --> speech --> events, kept with the packet that brought them
 *
 * Frames come in the order of the capture, once; payload is not kept beyond the PDU that it
 * is a part of. What belongs to no conversation is only counted.
 */
#ifndef SCOPE_VIEW_H
#define SCOPE_VIEW_H

#include "labs/scope/flow.h"
#include "labs/scope/frame.h"
#include "labs/scope/gaps.h"

#define VIEW_EVENTS 16u /* of one packet; more are only counted */

struct packet {
	int64_t time; /* nanoseconds, by the clock of its capture */
	uint64_t hash; /* of the captured payload */
	uint32_t number; /* in its capture, from 1 */
	uint32_t flow;
	uint32_t again; /* index, and 1, of the packet that it repeats; 0: none */
	uint32_t first_event;
	uint32_t seq, ack, options, ip_length;
	uint32_t length; /* of the payload on the wire */
	uint16_t n_events;
	uint16_t window, ip_id;
	uint8_t flags;
	bool icmp; /* an ICMP error, whose seq is that of the segment that it quotes */
	bool from_client; /* an ICMP error is from the other end than what it quotes */
	bool cut;         /* by the snaplen */
	bool noise;       /* has payload in which no PDU was found */
	uint8_t icmp_type, icmp_code;
	union addr sender; /* of an ICMP error */
};

/* An event as it is kept; see struct event. */
struct heard {
	enum event_kind kind;
	bool nak, alter, unreadable;
	uint32_t value;
	uint32_t call_id;
	const char *text;
	const char *trace;
};

struct conversation {
	uint32_t flow; /* the one to the mapper, or to a service that nobody asked for */
};

struct view {
	bool only_new; /* segments of connections from before are none of ours */
	struct flows flows;
	struct packet *packets;
	size_t n_packets, cap_packets;
	struct heard *heard;
	size_t n_heard, cap_heard;
	struct conversation *conversations;
	size_t n_conversations, cap_conversations;
	struct gaps gaps;  /* what was not understood */
	struct gaps there; /* what was there beside conversations */
	unsigned long n_frames;
	int64_t first, last; /* times; 0: no frame */
	int64_t last_kept;   /* of the last packet of a conversation */
	struct buf_budget budget;
	struct packet *at; /* the one being taken apart */
};

/* NULL: no memory. */
struct view *view_new(void);
void view_free(struct view *v);
/* There is a mapper at that port. */
void view_mapper_port(struct view *v, uint16_t port);
/* There is a service at that port, which clients go to without asking a mapper. */
void view_service_port(struct view *v, uint16_t port);
/* What one capture knows of services' ports is told to the other. */
void view_learn(struct view *v, const struct view *from);

void view_frame(struct view *v, int linktype, const uint8_t *data, size_t captured, size_t length, int64_t time);
/* The packet itself, or the one that it repeats. */
const struct packet *view_origin(const struct view *v, const struct packet *p);
/* There are no more frames. */
void view_end(struct view *v);

#endif
