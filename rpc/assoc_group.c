/*
 * Association groups: made, joined, left.
 *
 * They form a digital search tree (Knuth 6.3): on each level the next bit of an id says where to
 * go on, so that none lies deeper than an id has bits, and as the ids are random, most lie much
 * higher. A group costs two pointers, and the tree nothing.
 */
#include <string.h>
#include <sys/random.h>

#include "rpc/assoc_private.h"

/* Where the group of that id is, or would be. */
static struct assoc_group **find(struct assoc_server *s, uint32_t id)
{
	struct assoc_group **at = &s->groups;

	for (uint32_t bits = id; *at != NULL && (*at)->id != id; bits >>= 1)
		at = &(*at)->below[bits & 1];
	return at;
}

/* Any leaf below a group may take its place. */
static void take_out(struct assoc_server *s, struct assoc_group *g)
{
	struct assoc_group **at = find(s, g->id), **leaf = at;
	struct assoc_group *last = g;

	while (last->below[0] != NULL || last->below[1] != NULL) {
		leaf = &last->below[last->below[0] == NULL];
		last = *leaf;
	}
	*leaf = NULL;
	if (last != g) {
		memcpy(last->below, g->below, sizeof(last->below));
		*at = last;
	}
}

struct assoc_group *assoc_group_join(struct assoc_server *s, uint32_t id, enum assoc_transport transport)
{
	struct assoc_group *g = *find(s, id);

	if (g == NULL || g->transport != transport)
		return NULL;
	g->members++;
	return g;
}

/* The kernel gives many at a time. */
static bool random_id(struct assoc_server *s, uint32_t *id)
{
	if (s->n_ids == 0) {
		if (getrandom(s->ids, sizeof(s->ids), 0) != (ssize_t)sizeof(s->ids))
			return false;
		s->n_ids = sizeof(s->ids) / sizeof(s->ids[0]);
	}
	*id = s->ids[--s->n_ids];
	return true;
}

struct assoc_group *assoc_group_new(struct assoc *a)
{
	struct assoc_server *s = a->server;
	struct assoc_group *g = pool_new(&s->group_pool);

	if (g == NULL)
		return NULL;
	do {
		if (!random_id(s, &g->id)) {
			pool_free(&s->group_pool, g);
			return NULL;
		}
	} while (g->id == 0 || *find(s, g->id) != NULL);
	g->transport = a->peer.transport;
	g->members = 1;
	*find(s, g->id) = g;
	g->client = assoc_client_hold(a->client);
	return g;
}

void assoc_group_leave(struct assoc_server *s, struct assoc_group *g)
{
	if (--g->members > 0)
		return;
	assoc_run_down(s, g);
	take_out(s, g);
	assoc_client_put(s, g->client);
	pool_free(&s->group_pool, g);
}
