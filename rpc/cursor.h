/*
 * Bounded cursors over bytes: one to read, one to write.
 *
 * Everything that comes from or goes to the network passes through these two.
 * Exactly one function each compares with the end. A read past the end returns
 * false, zeroes its result and poisons the cursor: every later read fails too,
 * so that a run of reads may be checked once, at its end (cursor_ok). Writing
 * works the same way.
 *
 * A cursor carries the byte order of the PDU's data representation label and
 * an origin, the byte from which alignment is counted (C706 14.2.2).
 *
 * No heap here: a writer that may grow is given a function that does it.
 *
 * Nearly all of it stands in this header, so that the compiler puts it where it is used: a
 * message has dozens of fields, and a call for each would cost more than what it does.
 */
#ifndef RPC_CURSOR_H
#define RPC_CURSOR_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct reader {
	const uint8_t *data; /* borrowed */
	size_t len;
	size_t pos;      /* next byte to read, <= len */
	size_t origin;   /* alignment counts from here */
	bool big_endian; /* byte order of integers */
	bool bad;        /* a read failed; all later ones fail */
};

struct writer {
	uint8_t *data; /* borrowed, or owned by whoever gave grow */
	size_t cap;
	size_t len; /* bytes written, <= cap */
	size_t origin;
	bool big_endian;
	bool bad;
	/* Makes cap at least `need`, or returns false. NULL: cap is fixed. */
	bool (*grow)(struct writer *w, size_t need);
};

/* A reader over len bytes, little-endian, aligned from the first byte. NULL is
 * the same as no bytes. */
static inline void cursor_read(struct reader *r, const void *data, size_t len)
{
	*r = (struct reader){.data = data != NULL ? data : "", .len = data != NULL ? len : 0};
}

/* A writer into cap bytes, little-endian, aligned from the first byte. */
void cursor_write(struct writer *w, void *data, size_t cap);

static inline bool cursor_ok(const struct reader *r)
{
	return !r->bad;
}

/* True if nothing failed and every byte was read. */
static inline bool cursor_done(const struct reader *r)
{
	return !r->bad && r->pos == r->len;
}

/* Bytes not yet read; 0 if the cursor is poisoned. */
static inline size_t cursor_left(const struct reader *r)
{
	return r->bad ? 0 : r->len - r->pos;
}

/* Marks the reader as failed; always returns false. */
static inline bool cursor_fail(struct reader *r)
{
	r->bad = true;
	return false;
}

/* ---- reading ---- */

/* n bytes in place: *p points into the reader's data, NULL on failure. The one place
 * where reading meets the end. */
static inline bool cursor_get_ref(struct reader *r, const uint8_t **p, size_t n)
{
	*p = NULL;
	if (r->bad || n > r->len - r->pos)
		return cursor_fail(r);
	*p = r->data + r->pos;
	r->pos += n;
	return true;
}

/* Copies n bytes to dst (zeroes on failure). */
static inline bool cursor_get_bytes(struct reader *r, void *dst, size_t n)
{
	const uint8_t *p;

	if (!cursor_get_ref(r, &p, n)) {
		memset(dst, 0, n);
		return false;
	}
	memcpy(dst, p, n);
	return true;
}

static inline bool cursor_get_u8(struct reader *r, uint8_t *v)
{
	return cursor_get_bytes(r, v, sizeof(*v));
}

static inline bool cursor_get_u16(struct reader *r, uint16_t *v)
{
	bool good = cursor_get_bytes(r, v, sizeof(*v));

	*v = r->big_endian ? be16toh(*v) : le16toh(*v);
	return good;
}

static inline bool cursor_get_u32(struct reader *r, uint32_t *v)
{
	bool good = cursor_get_bytes(r, v, sizeof(*v));

	*v = r->big_endian ? be32toh(*v) : le32toh(*v);
	return good;
}

