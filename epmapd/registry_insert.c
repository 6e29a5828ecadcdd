/*
 * ept_insert, ept_delete and ept_mgmt_delete: what is right, and then all of it
 * (C706 appendix O; rows of docs/conformance.md).
 */
#include <string.h>

#include "epmapd/registry_private.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* Decodes the tower of an entry that is to be stored. */
static bool decode_entry(const struct ept_entry *src, struct tower *t)
{
	return src->tower != NULL && tower_decode(src->tower->tower_octet_string, src->tower->tower_length, t) &&
	       t->protseq != PROTSEQ_UNKNOWN;
}

/* Could `e` be what a new entry with this tower replaces, having its interface and object? */
static bool is_candidate(const struct registry_entry *e, const struct tower *t)
{
	return e->interface_id.major == t->interface_id.major &&
	       syntax_equal(&e->transfer_syntax, &t->transfer_syntax) && e->protseq == t->protseq;
}

/* The same host, whatever the port or the pipe. */
static bool same_address(const struct registry_entry *e, const struct tower *t)
{
	struct tower mine;

	return tower_decode(e->tower, e->tower_len, &mine) &&
	       memcmp(mine.host, t->host, sizeof(mine.host)) == 0 && strcmp(mine.hostname, t->hostname) == 0;
}

/* The first entry with the interface and the object of src. */
static struct registry_entry *first_like(const struct registry *r, const struct ept_entry *src, const struct tower *t)
{
	const struct registry_list *l =
		registry_list_find(r, REGISTRY_OBJECT, &t->interface_id.uuid, &src->object);

	return l != NULL ? l->first : NULL;
}

/* Is there anything against inserting this entry? Changes nothing. */
static uint32_t check_insert(const struct registry *r, const struct registry_owner *owner, const struct ept_entry *src,
                             const struct tower *t, bool replace)
{
	const struct registry_entry *e = registry_find_identical(r, src);

	if (e != NULL && e->owner != owner)
		return ept_s_update_failed;
	if (!replace)
		return STATUS_OK;
	for (e = first_like(r, src, t); e != NULL; e = e->next[REGISTRY_OBJECT]) {
		if (!is_candidate(e, t))
			continue;
		if (e->interface_id.minor > t->interface_id.minor)
			return ept_s_invalid_entry;
		if (same_address(e, t) && e->owner != owner)
			return ept_s_update_failed;
	}
	return STATUS_OK;
}

/* Does the call itself bring, before entry i, what replacing forbids: the same
 * with a higher minor version? All towers up to i decode. */
static bool is_outdated(const struct ept_entry *entries, size_t i, const struct tower *t)
{
	struct tower before;

	for (size_t j = 0; j < i; j++) {
		decode_entry(&entries[j], &before);
		if (uuid_equal(&entries[j].object, &entries[i].object) && before.protseq == t->protseq &&
		    syntax_equal(&before.transfer_syntax, &t->transfer_syntax) &&
		    uuid_equal(&before.interface_id.uuid, &t->interface_id.uuid) &&
		    before.interface_id.major == t->interface_id.major &&
		    before.interface_id.minor > t->interface_id.minor)
			return true;
	}
	return false;
}

static uint32_t check_all(const struct registry *r, const struct registry_owner *owner,
                          const struct ept_entry *entries, size_t n, bool replace)
{
	size_t n_new = 0;
	struct tower t;
	uint32_t status;

	for (size_t i = 0; i < n; i++) {
		if (!decode_entry(&entries[i], &t) || (replace && is_outdated(entries, i, &t)))
			return ept_s_invalid_entry;
		status = check_insert(r, owner, &entries[i], &t, replace);
		if (status != STATUS_OK)
			return status;
		n_new += registry_find_identical(r, &entries[i]) == NULL;
	}
	if (r->count + n_new > EPT_MAX_REGISTERED || owner->count + n_new > EPT_MAX_OWNED)
		return ept_s_no_memory;
	return STATUS_OK;
}

/* Adds what is not there yet. False: no memory, and nothing is added. */
static bool add_all(struct registry *r, struct registry_owner *owner, const struct ept_entry *entries, size_t n)
{
	const uint64_t before = r->last_sequence;
	struct tower t;

	for (size_t i = 0; i < n; i++) {
		decode_entry(&entries[i], &t);
		if (registry_find_identical(r, &entries[i]) != NULL ||
		    registry_add(r, owner, &entries[i], &t) != NULL)
			continue;
		while (r->all.last != NULL && r->all.last->sequence > before)
			registry_remove(r, r->all.last);
		return false;
	}
	return true;
}

/* Removes what `e` replaces: those like it that came before. */
static void remove_replaced(struct registry *r, const struct registry_entry *e, const struct ept_entry *src)
{
	struct registry_entry *old, *next;
	struct tower t;

	decode_entry(src, &t);
	for (old = first_like(r, src, &t); old != NULL; old = next) {
		next = old->next[REGISTRY_OBJECT];
		if (old->sequence < e->sequence && is_candidate(old, &t) && same_address(old, &t))
			registry_remove(r, old);
	}
}

uint32_t registry_insert(struct registry *r, struct registry_owner *owner, const struct ept_entry *entries, size_t n,
                         bool replace)
{
	const uint64_t before = r->last_sequence;
	uint32_t status = check_all(r, owner, entries, n, replace);
	struct registry_entry *e;

	/* All that can go wrong does so before anything is changed that was there. */
	if (status != STATUS_OK)
		return status;
	if (!add_all(r, owner, entries, n))
		return ept_s_no_memory;
	for (size_t i = 0; i < n; i++) {
		e = registry_find_identical(r, &entries[i]);
		if (e == NULL)
			continue; /* replaced by a later one of the same call */
		memcpy(e->annotation, entries[i].annotation, sizeof(e->annotation));
		if (replace && e->sequence > before)
			remove_replaced(r, e, &entries[i]);
	}
	return STATUS_OK;
}

uint32_t registry_delete(struct registry *r, const struct registry_owner *owner, const struct ept_entry *entries,
                         size_t n)
{
	struct registry_entry *e;
	struct tower t;

	for (size_t i = 0; i < n; i++) {
		e = decode_entry(&entries[i], &t) ? registry_find_identical(r, &entries[i]) : NULL;
		if (e == NULL)
			return ept_s_not_registered;
		if (e->owner != owner)
			return ept_s_cant_perform_op;
	}
	for (size_t i = 0; i < n; i++) {
		e = registry_find_identical(r, &entries[i]);
		if (e != NULL)
			registry_remove(r, e);
	}
	return STATUS_OK;
}

/* Behind the number of floors, the one is the beginning of the other. Both are made of
 * whole floors, so the beginning is, too. */
static bool begins_with(const struct registry_entry *e, const struct twr *floors)
{
	return floors->tower_length >= 2 && floors->tower_length <= e->tower_len &&
	       memcmp(e->tower + 2, floors->tower_octet_string + 2, floors->tower_length - 2) == 0;
}

uint32_t registry_mgmt_delete(struct registry *r, const struct uuid *object, const struct twr *floors)
{
	uint32_t status = ept_s_not_registered;
	struct registry_entry *e, *next;

	for (e = r->all.first; e != NULL; e = next) {
		next = e->next[REGISTRY_ALL];
		if ((object != NULL && !uuid_equal(&e->object, object)) || !begins_with(e, floors))
			continue;
		registry_remove(r, e);
		status = STATUS_OK;
	}
	return status;
}
