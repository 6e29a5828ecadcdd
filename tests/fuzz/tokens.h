/*
 * One side of a handshake, with the peer's tokens taken from an input.
 *
 * The first byte: 1 it is a client, 2 it signs, 4 it seals. Then come tokens, each behind its
 * length in two bytes (little-endian); once the handshake is done, they are signatures with stubs.
 */
#ifndef TESTS_FUZZ_TOKENS_H
#define TESTS_FUZZ_TOKENS_H

#include <stddef.h>
#include <stdint.h>

/* Gives an input to the mechanism of that auth_type. What the server has for random begins with
 * challenge, of 8 bytes; then it is 2, 2, 2 ..., 3, 3, 3 ... The time is 2024-01-01. */
void tokens_run(uint8_t auth_type, const void *challenge, const uint8_t *data, size_t len);

#endif
