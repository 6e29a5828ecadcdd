#include "rpc/cursor.h"

#include <string.h>

void cursor_read(struct reader *r, const void *data, size_t len)
{
	*r = (struct reader){.data = data != NULL ? data : "", .len = data != NULL ? len : 0};
}

void cursor_write(struct writer *w, void *data, size_t cap)
{
	*w = (struct writer){.data = data, .cap = cap};
}

bool cursor_ok(const struct reader *r)
{
	return !r->bad;
}

bool cursor_done(const struct reader *r)
{
	return !r->bad && r->pos == r->len;
}

size_t cursor_left(const struct reader *r)
{
	return r->bad ? 0 : r->len - r->pos;
}

bool cursor_fail(struct reader *r)
{
	r->bad = true;
	return false;
}

/* The one place where reading meets the end. */
bool cursor_get_ref(struct reader *r, const uint8_t **p, size_t n)
{
	*p = NULL;
	if (r->bad || n > r->len - r->pos)
		return cursor_fail(r);
	*p = r->data + r->pos;
	r->pos += n;
	return true;
}

/* An unsigned integer of n bytes in the given order. */
static bool get_uint(struct reader *r, uint64_t *v, size_t n, bool big_endian)
{
	const uint8_t *p;

	*v = 0;
	if (!cursor_get_ref(r, &p, n))
		return false;
	for (size_t i = 0; i < n; i++)
		*v = *v << 8 | p[big_endian ? i : n - 1 - i];
	return true;
}

bool cursor_get_u8(struct reader *r, uint8_t *v)
{
	uint64_t x;
	bool ok = get_uint(r, &x, 1, false);

	*v = (uint8_t)x;
	return ok;
}

bool cursor_get_u16(struct reader *r, uint16_t *v)
{
	uint64_t x;
	bool ok = get_uint(r, &x, 2, r->big_endian);

	*v = (uint16_t)x;
	return ok;
}

bool cursor_get_u32(struct reader *r, uint32_t *v)
{
	uint64_t x;
	bool ok = get_uint(r, &x, 4, r->big_endian);

	*v = (uint32_t)x;
	return ok;
}

bool cursor_get_u64(struct reader *r, uint64_t *v)
{
	return get_uint(r, v, 8, r->big_endian);
}

bool cursor_get_u16_le(struct reader *r, uint16_t *v)
{
	uint64_t x;
	bool ok = get_uint(r, &x, 2, false);

	*v = (uint16_t)x;
	return ok;
}

bool cursor_get_u16_be(struct reader *r, uint16_t *v)
{
	uint64_t x;
	bool ok = get_uint(r, &x, 2, true);

	*v = (uint16_t)x;
	return ok;
}

bool cursor_get_bytes(struct reader *r, void *dst, size_t n)
{
	const uint8_t *p;

	if (!cursor_get_ref(r, &p, n)) {
		memset(dst, 0, n);
		return false;
	}
	memcpy(dst, p, n);
	return true;
}

bool cursor_get_sub(struct reader *r, struct reader *sub, size_t n)
{
	const uint8_t *p;
	bool ok = cursor_get_ref(r, &p, n);

	cursor_read(sub, p, ok ? n : 0);
	sub->big_endian = r->big_endian;
	sub->bad = !ok;
	return ok;
}

bool cursor_skip(struct reader *r, size_t n)
{
	const uint8_t *p;

	return cursor_get_ref(r, &p, n);
}

bool cursor_align(struct reader *r, size_t n)
{
	return cursor_skip(r, (0 - (r->pos - r->origin)) & (n - 1));
}

/* The one place where writing meets the end. */
bool cursor_put_space(struct writer *w, uint8_t **p, size_t n)
{
	*p = NULL;
	if (w->bad)
		return false;
	if (n == 0)
		return true;
	if (n > w->cap - w->len &&
	    (w->grow == NULL || n > SIZE_MAX - w->len || !w->grow(w, w->len + n))) {
		w->bad = true;
		return false;
	}
	*p = w->data + w->len;
	w->len += n;
	return true;
}

static void store_uint(uint8_t *p, uint64_t v, size_t n, bool big_endian)
{
	for (size_t i = 0; i < n; i++, v >>= 8)
		p[big_endian ? n - 1 - i : i] = (uint8_t)v;
}

static bool put_uint(struct writer *w, uint64_t v, size_t n, bool big_endian)
{
	uint8_t *p;

	if (!cursor_put_space(w, &p, n))
		return false;
	store_uint(p, v, n, big_endian);
	return true;
}

bool cursor_put_u8(struct writer *w, uint8_t v)
{
	return put_uint(w, v, 1, false);
}

bool cursor_put_u16(struct writer *w, uint16_t v)
{
	return put_uint(w, v, 2, w->big_endian);
}

bool cursor_put_u32(struct writer *w, uint32_t v)
{
	return put_uint(w, v, 4, w->big_endian);
}

bool cursor_put_u64(struct writer *w, uint64_t v)
{
	return put_uint(w, v, 8, w->big_endian);
}

bool cursor_put_u16_le(struct writer *w, uint16_t v)
{
	return put_uint(w, v, 2, false);
}

bool cursor_put_u16_be(struct writer *w, uint16_t v)
{
	return put_uint(w, v, 2, true);
}

bool cursor_put_bytes(struct writer *w, const void *src, size_t n)
{
	uint8_t *p;

	if (!cursor_put_space(w, &p, n))
		return false;
	if (n > 0)
		memcpy(p, src, n);
	return true;
}

bool cursor_pad(struct writer *w, size_t n)
{
	uint8_t *p;
	size_t pad = (0 - (w->len - w->origin)) & (n - 1);

	if (!cursor_put_space(w, &p, pad))
		return false;
	if (pad > 0)
		memset(p, 0, pad);
	return true;
}

static void patch_uint(struct writer *w, size_t at, uint64_t v, size_t n)
{
	if (!w->bad && at <= w->len && n <= w->len - at)
		store_uint(w->data + at, v, n, w->big_endian);
}

void cursor_patch_u16(struct writer *w, size_t at, uint16_t v)
{
	patch_uint(w, at, v, 2);
}

void cursor_patch_u32(struct writer *w, size_t at, uint32_t v)
{
	patch_uint(w, at, v, 4);
}
