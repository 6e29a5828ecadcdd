/*
 * What the files of NTLM share: ntlm.c (life, states, keys), ntlm_client.c and ntlm_server.c
 * (the messages), ntlm_seal.c (signatures).
 */
#ifndef RPC_NTLM_PRIVATE_H
#define RPC_NTLM_PRIVATE_H

#include "rpc/limits.h"
#include "rpc/ntlm.h"
#include "rpc/ntlm_msg.h"

/* One direction. */
struct ntlm_way {
	uint8_t sign_key[NTLM_KEY_LEN];
	uint8_t seal_key[NTLM_KEY_LEN];
	struct evp_cipher_ctx_st *rc4;
	uint32_t sequence; /* of the next message */
};

enum ntlm_state { NTLM_STATE_START, NTLM_STATE_CHALLENGED, NTLM_STATE_READY, NTLM_STATE_DEAD };

struct ntlm {
	const struct ntlm_crypto *crypto;
	const struct ntlm_source *source;
	const struct ntlm_server *server; /* either of these */
	const struct ntlm_client *client;
	enum ntlm_state state;
	uint32_t flags; /* what both agreed to, as far as it is known */
	uint8_t server_challenge[NTLM_CHALLENGE_LEN];
	/* NEGOTIATE and CHALLENGE, for the MIC; on the heap until AUTHENTICATE. */
	uint8_t *negotiate, *challenge;
	size_t negotiate_len, challenge_len;
	char *user, *domain;
	struct ntlm_way out, in;
};

/* Without these there is nothing to talk about. */
#define NTLM_MUST (NTLM_UNICODE | NTLM_NTLM | NTLM_EXTENDED_SESSIONSECURITY)
/* Everything that is agreed upon. */
#define NTLM_OFFERED                                                                                         \
	(NTLM_MUST | NTLM_REQUEST_TARGET | NTLM_SIGN | NTLM_SEAL | NTLM_ALWAYS_SIGN | NTLM_VERSION |         \
	 NTLM_128 | NTLM_KEY_EXCH)

/* One step in one state: false leads to DEAD, true to the next. */
bool ntlm_client_negotiate(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out);
bool ntlm_client_authenticate(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out);
bool ntlm_server_challenge(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out);
bool ntlm_server_authenticate(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out);

/* Are the flags of a peer enough? 128 bits must be if anything is signed or sealed. */
bool ntlm_flags_suffice(uint32_t flags);
/* A copy of a message. */
bool ntlm_keep(uint8_t **copy, size_t *copy_len, const uint8_t *token, size_t len);
/* The MIC of the AUTHENTICATE message together with those that were kept (MS-NLMP 3.1.5.1.2). */
bool ntlm_mic(const struct ntlm *n, const uint8_t exported[NTLM_KEY_LEN], const uint8_t *authenticate,
              size_t len, uint8_t mic[NTLM_MIC_LEN]);
/* The keys of both directions. */
bool ntlm_set_keys(struct ntlm *n, const uint8_t exported[NTLM_KEY_LEN]);

#endif
