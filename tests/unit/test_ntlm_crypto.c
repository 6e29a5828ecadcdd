/*
 * NTLM's arithmetic, by the vectors that are published: those of RFC 1320, 1321, 2202 and
 * 6229 for the algorithms, those of MS-NLMP 4.2.4 for the keys.
 */
#include "rpc/ntlm_crypto.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/hex.h"
#include "rpc/limits.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* MS-NLMP 4.2.1 */
#define USER "U\0s\0e\0r"
#define DOMAIN "D\0o\0m\0a\0i\0n"
#define BYTES(text) ((struct ntlm_bytes){(const uint8_t *)(text), sizeof(text)})

static struct ntlm_crypto *crypto(void)
{
	const char *why;
	struct ntlm_crypto *c = ntlm_crypto_new(&why);

	if (c == NULL)
		UNIT_ABORT("%s", why);
	return c;
}

static void check_hex(const uint8_t *bytes, size_t len, const char *expected)
{
	char text[256];

	CHECK_STR(hex_format(bytes, len, text), expected);
}

#define KEY_IS(key, expected) check_hex((key), NTLM_KEY_LEN, (expected))

static void md5_and_hmac_are_those_of_the_rfcs(void)
{
	struct ntlm_crypto *c = crypto();
	const struct ntlm_bytes parts[] = {
		{(const uint8_t *)"message ", 8}, {NULL, 0}, {(const uint8_t *)"digest", 6}};
	const struct ntlm_bytes hi = {(const uint8_t *)"Hi There", 8};
	uint8_t digest[NTLM_KEY_LEN], key[NTLM_KEY_LEN];

	CHECK(ntlm_crypto_md5(c, NULL, 0, digest));
	KEY_IS(digest, "d41d8cd98f00b204e9800998ecf8427e");
	CHECK(ntlm_crypto_md5(c, parts, 3, digest));
	KEY_IS(digest, "f96b697d7cb7938d525a2f31aaf161d0");
	memset(key, 0x0b, sizeof(key));
	for (int i = 0; i < 2; i++) { /* the second time like the first */
		CHECK(ntlm_crypto_hmac(c, key, &hi, 1, digest));
		KEY_IS(digest, "9294727a3638bb1c13f48ef8158bfc9d");
	}
	ntlm_crypto_free(c);
}

/* RFC 6229, 128 bits. */
static void rc4_is_a_stream(void)
{
	static const char stream[] = "9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c";
	struct ntlm_crypto *c = crypto();
	uint8_t key[NTLM_KEY_LEN], data[32] = {0};
	struct evp_cipher_ctx_st *rc4;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(i + 1);
	rc4 = ntlm_crypto_rc4_new(c, key);
	REQUIRE(rc4 != NULL);
	CHECK(ntlm_crypto_rc4(rc4, data, 5));
	CHECK(ntlm_crypto_rc4(rc4, data + 5, 0));
	CHECK(ntlm_crypto_rc4(rc4, data + 5, 27));
	check_hex(data, sizeof(data), stream);
	CHECK(ntlm_crypto_rc4_restart(rc4, key));
	CHECK(ntlm_crypto_rc4(rc4, data, 32));
	check_hex(data, 4, "00000000");
	CHECK(!ntlm_crypto_rc4(rc4, data, RPC_MAX_PDU + 1));
	ntlm_crypto_rc4_free(rc4);
	ntlm_crypto_free(c);
}

/* MS-NLMP 4.2.2.1.2 and 4.2.4.1.1. */
static void hashes_of_a_password(void)
{
	struct ntlm_crypto *c = crypto();
	uint8_t hash[NTLM_KEY_LEN], key[NTLM_KEY_LEN];

	CHECK(ntlm_crypto_nt_hash(c, "", hash));
	KEY_IS(hash, "31d6cfe0d16ae931b73c59d7e0c089c0");
	CHECK(ntlm_crypto_nt_hash(c, "Password", hash));
	KEY_IS(hash, "a4f49c406510bdcab6824ee7c30fd852");
	CHECK(ntlm_crypto_ntowfv2(c, hash, BYTES(USER), BYTES(DOMAIN), key));
	KEY_IS(key, "0c868a403bfd7a93a3001ef22ef02e3f");
	/* Capitals or not, the user is the same; the domain is not. */
	CHECK(ntlm_crypto_ntowfv2(c, hash, BYTES("u\0S\0E\0r"), BYTES(DOMAIN), key));
	KEY_IS(key, "0c868a403bfd7a93a3001ef22ef02e3f");
	CHECK(ntlm_crypto_ntowfv2(c, hash, BYTES(USER), BYTES("D\0O\0m\0a\0i\0n"), key));
	CHECK(key[0] != 0x0c);
	ntlm_crypto_free(c);
}

