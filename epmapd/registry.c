#include "epmapd/registry.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "rpc/hash.h"
#include "rpc/status.h"

struct registry_interface {
	struct uuid uuid;
	struct registry_entry *entries;
	UT_hash_handle hh;
};

struct registry {
	struct registry_interface *interfaces; /* hash by UUID */
	struct registry_entry *entries;        /* all, oldest first */
	struct registry_walk *walks;
	unsigned count;
};

struct registry *registry_new(void)
{
	return calloc(1, sizeof(struct registry));
}

static struct registry_interface *find_interface(const struct registry *r, const struct uuid *uuid)
{
	struct registry_interface *i;

	HASH_FIND(hh, r->interfaces, uuid, sizeof(*uuid), i);
	return i;
}

/* The entry after e in the list that the walk follows. */
static struct registry_entry *following(const struct registry_walk *w, const struct registry_entry *e)
{
	return w->filter.by_interface ? e->iface_next : e->next;
}

static void unlink_entry(struct registry *r, struct registry_entry *e)
{
	struct registry_interface *i = e->interface;
	struct registry_walk *w;

	DL_FOREACH(r->walks, w) {
		if (w->at == e)
			w->at = following(w, e);
	}
	DL_DELETE(r->entries, e);
	DL_DELETE2(i->entries, e, iface_prev, iface_next);
	DL_DELETE2(e->owner->entries, e, owner_prev, owner_next);
	e->owner->count--;
	r->count--;
	if (i->entries == NULL) {
		HASH_DEL(r->interfaces, i);
		free(i);
	}
	free(e);
}

void registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	while (r->entries != NULL)
		unlink_entry(r, r->entries);
	free(r);
}

unsigned registry_count(const struct registry *r)
{
	return r->count;
}

static struct registry_interface *get_interface(struct registry *r, const struct uuid *uuid)
{
	struct registry_interface *i = find_interface(r, uuid);

	if (i != NULL)
		return i;
	i = calloc(1, sizeof(*i));
	if (i == NULL)
		return NULL;
	i->uuid = *uuid;
	HASH_ADD(hh, r->interfaces, uuid, sizeof(i->uuid), i);
	if (!hash_added(i)) {
		free(i);
		return NULL;
	}
	return i;
}

/* Adds an entry whose tower was decoded to t. */
static uint32_t add_entry(struct registry *r, struct registry_owner *owner, const struct ept_entry *src,
                          const struct tower *t)
{
	struct registry_interface *i;
	struct registry_entry *e;

	if (r->count >= EPT_MAX_REGISTERED || owner->count >= EPT_MAX_OWNED)
		return ept_s_no_memory;
	e = calloc(1, sizeof(*e) + src->tower.len);
	if (e == NULL)
		return ept_s_no_memory;
	i = get_interface(r, &t->interface_id.uuid);
	if (i == NULL) {
		free(e);
		return ept_s_no_memory;
	}
	e->object = src->object;
	e->interface_id = t->interface_id;
	e->transfer_syntax = t->transfer_syntax;
	e->protseq = t->protseq;
	memcpy(e->annotation, src->annotation, sizeof(e->annotation));
	e->owner = owner;
	e->interface = i;
	e->tower_len = src->tower.len;
	memcpy(e->tower, src->tower.octets, src->tower.len);
	DL_APPEND(r->entries, e);
	DL_APPEND2(i->entries, e, iface_prev, iface_next);
	DL_APPEND2(owner->entries, e, owner_prev, owner_next);
	owner->count++;
	r->count++;
	return STATUS_OK;
}

/* The entry with exactly this object and tower. */
static struct registry_entry *find_identical(const struct registry *r, const struct ept_entry *want,
                                             const struct tower *t)
{
	struct registry_interface *i = find_interface(r, &t->interface_id.uuid);
	struct registry_entry *e;

	if (i == NULL)
		return NULL;
	DL_FOREACH2(i->entries, e, iface_next) {
		if (uuid_equal(&e->object, &want->object) && e->tower_len == want->tower.len &&
		    memcmp(e->tower, want->tower.octets, e->tower_len) == 0)
			return e;
	}
	return NULL;
}

