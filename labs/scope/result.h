/*
 * What became of a conversation, as its client saw it: how far each connection got, and what
 * ended it. Only what reached the client counts, so that an answer that the firewall dropped
 * is silence.
 *
 *     SYN --> connected --> bind sent --> bound --> asked --> answered
 *
 * A connection that waits when the capture ends has timed out: the captures do not tell how
 * long the client was going to wait. Of several connections to services, the last one counts.
 */
#ifndef SCOPE_RESULT_H
#define SCOPE_RESULT_H

#include "client/diagnosis.h"
#include "labs/scope/join.h"

enum stage { STAGE_NONE, STAGE_SYN, STAGE_CONNECTED, STAGE_BIND, STAGE_BOUND, STAGE_ASKED, STAGE_ANSWERED };

struct result {
	struct outcome outcome;
	bool has_service;        /* the client connected to what was mapped, or tried to */
	const struct flow *flow; /* that the outcome is about */
	double map_ms;           /* from the question to the answer; below 0: there is none */
	double service_ms;       /* from the SYN to the bind's answer; likewise */
	uint32_t mapped_by;      /* the passage that ends step one; UINT32_MAX: none */
	uint32_t bound_by;       /* and step two */
	union addr offender;     /* who sent the ICMP error or the RST; AF_UNSPEC: not known */
	bool from_firewall;      /* it was the firewall */
	struct nft_decision decision; /* over the packet that did not get through */
};

/* False: no memory. */
bool result_make(struct result *r, const struct join *j, const struct joined *c);
/* As diagnosis_hint, with the names that are known from the capture. */
char *result_hint(const struct result *r, const struct join *j, const struct joined *c,
                  char text[DIAGNOSIS_HINT_LEN]);

#endif
