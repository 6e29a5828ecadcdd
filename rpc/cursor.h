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
 */
#ifndef RPC_CURSOR_H
#define RPC_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *data; /* borrowed */
	size_t len;
	size_t pos;        /* next byte to read, <= len */
	size_t origin;     /* alignment counts from here */
	bool big_endian;   /* byte order of integers */
	bool bad;          /* a read failed; all later ones fail */
};

struct writer {
	uint8_t *data; /* borrowed, or owned by whoever gave grow */
	size_t cap;
	size_t len;        /* bytes written, <= cap */
	size_t origin;
	bool big_endian;
	bool bad;
	/* Makes cap at least `need`, or returns false. NULL: cap is fixed. */
	bool (*grow)(struct writer *w, size_t need);
};

/* A reader over len bytes, little-endian, aligned from the first byte. NULL is
 * the same as no bytes. */
void cursor_read(struct reader *r, const void *data, size_t len);
/* A writer into cap bytes, little-endian, aligned from the first byte. */
void cursor_write(struct writer *w, void *data, size_t cap);

bool cursor_ok(const struct reader *r);
/* True if nothing failed and every byte was read. */
bool cursor_done(const struct reader *r);
/* Bytes not yet read; 0 if the cursor is poisoned. */
size_t cursor_left(const struct reader *r);
/* Marks the reader as failed; always returns false. */
bool cursor_fail(struct reader *r);

bool cursor_get_u8(struct reader *r, uint8_t *v);
bool cursor_get_u16(struct reader *r, uint16_t *v);
bool cursor_get_u32(struct reader *r, uint32_t *v);
bool cursor_get_u64(struct reader *r, uint64_t *v);
/* Integers whose byte order does not depend on the sender: tower floors. */
bool cursor_get_u16_le(struct reader *r, uint16_t *v);
bool cursor_get_u16_be(struct reader *r, uint16_t *v);
/* Copies n bytes to dst (zeroes on failure). */
bool cursor_get_bytes(struct reader *r, void *dst, size_t n);
/* n bytes in place: *p points into the reader's data, NULL on failure. */
bool cursor_get_ref(struct reader *r, const uint8_t **p, size_t n);
/* A reader over the next n bytes, same byte order, its own origin. */
bool cursor_get_sub(struct reader *r, struct reader *sub, size_t n);
bool cursor_skip(struct reader *r, size_t n);
/* Skips to the next multiple of n (a power of two) from the origin. */
bool cursor_align(struct reader *r, size_t n);

bool cursor_put_u8(struct writer *w, uint8_t v);
bool cursor_put_u16(struct writer *w, uint16_t v);
bool cursor_put_u32(struct writer *w, uint32_t v);
bool cursor_put_u64(struct writer *w, uint64_t v);
bool cursor_put_u16_le(struct writer *w, uint16_t v);
bool cursor_put_u16_be(struct writer *w, uint16_t v);
bool cursor_put_bytes(struct writer *w, const void *src, size_t n);
/* n bytes for the caller to fill: *p is valid until the next put; NULL if n is 0. */
bool cursor_put_space(struct writer *w, uint8_t **p, size_t n);
/* Zero bytes up to the next multiple of n (a power of two) from the origin. */
bool cursor_pad(struct writer *w, size_t n);
/* Overwrites the two bytes at offset `at`, which were written before. */
void cursor_patch_u16(struct writer *w, size_t at, uint16_t v);
void cursor_patch_u32(struct writer *w, size_t at, uint32_t v);

#endif
