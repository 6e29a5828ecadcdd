#include "rpc/ntlm_crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/utf16.h"

struct ntlm_crypto {
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *basic;  /* MD5 and HMAC */
	OSSL_PROVIDER *legacy; /* MD4 and RC4 */
	EVP_MD *md4, *md5;
	EVP_CIPHER *rc4;
	EVP_MAC *mac;
	EVP_MAC_CTX *hmac; /* HMAC-MD5 without a key, to make copies of */
};

/* Looks up what is needed, once: later there may be no files any more. */
static const char *load(struct ntlm_crypto *c)
{
	char md5[] = "MD5";
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, md5, 0),
	                             OSSL_PARAM_construct_end()};

	c->library = OSSL_LIB_CTX_new();
	if (c->library == NULL)
		return "no memory for libcrypto";
	c->basic = OSSL_PROVIDER_load(c->library, "default");
	if (c->basic == NULL)
		return "libcrypto does not load its default provider";
	c->legacy = OSSL_PROVIDER_load(c->library, "legacy");
	if (c->legacy == NULL)
		return "libcrypto does not load its legacy provider, which has NTLM's MD4 and RC4";
	c->md4 = EVP_MD_fetch(c->library, "MD4", NULL);
	c->md5 = EVP_MD_fetch(c->library, "MD5", NULL);
	c->rc4 = EVP_CIPHER_fetch(c->library, "RC4", NULL);
	c->mac = EVP_MAC_fetch(c->library, "HMAC", NULL);
	if (c->md4 == NULL || c->md5 == NULL || c->rc4 == NULL || c->mac == NULL)
		return "libcrypto's providers lack MD4, MD5, RC4 or HMAC";
	c->hmac = EVP_MAC_CTX_new(c->mac);
	if (c->hmac == NULL || EVP_MAC_CTX_set_params(c->hmac, params) != 1)
		return "libcrypto's HMAC does not take MD5";
	return NULL;
}

struct ntlm_crypto *ntlm_crypto_new(const char **why)
{
	struct ntlm_crypto *c;

	*why = "no memory for libcrypto";
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return NULL;
	c = OPENSSL_zalloc(sizeof(*c));
	if (c == NULL)
		return NULL;
	*why = load(c);
	if (*why == NULL)
		return c;
	ERR_clear_error();
	ntlm_crypto_free(c);
	return NULL;
}

void ntlm_crypto_free(struct ntlm_crypto *c)
{
	if (c == NULL)
		return;
	EVP_MAC_CTX_free(c->hmac);
	EVP_MAC_free(c->mac);
	EVP_CIPHER_free(c->rc4);
	EVP_MD_free(c->md5);
	EVP_MD_free(c->md4);
	if (c->legacy != NULL)
		OSSL_PROVIDER_unload(c->legacy);
	if (c->basic != NULL)
		OSSL_PROVIDER_unload(c->basic);
	OSSL_LIB_CTX_free(c->library);
	OPENSSL_free(c);
}

/* What failed leaves a zero digest and nothing in OpenSSL's queue of errors, which we do
 * not read: the only reason is a lack of memory. */
static bool finish(bool ok, uint8_t digest[NTLM_KEY_LEN])
{
	if (!ok) {
		explicit_bzero(digest, NTLM_KEY_LEN);
		ERR_clear_error();
	}
	return ok;
}

static bool digest_of(const EVP_MD *md, const struct ntlm_bytes *parts, size_t n,
                      uint8_t digest[NTLM_KEY_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1;

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return finish(ok, digest);
}

bool ntlm_crypto_md5(const struct ntlm_crypto *c, const struct ntlm_bytes *parts, size_t n,
                     uint8_t digest[NTLM_KEY_LEN])
{
	return digest_of(c->md5, parts, n, digest);
}

bool ntlm_crypto_hmac(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY_LEN],
                      const struct ntlm_bytes *parts, size_t n, uint8_t digest[NTLM_KEY_LEN])
{
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_dup(c->hmac);
	size_t len = 0;
	bool ok = ctx != NULL && EVP_MAC_init(ctx, key, NTLM_KEY_LEN, NULL) == 1;

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_MAC_update(ctx, parts[i].data, parts[i].len) == 1;
	ok = ok && EVP_MAC_final(ctx, digest, &len, NTLM_KEY_LEN) == 1 && len == NTLM_KEY_LEN;
	EVP_MAC_CTX_free(ctx);
	return finish(ok, digest);
}

struct evp_cipher_ctx_st *ntlm_crypto_rc4_new(const struct ntlm_crypto *c, const uint8_t key[NTLM_KEY_LEN])
{
	EVP_CIPHER_CTX *rc4 = EVP_CIPHER_CTX_new();

