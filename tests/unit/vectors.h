/*
 * Golden bytes in tests/vectors: one file a message, NAME.hex.
 *
 * Bytes are pairs of hexadecimal digits, with or without space between them; a '#'
 * starts a comment that ends with the line.
 *
 *	05 00 0b 03	# version 5.0, bind, first and last fragment
 *	10000000	# little-endian
 */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the text of a vector into buf, *len bytes of it. Returns 0, or the number of
 * the first line that is not hex or does not fit into cap bytes.
 */
unsigned int vector_parse(const char *text, uint8_t *buf, size_t cap, size_t *len);

/*
 * Reads tests/vectors/NAME.hex into buf and returns how many bytes it has. A vector
 * that is absent, malformed or longer than cap ends the test as a failure.
 */
size_t vector_load(const char *name, uint8_t *buf, size_t cap);

typedef void vector_visit(const char *name, const uint8_t *bytes, size_t len);

/*
 * Calls visit for every vector, in the order of their names, and returns how many
 * there are. The bytes lie in a block of just their length, so that the address
 * sanitizer sees a read past the end; they are gone after the call.
 */
size_t vector_each(vector_visit *visit);

#endif
