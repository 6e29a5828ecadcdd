#include "labs/scope/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/scope/list.h"

struct view *view_new(void)
{
	struct view *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->budget.limit = SCOPE_MAX_HELD;
	flows_init(&v->flows);
	return v;
}

void view_free(struct view *v)
{
	if (v == NULL)
		return;
	flows_fini(&v->flows);
	for (size_t i = 0; i < v->n_heard; i++)
		free((void *)(uintptr_t)v->heard[i].text);
	free(v->heard);
	free(v->packets);
	free(v->conversations);
	free(v);
}

void view_mapper_port(struct view *v, uint16_t port)
{
	flows_set_port(v->flows.mappers, port);
}

void view_service_port(struct view *v, uint16_t port)
{
	flows_set_port(v->flows.direct, port);
}

void view_learn(struct view *v, const struct view *from)
{
	for (size_t i = 0; i < from->flows.n; i++)
		if (!from->flows.list[i]->mapper)
			flows_set_port(v->flows.services, addr_port(&from->flows.list[i]->server));
}

/* ---- what is said ------------------------------------------------------------------------ */

/* Text and trace lie in one block, which begins with the text. */
static void keep_event(struct view *v, const struct event *e)
{
	const size_t text = strlen(e->text) + 1, trace = strlen(e->trace) + 1;
	struct heard *h;
	char *block;

	if (v->at == NULL)
		return;
	if (v->at->n_events == VIEW_EVENTS ||
	    !list_room(&v->heard, v->n_heard, &v->cap_heard, sizeof(*h), SCOPE_MAX_PACKETS) ||
	    (block = malloc(text + trace)) == NULL) {
		gaps_add(&v->gaps, "PDUs that are not shown, as there are too many");
		return;
	}
	memcpy(block, e->text, text);
	memcpy(block + text, e->trace, trace);
	h = &v->heard[v->n_heard];
	*h = (struct heard){e->kind, e->nak, e->alter, e->unreadable, e->value, e->call_id, block, block + text};
	if (v->at->n_events++ == 0)
		v->at->first_event = (uint32_t)v->n_heard;
	v->n_heard++;
	// cppcheck-suppress memleak // v->heard has it
}

/* An endpoint in an answer: the client may go there, or to that port of the host that it
 * reached the mapper at. */
static void on_endpoint(void *arg, const struct tower *t)
{
	static const uint8_t none[4];
	const struct flow *flow = arg;
	struct flows *flows = &flow->view->flows;
	union addr to = flow->server;
	char interface[EPTALK_LEN];
	bool kept;

	addr_set_port(&to, t->port);
	eptalk_interface(&t->interface_id, interface);
	kept = flows_expect(flows, &flow->client, &to, interface, flow->conversation);
	if (to.sa.sa_family == AF_INET && memcmp(t->host, none, sizeof(none)) != 0) {
		memcpy(&to.in.sin_addr, t->host, sizeof(t->host));
		kept = flows_expect(flows, &flow->client, &to, interface, flow->conversation) && kept;
	}
	if (!kept)
		gaps_add(&flow->view->gaps, "endpoints in answers, as there are too many");
}

static void note_event(struct flow *flow, const struct event *e)
{
	if (e->unreadable)
		gaps_add(&flow->view->gaps, "stub of a call to the mapper: sealed, damaged or incomplete");
	if (e->kind == EVENT_BIND && !flow->mapper && e->interface[0] != '\0')
		memcpy(flow->interface, e->interface, sizeof(flow->interface));
}

static void on_found(void *arg, enum stream_found what, const uint8_t *data, size_t len)
{
	struct flow_half *half = arg;
	struct flow *flow = half->flow;
	struct view *v = flow->view;
	struct event e;

	switch (what) {
	case STREAM_PDU:
		speech_pdu(&flow->speech, half->from_client, data, len, &e, on_endpoint, flow);
		note_event(flow, &e);
		keep_event(v, &e);
		break;
	case STREAM_CUT:
		speech_cut(&flow->speech, half->from_client, data, len, &e);
		gaps_add(&v->gaps, "PDU of which only the beginning is there");
		keep_event(v, &e);
		break;
	case STREAM_MISSING:
		speech_lost(&flow->speech, half->from_client);
		gaps_add(&v->gaps, "hole in a connection: segments that are not there, or are cut");
		break;
	case STREAM_NO_PDU:
		gaps_add(&v->gaps, "payload in which no PDU begins, port %u", addr_port(&flow->server));
		if (v->at != NULL)
			v->at->noise = true;
		break;
	}
}

