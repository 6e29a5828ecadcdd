#include "tests/fuzz/tokens.h"

#include <string.h>

#include "rpc/interface.h"
#include "rpc/limits.h"
#include "tests/fuzz/fuzz.h"

enum { CLIENT = 1, SIGN = 2, SEAL = 4 };

static uint8_t times;
static const void *first;

static bool random_bytes(void *bytes, size_t len)
{
	if (++times == 1 && len == NTLM_CHALLENGE_LEN)
		memcpy(bytes, first, len);
	else
		memset(bytes, times, len);
	return true;
}

static uint64_t now(void)
{
	return 133485408000000000;
}

static const struct ntlm_source source = {random_bytes, now};

static bool lookup(void *arg, const char *user, const char *domain, uint8_t nt_hash[NTLM_KEY_LEN])
{
	const struct ntlm_crypto *crypto = arg;

	FUZZ_CHECK(user[0] != '\0' && domain != NULL);
	if (strcmp(user, "User") == 0)
		return ntlm_crypto_nt_hash(crypto, "Password", nt_hash);
	return strcmp(user, "student") == 0 && ntlm_crypto_nt_hash(crypto, "Geheim 1", nt_hash);
}

const struct tokens *tokens_begin(const void *challenge)
{
	static struct ntlm_crypto *crypto;
	static struct tokens t;
	const char *why;

	times = 0;
	first = challenge;
	if (crypto == NULL) {
		crypto = ntlm_crypto_new(&why);
		FUZZ_CHECK(crypto != NULL);
		t.server = (struct ntlm_server){crypto,        &source, "SERVER", "LAB", "server.lab.example",
		                                "lab.example", lookup,  crypto};
		t.client = (struct ntlm_client){.crypto = crypto,
		                                .source = &source,
		                                .user = "student",
		                                .domain = "LAB",
		                                .workstation = "DESK"};
		FUZZ_CHECK(ntlm_crypto_nt_hash(crypto, "Geheim 1", t.client.nt_hash));
	}
	return &t;
}

static struct security *new_context(const struct tokens *t, uint8_t auth_type, uint8_t how)
{
	const uint8_t level = (how & SEAL) != 0   ? RPC_C_AUTHN_LEVEL_PKT_PRIVACY
	                      : (how & SIGN) != 0 ? RPC_C_AUTHN_LEVEL_PKT_INTEGRITY
	                                          : RPC_C_AUTHN_LEVEL_CONNECT;

	return (how & CLIENT) != 0 ? security_client_new(auth_type, level, &t->client)
	                           : security_server_new(auth_type, level, &t->server);
}

/* A signature and a stub from the peer; if they are right, they go back. */
static void exchange(struct security *s, uint8_t *data, size_t len)
{
	const size_t signature = security_signature_len(s);
	struct security_pdu p;

	if (len < signature)
		return;
	p = (struct security_pdu){
		.data = data + signature, .len = len - signature, .stub_len = len - signature};
	if (security_unprotect(s, &p, data, signature))
		FUZZ_CHECK(security_protect(s, &p, data));
}

void tokens_run(uint8_t auth_type, const void *challenge, const uint8_t *data, size_t len)
{
	static uint8_t answer[2 * NTLM_MAX_MESSAGE];
	struct reader r;
	struct writer w;
	struct security *s;
	enum security_status status = SECURITY_CONTINUE;
	uint8_t how;
	uint16_t n;

	cursor_read(&r, data, len);
	cursor_get_u8(&r, &how);
	s = new_context(tokens_begin(challenge), auth_type, how);
	FUZZ_CHECK(s != NULL);
	cursor_write(&w, answer, sizeof(answer));
	if ((how & CLIENT) != 0)
		FUZZ_CHECK(security_step(s, NULL, 0, &w) == SECURITY_CONTINUE);
	while (cursor_get_u16(&r, &n) && n <= cursor_left(&r)) {
		uint8_t *token = fuzz_copy(r.data + r.pos, n);

		cursor_skip(&r, n);
		if (status == SECURITY_DONE) {
			exchange(s, token, n);
		} else {
			cursor_write(&w, answer, sizeof(answer));
			status = security_step(s, token, n, &w);
			FUZZ_CHECK((security_user(s) != NULL) == (status == SECURITY_DONE));
			FUZZ_CHECK(!w.bad && w.len <= NTLM_MAX_MESSAGE);
		}
		free(token);
	}
	security_free(s);
}
