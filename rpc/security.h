/*
 * Authentication as associations and clients see it, whatever the mechanism: tokens during
 * bind, alter_context and auth3, then protection of requests and responses (MS-RPCE 2.2.2.11,
 * 3.3.1.5.2).
 *
 * auth_type 9 is SPNEGO, 10 is NTLMSSP. Auth levels: connect (tokens only, nothing is protected
 * afterwards), packet and integrity (signatures; they are the same), privacy (signatures, and stubs
 * are sealed). Level 3, call, is a leftover of the connectionless protocol, and not served.
 *
 *     s = security_server_new(type, level, config)
 *     for each token: security_step(s, token, len, &out)   until it is no longer CONTINUE
 *     for each PDU:   security_unprotect, security_protect
 *
 * How a PDU is protected:
 *
 *     +--------+------------+-----+------------------------+-------------+
 *     | header | stub       | pad | auth trailer, 8 bytes  | credentials |
 *     +--------+------------+-----+------------------------+-------------+
 *     |        |<- sealed at  -->|                         |             |
 *     |        |   privacy       |                         |             |
 *     |        |<- signed     -->| without header signing  |             |
 *     |<------- signed with header signing --------------->|<- 16 bytes->|
 *
 * All lengths in header and trailer are final before that. Where header signing was not agreed to, some
 * peers sign the header all the same: their NTLM signs whatever it is given. Both are understood,
 * and answered likewise.
 */
#ifndef RPC_SECURITY_H
#define RPC_SECURITY_H

#include "rpc/ntlm.h"

/* Values of auth_type. */
enum security_type { SECURITY_SPNEGO = 9, SECURITY_NTLMSSP = 10 };

enum security_status {
	SECURITY_CONTINUE, /* send what was written; the peer has more to say */
	SECURITY_DONE,     /* send what was written, if anything */
	SECURITY_REFUSED,  /* the peer is not who it says, or a token makes no sense */
	/* It is who it says, but cannot seal, which the level wants; or, to a client, sign. */
	SECURITY_UNABLE,
};

struct security; /* one security context of an association */

/* Is there such a mechanism? */
bool security_knows(uint8_t auth_type);
/* Is there, and can it be had at that level? */
bool security_supports(uint8_t auth_type, uint8_t auth_level);

/* A context for a type and level that are supported. The config outlives it; a client's `seal`
 * is overruled by the level. NULL: no memory. */
struct security *security_server_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_server *config);
struct security *security_client_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *config);
/* Wipes the keys. */
void security_free(struct security *s);

/* The peer's token; the client's first step has none (len 0). What is to be sent, if anything,
 * is appended to out. */
enum security_status security_step(struct security *s, const uint8_t *token, size_t len, struct writer *out);

/* The client's name and domain in UTF-8, as it wrote them; NULL before DONE. */
const char *security_user(const struct security *s);
const char *security_domain(const struct security *s);

/* Who the client says it is, whether or not that is true. NULL: it has not said. */
const char *security_claimed_user(const struct security *s);
const char *security_claimed_domain(const struct security *s);

/* Bytes of credentials that each request and response carries: 0 at level connect. */
size_t security_signature_len(const struct security *s);

/* A PDU up to its credentials. */
struct security_pdu {
	uint8_t *data;
	size_t len;
	size_t stub, stub_len; /* stub and pad, within data */
	bool header_signing;
};

/* Writes security_signature_len bytes for a PDU that is otherwise complete, and seals its stub in
 * place if the level says so. At level connect both this and the reverse do nothing. False: not
 * DONE, or the peer did not agree to signatures (fault 0x721). */
bool security_protect(struct security *s, const struct security_pdu *p, uint8_t *signature);
/* The reverse. If that is false, the PDU's stub is not to be used, and the context is not good
 * for anything any more (fault 0x721). */
bool security_unprotect(struct security *s, const struct security_pdu *p, const uint8_t *signature,
                        size_t signature_len);

#endif
