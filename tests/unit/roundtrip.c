#include "tests/unit/roundtrip.h"

#include <stdio.h>
#include <string.h>

#include "rpc/ndr.h"
#include "tests/unit/unit.h"

enum { MOST = 5, MAX_DEPTH = 5 };

void roundtrip_init(struct roundtrip *r, uint64_t seed, struct arena *arena)
{
	*r = (struct roundtrip){.state = seed * 0x9e3779b97f4a7c15u + 1, .arena = arena};
}

/* SplitMix64. */
uint32_t roundtrip_random(struct roundtrip *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

static uint32_t below(struct roundtrip *r, uint32_t n)
{
	return n > 0 ? roundtrip_random(r) % n : 0;
}

static void *room(struct roundtrip *r, size_t n)
{
	void *p = arena_alloc(r->arena, n);

	REQUIRE(p != NULL);
	return p;
}

static void fill(struct roundtrip *r, const struct desc_field *f, const struct desc_type *t, void *at,
		 const struct desc_field *fields, void *base);

/* ---- what others depend on ---- */

static const struct desc_type *integer_of(const struct desc_type *t)
{
	return t->kind == DESC_POINTER ? t->to : t;
}

/* Where the integer of the field lies; behind a pointer it is made. */
static void *integer_at(struct roundtrip *r, const struct desc_field *f, void *base)
{
	void *at = (uint8_t *)base + f->offset, *p;

	if (f->type->kind != DESC_POINTER)
		return at;
	memcpy(&p, at, sizeof(p));
	if (p == NULL) {
		p = room(r, f->type->to->size);
		memcpy(at, &p, sizeof(p));
	}
	return p;
}

static void set_field(struct roundtrip *r, const struct desc_field *fields, const char *name, int64_t v, void *base)
{
	const struct desc_field *f = desc_find(fields, name);

	if (f != NULL)
		desc_set_integer(integer_of(f->type), integer_at(r, f, base), v);
}

/* A discriminant that chooses an arm, by chance the default one. */
static int64_t some_tag(struct roundtrip *r, const struct desc_type *u)
{
	unsigned int arms = 0, chosen;
	const struct desc_field *arm;

	for (arm = u->fields; arm->name != NULL; arm++)
		arms++;
	chosen = below(r, arms);
	arm = &u->fields[chosen];
	if (arm->n_labels > 0 && !(arm->is_default && below(r, 2) == 0))
		return arm->labels[below(r, (uint32_t)arm->n_labels)];
	for (int64_t tag = 77;; tag++) /* none of the labels */
		if (desc_find_arm(u, tag) == arm)
			return tag;
}

static const struct desc_type *union_switched_by(const struct desc_field *fields, const char *name)
{
	for (const struct desc_field *f = fields; f->name != NULL; f++)
		if (f->type != NULL && f->type->kind == DESC_UNION && f->type->switch_field != NULL &&
		    strcmp(f->type->switch_field, name) == 0)
			return f->type;
	return NULL;
}

static void fill_counts(struct roundtrip *r, const struct desc_field *fields, void *base)
{
	for (const struct desc_field *f = fields; f->name != NULL; f++) {
		const struct desc_type *u;
		int64_t v;

		if (!f->counts)
			continue;
		u = union_switched_by(fields, f->name);
		v = u != NULL ? some_tag(r, u) : below(r, MOST + 1);
		desc_set_integer(integer_of(f->type), integer_at(r, f, base), v);
	}
}

/* ---- values ---- */

static void fill_integer(struct roundtrip *r, const struct desc_field *f, const struct desc_type *t, void *at)
{
	int64_t v;

	if (f->has_range) {
		v = f->low + (int64_t)(roundtrip_random(r) % (uint64_t)(f->high - f->low + 1));
	} else if (t->kind == DESC_ENUM) {
		unsigned int n = 0;

		while (t->enumerators[n].name != NULL)
			n++;
		v = t->enumerators[below(r, n)].value;
	} else {
		v = (int64_t)((uint64_t)roundtrip_random(r) << 32 | roundtrip_random(r));
	}
	desc_set_integer(t, at, v);
}

static void fill_bytes(struct roundtrip *r, void *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)at)[i] = (uint8_t)roundtrip_random(r);
}

