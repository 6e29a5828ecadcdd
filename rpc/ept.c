#include "rpc/ept.h"

#include <string.h>

/* A twr_t: conformance and tower_length say the same, then the octets. */
static bool get_twr(struct reader *r, struct ept_tower *t)
{
	uint32_t max_count, length;

	ndr_get_u32(r, &max_count);
	ndr_get_u32(r, &length);
	if (max_count != length)
		return cursor_fail(r);
	t->len = length;
	return cursor_get_ref(r, &t->octets, length);
}

/* The pointer to a tower, with the referent id that it has unless it is NULL. */
static bool put_twr_pointer(struct writer *w, const struct ept_tower *t, uint32_t id)
{
	return ndr_put_pointer(w, t->octets != NULL ? id : 0);
}

/* The tower itself: nothing if the pointer was NULL. */
static bool put_twr(struct writer *w, const struct ept_tower *t)
{
	if (t->octets == NULL)
		return !w->bad;
	ndr_put_u32(w, (uint32_t)t->len);
	ndr_put_u32(w, (uint32_t)t->len);
	if (t->host == NULL || t->len < 4)
		return cursor_put_bytes(w, t->octets, t->len);
	cursor_put_bytes(w, t->octets, t->len - 4);
	return cursor_put_bytes(w, t->host, 4);
}

/* The towers behind an array of pointers. Full pointers: equal ids mean the
 * same tower, which is sent once (C706 14.3.11.1). */
static bool get_referents(struct reader *r, const uint32_t *ids, struct ept_tower *towers, size_t stride, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ept_tower *t = (void *)((char *)towers + i * stride);
		size_t same = 0;

		*t = (struct ept_tower){0};
		if (ids[i] == 0)
			continue;
		while (ids[same] != ids[i])
			same++;
		if (same < i)
			*t = *(struct ept_tower *)(void *)((char *)towers + same * stride);
		else if (!get_twr(r, t))
			return false;
	}
	return true;
}

/* An optional UUID parameter behind a full pointer. */
static bool get_uuid_pointer(struct reader *r, bool *present, struct uuid *u)
{
	uint32_t id;

	*u = uuid_nil;
	*present = ndr_get_pointer(r, &id) && id != 0;
	if (*present)
		ndr_get_uuid(r, u);
	return cursor_ok(r);
}

static bool get_max(struct reader *r, uint32_t *max)
{
	return ndr_get_u32(r, max) && (*max <= EPT_MAX_ENTS || cursor_fail(r));
}

bool ept_map_request_get(struct reader *r, struct ept_map_request *q)
{
	uint32_t id;
	bool present;

	q->map_tower = (struct ept_tower){0};
	get_uuid_pointer(r, &present, &q->object);
	if (ndr_get_pointer(r, &id) && id != 0)
		get_twr(r, &q->map_tower);
	ndr_get_context_handle(r, &q->entry_handle);
	return get_max(r, &q->max_towers);
}

bool ept_map_request_put(struct writer *w, const struct ept_map_request *q)
{
	ndr_put_pointer(w, 1);
	ndr_put_uuid(w, &q->object);
	put_twr_pointer(w, &q->map_tower, 2);
	put_twr(w, &q->map_tower);
	ndr_put_context_handle(w, &q->entry_handle);
	return ndr_put_u32(w, q->max_towers);
}

bool ept_map_reply_get(struct reader *r, struct ept_map_reply *p)
{
	uint32_t ids[EPT_MAX_ENTS];
	uint32_t actual;

	ndr_get_context_handle(r, &p->entry_handle);
	ndr_get_u32(r, &p->num_towers);
	ndr_get_u32(r, &p->max_towers);
	if (!ndr_get_variance(r, p->max_towers, &actual))
		return false;
	if (actual != p->num_towers || actual > EPT_MAX_ENTS)
		return cursor_fail(r);
	for (size_t i = 0; i < actual; i++)
		ndr_get_pointer(r, &ids[i]);
	if (!cursor_ok(r) || !get_referents(r, ids, p->towers, sizeof(p->towers[0]), actual))
		return false;
	return ndr_get_u32(r, &p->status);
}

bool ept_map_reply_put(struct writer *w, const struct ept_map_reply *p)
{
	ndr_put_context_handle(w, &p->entry_handle);
	ndr_put_u32(w, p->num_towers);
	ndr_put_u32(w, p->max_towers);
	ndr_put_variance(w, p->num_towers);
	for (uint32_t i = 0; i < p->num_towers; i++)
		put_twr_pointer(w, &p->towers[i], 3 + i); /* 1 and 2 are the request's */
	for (uint32_t i = 0; i < p->num_towers; i++)
		put_twr(w, &p->towers[i]);
	return ndr_put_u32(w, p->status);
}

/* rpc_if_id_t: unlike a syntax id in a bind, its version is two integers. */
static void get_if_id(struct reader *r, struct syntax_id *s)
{
	ndr_get_uuid(r, &s->uuid);
	ndr_get_u16(r, &s->major);
	ndr_get_u16(r, &s->minor);
}

static void put_if_id(struct writer *w, const struct syntax_id *s)
{
	ndr_put_uuid(w, &s->uuid);
	ndr_put_u16(w, s->major);
	ndr_put_u16(w, s->minor);
}