/* ---- connections ------------------------------------------------------------------------- */

static struct flow *begin_flow(struct view *v, const union addr *client, const union addr *server, bool mapper)
{
	struct flow *flow = flows_add(&v->flows, client, server);

	if (flow == NULL) {
		gaps_add(&v->gaps, "connection, as there are too many");
		return NULL;
	}
	flow->view = v;
	flow->mapper = mapper;
	speech_init(&flow->speech, mapper, &v->budget);
	for (int i = 0; i < 2; i++) {
		flow->half[i].flow = flow;
		flow->half[i].from_client = i == 0;
		stream_init(&flow->half[i].stream, &v->budget, on_found, &flow->half[i]);
	}
	return flow;
}

static void end_flow(struct flow *flow)
{
	for (int i = 0; i < 2; i++)
		stream_end(&flow->half[i].stream);
	speech_clear(&flow->speech);
}

static struct flow *begin_conversation(struct view *v, const union addr *client, const union addr *server, bool mapper)
{
	struct flow *flow;

	if (!list_room(&v->conversations, v->n_conversations, &v->cap_conversations, sizeof(*v->conversations),
	               SCOPE_MAX_FLOWS))
		return NULL;
	flow = begin_flow(v, client, server, mapper);
	if (flow == NULL)
		return NULL;
	snprintf(flow->interface, sizeof(flow->interface), mapper ? "the mapper" : "the service");
	flow->conversation = (uint32_t)v->n_conversations;
	v->conversations[v->n_conversations++] = (struct conversation){flow->index};
	return flow;
}

static struct flow *begin_service_flow(struct view *v, const union addr *client, const union addr *server)
{
	const char *interface = "";
	uint32_t conversation = flows_expects(&v->flows, client, server, &interface);
	struct flow *flow;

	if (conversation == FLOW_NONE && flows_has_port(v->flows.direct, addr_port(server)))
		return begin_conversation(v, client, server, false);
	if (conversation == FLOW_NONE && !flows_has_port(v->flows.services, addr_port(server)))
		return NULL;
	flow = begin_flow(v, client, server, false);
	if (flow == NULL)
		return NULL;
	flow->conversation = conversation;
	snprintf(flow->interface, sizeof(flow->interface), "%s", interface);
	return flow;
}

/* A connection that this segment may begin: to a mapper in any case, to a service only by its
 * handshake. */
static struct flow *begin_by(struct view *v, const struct frame *f)
{
	const bool syn = (f->flags & FRAME_SYN) != 0, answer = syn && (f->flags & FRAME_ACK) != 0;

	if (v->only_new && (!syn || answer))
		return NULL;
	if (flows_has_port(v->flows.mappers, addr_port(&f->to)) && !answer)
		return begin_conversation(v, &f->from, &f->to, true);
	if (flows_has_port(v->flows.mappers, addr_port(&f->from)))
		return begin_conversation(v, &f->to, &f->from, true);
	if (!syn)
		return NULL;
	return answer ? begin_service_flow(v, &f->to, &f->from) : begin_service_flow(v, &f->from, &f->to);
}

static bool is_same_end(const union addr *a, const union addr *b)
{
	return addr_same_host(a, b) && addr_port(a) == addr_port(b);
}

static struct flow *find_flow(struct view *v, const struct frame *f)
{
	struct flow *flow = flows_find(&v->flows, &f->from, &f->to);
	const bool syn = (f->flags & (FRAME_SYN | FRAME_ACK | FRAME_RST)) == FRAME_SYN;

	if (flow == NULL)
		return begin_by(v, f);
	if (syn && flow->has_syn && flow->syn != f->seq && is_same_end(&flow->client, &f->from)) {
		end_flow(flow);
		return begin_by(v, f);
	}
	return flow;
}

/* ---- packets ----------------------------------------------------------------------------- */

/* Looks for the packet that this one repeats, and remembers it. */
static void note_recent(struct flow_half *half, struct packet *p, uint32_t index)
{
	const uint8_t flags = p->flags & (FRAME_SYN | FRAME_FIN);

	if (p->length == 0 && flags == 0)
		return;
	for (unsigned i = 0; i < FLOW_RECENT; i++)
		if (half->recent[i].packet != 0 && half->recent[i].seq == p->seq && half->recent[i].length == p->length &&
		    half->recent[i].hash == p->hash && half->recent[i].flags == flags)
			p->again = half->recent[i].packet;
	if (p->again != 0)
		return;
	half->recent[half->next_recent].packet = index + 1;
	half->recent[half->next_recent].seq = p->seq;
	half->recent[half->next_recent].length = p->length;
	half->recent[half->next_recent].hash = p->hash;
	half->recent[half->next_recent].flags = flags;
	half->next_recent = (half->next_recent + 1) % FLOW_RECENT;
}

