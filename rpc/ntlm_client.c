/*
 * NTLM, the client's messages (MS-NLMP 3.1.5).
 */
#include <string.h>

#include "rpc/ntlm_private.h"
#include "rpc/utf16.h"

bool ntlm_client_negotiate(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out)
{
	const size_t at = out->len;

	(void)token;
	n->flags = NTLM_OFFERED;
	if (!n->client->seal)
		n->flags &= ~NTLM_SEAL;
	if (n->client->no_key_exchange)
		n->flags &= ~NTLM_KEY_EXCH;
	return len == 0 && ntlm_negotiate_put(out, &(struct ntlm_negotiate){.flags = n->flags}) &&
	       ntlm_keep(&n->negotiate, &n->negotiate_len, out->data + at, out->len - at);
}

/* What the client's names and answers are written to, before they are a message. */
struct draft {
	struct ntlm_authenticate m;
	uint8_t names[3][2 * NTLM_MAX_NAME];
	uint8_t response[NTLM_MAX_MESSAGE];
	uint8_t ntowfv2[NTLM_KEY_LEN];
	uint8_t base_key[NTLM_KEY_LEN];
	uint8_t exported[NTLM_KEY_LEN];
	uint8_t encrypted[NTLM_KEY_LEN];
};

static bool draft_names(const struct ntlm_client *who, struct draft *d)
{
	const char *const texts[] = {who->user, who->domain, who->workstation};
	struct ntlm_bytes *const names[] = {&d->m.user, &d->m.domain, &d->m.workstation};

	for (size_t i = 0; i < 3; i++) {
		names[i]->data = d->names[i];
		if (texts[i] != NULL &&
		    !utf16_from_utf8(texts[i], d->names[i], sizeof(d->names[i]), &names[i]->len))
			return false;
	}
	return d->m.user.len > 0;
}

/* The NTLMv2 response to the challenge, and the session base key. It always tells of a MIC,
 * so that nobody gets rid of that by taking something away from the challenge. */
static bool draft_response(const struct ntlm *n, const struct ntlm_challenge *challenge,
                           const struct ntlm_target_info *target, struct draft *d)
{
	struct ntlm_v2_response v = {.target = *target};
	struct ntlm_bytes blob;
	struct writer w;

	v.target.flags |= NTLM_AV_FLAG_MIC;
	v.time = target->has_timestamp ? target->timestamp : n->source->now();
	if (!n->source->random(v.client_challenge, sizeof(v.client_challenge)))
		return false;
	cursor_write(&w, d->response, sizeof(d->response));
	cursor_put_bytes(&w, v.proof, sizeof(v.proof));
	if (!ntlm_v2_blob_put(&w, &v))
		return false;
	d->m.nt_response = (struct ntlm_bytes){d->response, w.len};
	blob = (struct ntlm_bytes){d->response + sizeof(v.proof), w.len - sizeof(v.proof)};
	return ntlm_crypto_ntowfv2(n->crypto, n->client->nt_hash, d->m.user, d->m.domain, d->ntowfv2) &&
	       ntlm_crypto_proof(n->crypto, d->ntowfv2, challenge->server_challenge, blob, d->response,
	                         d->base_key);
}

static bool draft_keys(const struct ntlm *n, struct draft *d)
{
	if ((n->flags & NTLM_KEY_EXCH) == 0) {
		memcpy(d->exported, d->base_key, sizeof(d->exported));
		return true;
	}
	d->m.session_key = (struct ntlm_bytes){d->encrypted, sizeof(d->encrypted)};
	return n->source->random(d->exported, sizeof(d->exported)) &&
	       ntlm_crypto_exchange(n->crypto, d->base_key, d->exported, d->encrypted);
}

/* The message itself, with its MIC. */
static bool put_authenticate(const struct ntlm *n, const struct draft *d, struct writer *out)
{
	const size_t at = out->len;

	return ntlm_authenticate_put(out, &d->m) &&
	       ntlm_mic(n, d->exported, out->data + at, out->len - at, out->data + at + NTLM_MIC_AT);
}

/* Whoever takes away what we asked for gets no proof. Key exchange is the server's choice. */
static bool accept_challenge(struct ntlm *n, const struct ntlm_challenge *m, struct ntlm_target_info *target)
{
	const uint32_t wanted = n->flags & (NTLM_MUST | NTLM_SIGN | NTLM_SEAL | NTLM_128);
	struct reader r;

	if ((m->flags & wanted) != wanted || (m->flags & NTLM_TARGET_INFO) == 0)
		return false;
	n->flags = (n->flags & m->flags) | NTLM_TARGET_INFO;
	cursor_read(&r, m->target_info.data, m->target_info.len);
	return ntlm_target_info_get(&r, target);
}

bool ntlm_client_authenticate(struct ntlm *n, const uint8_t *token, size_t len, struct writer *out)
{
	static const uint8_t no_lm[24];
	struct draft d = {.m.lm_response = {no_lm, sizeof(no_lm)}};
	struct ntlm_challenge challenge;
	struct ntlm_target_info target;
	bool ok;

	if (!ntlm_challenge_decode(token, len, &challenge) || !accept_challenge(n, &challenge, &target))
		return false;
	d.m.flags = n->flags;
	ok = ntlm_keep(&n->challenge, &n->challenge_len, token, len) && draft_names(n->client, &d) &&
	     draft_response(n, &challenge, &target, &d) && draft_keys(n, &d) &&
	     put_authenticate(n, &d, out) && ntlm_set_keys(n, d.exported);
	explicit_bzero(&d, sizeof(d));
	return ok;
}
