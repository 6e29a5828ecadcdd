#include "epmapd/registry.h"

#include <stdlib.h>
#include <string.h>

#include "epmapd/registry_private.h"
#include "rpc/limits.h"

struct registry *registry_new(void)
{
	return calloc(1, sizeof(struct registry));
}

void registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	while (r->all.first != NULL)
		registry_remove(r, r->all.first);
	free(r);
}

unsigned registry_count(const struct registry *r)
{
	return r->count;
}

/* ---- lists ---- */

static void append(struct registry_list *l, enum registry_by by, struct registry_entry *e)
{
	e->lists[by] = l;
	e->prev[by] = l->last;
	e->next[by] = NULL;
	if (l->last != NULL)
		l->last->next[by] = e;
	else
		l->first = e;
	l->last = e;
}

static void take_out(enum registry_by by, struct registry_entry *e)
{
	struct registry_list *l = e->lists[by];

	if (e->prev[by] != NULL)
		e->prev[by]->next[by] = e->next[by];
	else
		l->first = e->next[by];
	if (e->next[by] != NULL)
		e->next[by]->prev[by] = e->prev[by];
	else
		l->last = e->prev[by];
}

/* The hash of the lists of interfaces, or that of interfaces and objects. */
static struct registry_list **table_of(struct registry *r, enum registry_by by)
{
	return by == REGISTRY_INTERFACE ? &r->interfaces : &r->objects;
}

static struct registry_key make_key(enum registry_by by, const struct uuid *interface, const struct uuid *object)
{
	return (struct registry_key){*interface, by == REGISTRY_OBJECT ? *object : uuid_nil};
}

struct registry_list *registry_list_find(const struct registry *r, enum registry_by by, const struct uuid *interface,
                                         const struct uuid *object)
{
	const struct registry_key key = make_key(by, interface, object);
	struct registry_list *l;

	HASH_FIND(hh, by == REGISTRY_INTERFACE ? r->interfaces : r->objects, &key, sizeof(key), l);
	return l;
}

/* The same, made if there is none. NULL: no memory. */
static struct registry_list *get_list(struct registry *r, enum registry_by by, const struct registry_entry *e)
{
	struct registry_list *l = registry_list_find(r, by, &e->interface_id.uuid, &e->object);
	struct registry_list **table = table_of(r, by);

	if (l != NULL)
		return l;
	l = malloc(sizeof(*l));
	if (l == NULL)
		return NULL;
	*l = (struct registry_list){.key = make_key(by, &e->interface_id.uuid, &e->object)};
	HASH_ADD(hh, *table, key, sizeof(l->key), l);
	if (hash_added(l))
		return l;
	free(l);
	return NULL;
}

static void drop_if_empty(struct registry *r, enum registry_by by, struct registry_list *l)
{
	struct registry_list **table = table_of(r, by);

	if (l == NULL || l->first != NULL)
		return;
	HASH_DEL(*table, l);
	free(l);
}

/* ---- entries ---- */

static size_t key_len(size_t tower_len)
{
	return sizeof(struct uuid) + tower_len;
}

struct registry_entry *registry_find_identical(const struct registry *r, const struct ept_entry *want)
{
	uint8_t key[sizeof(struct uuid) + RPC_MAX_TOWER];
	struct registry_entry *e;

	if (want->tower->tower_length > RPC_MAX_TOWER)
		return NULL;
	memcpy(key, &want->object, sizeof(struct uuid));
	memcpy(key + sizeof(struct uuid), want->tower->tower_octet_string, want->tower->tower_length);
	HASH_FIND(hh, r->entries, key, key_len(want->tower->tower_length), e);
	return e;
}

static struct registry_entry *make_entry(const struct ept_entry *src, const struct tower *t)
{
	struct registry_entry *e = calloc(1, sizeof(*e) + src->tower->tower_length);

	if (e == NULL)
		return NULL;
	e->object = src->object;
	e->interface_id = t->interface_id;
	e->transfer_syntax = t->transfer_syntax;
	e->protseq = t->protseq;
	e->port = t->port;
	memcpy(e->annotation, src->annotation, sizeof(e->annotation));
	e->tower_len = (uint16_t)src->tower->tower_length;
	memcpy(e->tower, src->tower->tower_octet_string, e->tower_len);
	return e;
}

struct registry_entry *registry_add(struct registry *r, struct registry_owner *owner, const struct ept_entry *src,
                                    const struct tower *t)
{
	struct registry_entry *e = make_entry(src, t);
	struct registry_list *interface, *object;

	if (e == NULL)
		return NULL;
	interface = get_list(r, REGISTRY_INTERFACE, e);
	object = interface != NULL ? get_list(r, REGISTRY_OBJECT, e) : NULL;
	if (object != NULL)
		HASH_ADD_KEYPTR(hh, r->entries, &e->object, key_len(e->tower_len), e);
	if (object == NULL || !hash_added(e)) {
		drop_if_empty(r, REGISTRY_OBJECT, object);
		drop_if_empty(r, REGISTRY_INTERFACE, interface);
		free(e);
		return NULL;
	}
	append(&r->all, REGISTRY_ALL, e);
	append(interface, REGISTRY_INTERFACE, e);
	append(object, REGISTRY_OBJECT, e);
	append(&owner->entries, REGISTRY_OWNER, e);
	e->owner = owner;
	e->sequence = ++r->last_sequence;
	owner->count++;
	r->count++;
	return e;
}

void registry_remove(struct registry *r, struct registry_entry *e)
{
	while (e->walks != NULL)
		registry_walk_put(e->walks, e->next[e->walks->by]);
	for (enum registry_by by = 0; by < REGISTRY_LISTS; by++)
		take_out(by, e);
	drop_if_empty(r, REGISTRY_OBJECT, e->lists[REGISTRY_OBJECT]);
	drop_if_empty(r, REGISTRY_INTERFACE, e->lists[REGISTRY_INTERFACE]);
	/* The checker thinks of an element that is in no table. */
	HASH_DEL(r->entries, e); // NOLINT(clang-analyzer-core.NullDereference)
	e->owner->count--;
	r->count--;
	free(e);
}

const struct registry_entry *registry_after(const struct registry *r, uint64_t sequence)
{
	const struct registry_entry *e = r->all.first;

	while (e != NULL && e->sequence <= sequence)
		e = e->next[REGISTRY_ALL];
	return e;
}

const struct registry_entry *registry_behind(const struct registry_entry *e)
{
	return e->next[REGISTRY_ALL];
}

void registry_remove_owner(struct registry *r, struct registry_owner *owner)
{
	while (owner->entries.first != NULL)
		registry_remove(r, owner->entries.first);
}

struct registry_entry *registry_give(struct registry_entry *e, struct registry_owner *to)
{
	struct registry_entry *next = e->next[REGISTRY_OWNER];

	take_out(REGISTRY_OWNER, e);
	e->owner->count--;
	append(&to->entries, REGISTRY_OWNER, e);
	e->owner = to;
	to->count++;
	return next;
}

struct registry_entry *registry_drop(struct registry *r, struct registry_entry *e)
{
	struct registry_entry *next = e->next[REGISTRY_OWNER];

	registry_remove(r, e);
	return next;
}

void registry_drop_identical(struct registry *r, const struct registry_owner *owner, const struct ept_entry *entries,
                             size_t n)
{
	struct registry_entry *e;

	for (size_t i = 0; i < n && owner->count > 0; i++) {
		e = entries[i].tower != NULL ? registry_find_identical(r, &entries[i]) : NULL;
		if (e != NULL && e->owner == owner)
			registry_remove(r, e);
	}
}
