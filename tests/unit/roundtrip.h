/*
 * Values of any IDL type, made up from a seed by their description (rpc/desc.h), and
 * compared.
 */
#ifndef TESTS_UNIT_ROUNDTRIP_H
#define TESTS_UNIT_ROUNDTRIP_H

#include "rpc/arena.h"
#include "rpc/desc.h"

struct roundtrip {
	uint64_t state; /* of the random numbers */
	struct arena *arena;
	unsigned int depth;
};

/* The same seed gives the same values. */
void roundtrip_init(struct roundtrip *r, uint64_t seed, struct arena *arena);
uint32_t roundtrip_random(struct roundtrip *r);

/* Fills all fields; sizes, discriminants and what they stand for fit together. */
void roundtrip_fill(struct roundtrip *r, const struct desc_field *fields, void *base);

enum roundtrip_which { ROUNDTRIP_IN, ROUNDTRIP_OUT };

/* Are these parameters the same? Else `path` says which is not. */
bool roundtrip_same(const struct desc_field *params, enum roundtrip_which which, const void *a, const void *b,
		    char path[256]);

#endif
