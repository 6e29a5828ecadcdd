/*
 * One side of a handshake, with the peer's tokens taken from an input.
 *
 * The first byte: 1 it is a client, 2 it signs, 4 it seals. Then come tokens, each behind its
 * length in two bytes (little-endian); once the handshake is done, they are signatures with stubs.
 */
#ifndef TESTS_FUZZ_TOKENS_H
#define TESTS_FUZZ_TOKENS_H

#include "rpc/security.h"

/* The accounts of tests/unit/ntlm_rig.h, and a client that has one of them. */
struct tokens {
	struct ntlm_server server;
	struct ntlm_client client;
};

/* What is had for random begins anew, with that challenge of 8 bytes, if it is the server's that is
 * asked for first; then it is 2, 2, 2 ..., 3, 3, 3 ... The time is 2024-01-01. */
const struct tokens *tokens_begin(const void *challenge);

/* Gives an input to the mechanism of that auth_type, after tokens_begin. */
void tokens_run(uint8_t auth_type, const void *challenge, const uint8_t *data, size_t len);

#endif