bool ept_lookup_request_get(struct reader *r, struct ept_lookup_request *q)
{
	uint32_t id;

	ndr_get_u32(r, &q->inquiry_type);
	get_uuid_pointer(r, &q->has_object, &q->object);
	q->interface_id = (struct syntax_id){0};
	q->has_interface = ndr_get_pointer(r, &id) && id != 0;
	if (q->has_interface)
		get_if_id(r, &q->interface_id);
	ndr_get_u32(r, &q->vers_option);
	ndr_get_context_handle(r, &q->entry_handle);
	return get_max(r, &q->max_ents);
}

bool ept_lookup_request_put(struct writer *w, const struct ept_lookup_request *q)
{
	ndr_put_u32(w, q->inquiry_type);
	ndr_put_pointer(w, q->has_object ? 1 : 0);
	if (q->has_object)
		ndr_put_uuid(w, &q->object);
	ndr_put_pointer(w, q->has_interface ? 2 : 0);
	if (q->has_interface)
		put_if_id(w, &q->interface_id);
	ndr_put_u32(w, q->vers_option);
	ndr_put_context_handle(w, &q->entry_handle);
	return ndr_put_u32(w, q->max_ents);
}

/* ept_entry_t without its tower: object, pointer, annotation. */
static bool get_entry(struct reader *r, struct ept_entry *e, uint32_t *tower_id)
{
	uint32_t n;

	memset(e->annotation, 0, sizeof(e->annotation));
	ndr_get_uuid(r, &e->object);
	ndr_get_pointer(r, tower_id);
	if (!ndr_get_variance(r, EPT_MAX_ANNOTATION, &n))
		return false;
	cursor_get_bytes(r, e->annotation, n);
	e->annotation[EPT_MAX_ANNOTATION - 1] = '\0';
	return cursor_ok(r);
}

static void put_entry(struct writer *w, const struct ept_entry *e, uint32_t tower_id)
{
	uint32_t n = (uint32_t)strlen(e->annotation) + 1;

	ndr_put_uuid(w, &e->object);
	put_twr_pointer(w, &e->tower, tower_id);
	ndr_put_variance(w, n);
	cursor_put_bytes(w, e->annotation, n);
}

static bool get_entries(struct reader *r, struct ept_entry *entries, uint32_t n)
{
	uint32_t ids[EPT_MAX_ENTS];

	for (uint32_t i = 0; i < n; i++)
		if (!get_entry(r, &entries[i], &ids[i]))
			return false;
	return n == 0 || get_referents(r, ids, &entries[0].tower, sizeof(entries[0]), n);
}

static void put_entries(struct writer *w, const struct ept_entry *entries, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		put_entry(w, &entries[i], 3 + i); /* 1 and 2 are a lookup request's */
	for (uint32_t i = 0; i < n; i++)
		put_twr(w, &entries[i].tower);
}

bool ept_lookup_reply_get(struct reader *r, struct ept_lookup_reply *p)
{
	uint32_t actual;

	ndr_get_context_handle(r, &p->entry_handle);
	ndr_get_u32(r, &p->num_ents);
	ndr_get_u32(r, &p->max_ents);
	if (!ndr_get_variance(r, p->max_ents, &actual))
		return false;
	if (actual != p->num_ents || actual > EPT_MAX_ENTS)
		return cursor_fail(r);
	return get_entries(r, p->entries, actual) && ndr_get_u32(r, &p->status);
}

bool ept_lookup_reply_put(struct writer *w, const struct ept_lookup_reply *p)
{
	ndr_put_context_handle(w, &p->entry_handle);
	ndr_put_u32(w, p->num_ents);
	ndr_put_u32(w, p->max_ents);
	ndr_put_variance(w, p->num_ents);
	put_entries(w, p->entries, p->num_ents);
	return ndr_put_u32(w, p->status);
}

bool ept_delete_request_get(struct reader *r, struct ept_insert_request *q)
{
	q->replace = false;
	return get_max(r, &q->num_ents) && ndr_get_conformance(r, q->num_ents) &&
	       get_entries(r, q->entries, q->num_ents);
}

bool ept_insert_request_get(struct reader *r, struct ept_insert_request *q)
{
	uint32_t replace;
	bool ok = ept_delete_request_get(r, q) && ndr_get_u32(r, &replace);

	q->replace = ok && replace != 0;
	return ok;
}

bool ept_delete_request_put(struct writer *w, const struct ept_insert_request *q)
{
	ndr_put_u32(w, q->num_ents);
	ndr_put_u32(w, q->num_ents);
	put_entries(w, q->entries, q->num_ents);
	return !w->bad;
}

bool ept_insert_request_put(struct writer *w, const struct ept_insert_request *q)
{
	ept_delete_request_put(w, q);
	return ndr_put_u32(w, q->replace ? 1 : 0);
}

bool ept_handle_free_reply_get(struct reader *r, struct ndr_context_handle *h, uint32_t *status)
{
	ndr_get_context_handle(r, h);
	return ndr_get_u32(r, status);
}

bool ept_handle_free_reply_put(struct writer *w, const struct ndr_context_handle *h, uint32_t status)
{
	ndr_put_context_handle(w, h);
	return ndr_put_u32(w, status);
}
