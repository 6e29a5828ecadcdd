/*
 * What authentication adds to struct caller: tokens in the trailers of bind, auth3 and
 * alter_context, and then signatures, or seals, of requests and responses.
 *
 *     level      requests                        responses
 *     connect    no trailer                      what trailer they have is not looked at
 *     others     signed, and sealed at privacy   the same; anything less is refused
 *
 * Faults are never signed, by nobody (MS-RPCE 3.3.1.5.2).
 */
#ifndef RPC_CALLER_AUTH_H
#define RPC_CALLER_AUTH_H

#include "rpc/buf.h"
#include "rpc/pdu.h"
#include "rpc/security.h"

struct caller_auth; /* the one security context of an association */

/* `who` outlives it. NULL: no memory, or nothing that security_supports. */
struct caller_auth *caller_auth_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *who);
/* Wipes the keys. */
void caller_auth_free(struct caller_auth *a);

/* Tells whether the server signs headers as well: it does if its bind_ack has that flag. */
void caller_auth_set_header_signing(struct caller_auth *a, bool on);

/* What is to be done about a token of the server's. */
enum caller_auth_leg {
	CALLER_AUTH_NOTHING, /* it was the last token, and we have nothing to add */
	CALLER_AUTH_AUTH3,   /* send our last one; it is not answered */
	CALLER_AUTH_ALTER,   /* send it and wait for an answer */
	CALLER_AUTH_REFUSED, /* the token makes no sense, or there should be none, or one */
};

/* Takes what the PDU that begins at `pdu` has for a token. The answer is kept for
 * caller_auth_put_token. */
enum caller_auth_leg caller_auth_step(struct caller_auth *a, const uint8_t *pdu, const struct pdu_header *h);
/* The first token. */
bool caller_auth_start(struct caller_auth *a);
/* The token that is kept, as the trailer of the PDU at `begin`. */
bool caller_auth_put_token(const struct caller_auth *a, struct writer *w, size_t begin);

/* How much of a stub fits in a fragment of at most max_frag bytes that has `head` bytes before it:
 * a multiple of 16, so that only the last needs a pad; 0: nothing. NULL is anonymous. */
size_t caller_auth_most(const struct caller_auth *a, size_t max_frag, size_t head);
/* In the place of pdu_end: pad, trailer, lengths and signature for a request that begins at
 * `begin` and whose stub begins at `stub`. NULL is anonymous. */
bool caller_auth_end(struct caller_auth *a, struct writer *w, size_t begin, size_t stub);
/* Verifies a response and unseals its stub in place, `p` being what it has without; takes the pad
 * away. False: it is not what was agreed on, and its stub is not to be used. NULL is anonymous. */
bool caller_auth_open(struct caller_auth *a, uint8_t *pdu, const struct pdu_header *h,
                      struct pdu_response *p);

#endif
