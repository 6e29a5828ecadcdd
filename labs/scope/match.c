#include "labs/scope/match.h"

#include <stdlib.h>
#include <string.h>

/* What has to be the same, by the attempt. */
enum { WITH_HOSTS = 1, WITH_HASH = 2, WITH_ID = 4 };
static const unsigned attempts[] = {
	WITH_HOSTS | WITH_HASH | WITH_ID, WITH_HOSTS | WITH_HASH, WITH_HASH, WITH_HOSTS, 0,
};

struct match_key {
	struct flow_key flow;
	uint64_t hash;
	uint32_t seq, ack, length, options;
	uint16_t id;
	uint8_t flags, kind;
	uint8_t icmp_type, icmp_code;
	uint8_t zero[6];
};

struct match_queue {
	struct match_key key;
	UT_hash_handle hh;
	uint32_t first, last; /* packets of b */
};

static void make_key(struct match_key *key, const struct view *v, const struct packet *p, unsigned what)
{
	memset(key, 0, sizeof(*key));
	if ((what & WITH_HOSTS) != 0)
		key->flow = v->flows.list[p->flow]->key;
	if ((what & WITH_HASH) != 0)
		key->hash = p->hash;
	if ((what & WITH_ID) != 0) {
		key->options = p->options;
		key->id = p->ip_id;
	}
	key->seq = p->seq;
	key->ack = p->ack;
	key->length = p->length;
	key->flags = p->flags;
	key->kind = (uint8_t)(p->icmp * 2 + p->from_client);
	key->icmp_type = p->icmp_type;
	key->icmp_code = p->icmp_code;
}

/* Puts a packet of b at the end of its queue; `next` links them. */
static bool enqueue(struct match_queue **queues, const struct match_key *key, uint32_t i, uint32_t *next)
{
	struct match_queue *q;

	next[i] = MATCH_NONE;
	HASH_FIND(hh, *queues, key, sizeof(*key), q);
	if (q != NULL) {
		if (q->first == MATCH_NONE)
			q->first = i;
		else
			next[q->last] = i;
		q->last = i;
		return true;
	}
	q = calloc(1, sizeof(*q));
	if (q == NULL)
		return false;
	q->key = *key;
	q->first = q->last = i;
	HASH_ADD(hh, *queues, key, sizeof(q->key), q);
	if (hash_added(q))
		return true;
	free(q);
	return false;
}

static void pair(struct match *m, const struct view *a, const struct view *b, uint32_t i, uint32_t k)
{
	const uint32_t flow_a = a->packets[i].flow, flow_b = b->packets[k].flow;

	m->a[i] = k;
	m->b[k] = i;
	m->pairs++;
	if (m->flow_a[flow_a] == MATCH_NONE)
		m->flow_a[flow_a] = flow_b;
	if (m->flow_b[flow_b] == MATCH_NONE)
		m->flow_b[flow_b] = flow_a;
}

static bool attempt(struct match *m, const struct view *a, const struct view *b, unsigned what, uint32_t *next)
{
	struct match_queue *queues = NULL, *q, *following;
	struct match_key key;
	bool ok = true;

	for (uint32_t k = 0; k < b->n_packets && ok; k++) {
		if (m->b[k] != MATCH_NONE)
			continue;
		make_key(&key, b, &b->packets[k], what);
		ok = enqueue(&queues, &key, k, next);
	}
	for (uint32_t i = 0; i < a->n_packets && queues != NULL; i++) {
		if (m->a[i] != MATCH_NONE)
			continue;
		make_key(&key, a, &a->packets[i], what);
		HASH_FIND(hh, queues, &key, sizeof(key), q);
		if (q == NULL || q->first == MATCH_NONE)
			continue;
		pair(m, a, b, i, q->first);
		q->first = next[q->first];
	}
	HASH_ITER(hh, queues, q, following)
	{
		HASH_DEL(queues, q);
		free(q);
	}
	return ok;
}

/* ---- segments of another size ------------------------------------------------------------ */

