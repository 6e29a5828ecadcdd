#include "labs/scope/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"

/* How far one connection got. */
struct progress {
	uint32_t flow;
	UT_hash_handle hh;
	const struct flow *of;
	enum stage stage;
	enum cause cause;
	uint32_t value;
	bool nak, bind_seen;
	bool from_firewall;
	union addr offender;
	struct nft_decision decision;
	int64_t began, asked;
};

static enum cause cause_of_status(uint32_t status)
{
	switch (status_to_win32(status)) {
	case EPT_S_NOT_REGISTERED:
		return CAUSE_NOT_REGISTERED;
	case ERROR_ACCESS_DENIED:
		return CAUSE_ACCESS_DENIED;
	case RPC_S_SERVER_TOO_BUSY:
		return CAUSE_TOO_BUSY;
	default:
		return CAUSE_FAULT;
	}
}

static void reach(struct progress *g, enum stage stage)
{
	if (stage > g->stage || (stage == STAGE_ASKED && g->stage == STAGE_ANSWERED))
		g->stage = stage;
}

static void fail(struct progress *g, enum cause cause, uint32_t value)
{
	g->cause = cause;
	g->value = value;
}

/* The answer to a question or a call came. */
static void answered(struct progress *g)
{
	reach(g, STAGE_ANSWERED);
	g->cause = CAUSE_OK;
}

static void hear_client(struct progress *g, const struct heard *h, int64_t time)
{
	switch (h->kind) {
	case EVENT_BIND:
		g->bind_seen = true;
		reach(g, STAGE_BIND);
		break;
	case EVENT_QUESTION:
	case EVENT_REQUEST:
		reach(g, STAGE_ASKED);
		g->asked = time;
		break;
	default:
		break;
	}
}

static void hear_server(struct result *r, struct progress *g, const struct heard *h, int64_t time, uint32_t i)
{
	switch (h->kind) {
	case EVENT_ACCEPTED:
		if (g->stage < STAGE_BOUND && !g->of->mapper && g->began != 0) {
			r->service_ms = (double)(time - g->began) / 1e6;
			r->bound_by = i;
		}
		reach(g, STAGE_BOUND);
		break;
	case EVENT_REJECTED:
		fail(g, CAUSE_BIND_REJECTED, h->value);
		g->nak = h->nak;
		break;
	case EVENT_ANSWER:
		if (h->value != STATUS_OK) {
			fail(g, cause_of_status(h->value), h->value);
			break;
		}
		answered(g);
		if (g->asked != 0 && r->mapped_by == UINT32_MAX && !h->unreadable) {
			r->map_ms = (double)(time - g->asked) / 1e6;
			r->mapped_by = i;
		}
		break;
	case EVENT_RESPONSE:
		answered(g);
		break;
	case EVENT_FAULT:
		fail(g, cause_of_status(h->value), h->value);
		break;
	default:
		break;
	}
}

static bool waits(const struct progress *g)
{
	return g->cause == CAUSE_OK && (g->stage == STAGE_SYN || g->stage == STAGE_BIND || g->stage == STAGE_ASKED);
}

/* What is no PDU. */
static void take_control(struct progress *g, const struct passage *p, bool arrives)
{
	const struct packet *packet = join_packet(p);
	const bool syn = (packet->flags & FRAME_SYN) != 0;
	const bool unconnected = g->stage <= STAGE_SYN;

	if (packet->from_client) {
		if (syn && !packet->icmp)
			reach(g, STAGE_SYN);
		if (g->began == 0)
			g->began = p->time;
		return;
	}
	if (!arrives || g->cause != CAUSE_OK)
		return;
	if (packet->icmp && !unconnected)
		return;
	if (packet->icmp) {
		const bool v6 = packet->sender.sa.sa_family == AF_INET6;

		fail(g, v6 ? cause_from_icmp6(packet->icmp_type, packet->icmp_code)
		           : cause_from_icmp(packet->icmp_type, packet->icmp_code), 0);
		g->offender = packet->sender;
	} else if ((packet->flags & FRAME_RST) != 0 && g->stage != STAGE_ANSWERED) {
		fail(g, CAUSE_RESET, 0);
		g->offender = g->of->server;
	} else if (syn) {
		reach(g, STAGE_CONNECTED);
	} else if ((packet->flags & FRAME_FIN) != 0 && waits(g)) {
		fail(g, CAUSE_CLOSED_BY_PEER, 0);
	}
	if (g->cause != CAUSE_OK)
		g->from_firewall = p->from == END_FIREWALL;
}

static void take(struct result *r, struct progress *g, const struct join *j, const struct passage *p, uint32_t i)
{
	const bool from_client = join_packet(p)->from_client;
	const bool arrives = !p->lost && p->to != END_FIREWALL;
	const struct heard *heard;
	size_t n;

	if (p->lost)
		g->decision = p->decision;
	heard = join_heard(j, p, &n);
	for (size_t k = 0; k < n; k++) {
		if (from_client && join_packet(p)->again == 0)
			hear_client(g, &heard[k], p->time);
		else if (!from_client && arrives)
			hear_server(r, g, &heard[k], p->time, i);
	}
	take_control(g, p, arrives);
}

