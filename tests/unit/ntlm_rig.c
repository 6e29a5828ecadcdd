#include "tests/unit/ntlm_rig.h"

#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/unit.h"

static uint8_t next_bytes[64];
static size_t next_len;
static uint8_t times;

static bool rig_random(void *bytes, size_t len)
{
	if (next_len >= len) {
		memcpy(bytes, next_bytes, len);
		next_len -= len;
		memmove(next_bytes, next_bytes + len, next_len);
		return true;
	}
	memset(bytes, ++times, len);
	return true;
}

/* 2024-01-01 00:00:00 UTC */
static uint64_t rig_now(void)
{
	return 133485408000000000;
}

static const struct ntlm_source rig_source = {rig_random, rig_now};

static bool rig_lookup(void *arg, const char *user, const char *domain, uint8_t nt_hash[NTLM_KEY_LEN])
{
	struct ntlm_rig *g = arg;

	g->lookups++;
	if (strcmp(user, "student") == 0 && strcmp(domain, "LAB") == 0)
		return ntlm_crypto_nt_hash(g->crypto, "Geheim 1", nt_hash);
	if (strcmp(user, "User") == 0 && strcmp(domain, "Domain") == 0)
		return ntlm_crypto_nt_hash(g->crypto, "Password", nt_hash);
	return false;
}

void ntlm_rig_init(struct ntlm_rig *g)
{
	const char *why;

	*g = (struct ntlm_rig){.crypto = ntlm_crypto_new(&why)};
	if (g->crypto == NULL)
		UNIT_ABORT("%s", why);
	g->server = (struct ntlm_server){
		.crypto = g->crypto,
		.source = &rig_source,
		.nb_computer = "SERVER",
		.nb_domain = "LAB",
		.dns_computer = "server.lab.example",
		.dns_domain = "lab.example",
		.lookup = rig_lookup,
		.arg = g,
	};
	g->client = (struct ntlm_client){
		.crypto = g->crypto,
		.source = &rig_source,
		.user = "student",
		.domain = "LAB",
		.workstation = "DESK",
		.seal = true,
	};
	ntlm_rig_password(g, "Geheim 1");
	times = 0;
	next_len = 0;
}

void ntlm_rig_fini(struct ntlm_rig *g)
{
	ntlm_crypto_free(g->crypto);
}

void ntlm_rig_random(const void *bytes, size_t len)
{
	REQUIRE(len <= sizeof(next_bytes));
	memcpy(next_bytes, bytes, len);
	next_len = len;
	times = 0;
}

void ntlm_rig_password(struct ntlm_rig *g, const char *password)
{
	CHECK(ntlm_crypto_nt_hash(g->crypto, password, g->client.nt_hash));
}

struct ntlm_pair ntlm_rig_pair(struct ntlm_rig *g)
{
	struct ntlm_pair p = {ntlm_client_new(&g->client), ntlm_server_new(&g->server)};
	uint8_t bytes[3][NTLM_MAX_MESSAGE];
	struct writer w[3];

	for (size_t i = 0; i < 3; i++)
		cursor_write(&w[i], bytes[i], sizeof(bytes[i]));
	REQUIRE(p.client != NULL && p.server != NULL);
	CHECK_INT(ntlm_step(p.client, NULL, 0, &w[0]), NTLM_CONTINUE);
	CHECK_INT(ntlm_step(p.server, bytes[0], w[0].len, &w[1]), NTLM_CONTINUE);
	CHECK_INT(ntlm_step(p.client, bytes[1], w[1].len, &w[2]), NTLM_DONE);
	CHECK_INT(ntlm_step(p.server, bytes[2], w[2].len, &w[0]), NTLM_DONE);
	return p;
}

void ntlm_pair_free(struct ntlm_pair *p)
{
	ntlm_free(p->client);
	ntlm_free(p->server);
}
