/*
 * Lookup handles: walks that a client goes on with in a later call.
 *
 * A handle is a random UUID, good on every connection of the association group
 * that got it. Walks are bounded per group and in all; they go with their
 * group, or when nobody continued them for EPT_WALK_SECONDS.
 */
#ifndef EPMAPD_WALKS_H
#define EPMAPD_WALKS_H

#include "epmapd/registry.h"

struct walks;

/* One call reads the list with ept_lookup, or maps with ept_map; a handle of
 * one is unknown to the other. */
enum walk_kind { WALK_LOOKUP, WALK_MAP };

struct walk {
	struct registry_walk pos;
	enum walk_kind kind;
	uint32_t inquiry_type; /* of the first call; WALK_LOOKUP */
	struct ndr_context_handle handle;
};

/* Borrows the registry. NULL: no memory. */
struct walks *walks_new(struct registry *r);
void walks_free(struct walks *ws);

/* Keeps a walk at its position for a later call; the handle is in the result.
 * NULL if the group or the mapper has too many. */
struct walk *walks_add(struct walks *ws, uint32_t group_id, enum walk_kind kind, const struct registry_walk *pos,
                       uint32_t now);
/* The walk of that handle, if it is this group's and of this kind; NULL: the
 * handle is unknown here. */
struct walk *walks_find(struct walks *ws, uint32_t group_id, enum walk_kind kind,
                        const struct ndr_context_handle *handle, uint32_t now);
/* Likewise, of either kind. */
struct walk *walks_find_any(struct walks *ws, uint32_t group_id, const struct ndr_context_handle *handle);
void walks_remove(struct walks *ws, struct walk *w);

void walks_remove_group(struct walks *ws, uint32_t group_id);
/* Removes what has expired. */
void walks_expire(struct walks *ws, uint32_t now);
unsigned walks_count(const struct walks *ws);

#endif
