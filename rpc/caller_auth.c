#include "rpc/caller_auth.h"

#include <stdlib.h>

#include "rpc/limits.h"

/* Trailers name their context, and we have only one: any number does. */
#define CONTEXT_ID 1u

/* Stubs are padded to a multiple of this (MS-RPCE 2.2.2.11). */
#define STUB_ALIGN 16u

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

bool caller_auth_put_token(const struct caller_auth *a, struct writer *w, size_t begin)
{
	const struct pdu_auth t = {
		.auth_type = a->type, .auth_level = a->level, .auth_context_id = CONTEXT_ID};

	pdu_auth_put(w, &t);
	cursor_put_bytes(w, a->token.w.data, a->token.w.len);
	return pdu_auth_end(w, begin, a->token.w.len);
}

/* ---- protection ---- */

/* Bytes of a signature; 0: nothing is protected. */
static size_t signature_len(const struct caller_auth *a)
{
	return a != NULL ? security_signature_len(a->security) : 0;
}

size_t caller_auth_most(const struct caller_auth *a, size_t max_frag, size_t head)
{
	const size_t signature = signature_len(a);
	const size_t rest = head + (signature > 0 ? PDU_AUTH_TRAILER_LEN + signature : 0);
	const size_t align = signature > 0 ? STUB_ALIGN : 8; /* C706 12.6.4.9: multiples of 8 */

	return max_frag > rest ? (max_frag - rest) & ~(align - 1) : 0;
}

bool caller_auth_end(struct caller_auth *a, struct writer *w, size_t begin, size_t stub)
{
	const size_t signature = signature_len(a), stub_len = w->len - stub;
	struct security_pdu p;
	struct pdu_auth t;
	uint8_t *space;

	if (signature == 0)
		return pdu_end(w, begin);
	t = (struct pdu_auth){
		.auth_type = a->type,
		.auth_level = a->level,
		.auth_pad_length = (uint8_t)((0 - stub_len) % STUB_ALIGN),
		.auth_context_id = CONTEXT_ID,
	};
	w->origin = stub;
	if (!cursor_pad(w, STUB_ALIGN) || !pdu_auth_put(w, &t) || !cursor_put_space(w, &space, signature) ||
	    !pdu_auth_end(w, begin, signature) || !pdu_end(w, begin))
		return false;
	p = (struct security_pdu){
		.data = w->data + begin,
		.len = w->len - signature - begin,
		.stub = stub - begin,
		.stub_len = stub_len + t.auth_pad_length,
		.header_signing = a->header_signing,
	};
	return security_protect(a->security, &p, space);
}

bool caller_auth_open(struct caller_auth *a, uint8_t *pdu, const struct pdu_header *h, struct pdu_response *p)
{
	struct security_pdu q;
	struct pdu_auth t;

	if (a == NULL)
		return true;
	if (h->auth_length == 0)
		return signature_len(a) == 0;
	pdu_auth_decode(pdu, h, &t);
	if (!is_ours(a, &t) || !t.aligned || t.auth_pad_length > p->stub_len)
		return false;
	q = (struct security_pdu){
		.data = pdu,
		.len = (size_t)h->frag_length - h->auth_length,
		.stub = PDU_RESPONSE_LEN,
		.stub_len = p->stub_len,
		.header_signing = a->header_signing,
	};
	if (!security_unprotect(a->security, &q, t.credentials, h->auth_length))
		return false;
	p->stub_len -= t.auth_pad_length;
	return true;
}
