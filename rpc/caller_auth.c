#include "rpc/caller_auth.h"

#include <stdlib.h>

#include "rpc/limits.h"
#include "rpc/security_pdu.h"

/* Trailers name their context, and we have only one: any number does. */
#define CONTEXT_ID 1u

struct caller_auth {
	struct security *security;
	uint8_t type, level;
	bool header_signing;
	bool done; /* nothing more is to come from the server */
	struct buf token;
};

struct caller_auth *caller_auth_new(uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *who)
{
	struct caller_auth *a = security_supports(auth_type, auth_level) ? calloc(1, sizeof(*a)) : NULL;

	if (a == NULL)
		return NULL;
	a->type = auth_type;
	a->level = auth_level;
	buf_init(&a->token, SPNEGO_MAX_TOKEN, NULL);
	a->security = security_client_new(auth_type, auth_level, who);
	if (a->security == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

void caller_auth_free(struct caller_auth *a)
{
	if (a == NULL)
		return;
	security_free(a->security);
	buf_clear(&a->token);
	free(a);
}

void caller_auth_set_header_signing(struct caller_auth *a, bool on)
{
	a->header_signing = on;
}

/* ---- tokens ---- */

static enum security_status step(struct caller_auth *a, const uint8_t *token, size_t len)
{
	enum security_status status;

	buf_reset(&a->token, 0);
	status = security_step(a->security, token, len, &a->token.w);
	a->done = status == SECURITY_DONE;
	return a->token.w.bad ? SECURITY_REFUSED : status;
}

bool caller_auth_start(struct caller_auth *a)
{
	return step(a, NULL, 0) == SECURITY_CONTINUE && a->token.w.len > 0;
}

/* Is that trailer of our context? */
static bool is_ours(const struct caller_auth *a, const struct pdu_auth *t)
{
	return t->auth_type == a->type && t->auth_level == a->level && t->auth_context_id == CONTEXT_ID;
}

enum caller_auth_leg caller_auth_step(struct caller_auth *a, const uint8_t *pdu, const struct pdu_header *h)
{
	enum security_status status;
	struct pdu_auth t;

	if (h->auth_length == 0)
		return a->done ? CALLER_AUTH_NOTHING : CALLER_AUTH_REFUSED;
	pdu_auth_decode(pdu, h, &t);
	if (!is_ours(a, &t) || a->done)
		return CALLER_AUTH_REFUSED;
	status = step(a, t.credentials, h->auth_length);
	if (status == SECURITY_DONE && a->token.w.len == 0)
		return CALLER_AUTH_NOTHING;
	if (a->token.w.len == 0 || (status != SECURITY_DONE && status != SECURITY_CONTINUE))
		return CALLER_AUTH_REFUSED;
	/* SPNEGO's last token may want an answer, so it never comes in an auth3. */
	return a->done && a->type == SECURITY_NTLMSSP ? CALLER_AUTH_AUTH3 : CALLER_AUTH_ALTER;
}

/* A trailer of our context, but for its pad. */
static struct pdu_auth trailer(const struct caller_auth *a)
{
	return (struct pdu_auth){.auth_type = a->type, .auth_level = a->level, .auth_context_id = CONTEXT_ID};
}

bool caller_auth_put_token(const struct caller_auth *a, struct writer *w, size_t begin)
{
	const struct pdu_auth t = trailer(a);

	pdu_auth_put(w, &t);
	cursor_put_bytes(w, a->token.w.data, a->token.w.len);
	return pdu_auth_end(w, begin, a->token.w.len);
}

/* ---- protection ---- */

size_t caller_auth_most(const struct caller_auth *a, size_t max_frag, size_t head)
{
	const size_t room = a != NULL ? security_pdu_room(a->security) : 0;
	const size_t rest = head + room;
	const size_t align = room > 0 ? SECURITY_STUB_ALIGN : 8; /* C706 12.6.4.9: multiples of 8 */

	return max_frag > rest ? (max_frag - rest) & ~(align - 1) : 0;
}

bool caller_auth_end(struct caller_auth *a, struct writer *w, size_t begin, size_t stub)
{
	const struct pdu_auth t = a != NULL ? trailer(a) : (struct pdu_auth){0};

	return a != NULL ? security_pdu_end(a->security, &t, a->header_signing, w, begin, stub) : pdu_end(w, begin);
}

bool caller_auth_open(struct caller_auth *a, uint8_t *pdu, const struct pdu_header *h, struct pdu_response *p)
{
	struct pdu_auth t;

	if (a == NULL)
		return true;
	if (h->auth_length == 0)
		return security_signature_len(a->security) == 0;
	pdu_auth_decode(pdu, h, &t);
	if (!is_ours(a, &t) || !t.aligned || t.auth_pad_length > p->stub_len ||
	    !security_pdu_open(a->security, h, a->header_signing, pdu, PDU_RESPONSE_LEN, p->stub_len))
		return false;
	p->stub_len -= t.auth_pad_length;
	return true;
}
