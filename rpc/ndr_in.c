/*
 * NDR and NDR64, decoding.
 */
#include <string.h>

#include "rpc/limits.h"
#include "rpc/ndr.h"

struct ndr_alias {
	uint64_t id;
	const char *type;
	void *object;
	uint32_t count;
	struct ndr_alias *next;
};

/* Where a pointer leads until what it points to is read. */
struct placeholder {
	uint64_t id;
};

void ndr_in_init(struct ndr_in *n, const struct reader *stub, bool ndr64, struct arena *arena)
{
	*n = (struct ndr_in){.r = *stub, .ndr64 = ndr64, .arena = arena};
}

bool ndr_in_ok(const struct ndr_in *n)
{
	return cursor_ok(&n->r);
}

bool ndr_in_check(struct ndr_in *n, bool good)
{
	return good ? cursor_ok(&n->r) : cursor_fail(&n->r);
}

bool ndr_in_equal(struct ndr_in *n, int64_t a, int64_t b)
{
	return ndr_in_check(n, a == b);
}

bool ndr_in_range(struct ndr_in *n, int64_t v, int64_t low, int64_t high)
{
	return ndr_in_check(n, v >= low && v <= high);
}

bool ndr_in_align(struct ndr_in *n, size_t ndr, size_t ndr64)
{
	return cursor_align(&n->r, n->ndr64 ? ndr64 : ndr);
}

bool ndr_in_end(struct ndr_in *n, size_t ndr64)
{
	return !n->ndr64 || cursor_align(&n->r, ndr64);
}

bool ndr_in_enter(struct ndr_in *n)
{
	n->depth++;
	return ndr_in_check(n, n->depth <= NDR_MAX_DEPTH);
}

void ndr_in_leave(struct ndr_in *n)
{
	n->depth--;
}

uint8_t ndr_get_byte(struct ndr_in *n)
{
	uint8_t v;

	cursor_get_u8(&n->r, &v);
	return v;
}

uint8_t ndr_get_boolean(struct ndr_in *n)
{
	return ndr_get_byte(n);
}

uint8_t ndr_get_usmall(struct ndr_in *n)
{
	return ndr_get_byte(n);
}

char ndr_get_char(struct ndr_in *n)
{
	return (char)ndr_get_byte(n);
}

int8_t ndr_get_small(struct ndr_in *n)
{
	return (int8_t)ndr_get_byte(n);
}

uint16_t ndr_get_ushort(struct ndr_in *n)
{
	uint16_t v;

	cursor_align(&n->r, 2);
	cursor_get_u16(&n->r, &v);
	return v;
}

uint16_t ndr_get_wchar(struct ndr_in *n)
{
	return ndr_get_ushort(n);
}

int16_t ndr_get_short(struct ndr_in *n)
{
	return (int16_t)ndr_get_ushort(n);
}

uint32_t ndr_get_ulong(struct ndr_in *n)
{
	uint32_t v;

	cursor_align(&n->r, 4);
	cursor_get_u32(&n->r, &v);
	return v;
}

int32_t ndr_get_long(struct ndr_in *n)
{
	return (int32_t)ndr_get_ulong(n);
}

uint64_t ndr_get_uhyper(struct ndr_in *n)
{
	uint64_t v;

	cursor_align(&n->r, 8);
	cursor_get_u64(&n->r, &v);
	return v;
}

int64_t ndr_get_hyper(struct ndr_in *n)
{
	return (int64_t)ndr_get_uhyper(n);
}