static inline bool cursor_get_u64(struct reader *r, uint64_t *v)
{
	bool good = cursor_get_bytes(r, v, sizeof(*v));

	*v = r->big_endian ? be64toh(*v) : le64toh(*v);
	return good;
}

/* Integers whose byte order does not depend on the sender: tower floors. */
static inline bool cursor_get_u16_le(struct reader *r, uint16_t *v)
{
	bool good = cursor_get_bytes(r, v, sizeof(*v));

	*v = le16toh(*v);
	return good;
}

static inline bool cursor_get_u16_be(struct reader *r, uint16_t *v)
{
	bool good = cursor_get_bytes(r, v, sizeof(*v));

	*v = be16toh(*v);
	return good;
}

/* A reader over the next n bytes, same byte order, its own origin. */
static inline bool cursor_get_sub(struct reader *r, struct reader *sub, size_t n)
{
	const uint8_t *p;
	bool good = cursor_get_ref(r, &p, n);

	cursor_read(sub, p, good ? n : 0);
	sub->big_endian = r->big_endian;
	sub->bad = !good;
	return good;
}

static inline bool cursor_skip(struct reader *r, size_t n)
{
	const uint8_t *p;

	return cursor_get_ref(r, &p, n);
}

/* Skips to the next multiple of n (a power of two) from the origin. */
static inline bool cursor_align(struct reader *r, size_t n)
{
	return cursor_skip(r, (0 - (r->pos - r->origin)) & (n - 1));
}

/* ---- writing ---- */

/* n bytes for the caller to fill: *p is valid until the next put; NULL if n is 0. The one
 * place where writing meets the end. */
static inline bool cursor_put_space(struct writer *w, uint8_t **p, size_t n)
{
	*p = NULL;
	if (w->bad)
		return false;
	if (n == 0)
		return true;
	if (n > w->cap - w->len && (w->grow == NULL || n > SIZE_MAX - w->len || !w->grow(w, w->len + n))) {
		w->bad = true;
		return false;
	}
	*p = w->data + w->len;
	w->len += n;
	return true;
}

static inline bool cursor_put_bytes(struct writer *w, const void *src, size_t n)
{
	uint8_t *p;

	if (!cursor_put_space(w, &p, n))
		return false;
	if (n > 0)
		memcpy(p, src, n);
	return true;
}

static inline bool cursor_put_u8(struct writer *w, uint8_t v)
{
	return cursor_put_bytes(w, &v, sizeof(v));
}

static inline bool cursor_put_u16(struct writer *w, uint16_t v)
{
	v = w->big_endian ? htobe16(v) : htole16(v);
	return cursor_put_bytes(w, &v, sizeof(v));
}

static inline bool cursor_put_u32(struct writer *w, uint32_t v)
{
	v = w->big_endian ? htobe32(v) : htole32(v);
	return cursor_put_bytes(w, &v, sizeof(v));
}

static inline bool cursor_put_u64(struct writer *w, uint64_t v)
{
	v = w->big_endian ? htobe64(v) : htole64(v);
	return cursor_put_bytes(w, &v, sizeof(v));
}

static inline bool cursor_put_u16_le(struct writer *w, uint16_t v)
{
	v = htole16(v);
	return cursor_put_bytes(w, &v, sizeof(v));
}

static inline bool cursor_put_u16_be(struct writer *w, uint16_t v)
{
	v = htobe16(v);
	return cursor_put_bytes(w, &v, sizeof(v));
}

/* Zero bytes up to the next multiple of n (a power of two) from the origin. */
static inline bool cursor_pad(struct writer *w, size_t n)
{
	uint8_t *p;
	size_t pad = (0 - (w->len - w->origin)) & (n - 1);

	if (!cursor_put_space(w, &p, pad))
		return false;
	if (pad > 0)
		memset(p, 0, pad);
	return true;
}

/* Overwrites the bytes at offset `at`, which were written before. */
void cursor_patch_u16(struct writer *w, size_t at, uint16_t v);
void cursor_patch_u32(struct writer *w, size_t at, uint32_t v);

#endif
