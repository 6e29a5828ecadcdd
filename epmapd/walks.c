#include "epmapd/walks.h"

#include <stdlib.h>
#include <sys/random.h>

#include "rpc/clock.h"
#include "rpc/hash.h"

struct entry {
	struct walk walk; /* first: a walk is its entry */
	struct uuid uuid;
	uint32_t group_id;
	uint32_t expires;
	UT_hash_handle hh;
};

struct walks {
	struct registry *registry;
	struct entry *entries; /* hash by uuid */
};

struct walks *walks_new(struct registry *r)
{
	struct walks *ws = calloc(1, sizeof(*ws));

	if (ws != NULL)
		ws->registry = r;
	return ws;
}

static struct entry *entry_of(struct walk *w)
{
	return (struct entry *)(void *)w;
}

void walks_remove(struct walks *ws, struct walk *w)
{
	struct entry *e = entry_of(w);

	registry_walk_end(ws->registry, &w->pos);
	/* The checker thinks of an element that is in no table. */
	HASH_DEL(ws->entries, e); // NOLINT(clang-analyzer-core.NullDereference)
	free(e);
}

void walks_free(struct walks *ws)
{
	if (ws == NULL)
		return;
	while (ws->entries != NULL)
		walks_remove(ws, &ws->entries->walk);
	free(ws);
}

unsigned walks_count(const struct walks *ws)
{
	return HASH_COUNT(ws->entries);
}

static unsigned count_of_group(const struct walks *ws, uint32_t group_id)
{
	const struct entry *e;
	unsigned n = 0;

	for (e = ws->entries; e != NULL; e = e->hh.next)
		if (e->group_id == group_id)
			n++;
	return n;
}

struct walk *walks_add(struct walks *ws, uint32_t group_id, enum walk_kind kind, const struct registry_walk *pos,
                       uint32_t now)
{
	struct entry *e;

	walks_expire(ws, now);
	if (walks_count(ws) >= EPT_MAX_WALKS || count_of_group(ws, group_id) >= EPT_MAX_WALKS_PER_GROUP)
		return NULL;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	if (getrandom(&e->uuid, sizeof(e->uuid), 0) != (ssize_t)sizeof(e->uuid)) {
		free(e);
		return NULL;
	}
	e->group_id = group_id;
	e->expires = now + EPT_WALK_SECONDS;
	e->walk.kind = kind;
	e->walk.handle.uuid = e->uuid;
	HASH_ADD(hh, ws->entries, uuid, sizeof(e->uuid), e);
	if (!hash_added(e)) {
		free(e);
		return NULL;
	}
	registry_walk_copy(ws->registry, &e->walk.pos, pos);
	return &e->walk;
}

struct walk *walks_find_any(struct walks *ws, uint32_t group_id, const struct ndr_context_handle *handle)
{
	struct entry *e;

	HASH_FIND(hh, ws->entries, &handle->uuid, sizeof(handle->uuid), e);
	return e != NULL && e->group_id == group_id && handle->attributes == 0 ? &e->walk : NULL;
}

struct walk *walks_find(struct walks *ws, uint32_t group_id, enum walk_kind kind,
                        const struct ndr_context_handle *handle, uint32_t now)
{
	struct walk *w = walks_find_any(ws, group_id, handle);

	if (w == NULL || w->kind != kind || clock_reached(now, entry_of(w)->expires))
		return NULL;
	entry_of(w)->expires = now + EPT_WALK_SECONDS;
	return w;
}

void walks_remove_group(struct walks *ws, uint32_t group_id)
{
	struct entry *e, *tmp;

	HASH_ITER(hh, ws->entries, e, tmp) {
		if (e->group_id == group_id)
			walks_remove(ws, &e->walk);
	}
}

void walks_expire(struct walks *ws, uint32_t now)
{
	struct entry *e, *tmp;

	HASH_ITER(hh, ws->entries, e, tmp) {
		if (clock_reached(now, e->expires))
			walks_remove(ws, &e->walk);
	}
}
