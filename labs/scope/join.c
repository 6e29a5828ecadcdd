#include "labs/scope/join.h"

#include <stdlib.h>
#include <string.h>

/* The packet that an ICMP error is about is looked for among so many before it. */
#define REFUSED_NEAR 64u

const struct packet *join_packet(const struct passage *p)
{
	return p->before != NULL ? p->before : p->after;
}

const struct flow *join_flow(const struct join *j, const struct passage *p)
{
	return p->before != NULL ? j->a->flows.list[p->before->flow] : j->b->flows.list[p->after->flow];
}

const struct flow *join_flow_after(const struct join *j, const struct passage *p)
{
	return p->after != NULL ? j->b->flows.list[p->after->flow] : NULL;
}

const struct heard *join_heard(const struct join *j, const struct passage *p, size_t *n)
{
	const struct packet *packet = p->before != NULL ? view_origin(j->a, p->before) : NULL;
	const struct view *v = j->a;

	if ((packet == NULL || packet->n_events == 0) && p->after != NULL) {
		packet = view_origin(j->b, p->after);
		v = j->b;
	}
	*n = packet != NULL ? packet->n_events : 0;
	return *n == 0 ? NULL : &v->heard[packet->first_event];
}

/* ---- which conversation ------------------------------------------------------------------ */

/* The conversations of b under the numbers of a; those that a does not have come behind. */
static uint32_t *number_conversations(const struct join *j)
{
	uint32_t *list = malloc((j->b->n_conversations + 1) * sizeof(*list));

	for (size_t i = 0; i < j->b->n_conversations && list != NULL; i++)
		list[i] = (uint32_t)(j->a->n_conversations + i);
	for (size_t i = 0; i < j->b->flows.n && list != NULL; i++) {
		const uint32_t theirs = j->b->flows.list[i]->conversation, flow = j->match.flow_b[i];

		if (theirs != FLOW_NONE && flow != MATCH_NONE && list[theirs] >= j->a->n_conversations &&
		    j->a->flows.list[flow]->conversation != FLOW_NONE)
			list[theirs] = j->a->flows.list[flow]->conversation;
	}
	return list;
}

/* A flow of b that a has too, although no packet of it is in both: everything was lost. */
static const struct flow *same_flow(const struct join *j, const struct flow *flow)
{
	const uint32_t index = j->match.flow_b[flow->index];

	if (index != MATCH_NONE)
		return j->a->flows.list[index];
	return flows_find(&j->a->flows, &flow->client, &flow->server);
}

/* ---- passages ---------------------------------------------------------------------------- */

static struct passage *add(struct join *j, uint32_t conversation, uint32_t flow, int64_t time)
{
	struct passage *p = &j->passages[j->n_passages];

	if (conversation == FLOW_NONE)
		return NULL;
	*p = (struct passage){.conversation = conversation, .flow = flow, .time = time};
	j->n_passages++;
	return p;
}

static bool is_from_third(const struct flow *flow, const struct packet *p)
{
	return p->icmp && !addr_same_host(&p->sender, &flow->server) && !addr_same_host(&p->sender, &flow->client);
}

static void add_before(struct join *j, uint32_t i)
{
	const struct packet *packet = &j->a->packets[i];
	const struct flow *flow = j->a->flows.list[packet->flow];
	struct passage *p = add(j, flow->conversation, flow->index, packet->time);
	const uint32_t other = j->b != NULL ? j->match.a[i] : MATCH_PARTS;

	if (p == NULL)
		return;
	p->before = packet;
	if (other < MATCH_PARTS)
		p->after = &j->b->packets[other];
	p->from = packet->from_client ? END_CLIENT : END_SERVER;
	p->to = packet->from_client ? END_SERVER : END_CLIENT;
	if (other == MATCH_NONE && packet->from_client) {
		p->to = END_FIREWALL;
		p->lost = true;
	} else if (other == MATCH_NONE || (j->b == NULL && is_from_third(flow, packet))) {
		p->from = END_FIREWALL;
	}
}

static void add_after(struct join *j, uint32_t i, const uint32_t *conversations)
{
	const struct packet *packet = &j->b->packets[i];
	const struct flow *flow = j->b->flows.list[packet->flow], *same = same_flow(j, flow);
	uint32_t conversation = flow->conversation != FLOW_NONE ? conversations[flow->conversation] : FLOW_NONE;
	struct passage *p;

	if (j->match.b[i] != MATCH_NONE)
		return;
	if (same != NULL)
		conversation = same->conversation;
	p = add(j, conversation, same != NULL ? same->index : (uint32_t)j->a->flows.n + flow->index,
	        (int64_t)((uint64_t)packet->time - (uint64_t)j->match.offset));
	if (p == NULL)
		return;
	p->after = packet;
	p->from = packet->from_client ? END_FIREWALL : END_SERVER;
	p->to = packet->from_client ? END_SERVER : END_FIREWALL;
	p->lost = !packet->from_client;
}

