/*
 * Stubs of awkward.idl against bytes that were worked out by hand, as text with offsets
 * behind them (vectors.h).
 */
#ifndef TESTS_UNIT_STUB_VECTOR_H
#define TESTS_UNIT_STUB_VECTOR_H

#include <stdbool.h>

#include "rpc/arena.h"
#include "tests/idl/awkward.h"

struct stub_vector {
	const char *ndr; /* little-endian */
	const char *ndr64;
};

/* Where what is decoded lies. */
extern struct arena stub_vector_arena;

/* The server's stub gets the bytes of the operation's request, to the last one. */
void *stub_vector_get(unsigned int opnum, const char *text, bool ndr64);

typedef void stub_vector_see(const void *args);

/* Both ways, in both syntaxes; `see` says whether what arrived is what was meant. */
void stub_vector_both(unsigned int opnum, const void *args, const struct stub_vector *v, stub_vector_see *see);

#endif
