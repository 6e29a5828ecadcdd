/*
 * NDR and NDR64, encoding.
 */
#include <string.h>

#include "rpc/limits.h"
#include "rpc/ndr.h"

struct ndr_alias {
	uint64_t id;
	const char *type;
	const void *object;
	bool written;
	struct ndr_alias *branches[4];
};

void ndr_out_init(struct ndr_out *n, struct writer *w, bool ndr64, struct arena *arena)
{
	w->origin = w->len;
	*n = (struct ndr_out){.w = w, .ndr64 = ndr64, .arena = arena};
}

bool ndr_out_ok(const struct ndr_out *n)
{
	return !n->w->bad;
}

bool ndr_out_check(struct ndr_out *n, bool good)
{
	if (!good)
		n->w->bad = true;
	return !n->w->bad;
}

bool ndr_out_range(struct ndr_out *n, int64_t v, int64_t low, int64_t high)
{
	return ndr_out_check(n, v >= low && v <= high);
}

bool ndr_out_align(struct ndr_out *n, size_t ndr, size_t ndr64)
{
	return cursor_pad(n->w, n->ndr64 ? ndr64 : ndr);
}

bool ndr_out_end(struct ndr_out *n, size_t ndr64)
{
	return !n->ndr64 || cursor_pad(n->w, ndr64);
}

bool ndr_out_enter(struct ndr_out *n)
{
	n->depth++;
	return ndr_out_check(n, n->depth <= NDR_MAX_DEPTH);
}

void ndr_out_leave(struct ndr_out *n)
{
	n->depth--;
}

void ndr_put_byte(struct ndr_out *n, uint8_t v)
{
	cursor_put_u8(n->w, v);
}

void ndr_put_boolean(struct ndr_out *n, uint8_t v)
{
	ndr_put_byte(n, v);
}

void ndr_put_usmall(struct ndr_out *n, uint8_t v)
{
	ndr_put_byte(n, v);
}

void ndr_put_char(struct ndr_out *n, char v)
{
	ndr_put_byte(n, (uint8_t)v);
}

void ndr_put_small(struct ndr_out *n, int8_t v)
{
	ndr_put_byte(n, (uint8_t)v);
}

void ndr_put_ushort(struct ndr_out *n, uint16_t v)
{
	cursor_pad(n->w, 2);
	cursor_put_u16(n->w, v);
}

void ndr_put_wchar(struct ndr_out *n, uint16_t v)
{
	ndr_put_ushort(n, v);
}

void ndr_put_short(struct ndr_out *n, int16_t v)
{
	ndr_put_ushort(n, (uint16_t)v);
}

void ndr_put_ulong(struct ndr_out *n, uint32_t v)
{
	cursor_pad(n->w, 4);
	cursor_put_u32(n->w, v);
}

void ndr_put_long(struct ndr_out *n, int32_t v)
{
	ndr_put_ulong(n, (uint32_t)v);
}

void ndr_put_uhyper(struct ndr_out *n, uint64_t v)
{
	cursor_pad(n->w, 8);
	cursor_put_u64(n->w, v);
}

void ndr_put_hyper(struct ndr_out *n, int64_t v)
{
	ndr_put_uhyper(n, (uint64_t)v);
}

void ndr_put_float(struct ndr_out *n, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	ndr_put_ulong(n, bits);
}

void ndr_put_double(struct ndr_out *n, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	ndr_put_uhyper(n, bits);
}

void ndr_put_enum(struct ndr_out *n, uint32_t v)
{
	ndr_out_check(n, v <= INT16_MAX);
	if (n->ndr64)
		ndr_put_ulong(n, v);
	else
		ndr_put_ushort(n, (uint16_t)v);
}

void ndr_put_v1_enum(struct ndr_out *n, uint32_t v)
{
	ndr_put_ulong(n, v);
}

void ndr_put_uuid(struct ndr_out *n, struct uuid v)
{
	cursor_pad(n->w, 4);
	uuid_put(n->w, &v);
}

void ndr_put_context_handle(struct ndr_out *n, struct ndr_context_handle v)
{
	ndr_put_ulong(n, v.attributes);
	ndr_put_uuid(n, v.uuid);
}

void ndr_put_octets(struct ndr_out *n, const void *src, size_t len)
{
	cursor_put_bytes(n->w, src, len);
}

/* A pointer's id or a count: 4 bytes, in NDR64 8. */
static void put_wide(struct ndr_out *n, uint64_t v)
{
	if (n->ndr64) {
		ndr_put_uhyper(n, v);
	} else {
		ndr_out_check(n, v <= UINT32_MAX);
		ndr_put_ulong(n, (uint32_t)v);
	}
}