/* Could `e` be what a new entry with this object and tower replaces? */
static bool is_candidate(const struct registry_entry *e, const struct uuid *object, const struct tower *t)
{
	return uuid_equal(&e->object, object) && e->interface_id.major == t->interface_id.major &&
	       syntax_equal(&e->transfer_syntax, &t->transfer_syntax) && e->protseq == t->protseq;
}

/* Same host address, whatever the port; without one, the same endpoint. */
static bool same_address(const struct registry_entry *e, const struct tower *t)
{
	struct tower mine;

	if (!tower_decode(e->tower, e->tower_len, &mine))
		return false;
	return memcmp(mine.host, t->host, sizeof(mine.host)) == 0 && strcmp(mine.hostname, t->hostname) == 0 &&
	       strcmp(mine.endpoint, t->endpoint) == 0;
}

/* Is there anything against inserting this entry? Changes nothing. */
static uint32_t check_insert(const struct registry *r, const struct registry_owner *owner, const struct ept_entry *src,
                             const struct tower *t, bool replace)
{
	const struct registry_entry *e = find_identical(r, src, t);
	struct registry_interface *i = find_interface(r, &t->interface_id.uuid);

	if (e != NULL && e->owner != owner)
		return ept_s_update_failed;
	if (!replace || i == NULL)
		return STATUS_OK;
	DL_FOREACH2(i->entries, e, iface_next) {
		if (!is_candidate(e, &src->object, t))
			continue;
		if (e->interface_id.minor > t->interface_id.minor)
			return ept_s_invalid_entry;
		if (same_address(e, t) && e->owner != owner)
			return ept_s_update_failed;
	}
	return STATUS_OK;
}

static void remove_replaced(struct registry *r, const struct ept_entry *src, const struct tower *t)
{
	struct registry_interface *i = find_interface(r, &t->interface_id.uuid);
	struct registry_entry *e, *next;

	if (i == NULL)
		return;
	/* The last removal frees i: only the entries are looked at. */
	for (e = i->entries; e != NULL; e = next) {
		next = e->iface_next;
		if (is_candidate(e, &src->object, t) && same_address(e, t))
			unlink_entry(r, e);
	}
}

