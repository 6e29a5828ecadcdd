/*
 * The tokens of SPNEGO (RFC 4178 4.2), bytes to structs and back, with OpenSSL's templates of
 * ASN.1. What is decoded is copied, so that it does not live by the token's bytes; a lack of
 * memory reads like a token that makes no sense.
 *
 *     InitialContextToken ::= [APPLICATION 0] IMPLICIT SEQUENCE {
 *         thisMech            OBJECT IDENTIFIER,    -- SPNEGO, 1.3.6.1.5.5.2
 *         innerContextToken   NegotiationToken }    -- negTokenInit; others come without this frame
 *
 *     NegotiationToken ::= CHOICE {
 *         negTokenInit        [0] NegTokenInit,
 *         negTokenResp        [1] NegTokenResp }
 *
 *     NegTokenInit ::= SEQUENCE {                   NegTokenResp ::= SEQUENCE {
 *         mechTypes       [0] MechTypeList,             negState       [0] ENUMERATED OPTIONAL,
 *         reqFlags        [1] BIT STRING OPTIONAL,      supportedMech  [1] OBJECT IDENTIFIER OPTIONAL,
 *         mechToken       [2] OCTET STRING OPTIONAL,    responseToken  [2] OCTET STRING OPTIONAL,
 *         mechListMIC     [3] OCTET STRING OPTIONAL }   mechListMIC    [3] OCTET STRING OPTIONAL }
 *
 * MS-SPNG 2.2.1 has NegTokenInit2, with negHints at [3] and the MIC at [4]; both are passed over:
 * no MIC can come before there is a key.
 */
#ifndef RPC_SPNEGO_MSG_H
#define RPC_SPNEGO_MSG_H

#include "rpc/cursor.h"
#include "rpc/ntlm_crypto.h"

enum spnego_state {
	SPNEGO_ACCEPT_COMPLETED = 0,
	SPNEGO_ACCEPT_INCOMPLETE = 1,
	SPNEGO_REJECT = 2,
	SPNEGO_REQUEST_MIC = 3,
	SPNEGO_NO_STATE = -1,
};

struct spnego_token; /* decoded */

/* NULL: it is not one, or longer than SPNEGO_MAX_TOKEN. The caller frees it. */
struct spnego_token *spnego_token_decode(const uint8_t *data, size_t len);
void spnego_token_free(struct spnego_token *t);

/* Is it a NegTokenInit (in its frame)? Else it is a NegTokenResp. */
bool spnego_token_is_init(const struct spnego_token *t);
/* Of both: the mechanism's token, and the MIC; no bytes if there is none. They live as long
 * as t. */
struct ntlm_bytes spnego_token_inner(const struct spnego_token *t);
struct ntlm_bytes spnego_token_mic(const struct spnego_token *t);
/* Of a NegTokenInit: at which place of the list NTLMSSP stands; -1: nowhere. */
int spnego_token_ntlmssp_at(const struct spnego_token *t);
/* The list as the MIC is about it, appended to w. */
bool spnego_token_put_list(struct writer *w, const struct spnego_token *t);
/* Of a NegTokenResp. */
enum spnego_state spnego_token_state(const struct spnego_token *t);
/* Does it name another mechanism than NTLMSSP? */
bool spnego_token_names_another(const struct spnego_token *t);

/* Tokens of ours, appended to w. The only mechanism on our list is NTLMSSP. */
bool spnego_init_put(struct writer *w, struct ntlm_bytes inner);
/* names: NTLMSSP is named as what was chosen. Tokens and MICs without bytes are left out. */
bool spnego_resp_put(struct writer *w, enum spnego_state state, bool names, struct ntlm_bytes inner,
                     struct ntlm_bytes mic);

#endif