uint32_t ndr_put_max_count(struct ndr_out *n, int64_t count)
{
	if (!ndr_out_check(n, count >= 0 && count <= UINT32_MAX))
		return 0;
	put_wide(n, (uint64_t)count);
	return (uint32_t)count;
}

uint32_t ndr_put_variance(struct ndr_out *n, int64_t first, int64_t actual, uint32_t max)
{
	if (!ndr_out_check(n, first >= 0 && first <= max && actual >= 0 && actual <= max - first))
		return 0;
	put_wide(n, (uint64_t)first);
	put_wide(n, (uint64_t)actual);
	return (uint32_t)actual;
}

void ndr_put_pointer(struct ndr_out *n, const void *p, enum ndr_pointer kind)
{
	ndr_out_check(n, kind != NDR_REF || p != NULL);
	put_wide(n, p != NULL ? ++n->last_referent : 0);
}

/* Mostly it is the same constant. */
static bool same_type(const char *a, const char *b)
{
	return a == b || strcmp(a, b) == 0;
}

/* Where it is in the tree of all that were met, or where it belongs: there is NULL. Two bits
 * of a number made of the address say where to go at each step, the highest first, so that
 * one among hundreds is found in a few steps. */
static struct ndr_alias **find_alias(struct ndr_out *n, const void *p, const char *type)
{
	uint64_t way =
		(uint64_t)(uintptr_t)p * 0x9e3779b97f4a7c15u; /* addresses are alike in their high bits */
	struct ndr_alias **a = &n->aliases;

	for (; *a != NULL && ((*a)->object != p || !same_type((*a)->type, type)); way <<= 2)
		a = &(*a)->branches[way >> 62];
	return a;
}

void ndr_put_full(struct ndr_out *n, const void *p, const char *type)
{
	struct ndr_alias **a;

	if (p == NULL) {
		put_wide(n, 0);
		return;
	}
	a = find_alias(n, p, type);
	if (*a == NULL) {
		if (!ndr_out_check(n, n->n_aliases < NDR_MAX_FULL_POINTERS))
			return;
		*a = arena_alloc(n->arena, sizeof(**a));
		if (!ndr_out_check(n, *a != NULL))
			return;
		**a = (struct ndr_alias){.id = ++n->last_referent, .type = type, .object = p};
		n->n_aliases++;
	}
	put_wide(n, (*a)->id);
}

bool ndr_put_full_due(struct ndr_out *n, const void *p, const char *type)
{
	struct ndr_alias *a = p != NULL && ndr_out_ok(n) ? *find_alias(n, p, type) : NULL;
	bool due = a != NULL && !a->written;

	if (due)
		a->written = true;
	return due;
}

/* The counts before a string of so many characters. */
static bool put_string_counts(struct ndr_out *n, size_t actual, int64_t size)
{
	int64_t max = size < 0 ? (int64_t)actual : size;

	ndr_put_variance(n, 0, (int64_t)actual, ndr_put_max_count(n, max));
	return ndr_out_ok(n);
}

static size_t wide_length(const uint16_t *s)
{
	size_t len = 0;

	while (s[len] != 0)
		len++;
	return len;
}

void ndr_put_string(struct ndr_out *n, const char *s, int64_t size)
{
	if (ndr_out_check(n, s != NULL) && put_string_counts(n, strlen(s) + 1, size))
		ndr_put_octets(n, s, strlen(s) + 1);
}

void ndr_put_wstring(struct ndr_out *n, const uint16_t *s, int64_t size)
{
	size_t actual;

	if (!ndr_out_check(n, s != NULL))
		return;
	actual = wide_length(s) + 1;
	if (!put_string_counts(n, actual, size))
		return;
	for (size_t i = 0; i < actual; i++)
		ndr_put_wchar(n, s[i]);
}

void ndr_put_fixed_string(struct ndr_out *n, const char *s, uint32_t max)
{
	size_t actual = strnlen(s, max) + 1;

	ndr_put_variance(n, 0, (int64_t)actual, max);
	if (ndr_out_ok(n))
		ndr_put_octets(n, s, actual);
}

void ndr_put_fixed_wstring(struct ndr_out *n, const uint16_t *s, uint32_t max)
{
	uint32_t actual = 0;

	while (actual < max && s[actual] != 0)
		actual++;
	actual++;
	ndr_put_variance(n, 0, actual, max);
	for (uint32_t i = 0; i < actual && ndr_out_ok(n); i++)
		ndr_put_wchar(n, s[i]);
}