/* No NaN: it would not equal itself. */
static void fill_float(struct roundtrip *r, const struct desc_type *t, void *at)
{
	double d = (double)roundtrip_random(r) / 1000 - 1000000;
	float f = (float)d;

	memcpy(at, t->size == sizeof(d) ? (const void *)&d : (const void *)&f, t->size);
}

static void fill_handle(struct roundtrip *r, void *at)
{
	struct ndr_context_handle h = {.attributes = 0};

	if (below(r, 3) > 0)
		fill_bytes(r, &h.uuid, sizeof(h.uuid));
	memcpy(at, &h, sizeof(h));
}

static uint8_t *elements_for(struct roundtrip *r, const struct desc_type *t, void *at, size_t n)
{
	uint8_t *p = at;

	if (t->count == 0) {
		p = room(r, n * t->to->size);
		memcpy(at, &p, sizeof(p));
	}
	return p;
}

static void fill_string(struct roundtrip *r, const struct desc_type *t, void *at, const struct desc_field *fields,
			void *base)
{
	int64_t most = t->count > 0 ? t->count : MOST + 1, n;
	uint8_t *p;

	if (t->size_is != NULL) {
		set_field(r, fields, t->size_field, 1 + below(r, MOST), base);
		most = t->size_is(base);
	}
	n = below(r, (uint32_t)most); /* characters before the NUL */
	p = elements_for(r, t, at, (size_t)n + 1);
	for (int64_t i = 0; i <= n; i++)
		desc_set_integer(t->to, p + (size_t)i * t->to->size, i < n ? 1 + below(r, 127) : 0);
}

/* How many elements an array has, once its sizes fit together. */
static int64_t settle_length(struct roundtrip *r, const struct desc_type *t, const struct desc_field *fields, void *base)
{
	int64_t n = t->size_is != NULL ? t->size_is(base) : t->count, length;

	if (t->length_is == NULL)
		return n;
	/* Only ever less: other arrays may have the same length. */
	length = t->length_is(base);
	if (length > n)
		set_field(r, fields, t->length_field, length = n, base);
	if (t->first_is != NULL && t->first_is(base) > n - length)
		set_field(r, fields, t->first_field, n - length, base);
	return length;
}

static void fill_array(struct roundtrip *r, const struct desc_field *f, const struct desc_type *t, void *at,
		       const struct desc_field *fields, void *base)
{
	int64_t n;
	uint8_t *p;

	if (t->nullable && (r->depth > MAX_DEPTH || below(r, 4) == 0) && t->length_is == NULL)
		return;
	if (t->string) {
		fill_string(r, t, at, fields, base);
		return;
	}
	n = settle_length(r, t, fields, base);
	REQUIRE(n >= 0 && n < 100);
	p = elements_for(r, t, at, (size_t)n);
	for (int64_t i = 0; i < n; i++)
		fill(r, f, t->to, p + (size_t)i * t->to->size, fields, base);
}

static void fill_pointer(struct roundtrip *r, const struct desc_field *f, const struct desc_type *t, void *at,
			 const struct desc_field *fields, void *base)
{
	void *p;

	if (t->nullable && (r->depth > MAX_DEPTH || below(r, 4) == 0))
		return;
	p = room(r, t->to->size);
	memcpy(at, &p, sizeof(p));
	fill(r, f, t->to, p, fields, base);
}

static void fill(struct roundtrip *r, const struct desc_field *f, const struct desc_type *t, void *at,
		 const struct desc_field *fields, void *base)
{
	const struct desc_field *arm;

	r->depth++;
	switch (t->kind) {
	case DESC_FLOAT:
		fill_float(r, t, at);
		break;
	case DESC_UUID:
		fill_bytes(r, at, t->size);
		break;
	case DESC_CONTEXT:
		fill_handle(r, at);
		break;
	case DESC_STRUCT:
		roundtrip_fill(r, t->fields, at);
		break;
	case DESC_UNION:
		arm = desc_find_arm(t, t->switch_is(base));
		if (CHECK(arm != NULL) && arm->type != NULL)
			fill(r, arm, arm->type, (uint8_t *)at + arm->offset, t->fields, at);
		break;
	case DESC_POINTER:
		fill_pointer(r, f, t, at, fields, base);
		break;
	case DESC_ARRAY:
		fill_array(r, f, t, at, fields, base);
		break;
	default:
		fill_integer(r, f, t, at);
		break;
	}
	r->depth--;
}

