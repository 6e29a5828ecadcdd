/*
 * Values of any IDL type as JSON and back, by their description (rpc/desc.h).
 *
 *     integers, statuses, booleans    number; above 2^63 - 1, which no JSON number
 *                                     of ours can be, a string of digits
 *     enumerations                    name, or number if it has none
 *     float, double                   number
 *     UUIDs, context handles          string; null if a handle is nil
 *     strings, characters             string
 *     bytes                           string: the text if they are text, else "0x0a0b"
 *     arrays                          array
 *     structures, unions              object; of a union the one arm that counts
 *     pointers                        what they lead to, or null
 */
#ifndef CLIENT_VALUE_H
#define CLIENT_VALUE_H

#include <jansson.h>

#include "rpc/arena.h"
#include "rpc/desc.h"

#define VALUE_ERROR_LEN 512u

/* Bytes beyond so many are only counted when a person reads it. */
#define VALUE_BRIEF_BYTES 256u

/* NULL: no memory. `brief`: for people. */
json_t *value_to_json(const struct desc_type *t, const void *at, const void *base, bool brief);
/* An object with the [out] parameters; or if there is just one, that; or null. */
json_t *value_results(const struct desc_field *params, const void *args, bool brief);

/* Where what is read from JSON goes. */
struct value_sink {
	struct arena *arena;
	/* Those among which an array finds the field with its size. */
	const struct desc_field *fields;
	void *base;
	char *error; /* VALUE_ERROR_LEN; one line */
};

/* Puts the value at `at`. Sizes of arrays are put into the fields that tell them.
 * False: with an error. `f` names it, and has its range. */
bool value_from_json(struct value_sink *s, const struct desc_field *f, const struct desc_type *t, void *at,
                     const json_t *json);

#endif
