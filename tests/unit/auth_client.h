/*
 * The client's side of authentication, for tests: PDUs that were made without a trailer get one,
 * and those from a server lose theirs. It builds trailers by itself, apart from rpc/assoc*.c; what
 * is in them comes from rpc/security.h.
 */
#ifndef TESTS_UNIT_AUTH_CLIENT_H
#define TESTS_UNIT_AUTH_CLIENT_H

#include "rpc/security.h"

/* A security context. A copy with other numbers tells lies. */
struct auth_client {
	struct security *security;
	uint8_t type, level; /* what trailers say */
	uint32_t id;
	bool header_signing;
	/* Stubs are padded to a multiple of that, and then by so many bytes more. */
	uint8_t pad_to, pad_more;
};

/* Each appends a PDU with a trailer, in the byte order of the PDU. `pdu` is whole, and has none. */

/* bind, alter_context, auth3: with a token. */
bool auth_client_put_token(const struct auth_client *c, struct writer *w, const uint8_t *pdu, size_t len,
			   const struct ntlm_bytes *token);
/* A request, signed and sealed. At level connect, its credentials are zeros. */
bool auth_client_put_request(const struct auth_client *c, struct writer *w, const uint8_t *pdu, size_t len);

/* Each takes the trailer off a PDU, in place. False: it is not as it should be. */

/* bind_ack, alter_context_resp; the token is a copy, of at most `*token_len` bytes. */
bool auth_client_get_token(const struct auth_client *c, uint8_t *pdu, size_t *len, uint8_t *token,
			   size_t *token_len);
/* A response, which is unsealed; its signature must be right. */
bool auth_client_get_response(const struct auth_client *c, uint8_t *pdu, size_t *len);

#endif
