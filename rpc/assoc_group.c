/*
 * Association groups: made, joined, left.
 */
#include <sys/random.h>

#include "rpc/assoc_private.h"

static struct assoc_group *find(struct assoc_server *s, uint32_t id)
{
	struct assoc_group *g;

	HASH_FIND(hh, s->groups, &id, sizeof(id), g);
	return g;
}

struct assoc_group *assoc_group_join(struct assoc_server *s, uint32_t id, enum assoc_transport transport)
{
	struct assoc_group *g = find(s, id);

	if (g == NULL || g->transport != transport)
		return NULL;
	g->members++;
	return g;
}

struct assoc_group *assoc_group_new(struct assoc *a)
{
	struct assoc_server *s = a->server;
	struct assoc_group *g = pool_new(&s->group_pool);

	if (g == NULL)
		return NULL;
	do {
		if (getrandom(&g->id, sizeof(g->id), 0) != (ssize_t)sizeof(g->id)) {
			pool_free(&s->group_pool, g);
			return NULL;
		}
	} while (g->id == 0 || find(s, g->id) != NULL);
	g->transport = a->peer.transport;
	g->members = 1;
	HASH_ADD(hh, s->groups, id, sizeof(g->id), g);
	if (!hash_added(g)) {
		pool_free(&s->group_pool, g);
		return NULL;
	}
	g->client = assoc_client_hold(a->client);
	return g;
}

void assoc_group_leave(struct assoc_server *s, struct assoc_group *g)
{
	if (--g->members > 0)
		return;
	assoc_run_down(s, g);
	HASH_DEL(s->groups, g);
	assoc_client_put(s, g->client);
	pool_free(&s->group_pool, g);
}
