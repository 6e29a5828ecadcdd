/*
 * NTLM, the server's messages (MS-NLMP 3.2.5).
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/ntlm_private.h"
#include "rpc/utf16.h"

/* A name as it is written in UTF-8: at most three bytes for each unit of UTF-16. */
#define NAME_CAP (3 * NTLM_MAX_NAME + 1)

static bool put_av_name(struct writer *w, enum ntlm_av_id id, const char *text)
{
	uint8_t wide[2 * NTLM_MAX_NAME];
	size_t len;

	return utf16_from_utf8(text, wide, sizeof(wide), &len) && ntlm_av_put(w, id, wide, len);
}

/* Who we are, and when. */
static bool put_target_info(struct writer *w, const struct ntlm *n)
{
	const struct ntlm_server *s = n->server;

	if (!put_av_name(w, NTLM_AV_NB_DOMAIN, s->nb_domain) ||
	    !put_av_name(w, NTLM_AV_NB_COMPUTER, s->nb_computer) ||
	    !put_av_name(w, NTLM_AV_DNS_DOMAIN, s->dns_domain) ||
	    !put_av_name(w, NTLM_AV_DNS_COMPUTER, s->dns_computer))
		return false;
	cursor_put_u16(w, NTLM_AV_TIMESTAMP);
	cursor_put_u16(w, sizeof(uint64_t));
	cursor_put_u64(w, n->source->now());
	return ntlm_av_put(w, NTLM_AV_EOL, NULL, 0);
}

bool ntlm_server_challenge(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out)
{
	uint8_t target_name[2 * NTLM_MAX_NAME], target_info[NTLM_MAX_MESSAGE / 2];
	const size_t at = out->len;
	struct ntlm_challenge m = {.target_name = {.data = target_name}};
	struct ntlm_negotiate asked;
	struct writer w;

	if (!ntlm_negotiate_decode(token, len, &asked) || !ntlm_flags_suffice(asked.flags))
		return false;
	n->flags = asked.flags & NTLM_OFFERED;
	m.flags = n->flags | NTLM_REQUEST_TARGET | NTLM_TARGET_TYPE_SERVER | NTLM_TARGET_INFO;
	cursor_write(&w, target_info, sizeof(target_info));
	if (!n->source->random(n->server_challenge, sizeof(n->server_challenge)) || !put_target_info(&w, n) ||
	    !utf16_from_utf8(n->server->nb_computer, target_name, sizeof(target_name), &m.target_name.len))
		return false;
	m.target_info = (struct ntlm_bytes){target_info, w.len};
	memcpy(m.server_challenge, n->server_challenge, sizeof(m.server_challenge));
	return ntlm_challenge_put(out, &m) && ntlm_keep(&n->negotiate, &n->negotiate_len, token, len) &&
	       ntlm_keep(&n->challenge, &n->challenge_len, out->data + at, out->len - at);
}

static bool take_name(struct ntlm_bytes name, char **text)
{
	char buf[NAME_CAP];

	if (!utf16_to_utf8(name.data, name.len, buf, sizeof(buf)))
		return false;
	*text = strdup(buf);
	return *text != NULL;
}

/* What is left of the flags must be enough, and must have been there before. */
static bool accept_flags(struct ntlm *n, uint32_t flags)
{
	const uint32_t chosen = flags & (NTLM_MUST | NTLM_SIGN | NTLM_SEAL | NTLM_128 | NTLM_KEY_EXCH);

	if ((flags & NTLM_ANONYMOUS) != 0 || (chosen & ~n->flags) != 0)
		return false;
	n->flags = chosen;
	return ntlm_flags_suffice(chosen);
}

/* The account's hash, or a random one that nobody has the password of: the same work is done
 * with it, so that the time does not tell which users there are. */
static bool find_account(const struct ntlm *n, uint8_t nt_hash[NTLM_KEY_LEN], bool *found)
{
	if (!n->source->random(nt_hash, NTLM_KEY_LEN))
		return false;
	*found = n->server->lookup(n->server->arg, n->user, n->domain, nt_hash);
	return *found || n->source->random(nt_hash, NTLM_KEY_LEN);
}

/* Is the proof that of the account's password? */
static bool prove(const struct ntlm *n, const struct ntlm_authenticate *m, const struct ntlm_v2_response *v,
                  uint8_t base_key[NTLM_KEY_LEN])
{
	uint8_t nt_hash[NTLM_KEY_LEN], ntowfv2[NTLM_KEY_LEN], proof[NTLM_KEY_LEN];
	bool found = false;
	bool ok = find_account(n, nt_hash, &found) &&
	          ntlm_crypto_ntowfv2(n->crypto, nt_hash, m->user, m->domain, ntowfv2) &&
	          ntlm_crypto_proof(n->crypto, ntowfv2, n->server_challenge, v->blob, proof, base_key) &&
	          ntlm_crypto_equal(proof, v->proof, sizeof(proof)) && found;

	explicit_bzero(nt_hash, sizeof(nt_hash));
	explicit_bzero(ntowfv2, sizeof(ntowfv2));
	explicit_bzero(proof, sizeof(proof));
	return ok;
}

static bool take_session_key(const struct ntlm *n, const struct ntlm_authenticate *m,
                             const uint8_t base_key[NTLM_KEY_LEN], uint8_t exported[NTLM_KEY_LEN])
{
	if ((n->flags & NTLM_KEY_EXCH) == 0) {
		memcpy(exported, base_key, NTLM_KEY_LEN);
		return true;
	}
	return m->session_key.len == NTLM_KEY_LEN &&
	       ntlm_crypto_exchange(n->crypto, base_key, m->session_key.data, exported);
}

/* A MIC that is promised within what the proof covers must be there and right. */
static bool check_mic(const struct ntlm *n, const struct ntlm_authenticate *m,
                      const struct ntlm_v2_response *v, const uint8_t exported[NTLM_KEY_LEN],
                      struct ntlm_bytes token)
{
	uint8_t mic[NTLM_MIC_LEN];

	if ((v->target.flags & NTLM_AV_FLAG_MIC) == 0)
		return true;
	return m->has_room_for_mic && ntlm_mic(n, exported, token.data, token.len, mic) &&
	       ntlm_crypto_equal(mic, token.data + NTLM_MIC_AT, sizeof(mic));
}

bool ntlm_server_authenticate(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out)
{
	uint8_t base_key[NTLM_KEY_LEN], exported[NTLM_KEY_LEN];
	struct ntlm_authenticate m;
	struct ntlm_v2_response v;
	bool ok;

	(void)out; /* there is nothing more to say */
	/* A response of 24 bytes is that of NTLM version 1, and does not decode as one of version
	 * 2. The LM response is not looked at. */
	if (!ntlm_authenticate_decode(token, len, &m) || !ntlm_v2_response_decode(m.nt_response, &v) ||
	    !accept_flags(n, m.flags) || m.user.len == 0 || !take_name(m.user, &n->user) ||
	    !take_name(m.domain, &n->domain))
		return false;
	ok = prove(n, &m, &v, base_key) && take_session_key(n, &m, base_key, exported) &&
	     check_mic(n, &m, &v, exported, (struct ntlm_bytes){token, len}) && ntlm_set_keys(n, exported);
	explicit_bzero(base_key, sizeof(base_key));
	explicit_bzero(exported, sizeof(exported));
	return ok;
}
