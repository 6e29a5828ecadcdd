/*
 * What the files registry*.c share.
 */
#ifndef EPMAPD_REGISTRY_PRIVATE_H
#define EPMAPD_REGISTRY_PRIVATE_H

#include "epmapd/registry.h"

struct registry {
	struct registry_list all;
	struct registry_list *interfaces; /* hash by interface */
	struct registry_list *objects;    /* hash by interface and object */
	struct registry_entry *entries;   /* hash by object and tower */
	unsigned count;
	uint64_t last_sequence;
};

/* The list of an interface, or of an interface and an object; NULL: it is empty. */
struct registry_list *registry_list_find(const struct registry *r, enum registry_by by, const struct uuid *interface,
                                         const struct uuid *object);

/* The entry with exactly this object and tower, or NULL. */
struct registry_entry *registry_find_identical(const struct registry *r, const struct ept_entry *want);

/* Adds a copy. NULL: no memory. */
struct registry_entry *registry_add(struct registry *r, struct registry_owner *owner, const struct ept_entry *src,
                                    const struct tower *t);
void registry_remove(struct registry *r, struct registry_entry *e);

/* A walk's position is moved to e, which may be NULL. */
void registry_walk_put(struct registry_walk *w, struct registry_entry *e);

#endif