static void longest_names_and_one_more(void)
{
	struct ntlm_crypto *c = crypto();
	uint8_t hash[NTLM_KEY_LEN], key[NTLM_KEY_LEN], wide[2 * NTLM_MAX_NAME + 2] = {0};
	char text[NTLM_MAX_NAME + 2];

	memset(text, 'x', sizeof(text));
	text[NTLM_MAX_NAME] = '\0';
	CHECK(ntlm_crypto_nt_hash(c, text, hash));
	text[NTLM_MAX_NAME] = 'x';
	text[NTLM_MAX_NAME + 1] = '\0';
	CHECK(!ntlm_crypto_nt_hash(c, text, hash));
	CHECK(!ntlm_crypto_nt_hash(c, "\xff", hash));
	CHECK(ntlm_crypto_ntowfv2(c, hash, (struct ntlm_bytes){wide, sizeof(wide) - 2}, BYTES(DOMAIN), key));
	CHECK(!ntlm_crypto_ntowfv2(c, hash, (struct ntlm_bytes){wide, sizeof(wide)}, BYTES(DOMAIN), key));
	ntlm_crypto_free(c);
}

/* MS-NLMP 4.2.4.1.2 to 4.2.4.2.3, and the keys of 4.2.4.4. */
static void keys_of_the_published_exchange(void)
{
	static const char blob_hex[] = "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
				       "02000c0044006f006d00610069006e00"
				       "01000c00530065007200760065007200"
				       "0000000000000000";
	struct ntlm_crypto *c = crypto();
	uint8_t blob[128], challenge[8], ntowfv2[NTLM_KEY_LEN], random[NTLM_KEY_LEN];
	uint8_t proof[NTLM_KEY_LEN], base[NTLM_KEY_LEN], key[NTLM_KEY_LEN];
	struct ntlm_bytes b = {.data = blob};
	size_t n;

	CHECK(hex_parse(blob_hex, blob, &b.len));
	CHECK(hex_parse("0123456789abcdef", challenge, &n));
	CHECK(hex_parse("0c868a403bfd7a93a3001ef22ef02e3f", ntowfv2, &n));
	CHECK(ntlm_crypto_proof(c, ntowfv2, challenge, b, proof, base));
	KEY_IS(proof, "68cd0ab851e51c96aabc927bebef6a1c");
	KEY_IS(base, "8de40ccadbc14a82f15cb0ad0de95ca3");

	memset(random, 0x55, sizeof(random));
	CHECK(ntlm_crypto_exchange(c, base, random, key));
	KEY_IS(key, "c5dad2544fc9799094ce1ce90bc9d03e");
	CHECK(ntlm_crypto_exchange(c, base, key, key));
	KEY_IS(key, "55555555555555555555555555555555");

	CHECK(ntlm_crypto_seal_key(c, random, true, key));
	KEY_IS(key, "59f600973cc4960a25480a7c196e4c58");
	CHECK(ntlm_crypto_sign_key(c, random, true, key));
	KEY_IS(key, "4788dc861b4782f35d43fd98fe1a2d39");
	ntlm_crypto_free(c);
}

static void four_subkeys_differ(void)
{
	struct ntlm_crypto *c = crypto();
	uint8_t exported[NTLM_KEY_LEN] = {1}, keys[4][NTLM_KEY_LEN];

	CHECK(ntlm_crypto_sign_key(c, exported, true, keys[0]));
	CHECK(ntlm_crypto_sign_key(c, exported, false, keys[1]));
	CHECK(ntlm_crypto_seal_key(c, exported, true, keys[2]));
	CHECK(ntlm_crypto_seal_key(c, exported, false, keys[3]));
	for (size_t i = 0; i < 4; i++) {
		CHECK(ntlm_crypto_equal(keys[i], keys[i], NTLM_KEY_LEN));
		for (size_t j = 0; j < i; j++)
			CHECK(!ntlm_crypto_equal(keys[i], keys[j], NTLM_KEY_LEN));
	}
	ntlm_crypto_free(c);
}

/* OpenSSL looks for modules where this variable says. */
static void missing_provider_is_told(void)
{
	const char *why = NULL;

	setenv("OPENSSL_MODULES", "/nonexistent", 1);
	CHECK(ntlm_crypto_new(&why) == NULL);
	unsetenv("OPENSSL_MODULES");
	CHECK(why != NULL && strstr(why, "legacy provider") != NULL);
	ntlm_crypto_free(crypto());
	ntlm_crypto_free(NULL);
}

const struct unit_test suite_ntlm_crypto[] = {
	{"md5_and_hmac_are_those_of_the_rfcs", md5_and_hmac_are_those_of_the_rfcs},
	{"rc4_is_a_stream", rc4_is_a_stream},
	{"hashes_of_a_password", hashes_of_a_password},
	{"longest_names_and_one_more", longest_names_and_one_more},
	{"keys_of_the_published_exchange", keys_of_the_published_exchange},
	{"four_subkeys_differ", four_subkeys_differ},
	{"missing_provider_is_told", missing_provider_is_told},
	{NULL, NULL},
};
