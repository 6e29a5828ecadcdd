/*
 * UUIDs (C706 appendix A): wire form, text form, comparison.
 *
 * On the wire the first three fields are integers in the sender's byte order,
 * the last eight bytes are a byte string:
 *
 *      0               4       6       8                              16
 *     +---------------+-------+-------+-------------------------------+
 *     | time_low      | mid   | hi    | clock_seq and node            |
 *     +---------------+-------+-------+-------------------------------+
 */
#ifndef RPC_UUID_H
#define RPC_UUID_H

#include "rpc/cursor.h"

#define UUID_WIRE_LEN 16u
#define UUID_TEXT_LEN 37u /* 8-4-4-4-12 and the NUL */

struct uuid {
	uint32_t time_low;
	uint16_t time_mid;
	uint16_t time_hi_and_version;
	uint8_t rest[8]; /* clock_seq_hi_and_reserved, clock_seq_low, node */
};

extern const struct uuid uuid_nil;

/* In the cursor's byte order. */
bool uuid_get(struct reader *r, struct uuid *u);
bool uuid_put(struct writer *w, const struct uuid *u);
/* Little-endian whatever the cursor says: towers (C706 appendix L). */
bool uuid_get_le(struct reader *r, struct uuid *u);
bool uuid_put_le(struct writer *w, const struct uuid *u);

/* Reads exactly 36 characters, either case, and sets *end behind them. */
bool uuid_parse(const char *text, struct uuid *u, const char **end);
/* Lower case; returns text. */
char *uuid_format(const struct uuid *u, char text[UUID_TEXT_LEN]);

_Static_assert(sizeof(struct uuid) == UUID_WIRE_LEN, "no padding to compare");

static inline bool uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool uuid_is_nil(const struct uuid *u)
{
	return uuid_equal(u, &uuid_nil);
}

#endif
