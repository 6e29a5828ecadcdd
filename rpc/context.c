/*
 * Context handles: a hash by UUID for the process, a list for each association
 * group. See rpc/stub.h for what is promised.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <utlist.h>

#include "rpc/assoc_private.h"
#include "rpc/clock.h"
#include "rpc/hash.h"
#include "rpc/limits.h"
#include "rpc/stub.h"

struct assoc_handle {
	struct uuid uuid;
	struct assoc_group *group;
	const struct rpc_interface *interface;
	const char *type;
	char *owner; /* who made it; NULL: somebody anonymous */
	uint8_t auth_level;
	void *object;
	void *user;
	rpc_rundown *rundown;
	uint32_t idle_seconds; /* 0: does not expire */
	uint32_t expires;
	UT_hash_handle hh;
	struct assoc_handle *prev, *next; /* of the group */
};

static void forget(struct assoc_server *s, struct assoc_handle *h)
{
	/* The checker thinks of an element that is in no table. */
	HASH_DEL(s->handles, h); // NOLINT(clang-analyzer-core.NullDereference)
	DL_DELETE(h->group->handles, h);
	h->group->n_handles--;
	h->group->client->n_handles--;
	free(h->owner);
	free(h);
}

/* Is it for this caller: the same user, protected no less than when it was made? */
static bool is_for(const struct assoc_handle *h, const struct rpc_caller *c)
{
	if (c->auth_level < h->auth_level || (h->owner == NULL) != (c->user == NULL))
		return false;
	return h->owner == NULL || strcasecmp(h->owner, c->user) == 0;
}

static void run_down(struct assoc_server *s, struct assoc_handle *h)
{
	rpc_rundown *rundown = h->rundown;
	void *user = h->user, *object = h->object;

	forget(s, h);
	if (rundown != NULL)
		rundown(user, object);
}

void assoc_run_down(struct assoc_server *s, struct assoc_group *g)
{
	while (g->handles != NULL)
		run_down(s, g->handles);
}

static bool has_expired(const struct assoc_server *s, const struct assoc_handle *h)
{
	return h->idle_seconds > 0 && clock_reached(s->now, h->expires);
}

static void expire(struct assoc_server *s)
{
	struct assoc_handle *h, *next;

	HASH_ITER(hh, s->handles, h, next) {
		if (has_expired(s, h))
			run_down(s, h);
	}
}

static struct assoc_handle *find(const struct rpc_call *call, const struct ndr_context_handle *wanted,
                                 const char *type)
{
	struct assoc_handle *h;

	HASH_FIND(hh, call->assoc->server->handles, &wanted->uuid, sizeof(wanted->uuid), h);
	if (h == NULL || wanted->attributes != 0 || h->group != call->assoc->group ||
	    h->interface != call->served->interface || strcmp(h->type, type) != 0 ||
	    !is_for(h, &call->caller))
		return NULL;
	return h;
}

bool rpc_context_import(const struct rpc_call *call, struct ndr_context_handle *h, const char *type,
                        bool may_be_nil)
{
	struct assoc_server *s = call->assoc->server;
	struct assoc_handle *found;

	h->object = NULL;
	if (ndr_context_handle_is_nil(h))
		return may_be_nil;
	found = find(call, h, type);
	if (found == NULL || has_expired(s, found))
		return false;
	found->expires = s->now + found->idle_seconds;
	h->object = found->object;
	return true;
}

/* Puts a new handle into the table. NULL: too many, or no memory. */
static struct assoc_handle *add(const struct rpc_call *call)
{
	struct assoc_server *s = call->assoc->server;
	struct assoc_group *g = call->assoc->group;
	struct assoc_handle *h;

	expire(s);
	if (g->n_handles >= RPC_MAX_HANDLES_PER_GROUP ||
	    !assoc_client_may(HASH_COUNT(s->handles), g->client->n_handles, RPC_MAX_HANDLES))
		return NULL;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NULL;
	if (getrandom(&h->uuid, sizeof(h->uuid), 0) != (ssize_t)sizeof(h->uuid)) {
		free(h);
		return NULL;
	}
	if (call->caller.user != NULL && (h->owner = strdup(call->caller.user)) == NULL) {
		free(h);
		return NULL;
	}
	h->auth_level = call->caller.auth_level;
	HASH_ADD(hh, s->handles, uuid, sizeof(h->uuid), h);
	if (!hash_added(h)) {
		free(h->owner);
		free(h);
		return NULL;
	}
	h->group = g;
	DL_APPEND(g->handles, h);
	g->n_handles++;
	g->client->n_handles++;
	return h;
}

static bool begin(const struct rpc_call *call, struct ndr_context_handle *h, const char *type, rpc_rundown *rundown)
{
	/* A client that has gone while it waited gets none. */
	struct assoc_handle *made = call->assoc != NULL ? add(call) : NULL;

	if (made == NULL) {
		if (rundown != NULL)
			rundown(call->user, h->object);
		h->object = NULL;
		return false;
	}
	made->interface = call->served->interface;
	made->type = type;
	made->object = h->object;
	made->user = call->user;
	made->rundown = rundown;
	h->uuid = made->uuid;
	return true;
}

bool rpc_context_export(const struct rpc_call *call, struct ndr_context_handle *h, const char *type,
                        rpc_rundown *rundown)
{
	struct assoc_handle *old;

	if (h->object != NULL && ndr_context_handle_is_nil(h))
		return begin(call, h, type, rundown);
	old = call->assoc != NULL ? find(call, h, type) : NULL;
	if (h->object != NULL) {
		if (old != NULL)
			old->object = h->object;
		return true;
	}
	if (old != NULL)
		forget(call->assoc->server, old);
	*h = (struct ndr_context_handle){0};
	return true;
}

void rpc_context_set_idle(const struct rpc_call *call, const struct ndr_context_handle *h, uint32_t seconds)
{
	struct assoc_server *s = call->assoc->server;
	struct assoc_handle *found;

	HASH_FIND(hh, s->handles, &h->uuid, sizeof(h->uuid), found);
	if (found == NULL)
		return;
	found->idle_seconds = seconds;
	found->expires = s->now + seconds;
}

unsigned rpc_context_count(const struct assoc *a)
{
	return HASH_COUNT(a->server->handles);
}
