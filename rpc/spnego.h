/*
 * SPNEGO (RFC 4178), both sides, as a state machine without sockets: which mechanism it is
 * going to be, around that mechanism's own tokens. Ours is NTLMSSP always.
 *
 *         client                                          server
 *         NegTokenInit  [NTLMSSP], NEGOTIATE      --->
 *                       <---  NegTokenResp  accept-incomplete, NTLMSSP, CHALLENGE
 *         NegTokenResp  AUTHENTICATE, MIC         --->
 *                       <---  NegTokenResp  accept-completed, MIC
 *
 * A client may begin with the token of a mechanism that it likes more, such as Kerberos. Then the
 * server answers request-mic and NTLMSSP, and the client starts again with NEGOTIATE; that takes
 * two tokens more.
 *
 * The MICs sign the list of mechanisms, so that nobody takes the better ones away. Ours always come
 * with the client's last token. The server insists on it if it did not choose the client's first
 * mechanism (and if signing was agreed to at all), and answers every one with its own; our client
 * insists on that. Afterwards the ciphers begin anew, and messages are counted on.
 */
#ifndef RPC_SPNEGO_H
#define RPC_SPNEGO_H

#include "rpc/ntlm.h"

struct spnego; /* one security context */

/* As those of ntlm.h. */
struct spnego *spnego_server_new(const struct ntlm_server *config);
struct spnego *spnego_client_new(const struct ntlm_client *config);
void spnego_free(struct spnego *s);
enum ntlm_status spnego_step(struct spnego *s, const uint8_t *token, size_t len, struct writer *out);
/* The mechanism, for what comes after NTLM_DONE. */
struct ntlm *spnego_ntlm(const struct spnego *s);

#endif