/* Decodes the tower of an entry that is to be stored. */
static bool decode_entry(const struct ept_entry *src, struct tower *t)
{
	return src->tower.octets != NULL && tower_decode(src->tower.octets, src->tower.len, t) &&
	       t->protseq != PROTSEQ_UNKNOWN;
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

static uint32_t insert_one(struct registry *r, struct registry_owner *owner, const struct ept_entry *src, bool replace)
{
	struct registry_entry *same;
	struct tower t;

	decode_entry(src, &t);
	same = find_identical(r, src, &t);
	if (same != NULL) {
		memcpy(same->annotation, src->annotation, sizeof(same->annotation));
		return STATUS_OK;
	}
	if (replace)
		remove_replaced(r, src, &t);
	return add_entry(r, owner, src, &t);
}

uint32_t registry_insert(struct registry *r, struct registry_owner *owner, const struct ept_entry *entries, size_t n,
                         bool replace)
{
	struct tower t;
	uint32_t status;

	/* All that can be wrong is found before anything changes. */
	if (r->count + n > EPT_MAX_REGISTERED || owner->count + n > EPT_MAX_OWNED)
		return ept_s_no_memory;
	for (size_t i = 0; i < n; i++) {
		if (!decode_entry(&entries[i], &t) || (replace && is_outdated(entries, i, &t)))
			return ept_s_invalid_entry;
		status = check_insert(r, owner, &entries[i], &t, replace);
		if (status != STATUS_OK)
			return status;
	}
	for (size_t i = 0; i < n; i++) {
		status = insert_one(r, owner, &entries[i], replace);
		if (status != STATUS_OK) { /* out of memory: take back what was added */
			registry_delete(r, owner, entries, i);
			return status;
		}
	}
	return STATUS_OK;
}

uint32_t registry_delete(struct registry *r, const struct registry_owner *owner, const struct ept_entry *entries,
                         size_t n)
{
	struct registry_entry *e;
	struct tower t;

	for (size_t i = 0; i < n; i++) {
		e = decode_entry(&entries[i], &t) ? find_identical(r, &entries[i], &t) : NULL;
		if (e == NULL)
			return ept_s_not_registered;
		if (e->owner != owner)
			return ept_s_cant_perform_op;
	}
	for (size_t i = 0; i < n; i++) {
		e = decode_entry(&entries[i], &t) ? find_identical(r, &entries[i], &t) : NULL;
		if (e != NULL)
			unlink_entry(r, e);
	}
	return STATUS_OK;
}

void registry_remove_owner(struct registry *r, struct registry_owner *owner)
{
	while (owner->entries != NULL)
		unlink_entry(r, owner->entries);
}

/* C706 appendix O, vers_option. */
static bool version_matches(const struct syntax_id *have, const struct syntax_id *want, enum ept_vers_option option)
{
	switch (option) {
	case EPT_VERS_ALL:
		return true;
	case EPT_VERS_COMPATIBLE:
		return have->major == want->major && have->minor >= want->minor;
	case EPT_VERS_EXACT:
		return have->major == want->major && have->minor == want->minor;
	case EPT_VERS_MAJOR_ONLY:
		return have->major == want->major;
	case EPT_VERS_UPTO:
		return have->major < want->major || (have->major == want->major && have->minor <= want->minor);
	}
	return false;
}

bool registry_matches(const struct registry_filter *f, const struct registry_entry *e)
{
	if (f->by_interface && (!uuid_equal(&e->interface_id.uuid, &f->interface_id.uuid) ||
	                        !version_matches(&e->interface_id, &f->interface_id, f->vers_option)))
		return false;
	if (f->by_object && !uuid_equal(&e->object, &f->object))
		return false;
	return !f->by_transport ||
	       (e->protseq == f->protseq && syntax_equal(&e->transfer_syntax, &f->transfer_syntax));
}

/* The first entry of the list that the walk follows. */
static struct registry_entry *first(const struct registry *r, const struct registry_walk *w)
{
	struct registry_interface *i;

	if (!w->filter.by_interface)
		return r->entries;
	i = find_interface(r, &w->filter.interface_id.uuid);
	return i != NULL ? i->entries : NULL;
}

void registry_walk_begin(struct registry *r, struct registry_walk *w, const struct registry_filter *f, bool then_nil)
{
	*w = (struct registry_walk){.filter = *f, .then_nil = then_nil && !uuid_is_nil(&f->object)};
	w->at = first(r, w);
	DL_APPEND(r->walks, w);
}

bool registry_walk_more(struct registry *r, struct registry_walk *w)
{
	for (;;) {
		while (w->at != NULL && !registry_matches(&w->filter, w->at))
			w->at = following(w, w->at);
		if (w->at != NULL || !w->then_nil)
			return w->at != NULL;
		w->then_nil = false;
		w->filter.object = uuid_nil;
		w->at = first(r, w);
	}
}

const struct registry_entry *registry_walk_next(struct registry *r, struct registry_walk *w)
{
	const struct registry_entry *e;

	if (!registry_walk_more(r, w))
		return NULL;
	e = w->at;
	w->at = following(w, e);
	return e;
}

void registry_walk_copy(struct registry *r, struct registry_walk *w, const struct registry_walk *from)
{
	*w = *from;
	DL_APPEND(r->walks, w);
}

void registry_walk_end(struct registry *r, struct registry_walk *w)
{
	DL_DELETE(r->walks, w);
}
