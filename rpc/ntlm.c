#include "rpc/ntlm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "rpc/ntlm_private.h"

/* Seconds from 1601 to 1970. */
#define FILETIME_EPOCH 11644473600u

static bool system_random(void *bytes, size_t len)
{
	return getrandom(bytes, len, 0) == (ssize_t)len;
}

static uint64_t system_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ((uint64_t)ts.tv_sec + FILETIME_EPOCH) * 10000000 + (uint64_t)ts.tv_nsec / 100;
}

const struct ntlm_source ntlm_system_source = {system_random, system_now};

static struct ntlm *new_context(const struct ntlm_crypto *crypto, const struct ntlm_source *source)
{
	struct ntlm *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->crypto = crypto;
	n->source = source;
	return n;
}

struct ntlm *ntlm_server_new(const struct ntlm_server *config)
{
	struct ntlm *n = new_context(config->crypto, config->source);

	if (n != NULL)
		n->server = config;
	return n;
}

struct ntlm *ntlm_client_new(const struct ntlm_client *config)
{
	struct ntlm *n = new_context(config->crypto, config->source);

	if (n != NULL)
		n->client = config;
	return n;
}

static void forget_messages(struct ntlm *n)
{
	free(n->negotiate);
	free(n->challenge);
	n->negotiate = NULL;
	n->challenge = NULL;
}

void ntlm_free(struct ntlm *n)
{
	if (n == NULL)
		return;
	forget_messages(n);
	free(n->user);
	free(n->domain);
	ntlm_crypto_rc4_free(n->out.rc4);
	ntlm_crypto_rc4_free(n->in.rc4);
	explicit_bzero(n, sizeof(*n));
	free(n);
}

enum ntlm_status ntlm_step(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out)
{
	typedef bool step(struct ntlm * n, const uint8_t *token, size_t len, struct writer *out);
	static step *const steps[2][2] = {
		[NTLM_STATE_START] = {ntlm_client_negotiate, ntlm_server_challenge},
		[NTLM_STATE_CHALLENGED] = {ntlm_client_authenticate, ntlm_server_authenticate},
	};

	if (n->state > NTLM_STATE_CHALLENGED || !steps[n->state][n->server != NULL](n, token, len, out)) {
		n->state = NTLM_STATE_DEAD;
		return NTLM_REFUSED;
	}
	n->state++;
	if (n->state != NTLM_STATE_READY)
		return NTLM_CONTINUE;
	forget_messages(n);
	return NTLM_DONE;
}

const char *ntlm_user(const struct ntlm *n)
{
	return n->server != NULL ? n->user : n->client->user;
}

const char *ntlm_domain(const struct ntlm *n)
{
	return n->server != NULL ? n->domain : n->client->domain;
}

bool ntlm_can_sign(const struct ntlm *n)
{
	return n->state == NTLM_STATE_READY && (n->flags & NTLM_SIGN) != 0;
}

bool ntlm_can_seal(const struct ntlm *n)
{
	return ntlm_can_sign(n) && (n->flags & NTLM_SEAL) != 0;
}

bool ntlm_flags_suffice(uint32_t flags)
{
	const bool protects = (flags & (NTLM_SIGN | NTLM_SEAL)) != 0;

	return (flags & NTLM_MUST) == NTLM_MUST && (!protects || (flags & NTLM_128) != 0);
}

bool ntlm_keep(uint8_t **copy, size_t *copy_len, const uint8_t *token, size_t len)
{
	*copy = malloc(len);
	if (*copy == NULL)
		return false;
	memcpy(*copy, token, len);
	*copy_len = len;
	return true;
}

bool ntlm_mic(const struct ntlm *n, const uint8_t exported[NTLM_KEY_LEN], const uint8_t *authenticate,
              size_t len, uint8_t mic[NTLM_MIC_LEN])
{
	static const uint8_t zeros[NTLM_MIC_LEN];
	const size_t behind = NTLM_MIC_AT + NTLM_MIC_LEN;
	const struct ntlm_bytes parts[] = {
		{n->negotiate, n->negotiate_len},      {n->challenge, n->challenge_len},
		{authenticate, NTLM_MIC_AT},           {zeros, sizeof(zeros)},
		{authenticate + behind, len - behind},
	};

	return ntlm_crypto_hmac(n->crypto, exported, parts, sizeof(parts) / sizeof(parts[0]), mic);
}

static bool set_way(const struct ntlm *n, struct ntlm_way *way, const uint8_t exported[NTLM_KEY_LEN],
                    bool from_client)
{
	if (!ntlm_crypto_sign_key(n->crypto, exported, from_client, way->sign_key) ||
	    !ntlm_crypto_seal_key(n->crypto, exported, from_client, way->seal_key))
		return false;
	way->rc4 = ntlm_crypto_rc4_new(n->crypto, way->seal_key);
	return way->rc4 != NULL;
}

bool ntlm_set_keys(struct ntlm *n, const uint8_t exported[NTLM_KEY_LEN])
{
	const bool is_client = n->client != NULL;

	return set_way(n, &n->out, exported, is_client) && set_way(n, &n->in, exported, !is_client);
}
