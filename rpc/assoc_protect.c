/*
 * Requests and responses under a security context (MS-RPCE 2.2.2.11, 3.3.1.5.2): which one a request
 * is made with, its signature verified and its stub opened, and the same for responses the other way.
 */
#include "rpc/assoc_private.h"
#include "rpc/limits.h"
#include "rpc/security_pdu.h"
#include "rpc/status.h"

static bool is_done(const struct assoc_security *s)
{
	return s != NULL && s->state == ASSOC_SECURITY_DONE;
}

/* Are there signatures? */
static bool protects(const struct assoc_security *s)
{
	return s != NULL && security_signature_len(s->mechanism) > 0;
}

void assoc_auth_caller(const struct assoc_security *by, struct rpc_caller *caller)
{
	*caller = (struct rpc_caller){.auth_level = RPC_C_AUTHN_LEVEL_NONE};
	if (by != NULL)
		*caller = (struct rpc_caller){
			.user = security_user(by->mechanism),
			.domain = security_domain(by->mechanism),
			.auth_type = by->auth_type,
			.auth_level = by->auth_level,
		};
}

bool assoc_auth_is_half_done(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	const struct assoc_security *s;
	struct pdu_auth auth;
	bool begun = false;

	if (a->auth == NULL)
		return false;
	if (h->auth_length > 0) {
		pdu_auth_decode(pdu, h, &auth);
		s = assoc_auth_find(a, auth.auth_context_id);
		return s != NULL && s->state == ASSOC_SECURITY_BEGUN;
	}
	for (s = a->auth->contexts; s != NULL; s = s->next) {
		begun = begun || s->state == ASSOC_SECURITY_BEGUN;
		if (is_done(s))
			return false;
	}
	return begun;
}

/* The one that a trailer names, if it is good for requests. */
static struct assoc_security *find_named(const struct assoc *a, const struct pdu_auth *auth)
{
	struct assoc_security *s = assoc_auth_find(a, auth->auth_context_id);

	return is_done(s) && s->auth_type == auth->auth_type && s->auth_level == auth->auth_level ? s : NULL;
}

bool assoc_auth_names_one(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct pdu_auth auth;

	if (h->auth_length == 0)
		return true;
	pdu_auth_decode(pdu, h, &auth);
	return find_named(a, &auth) != NULL;
}

/* A request without a trailer is made with the latest context of level connect, as long as none of
 * those was ever named; those above are never taken unnamed. NULL: anonymous. */
static uint32_t find_unnamed(const struct assoc *a, struct assoc_security **by)
{
	struct assoc_security *s = a->auth != NULL ? a->auth->contexts : NULL;
	bool failed = false, done = false;

	*by = NULL;
	for (; s != NULL; s = s->next) {
		failed = failed || s->state == ASSOC_SECURITY_FAILED;
		done = done || is_done(s);
		if (*by == NULL && is_done(s) && !protects(s) && !a->auth->named_connect)
			*by = s;
	}
	return failed && !done ? ERROR_ACCESS_DENIED : STATUS_OK;
}

/* The pad at the end of a stub is not of it. */
static bool take_pad(struct pdu_request *q, const struct pdu_auth *auth)
{
	if (auth->auth_pad_length > q->stub_len)
		return false;
	q->stub_len -= auth->auth_pad_length;
	return true;
}

/* Verifies a request, and opens its stub if it is sealed: q->stub is elsewhere then, until the next
 * one is opened. */
static uint32_t open_request(const struct assoc *a, const struct assoc_security *by,
                             const struct pdu_header *h, const uint8_t *pdu, const struct pdu_auth *auth,
                             struct pdu_request *q)
{
	static uint8_t opened[RPC_MAX_FRAG_TCP];
	const size_t stub = (size_t)(q->stub - pdu);

	memcpy(opened, pdu, h->frag_length); /* no longer than opened: accept_header */
	if (!security_pdu_open(by->mechanism, h, a->header_signing, opened, stub, q->stub_len))
		return RPC_S_SEC_PKG_ERROR;
	q->stub = opened + stub;
	return take_pad(q, auth) ? STATUS_OK : nca_s_proto_error;
}

uint32_t assoc_auth_open_first(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                               struct pdu_request *q, struct assoc_security **by)
{
	struct pdu_auth auth;

	*by = NULL;
	if (h->auth_length == 0)
		return find_unnamed(a, by);
	pdu_auth_decode(pdu, h, &auth);
	if (!auth.aligned)
		return nca_s_proto_error;
	*by = find_named(a, &auth);
	if (*by == NULL)
		return ERROR_ACCESS_DENIED;
	if (!protects(*by)) {
		a->auth->named_connect = true;
		return take_pad(q, &auth) ? STATUS_OK : nca_s_proto_error;
	}
	a->auth->used_above_connect = true;
	return open_request(a, *by, h, pdu, &auth, q);
}

uint32_t assoc_auth_open_later(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                               struct pdu_request *q, const struct assoc_security *by)
{
	struct pdu_auth auth;

	if (by == NULL || (h->auth_length == 0 && !protects(by)))
		return STATUS_OK;
	if (h->auth_length == 0)
		return nca_s_proto_error;
	pdu_auth_decode(pdu, h, &auth);
	if (!auth.aligned)
		return nca_s_proto_error;
	if (!protects(by))
		return take_pad(q, &auth) ? STATUS_OK : nca_s_proto_error;
	return open_request(a, by, h, pdu, &auth, q);
}

bool assoc_auth_is_signed_by_another(const struct pdu_header *h, const uint8_t *pdu,
                                     const struct assoc_security *by)
{
	struct pdu_auth auth;

	if (h->auth_length == 0 || !protects(by))
		return false;
	pdu_auth_decode(pdu, h, &auth);
	return auth.auth_context_id != by->id;
}

size_t assoc_auth_room(const struct assoc_security *by)
{
	return by != NULL ? security_pdu_room(by->mechanism) : 0;
}

bool assoc_auth_end_pdu(const struct assoc *a, const struct assoc_security *by, struct writer *w, size_t begin)
{
	const struct pdu_auth trailer = {
		.auth_type = by != NULL ? by->auth_type : 0,
		.auth_level = by != NULL ? by->auth_level : 0,
		.auth_context_id = by != NULL ? by->id : 0,
	};

	return by == NULL || security_pdu_end(by->mechanism, &trailer, a->header_signing, w, begin,
	                                      begin + PDU_RESPONSE_LEN);
}
