/*
 * Golden tests: vectors (vectors.h) decoded, encoded, and cut off at every length.
 *
 * Every piece of a vector that a decoder sees lies in a block of just its length, so
 * that the address sanitizer notices a single byte read past the end.
 */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "idl/ept.h"
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

/* These bytes must be the vector's. */
void golden_same_bytes(const uint8_t *data, size_t len, const char *name);
/* What the writer holds must be the vector, or the stub data within it. */
void golden_same(const struct writer *w, const char *name);
void golden_same_stub(const struct writer *w, const char *name);

/*
 * A writer into a large buffer, which is the same every time, and a reader over what it
 * wrote, in the same byte order.
 */
void golden_write(struct writer *w, bool big_endian);
void golden_turn(const struct writer *w, struct reader *r);

/* The object and the handle of a walk that occur in the vectors, and no handle. */
extern const struct uuid golden_object;
extern const struct ndr_context_handle golden_walk;
extern const struct ndr_context_handle golden_no_handle;

bool golden_same_handle(const struct ndr_context_handle *a, const struct ndr_context_handle *b);
/* Either may be NULL. */
bool golden_same_tower(const struct twr *a, const struct twr *b);

/* Writes something; false if it does not fit. */
typedef bool golden_encode(struct writer *w);

/*
 * Encodes into every capacity from 0 upwards and returns the first that suffices, or
 * `enough` if none below does.
 */
size_t golden_room(golden_encode *encode, size_t enough);

#endif