static int compare(const void *x, const void *y)
{
	const struct passage *a = x, *b = y;

	if (a->conversation != b->conversation)
		return a->conversation < b->conversation ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	/* In the order of the capture, and with that of the other one behind. */
	if (a->before == NULL || b->before == NULL)
		return a->before != NULL ? -1 : b->before != NULL ? 1 : a->after < b->after ? -1 : a->after > b->after;
	return a->before < b->before ? -1 : a->before > b->before;
}

/* ---- rules ------------------------------------------------------------------------------- */

static struct nft_decision find_decision(struct nft *nft, const struct flow *flow, const struct packet *p)
{
	if (flow == NULL || p == NULL)
		return (struct nft_decision){NFT_NONE, NULL};
	if (p->from_client)
		return nft_find(nft, p, &flow->client, &flow->server);
	return nft_find(nft, p, &flow->server, &flow->client);
}

/* The firewall sees a packet as it is on the side where it came from. What the firewall made
 * itself it does not judge. */
static void decide(const struct join *j, struct passage *p, struct nft *nft)
{
	const bool arrives_after = p->from == END_SERVER && p->after != NULL;
	const struct flow *before = p->before != NULL ? j->a->flows.list[p->before->flow] : NULL;
	const struct flow *after = join_flow_after(j, p);

	if (p->from == END_FIREWALL)
		return;
	p->decision = arrives_after ? find_decision(nft, after, p->after) : find_decision(nft, before, p->before);
	if (p->decision.verdict == NFT_NONE && before != NULL && after != NULL)
		p->decision = arrives_after ? find_decision(nft, before, p->before) : find_decision(nft, after, p->after);
	if (j->b == NULL && p->decision.verdict == NFT_DROP) {
		p->lost = true;
		p->to = END_FIREWALL;
	}
}

/* ---- all --------------------------------------------------------------------------------- */

/* With one capture: a segment about which a host on the way says that it cannot be delivered
 * did not get past that host. */
static void mark_refused(struct join *j, size_t i)
{
	const struct passage *icmp = &j->passages[i];
	const struct packet *error = icmp->before;

	if (error == NULL || !error->icmp || icmp->from != END_FIREWALL || error->icmp_type != (error->sender.sa.sa_family == AF_INET6 ? 1 : 3))
		return;
	for (size_t k = i; k > 0 && i - k < REFUSED_NEAR; k--) {
		struct passage *p = &j->passages[k - 1];

		if (p->conversation != icmp->conversation)
			break;
		if (p->flow != icmp->flow || p->before == NULL || p->before->icmp || p->before->from_client == error->from_client ||
		    p->before->seq != error->seq)
			continue;
		p->to = END_FIREWALL;
		p->lost = true;
		return;
	}
}

static bool cut_conversations(struct join *j)
{
	struct joined *c = NULL;

	j->conversations = calloc(j->n_passages + 1, sizeof(*j->conversations));
	if (j->conversations == NULL)
		return false;
	for (uint32_t i = 0; i < j->n_passages; i++) {
		const struct passage *p = &j->passages[i];

		if (c == NULL || p->conversation != j->passages[c->first].conversation) {
			c = &j->conversations[j->n_conversations++];
			*c = (struct joined){.first = i, .three = j->b != NULL};
		}
		c->n++;
		c->three = c->three || p->from == END_FIREWALL || p->to == END_FIREWALL;
	}
	return true;
}

bool join_make(struct join *j, const struct view *a, const struct view *b, struct nft *nft)
{
	uint32_t *conversations = NULL;

	*j = (struct join){.a = a, .b = b};
	j->passages = calloc(a->n_packets + (b != NULL ? b->n_packets : 0) + 1, sizeof(*j->passages));
	if (j->passages == NULL)
		return false;
	if (b != NULL && (!match_make(&j->match, a, b) || (conversations = number_conversations(j)) == NULL))
		return false;
	/* Clocks that have nothing in common begin together. */
	if (b != NULL && !j->match.has_offset && a->n_frames > 0 && b->n_frames > 0 &&
	    (b->first > a->last || a->first > b->last))
		j->match.offset = (int64_t)((uint64_t)b->first - (uint64_t)a->first);
	for (uint32_t i = 0; i < a->n_packets; i++)
		add_before(j, i);
	for (uint32_t i = 0; b != NULL && i < b->n_packets; i++)
		add_after(j, i, conversations);
	free(conversations);
	if (j->n_passages > 1)
		qsort(j->passages, j->n_passages, sizeof(*j->passages), compare);
	for (size_t i = 0; b == NULL && i < j->n_passages; i++)
		mark_refused(j, i);
	for (size_t i = 0; nft != NULL && i < j->n_passages; i++)
		decide(j, &j->passages[i], nft);
	return cut_conversations(j);
}

void join_free(struct join *j)
{
	match_free(&j->match);
	free(j->passages);
	free(j->conversations);
	j->passages = NULL;
	j->conversations = NULL;
}