/* A segment without its like. */
struct piece {
	uint32_t flow; /* of a */
	uint32_t seq, length;
	bool from_client;
	uint32_t packet;
};

static int compare_pieces(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;

	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	if (a->from_client != b->from_client)
		return a->from_client ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* All pieces of a view, sorted; flows as `flow` has them. */
static struct piece *list_pieces(const struct view *v, const uint32_t *match, const uint32_t *flow, size_t *n)
{
	struct piece *list = calloc(v->n_packets + 1, sizeof(*list));

	*n = 0;
	for (uint32_t i = 0; i < v->n_packets && list != NULL; i++) {
		const struct packet *p = &v->packets[i];
		const uint32_t of = flow != NULL ? flow[p->flow] : p->flow;

		if (match[i] == MATCH_NONE && !p->icmp && p->length > 0 && of != MATCH_NONE)
			list[(*n)++] = (struct piece){of, p->seq, p->length, p->from_client, i};
	}
	if (list != NULL && *n > 1)
		qsort(list, *n, sizeof(*list), compare_pieces);
	return list;
}

/* Has the sorted list a piece with the first byte of this one? */
static bool has_byte(const struct piece *list, size_t n, const struct piece *of)
{
	size_t low = 0, high = n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_pieces(&list[middle], of) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	list += low - 1;
	return list->flow == of->flow && list->from_client == of->from_client && of->seq - list->seq < list->length;
}

static bool find_parts(struct match *m, const struct view *a, const struct view *b)
{
	size_t n_a, n_b;
	struct piece *in_a = list_pieces(a, m->a, NULL, &n_a);
	struct piece *in_b = list_pieces(b, m->b, m->flow_b, &n_b);
	const bool ok = in_a != NULL && in_b != NULL;

	for (size_t i = 0; i < n_a && ok; i++)
		if (has_byte(in_b, n_b, &in_a[i]))
			m->a[in_a[i].packet] = MATCH_PARTS;
	for (size_t i = 0; i < n_b && ok; i++)
		if (has_byte(in_a, n_a, &in_b[i]))
			m->b[in_b[i].packet] = MATCH_PARTS;
	free(in_a);
	free(in_b);
	return ok;
}

/* ---- clocks ------------------------------------------------------------------------------ */

static int compare_times(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/* The median over packets of one direction; those of the other need their time the other
 * way round. */
static bool find_offset(struct match *m, const struct view *a, const struct view *b)
{
	int64_t *list = malloc((m->pairs + 1) * sizeof(*list));
	size_t n = 0;

	if (list == NULL)
		return false;
	for (int from_client = 1; from_client >= 0 && n == 0; from_client--)
		for (uint32_t i = 0; i < a->n_packets; i++)
			if (m->a[i] < MATCH_PARTS && a->packets[i].from_client == (from_client == 1))
				list[n++] = (int64_t)((uint64_t)b->packets[m->a[i]].time - (uint64_t)a->packets[i].time);
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_times);
	m->has_offset = n > 0;
	m->offset = n > 0 ? list[n / 2] : 0;
	free(list);
	return true;
}

static uint32_t *nothing(size_t n)
{
	uint32_t *list = malloc((n + 1) * sizeof(*list));

	if (list != NULL)
		memset(list, 0xff, (n + 1) * sizeof(*list));
	return list;
}

bool match_make(struct match *m, const struct view *a, const struct view *b)
{
	uint32_t *next = nothing(b->n_packets);
	bool ok;

	*m = (struct match){nothing(a->n_packets), nothing(b->n_packets), nothing(a->flows.n), nothing(b->flows.n),
	                    0, false, 0};
	ok = next != NULL && m->a != NULL && m->b != NULL && m->flow_a != NULL && m->flow_b != NULL;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]) && ok; i++)
		ok = attempt(m, a, b, attempts[i], next);
	free(next);
	return ok && find_parts(m, a, b) && find_offset(m, a, b);
}

void match_free(struct match *m)
{
	free(m->a);
	free(m->b);
	free(m->flow_a);
	free(m->flow_b);
	*m = (struct match){0};
}