/* IEEE 754, as the machine has it (C706 14.2.7). */
float ndr_get_float(struct ndr_in *n)
{
	uint32_t bits = ndr_get_ulong(n);
	float v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

double ndr_get_double(struct ndr_in *n)
{
	uint64_t bits = ndr_get_uhyper(n);
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* 15 bits, in NDR64 too (C706 14.2.5, MS-RPCE 2.2.5.2.2). */
uint32_t ndr_get_enum(struct ndr_in *n)
{
	uint32_t v = n->ndr64 ? ndr_get_ulong(n) : ndr_get_ushort(n);

	return ndr_in_check(n, v <= INT16_MAX) ? v : 0;
}

uint32_t ndr_get_v1_enum(struct ndr_in *n)
{
	return ndr_get_ulong(n);
}

struct uuid ndr_get_uuid(struct ndr_in *n)
{
	struct uuid v;

	cursor_align(&n->r, 4);
	uuid_get(&n->r, &v);
	return v;
}

struct ndr_context_handle ndr_get_context_handle(struct ndr_in *n)
{
	struct ndr_context_handle h = {.attributes = ndr_get_ulong(n)};

	h.uuid = ndr_get_uuid(n);
	return h;
}

void ndr_get_octets(struct ndr_in *n, void *dst, size_t len)
{
	cursor_get_bytes(&n->r, dst, len);
}

/* A pointer's id or a count: 4 bytes, in NDR64 8. */
static uint64_t get_wide(struct ndr_in *n)
{
	return n->ndr64 ? ndr_get_uhyper(n) : ndr_get_ulong(n);
}

static uint32_t get_count(struct ndr_in *n)
{
	uint64_t v = get_wide(n);

	return ndr_in_check(n, v <= UINT32_MAX) ? (uint32_t)v : 0;
}

uint32_t ndr_get_max_count(struct ndr_in *n)
{
	return get_count(n);
}

uint32_t ndr_get_variance(struct ndr_in *n, int64_t first, uint32_t max)
{
	uint32_t offset = get_count(n), actual = get_count(n);

	ndr_in_check(n, offset == first && offset <= max && actual <= max - offset);
	return ndr_in_ok(n) ? actual : 0;
}

void *ndr_alloc(struct ndr_in *n, uint64_t count, size_t size, size_t wire)
{
	void *p;

	if (!ndr_in_check(n, wire == 0 || count <= cursor_left(&n->r) / wire))
		return NULL;
	p = arena_alloc(n->arena, count * size);
	if (p == NULL) {
		n->no_memory = true;
		cursor_fail(&n->r);
	}
	return p;
}

void *ndr_get_pointer(struct ndr_in *n, enum ndr_pointer kind)
{
	uint64_t id = get_wide(n);
	struct placeholder *p;

	if (id == 0) {
		ndr_in_check(n, kind != NDR_REF);
		return NULL;
	}
	p = ndr_alloc(n, 1, sizeof(*p), 0);
	if (p != NULL)
		p->id = id;
	if (id > n->last_referent)
		n->last_referent = id;
	return p;
}

void *ndr_find_full(const struct ndr_in *n, const void *placeholder, const char *type, uint32_t *count)
{
	const struct placeholder *p = placeholder;
	const struct ndr_alias *a;

	for (a = n->aliases; a != NULL; a = a->next) {
		if (a->id == p->id && strcmp(a->type, type) == 0) {
			*count = a->count;
			return a->object;
		}
	}
	return NULL;
}

void ndr_keep_full(struct ndr_in *n, const void *placeholder, const char *type, void *object, uint32_t count)
{
	const struct placeholder *p = placeholder;
	struct ndr_alias *a;

	if (!ndr_in_check(n, n->n_aliases < NDR_MAX_FULL_POINTERS))
		return;
	a = ndr_alloc(n, 1, sizeof(*a), 0);
	if (a == NULL)
		return;
	*a = (struct ndr_alias){p->id, type, object, count, n->aliases};
	n->aliases = a;
	n->n_aliases++;
}

/* How many characters of a string follow, the NUL at their end included. */
static uint32_t get_length(struct ndr_in *n, uint32_t max)
{
	uint32_t actual = ndr_get_variance(n, 0, max);

	return ndr_in_check(n, actual > 0) ? actual : 0;
}

static bool get_chars(struct ndr_in *n, char *s, uint32_t actual)
{
	ndr_get_octets(n, s, actual);
	return ndr_in_check(n, actual > 0 && s[actual - 1] == '\0');
}

static bool get_wchars(struct ndr_in *n, uint16_t *s, uint32_t actual)
{
	for (uint32_t i = 0; i < actual; i++)
		s[i] = ndr_get_wchar(n);
	return ndr_in_check(n, actual > 0 && s[actual - 1] == 0);
}

char *ndr_get_string(struct ndr_in *n, uint32_t *max)
{
	uint32_t actual;
	char *s;

	*max = ndr_get_max_count(n);
	actual = get_length(n, *max);
	s = ndr_alloc(n, actual, sizeof(*s), sizeof(*s));
	return s != NULL && get_chars(n, s, actual) ? s : NULL;
}

uint16_t *ndr_get_wstring(struct ndr_in *n, uint32_t *max)
{
	uint32_t actual;
	uint16_t *s;

	*max = ndr_get_max_count(n);
	actual = get_length(n, *max);
	s = ndr_alloc(n, actual, sizeof(*s), sizeof(*s));
	return s != NULL && get_wchars(n, s, actual) ? s : NULL;
}

void ndr_get_fixed_string(struct ndr_in *n, char *dst, uint32_t max)
{
	memset(dst, 0, max);
	get_chars(n, dst, get_length(n, max));
}

void ndr_get_fixed_wstring(struct ndr_in *n, uint16_t *dst, uint32_t max)
{
	memset(dst, 0, max * sizeof(*dst));
	get_wchars(n, dst, get_length(n, max));
}
