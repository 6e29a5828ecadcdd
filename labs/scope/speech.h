/*
 * What is said on one connection: PDUs of both directions in, events out.
 *
 * A connection to a mapper and one to a service are the same here. What is kept is what it
 * takes to read the next PDU: the presentation contexts that were agreed on, calls whose
 * answer is still to come, and the fragments of one stub for each direction. Of interfaces
 * other than the mapper's no stub is looked at.
 *
 * Where the bind is not in the capture, a connection to a mapper is taken for one that is
 * bound to it in NDR, then in NDR64.
 */
#ifndef SCOPE_SPEECH_H
#define SCOPE_SPEECH_H

#include "labs/scope/eptalk.h"
#include "rpc/buf.h"
#include "rpc/pdu.h"
#include "rpc/trace.h"

#define SPEECH_CALLS 16u /* that wait for their answer; older ones are forgotten */

enum event_kind {
	EVENT_BIND,     /* and alter_context */
	EVENT_ACCEPTED, /* bind_ack, and alter_context_resp */
	EVENT_REJECTED, /* bind_ack without an accepted context, or bind_nak */
	EVENT_QUESTION, /* to a mapper: ept_map or ept_lookup */
	EVENT_ANSWER,   /* of a mapper to that; value: the status */
	EVENT_REQUEST,  /* any other */
	EVENT_RESPONSE,
	EVENT_FAULT, /* value: the status */
	EVENT_OTHER, /* other PDUs, and fragments that are not the last */
	EVENT_CUT,   /* the beginning of a PDU */
};

struct event {
	enum event_kind kind;
	uint32_t call_id;
	uint32_t value;  /* status, or reason */
	bool nak;        /* EVENT_REJECTED: by bind_nak */
	bool unreadable; /* the stub made no sense */
	bool alter;      /* of alter_context, not of bind */
	char text[EPTALK_LEN];      /* for the ladder */
	char trace[TRACE_TEXT_LEN]; /* for lists */
	char interface[EPTALK_LEN]; /* that it is about; "": not known */
};

struct speech_context;

struct speech {
	bool mapper; /* one is at the other end */
	struct speech_context *contexts;
	unsigned n_contexts;
	unsigned n_proposed; /* the last of them, which the next answer is about */
	struct speech_call {
		bool used;
		uint32_t call_id;
		uint16_t context;
		uint16_t opnum;
	} calls[SPEECH_CALLS];
	unsigned next_call;
	struct {
		bool whole; /* all fragments up to now are in it */
		uint32_t call_id;
		struct buf stub;
	} half[2]; /* 0 from the client */
};

void speech_init(struct speech *s, bool mapper, struct buf_budget *budget);
void speech_clear(struct speech *s);
/* One whole PDU; the endpoints that an answer names are given to `endpoint`. */
void speech_pdu(struct speech *s, bool from_client, const uint8_t *pdu, size_t len, struct event *e,
                eptalk_endpoint_fn *endpoint, void *arg);
/* The beginning of one, with the whole header. */
void speech_cut(struct speech *s, bool from_client, const uint8_t *pdu, size_t len, struct event *e);
/* Bytes are missing in that direction: a stub that was being collected is incomplete. */
void speech_lost(struct speech *s, bool from_client);

#endif
