/*
 * The arithmetic of NTLM version 2 (MS-NLMP 3.3.2, 3.4): digests, the stream cipher, and the
 * keys that are made of them.
 *
 * MD4 and RC4 are long broken, and NTLM is made of them; OpenSSL keeps them in its legacy
 * provider. That one is loaded into a library context of our own, so that nothing else in
 * the process gets at them, and OpenSSL's configuration file is not read. Nothing here
 * touches libcrypto before ntlm_crypto_new, which opens files; afterwards none are opened.
 *
 * Keys that functions here have made on the way are wiped. Those that they give, the caller
 * wipes.
 *
 *     password --MD4--> NT hash --HMAC(USER, domain)--> NTOWFv2
 *     NTOWFv2 --HMAC(server challenge, blob)--> NTProofStr --HMAC by NTOWFv2--> session base key
 *     session base key --RC4--> a random exported session key, or just that key
 *     exported session key --MD5(magic)--> a signing and a sealing key for each direction
 */
#ifndef RPC_NTLM_CRYPTO_H
#define RPC_NTLM_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NTLM_KEY_LEN 16u /* keys, hashes and digests alike */
#define NTLM_CHALLENGE_LEN 8u

struct ntlm_crypto;       /* the algorithms, for any number of users */
struct evp_cipher_ctx_st; /* OpenSSL's EVP_CIPHER_CTX: a running RC4 */

/* Some bytes, borrowed. */
struct ntlm_bytes {
	const uint8_t *data;
	size_t len;
};

/* NULL: no memory, or a provider is missing; then *why says which, for people. */
struct ntlm_crypto *ntlm_crypto_new(const char **why);
void ntlm_crypto_free(struct ntlm_crypto *c);

/* All that return bool below: false is a lack of memory, or an input longer than it may be. */

bool ntlm_crypto_md5(const struct ntlm_crypto *c, const struct ntlm_bytes *parts, size_t n,
                     uint8_t digest[NTLM_KEY_LEN]);
/* Of the parts one behind the other. */
bool ntlm_crypto_hmac(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY_LEN],
                      const struct ntlm_bytes *parts, size_t n, uint8_t digest[NTLM_KEY_LEN]);

/* RC4 from its start with that key. The caller frees it; NULL: no memory. */
struct evp_cipher_ctx_st *ntlm_crypto_rc4_new(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY_LEN]);
bool ntlm_crypto_rc4_restart(struct evp_cipher_ctx_st *rc4, const uint8_t key[NTLM_KEY_LEN]);
/* The next len bytes of the stream, over data. */
bool ntlm_crypto_rc4(struct evp_cipher_ctx_st *rc4, uint8_t *data, size_t len);
void ntlm_crypto_rc4_free(struct evp_cipher_ctx_st *rc4);

/* NTOWFv1 of a password in UTF-8 (3.3.1): what accounts are kept as. Also false if it is not
 * UTF-8, or longer than NTLM_MAX_NAME. */
bool ntlm_crypto_nt_hash(const struct ntlm_crypto *c, const char *password, uint8_t hash[NTLM_KEY_LEN]);
/* NTOWFv2 (3.3.2). User and domain are UTF-16 as on the wire; the user is put in capitals. */
bool ntlm_crypto_ntowfv2(const struct ntlm_crypto *c, const uint8_t nt_hash[NTLM_KEY_LEN],
                         struct ntlm_bytes user, struct ntlm_bytes domain, uint8_t key[NTLM_KEY_LEN]);
/* NTProofStr over the server's challenge and the client's blob, and what both sides have in
 * common then (3.3.2). */
bool ntlm_crypto_proof(const struct ntlm_crypto *c, const uint8_t ntowfv2[NTLM_KEY_LEN],
                       const uint8_t server_challenge[NTLM_CHALLENGE_LEN], struct ntlm_bytes blob,
                       uint8_t proof[NTLM_KEY_LEN], uint8_t session_base_key[NTLM_KEY_LEN]);
/* A key by another (3.2.5.1.2, key exchange): the same function both ways. */
bool ntlm_crypto_exchange(const struct ntlm_crypto *c, const uint8_t by[NTLM_KEY_LEN],
                          const uint8_t in[NTLM_KEY_LEN], uint8_t out[NTLM_KEY_LEN]);
/* SIGNKEY and SEALKEY with extended session security and 128 bits (3.4.5.2, 3.4.5.3). */
bool ntlm_crypto_sign_key(const struct ntlm_crypto *c, const uint8_t exported[NTLM_KEY_LEN], bool from_client,
                          uint8_t key[NTLM_KEY_LEN]);
bool ntlm_crypto_seal_key(const struct ntlm_crypto *c, const uint8_t exported[NTLM_KEY_LEN], bool from_client,
                          uint8_t key[NTLM_KEY_LEN]);

/* In a time that does not depend on where they differ. */
bool ntlm_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