static enum step step_of(const struct progress *g)
{
	const bool m = g->of->mapper;

	if (g->cause == CAUSE_BIND_REJECTED || g->stage == STAGE_CONNECTED || g->stage == STAGE_BIND)
		return m ? STEP_BIND_MAPPER : STEP_BIND_SERVICE;
	if (g->stage <= STAGE_SYN)
		return m ? STEP_CONNECT_MAPPER : STEP_CONNECT_SERVICE;
	return m ? STEP_MAP : STEP_CALL;
}

static bool is_status(enum cause cause)
{
	return cause == CAUSE_FAULT || cause == CAUSE_NOT_REGISTERED || cause == CAUSE_ACCESS_DENIED ||
	       cause == CAUSE_TOO_BUSY;
}

static void judge(struct result *r, struct progress *g)
{
	if (waits(g))
		g->cause = CAUSE_TIMEOUT;
	r->flow = g->of;
	r->outcome = (struct outcome){.step = STEP_DONE, .cause = CAUSE_OK};
	if (g->cause == CAUSE_OK)
		return;
	r->outcome = (struct outcome){
		.step = step_of(g), .cause = g->cause, .status = is_status(g->cause) ? g->value : 0,
		.nak = g->nak, .reject_reason = g->cause == CAUSE_BIND_REJECTED ? (uint16_t)g->value : 0,
	};
	r->offender = g->offender;
	r->from_firewall = g->from_firewall;
	r->decision = g->decision;
}

static struct progress *find(struct progress **all, const struct join *j, const struct passage *p)
{
	struct progress *g;

	HASH_FIND(hh, *all, &p->flow, sizeof(p->flow), g);
	if (g != NULL)
		return g;
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return NULL;
	g->flow = p->flow;
	g->of = join_flow(j, p);
	HASH_ADD(hh, *all, flow, sizeof(g->flow), g);
	if (hash_added(g))
		return g;
	free(g);
	return NULL;
}

bool result_make(struct result *r, const struct join *j, const struct joined *c)
{
	struct progress *all = NULL, *g, *next, *counts = NULL;
	bool ok = true;

	*r = (struct result){.map_ms = -1, .service_ms = -1, .mapped_by = UINT32_MAX, .bound_by = UINT32_MAX};
	for (uint32_t i = c->first; i < c->first + c->n && ok; i++) {
		g = find(&all, j, &j->passages[i]);
		ok = g != NULL;
		if (ok)
			take(r, g, j, &j->passages[i], i);
	}
	/* In the order in which they began: the mapper is first. */
	HASH_ITER(hh, all, g, next)
	{
		r->has_service = r->has_service || !g->of->mapper;
		if (counts == NULL || !g->of->mapper)
			counts = g;
	}
	if (counts != NULL)
		judge(r, counts);
	HASH_ITER(hh, all, g, next)
	{
		HASH_DEL(all, g);
		free(g);
	}
	return ok;
}

/* What the client asked the mapper for last, as a label has it; "" if that is not there. */
static const char *asked_for(const struct join *j, const struct joined *c)
{
	static const char verb[] = "ept_map ";
	const char *interface = "";

	for (uint32_t i = c->first; i < c->first + c->n; i++) {
		size_t n;
		const struct heard *heard = join_heard(j, &j->passages[i], &n);

		for (size_t k = 0; k < n; k++)
			if (heard[k].kind == EVENT_QUESTION && strncmp(heard[k].text, verb, strlen(verb)) == 0)
				interface = heard[k].text + strlen(verb);
	}
	return interface;
}

char *result_hint(const struct result *r, const struct join *j, const struct joined *c, char text[DIAGNOSIS_HINT_LEN])
{
	const struct flow *mapper = join_flow(j, &j->passages[c->first]);
	char host[ADDR_TEXT_LEN], peer[ADDR_TEXT_LEN], offender[ADDR_TEXT_LEN], other[ADDR_TEXT_LEN] = "";
	char port[8];
	struct diagnosis_names names = {.host = host,
	                                .peer = peer,
	                                .port = port,
	                                .interface = "",
	                                .offender = offender,
	                                .other_host = other,
	                                .said = ""};

	text[0] = '\0';
	if (r->flow == NULL)
		return text;
	addr_format(&mapper->server, host);
	addr_format_port(&r->flow->server, peer);
	snprintf(port, sizeof(port), "%u", addr_port(&r->flow->server));
	addr_format(&r->offender, offender);
	if (!addr_same_host(&mapper->server, &r->flow->server))
		addr_format(&r->flow->server, other);
	names.interface = r->flow->interface;
	if (r->outcome.cause == CAUSE_NOT_REGISTERED && asked_for(j, c)[0] != '\0')
		names.interface = asked_for(j, c);
	return diagnosis_hint(&r->outcome, &names, text);
}