	if (rc4 != NULL && EVP_EncryptInit_ex2(rc4, c->rc4, key, NULL, NULL) == 1)
		return rc4;
	ERR_clear_error();
	EVP_CIPHER_CTX_free(rc4);
	return NULL;
}

bool ntlm_crypto_rc4_restart(struct evp_cipher_ctx_st *rc4, const uint8_t key[NTLM_KEY_LEN])
{
	return EVP_EncryptInit_ex2(rc4, NULL, key, NULL, NULL) == 1;
}

bool ntlm_crypto_rc4(struct evp_cipher_ctx_st *rc4, uint8_t *data, size_t len)
{
	int out;

	if (len > RPC_MAX_PDU)
		return false;
	return len == 0 || EVP_EncryptUpdate(rc4, data, &out, data, (int)len) == 1;
}

void ntlm_crypto_rc4_free(struct evp_cipher_ctx_st *rc4)
{
	EVP_CIPHER_CTX_free(rc4);
}

bool ntlm_crypto_nt_hash(const struct ntlm_crypto *c, const char *password, uint8_t hash[NTLM_KEY_LEN])
{
	uint8_t wide[2 * NTLM_MAX_NAME];
	struct ntlm_bytes part = {.data = wide};
	bool ok = utf16_from_utf8(password, wide, sizeof(wide), &part.len);

	ok = ok && digest_of(c->md4, &part, 1, hash);
	explicit_bzero(wide, sizeof(wide));
	return ok;
}

bool ntlm_crypto_ntowfv2(const struct ntlm_crypto *c, const uint8_t nt_hash[NTLM_KEY_LEN],
                         struct ntlm_bytes user, struct ntlm_bytes domain, uint8_t key[NTLM_KEY_LEN])
{
	uint8_t capitals[2 * NTLM_MAX_NAME];
	const struct ntlm_bytes parts[] = {{capitals, user.len}, domain};

	if (user.len > sizeof(capitals))
		return finish(false, key);
	if (user.len > 0)
		memcpy(capitals, user.data, user.len);
	utf16_upper(capitals, user.len);
	return ntlm_crypto_hmac(c, nt_hash, parts, 2, key);
}

bool ntlm_crypto_proof(const struct ntlm_crypto *c, const uint8_t ntowfv2[NTLM_KEY_LEN],
                       const uint8_t server_challenge[NTLM_CHALLENGE_LEN], struct ntlm_bytes blob,
                       uint8_t proof[NTLM_KEY_LEN], uint8_t session_base_key[NTLM_KEY_LEN])
{
	const struct ntlm_bytes parts[] = {{server_challenge, NTLM_CHALLENGE_LEN}, blob};

	return ntlm_crypto_hmac(c, ntowfv2, parts, 2, proof) &&
	       ntlm_crypto_hmac(c, ntowfv2, &(struct ntlm_bytes){proof, NTLM_KEY_LEN}, 1, session_base_key);
}

bool ntlm_crypto_exchange(const struct ntlm_crypto *c, const uint8_t by[NTLM_KEY_LEN],
                          const uint8_t in[NTLM_KEY_LEN], uint8_t out[NTLM_KEY_LEN])
{
	EVP_CIPHER_CTX *rc4 = ntlm_crypto_rc4_new(c, by);
	bool ok;

	memmove(out, in, NTLM_KEY_LEN);
	ok = rc4 != NULL && ntlm_crypto_rc4(rc4, out, NTLM_KEY_LEN);
	ntlm_crypto_rc4_free(rc4);
	return finish(ok, out);
}

/* The magic texts are hashed with their NUL. */
#define MAGIC(direction, purpose) "session key to " direction " " purpose " key magic constant"
#define TO_SERVER "client-to-server"
#define TO_CLIENT "server-to-client"

static bool subkey(const struct ntlm_crypto *c, const uint8_t exported[NTLM_KEY_LEN], const char *magic,
                   uint8_t key[NTLM_KEY_LEN])
{
	const struct ntlm_bytes parts[] = {{exported, NTLM_KEY_LEN},
	                                   {(const uint8_t *)magic, strlen(magic) + 1}};

	return ntlm_crypto_md5(c, parts, 2, key);
}

bool ntlm_crypto_sign_key(const struct ntlm_crypto *c, const uint8_t exported[NTLM_KEY_LEN], bool from_client,
                          uint8_t key[NTLM_KEY_LEN])
{
	return subkey(c, exported, from_client ? MAGIC(TO_SERVER, "signing") : MAGIC(TO_CLIENT, "signing"),
	              key);
}

bool ntlm_crypto_seal_key(const struct ntlm_crypto *c, const uint8_t exported[NTLM_KEY_LEN], bool from_client,
                          uint8_t key[NTLM_KEY_LEN])
{
	return subkey(c, exported, from_client ? MAGIC(TO_SERVER, "sealing") : MAGIC(TO_CLIENT, "sealing"),
	              key);
}

bool ntlm_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}
