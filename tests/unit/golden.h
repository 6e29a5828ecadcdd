/*
 * Golden tests: vectors (vectors.h) decoded, encoded, and cut off at every length.
 *
 * Every piece of a vector that a decoder sees lies in a block of just its length, so
 * that the address sanitizer notices a single byte read past the end.
 */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "rpc/pdu.h"

struct golden {
	uint8_t *data;
	size_t len;
};

/* The vector tests/vectors/NAME.hex; the caller gives it back with golden_free. */
struct golden golden_load(const char *name);
void golden_free(struct golden *g);

/*
 * What a decoder makes of just these bytes. True means that it took them.
 */
typedef bool golden_decode(const uint8_t *data, size_t len);

bool golden_accepts(const char *name, golden_decode *decode);

/*
 * Decodes every prefix of the vector, from no bytes to all of them, and returns how
 * long the first one is that the decoder takes; one more than all if it takes none.
 * From there on it has to take all of them.
 */
size_t golden_shortest(const char *name, golden_decode *decode);

/*
 * The header of a PDU that may be cut off, and a reader behind it: len counts, whatever
 * frag_length says. False if there is no whole header, or not a valid one.
 */
bool golden_open(const uint8_t *data, size_t len, struct pdu_header *h, struct reader *r);

/*
 * The same, on to the stub data of a request or a response: r is a reader over the stub,
 * aligned from its first byte.
 */
bool golden_stub(const uint8_t *data, size_t len, struct reader *r);

/* What the writer holds must be the vector. */
void golden_same(const struct writer *w, const char *name);

/* Writes something; false if it does not fit. */
typedef bool golden_encode(struct writer *w);

/*
 * Encodes into every capacity from 0 upwards and returns the first that suffices, or
 * `enough` if none below does.
 */
size_t golden_room(golden_encode *encode, size_t enough);

#endif
