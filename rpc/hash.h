/*
 * uthash, told not to end the process when memory runs out, and with a hash function that
 * takes eight bytes at a time: keys here are UUIDs and what is made of them.
 */
#ifndef RPC_HASH_H
#define RPC_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, value) ((value) = hash_bytes(key, len))

#include <uthash.h>

/* Takes n bytes, at most 8, into the hash. Multiplication carries what differs upwards, and the
 * shift brings it down again, to the bits that name the bucket. */
static inline uint64_t hash_word(uint64_t hash, const uint8_t *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

static inline unsigned hash_bytes(const void *key, size_t len)
{
	const uint8_t *p = key;
	uint64_t hash = len;

	for (; len > 8; p += 8, len -= 8)
		hash = hash_word(hash, p, 8);
	return (unsigned)hash_word(hash, p, len);
}

/* After HASH_ADD: is the element in the table, or was there no memory for it? */
#define hash_added(element) ((element)->hh.tbl != NULL)

#endif