static struct packet *keep_packet(struct view *v, const struct flow *flow, const struct frame *f, int64_t time)
{
	struct packet *p;

	if (!list_room(&v->packets, v->n_packets, &v->cap_packets, sizeof(*p), SCOPE_MAX_PACKETS)) {
		gaps_add(&v->gaps, "packet, as there are too many");
		return NULL;
	}
	p = &v->packets[v->n_packets++];
	*p = (struct packet){
		.time = time, .hash = frame_hash(f->payload, f->captured), .number = (uint32_t)v->n_frames,
		.flow = flow->index, .seq = f->seq, .ack = f->ack, .options = f->options,
		.ip_length = f->ip_length, .length = (uint32_t)f->length, .window = f->window,
		.ip_id = f->ip_id, .flags = f->flags, .cut = f->captured < f->length,
	};
	v->last_kept = time;
	return p;
}

/* The server's port, by the handshake, or else most likely. */
static unsigned port_of(const struct frame *f)
{
	const unsigned from = addr_port(&f->from), to = addr_port(&f->to);

	if ((f->flags & FRAME_SYN) != 0)
		return (f->flags & FRAME_ACK) != 0 ? from : to;
	return from < to ? from : to;
}

static void take_tcp(struct view *v, const struct frame *f, int64_t time)
{
	struct flow *flow = find_flow(v, f);
	struct flow_half *half;
	struct packet *p;

	if (flow == NULL) {
		gaps_add(&v->there, "TCP, port %u", port_of(f));
		return;
	}
	p = keep_packet(v, flow, f, time);
	if (p == NULL)
		return;
	p->from_client = is_same_end(&flow->client, &f->from);
	half = &flow->half[!p->from_client];
	note_recent(half, p, (uint32_t)v->n_packets - 1);
	if (p->cut)
		gaps_add(&v->gaps, "segment that was cut when it was recorded");
	v->at = p;
	if ((f->flags & FRAME_SYN) != 0) {
		if (p->from_client && !flow->has_syn) {
			flow->has_syn = true;
			flow->syn = f->seq;
		}
		if (!half->stream.started)
			stream_begin(&half->stream, f->seq);
	} else {
		if (!half->stream.started && f->length > 0)
			gaps_add(&v->gaps, "connection whose beginning is not there");
		stream_segment(&half->stream, f->seq, f->payload, f->captured, f->length);
	}
	v->at = NULL;
}

static void take_icmp(struct view *v, const struct frame *f, int64_t time)
{
	const struct flow *flow = flows_find(&v->flows, &f->quoted_from, &f->quoted_to);
	struct packet *p;

	if (flow == NULL) {
		gaps_add(&v->there, "ICMP error about another connection");
		return;
	}
	p = keep_packet(v, flow, f, time);
	if (p == NULL)
		return;
	p->icmp = true;
	p->icmp_type = f->icmp_type;
	p->icmp_code = f->icmp_code;
	p->seq = f->quoted_seq;
	p->sender = f->from;
	p->from_client = !is_same_end(&flow->client, &f->quoted_from);
}

static void count_frame(struct gaps *g, const struct frame *f)
{
	if (f->value != 0)
		gaps_add(g, "%s %u", f->what, f->value);
	else
		gaps_add(g, "%s", f->what);
}

void view_frame(struct view *v, int linktype, const uint8_t *data, size_t captured, size_t length, int64_t time)
{
	struct frame f;

	if (v->n_frames++ == 0)
		v->first = time;
	v->last = time;
	frame_decode(linktype, data, captured, length, &f);
	switch (f.kind) {
	case FRAME_TCP:
		take_tcp(v, &f, time);
		break;
	case FRAME_ICMP:
		take_icmp(v, &f, time);
		break;
	case FRAME_OTHER:
		count_frame(&v->there, &f);
		break;
	case FRAME_STRANGE:
		count_frame(&v->gaps, &f);
		break;
	}
}

const struct packet *view_origin(const struct view *v, const struct packet *p)
{
	return p->again != 0 ? &v->packets[p->again - 1] : p;
}

void view_end(struct view *v)
{
	for (size_t i = 0; i < v->flows.n; i++)
		end_flow(v->flows.list[i]);
}