void roundtrip_fill(struct roundtrip *r, const struct desc_field *fields, void *base)
{
	fill_counts(r, fields, base);
	for (const struct desc_field *f = fields; f->name != NULL; f++)
		if (f->type != NULL && !f->counts)
			fill(r, f, f->type, (uint8_t *)base + f->offset, fields, base);
}

/* ---- comparing ---- */

static bool same(const struct desc_type *t, const void *a, const void *b, const void *base_a, const void *base_b);

static bool same_fields(const struct desc_field *fields, const void *a, const void *b)
{
	for (const struct desc_field *f = fields; f->name != NULL; f++)
		if (!same(f->type, (const uint8_t *)a + f->offset, (const uint8_t *)b + f->offset, a, b))
			return false;
	return true;
}

static bool same_arm(const struct desc_type *t, const void *a, const void *b, const void *base_a, const void *base_b)
{
	const struct desc_field *arm = desc_find_arm(t, t->switch_is(base_a));

	if (arm == NULL || arm != desc_find_arm(t, t->switch_is(base_b)))
		return false;
	return arm->type == NULL || same(arm->type, (const uint8_t *)a + arm->offset, (const uint8_t *)b + arm->offset, a, b);
}

static bool same_pointer(const struct desc_type *t, const void *a, const void *b, const void *base_a,
			 const void *base_b)
{
	const void *p, *q;

	memcpy(&p, a, sizeof(p));
	memcpy(&q, b, sizeof(q));
	if (p == NULL || q == NULL)
		return p == q;
	return same(t->to, p, q, base_a, base_b);
}

static bool same_array(const struct desc_type *t, const void *a, const void *b, const void *base_a,
		       const void *base_b)
{
	const uint8_t *p = desc_elements(t, a), *q = desc_elements(t, b);
	int64_t n = desc_length(t, a, base_a);

	if (n != desc_length(t, b, base_b) || (t->nullable && (p == NULL) != (q == NULL)))
		return false;
	if (p == NULL || q == NULL)
		return n == 0 || t->nullable;
	for (int64_t i = 0; i < n; i++)
		if (!same(t->to, p + (size_t)i * t->to->size, q + (size_t)i * t->to->size, base_a, base_b))
			return false;
	return true;
}

static bool same_handle(const void *a, const void *b)
{
	const struct ndr_context_handle *x = a, *y = b;

	return x->attributes == y->attributes && uuid_equal(&x->uuid, &y->uuid);
}

static bool same(const struct desc_type *t, const void *a, const void *b, const void *base_a, const void *base_b)
{
	switch (t->kind) {
	case DESC_STRUCT:
		return same_fields(t->fields, a, b);
	case DESC_UNION:
		return same_arm(t, a, b, base_a, base_b);
	case DESC_POINTER:
		return same_pointer(t, a, b, base_a, base_b);
	case DESC_ARRAY:
		return same_array(t, a, b, base_a, base_b);
	case DESC_CONTEXT:
		return same_handle(a, b);
	default:
		return memcmp(a, b, t->size) == 0;
	}
}

bool roundtrip_same(const struct desc_field *params, enum roundtrip_which which, const void *a, const void *b,
		    char path[256])
{
	for (const struct desc_field *f = params; f->name != NULL; f++) {
		if (which == ROUNDTRIP_IN ? !f->in : !f->out)
			continue;
		if (same(f->type, (const uint8_t *)a + f->offset, (const uint8_t *)b + f->offset, a, b))
			continue;
		snprintf(path, 256, "%s", f->name);
		return false;
	}
	return true;
}
