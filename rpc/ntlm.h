/*
 * NTLM version 2 (MS-NLMP), both sides, as a state machine without sockets: tokens in,
 * tokens out, and then signatures.
 *
 *         client                                server
 *         START        -- NEGOTIATE ----->      START
 *         CHALLENGED   <-- CHALLENGE -----      CHALLENGED   a random challenge
 *         READY        -- AUTHENTICATE -->      READY        proof of the password, session key
 *
 * Whatever goes wrong leads to DEAD, from where nothing leads back: the stream cipher would
 * not fit any more.
 *
 * The client proves that it knows the password by a keyed digest over the server's challenge.
 * Both then have the same key. With it the client also signs all three messages (the MIC), so
 * that nobody in between can talk both out of signing or sealing. Clients that do not tell of
 * a MIC within what the proof covers have none; they are served as Windows does.
 *
 * Spoken are: Unicode, extended session security, 128 bits, with and without key exchange. Not
 * spoken, and refused: LM and NTLM version 1, 40 and 56 bits, OEM code pages, anonymous users,
 * datagrams. Channel bindings and the service's name are passed over.
 *
 * The server holds a copy of the first two messages until the third has come.
 */
#ifndef RPC_NTLM_H
#define RPC_NTLM_H

#include "rpc/cursor.h"
#include "rpc/ntlm_crypto.h"

#define NTLM_SIGNATURE_LEN 16u

struct ntlm; /* one security context */

/* Where random numbers and the time come from: tests replace it. */
struct ntlm_source {
	bool (*random)(void *bytes, size_t len);
	uint64_t (*now)(void); /* FILETIME: tenths of a microsecond since 1601 */
};
/* getrandom and the system's clock. */
extern const struct ntlm_source ntlm_system_source;

/* What every context of a server has in common; outlives them. Texts are UTF-8. */
struct ntlm_server {
	const struct ntlm_crypto *crypto;
	const struct ntlm_source *source;
	const char *nb_computer, *nb_domain, *dns_computer, *dns_domain;
	/* The NT hash of an account. False: there is none of that name. Names are as the client
	 * wrote them; the domain may be "". */
	bool (*lookup)(void *arg, const char *user, const char *domain, uint8_t nt_hash[NTLM_KEY_LEN]);
	void *arg;
};

/* Who a client is, and what it wants; outlives its context. */
struct ntlm_client {
	const struct ntlm_crypto *crypto;
	const struct ntlm_source *source;
	const char *user, *domain, *workstation; /* UTF-8 */
	uint8_t nt_hash[NTLM_KEY_LEN];           /* ntlm_crypto_nt_hash */
	bool seal;                               /* without, messages are signed only */
	bool no_key_exchange;                    /* the session key is made of the password alone */
};

enum ntlm_status {
	NTLM_CONTINUE, /* send what was written, and wait for the peer's next token */
	NTLM_DONE,     /* send what was written, if anything */
	NTLM_REFUSED,  /* the peer is not who it says, or does not do what has to be done */
};

/* NULL: no memory. */
struct ntlm *ntlm_server_new(const struct ntlm_server *config);
struct ntlm *ntlm_client_new(const struct ntlm_client *config);
/* Wipes the keys. */
void ntlm_free(struct ntlm *n);

/* The peer's token; the client's first step has none. What is to be sent is appended to out,
 * at most NTLM_MAX_MESSAGE bytes. An unknown user takes as long as a wrong password. */
enum ntlm_status ntlm_step(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out);

/* Who the client says it is, as it wrote it; true once it is done. A server's is NULL until then, or
 * until it was refused for it. */
const char *ntlm_user(const struct ntlm *n);
const char *ntlm_domain(const struct ntlm *n);
/* Once it is done: did both agree to it? */
bool ntlm_can_sign(const struct ntlm *n);
bool ntlm_can_seal(const struct ntlm *n);

/* Signs `all`, and if part_len is not 0 seals the part of it that lies at `part`, in place.
 * Messages have to arrive in the order in which they were signed; each direction counts its
 * own. False: not agreed to, not done, or dead. */
bool ntlm_protect(struct ntlm *n, const uint8_t *all, size_t len, uint8_t *part, size_t part_len,
                  uint8_t signature[NTLM_SIGNATURE_LEN]);
/* The reverse: unseals the part, then compares the signature of all. If that is false,
 * whatever the part holds is not to be used. */
bool ntlm_unprotect(struct ntlm *n, const uint8_t *all, size_t len, uint8_t *part, size_t part_len,
                    const uint8_t signature[NTLM_SIGNATURE_LEN]);
/* Where it is not known what was signed: each of n_all pieces of memory may be it, which overlap the
 * part or not; *which is the one that was. */
bool ntlm_unprotect_any(struct ntlm *n, const struct ntlm_bytes *all, size_t n_all, size_t *which,
                        uint8_t *part, size_t part_len, const uint8_t signature[NTLM_SIGNATURE_LEN]);
/* Starts the ciphers again, but goes on counting: SPNEGO wants that once it has signed its
 * list of mechanisms (MS-SPNG 3.3.5.1). */
bool ntlm_restart_ciphers(struct ntlm *n);

#endif
