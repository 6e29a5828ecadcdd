/*
 * Who is calling: the legs of authentication (MS-RPCE 3.3.1.5.2).
 *
 *     client                                    server
 *     bind           trailer, token     --->
 *                                       <---    bind_ack        trailer, token
 *     auth3          trailer, token     --->                    no answer; NTLMSSP
 *     or
 *     alter_context  trailer, token     --->
 *                                       <---    alter_context_resp, trailer and token if there is one
 *
 * Each trailer names its security context by an id of the client's choice. Further ones begin with
 * an alter_context that has a new id. One that has failed stays, so that requests that name it fail.
 */
#include <stdlib.h>

#include "rpc/assoc_private.h"
#include "rpc/limits.h"
#include "rpc/status.h"

struct assoc_security *assoc_auth_find(const struct assoc *a, uint32_t id)
{
	struct assoc_security *s = a->auth != NULL ? a->auth->contexts : NULL;

	while (s != NULL && s->id != id)
		s = s->next;
	return s;
}

/* NULL: no memory, or the client has had its share of it. */
static struct assoc_security *add(struct assoc *a, const struct pdu_auth *auth)
{
	struct buf_budget *budget = &a->client->budget;
	struct assoc_security *s;

	if (a->auth == NULL)
		a->auth = calloc(1, sizeof(*a->auth));
	if (a->auth == NULL || !buf_budget_take(budget, RPC_SECURITY_CONTEXT_COST))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s != NULL)
		s->mechanism = security_server_new(auth->auth_type, auth->auth_level, a->server->security);
	if (s == NULL || s->mechanism == NULL) {
		buf_budget_give(budget, RPC_SECURITY_CONTEXT_COST);
		free(s);
		return NULL;
	}
	s->id = auth->auth_context_id;
	s->auth_type = auth->auth_type;
	s->auth_level = auth->auth_level;
	s->next = a->auth->contexts;
	a->auth->contexts = s;
	a->auth->n++;
	return s;
}

void assoc_auth_end(struct assoc *a)
{
	struct assoc_security *s, *next;

	if (a->auth == NULL)
		return;
	for (s = a->auth->contexts; s != NULL; s = next) {
		next = s->next;
		security_free(s->mechanism);
		free(s);
		buf_budget_give(&a->client->budget, RPC_SECURITY_CONTEXT_COST);
	}
	free(a->auth);
	a->auth = NULL;
}

static void fail(struct assoc *a, struct assoc_security *s)
{
	s->state = ASSOC_SECURITY_FAILED;
	assoc_client_failed(a->server, a->client);
	assoc_tell(a, &(struct assoc_event){
			      .kind = ASSOC_AUTH_REFUSED,
			      .user = security_claimed_user(s->mechanism),
			      .domain = security_claimed_domain(s->mechanism),
			      .auth_level = s->auth_level,
		      });
}

/* The client's token; ours goes to w. */
static enum security_status step(struct assoc *a, struct assoc_security *s, const struct pdu_auth *auth,
                                 size_t len, struct writer *w)
{
	const enum security_status status = security_step(s->mechanism, auth->credentials, len, w);

	if (status == SECURITY_REFUSED || status == SECURITY_UNABLE) {
		fail(a, s);
	} else if (status == SECURITY_DONE) {
		s->state = ASSOC_SECURITY_DONE;
		assoc_tell(a, &(struct assoc_event){
				      .kind = ASSOC_AUTHENTICATED,
				      .user = security_user(s->mechanism),
				      .domain = security_domain(s->mechanism),
				      .auth_level = s->auth_level,
			      });
	}
	return status;
}

/* A leg that is answered: our trailer and token end the PDU that began at `begin`, unless there
 * is no token left. */
static enum security_status answer(struct assoc *a, struct assoc_security *s, const struct pdu_auth *auth,
                                   size_t auth_length, size_t begin)
{
	const struct pdu_auth ours = {
		.auth_type = s->auth_type,
		.auth_level = s->auth_level,
		.auth_context_id = s->id,
	};
	struct writer *w = &a->work->out.w;
	const size_t end = w->len;
	enum security_status status;
	size_t token;

	pdu_auth_put(w, &ours);
	token = w->len;
	status = step(a, s, auth, auth_length, w);
	if (w->len > token)
		pdu_auth_end(w, begin, w->len - token);
	else
		w->len = end;
	return status;
}

static bool is_supported(const struct assoc *a, const struct pdu_auth *auth)
{
	return a->server->security != NULL && security_supports(auth->auth_type, auth->auth_level);
}

int assoc_auth_judge_bind(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct pdu_auth auth;

	if (h->auth_length == 0)
		return -1;
	pdu_auth_decode(pdu, h, &auth);
	if (!auth.aligned)
		return PDU_NAK_REASON_NOT_SPECIFIED;
	if (auth.auth_pad_length != 0)
		return PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED;
	if (auth.auth_level < RPC_C_AUTHN_LEVEL_CONNECT || auth.auth_level > RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
		return PDU_NAK_REASON_NOT_SPECIFIED;
	if (a->server->security == NULL || !security_knows(auth.auth_type))
		return PDU_NAK_AUTHENTICATION_TYPE_NOT_RECOGNIZED;
	return is_supported(a, &auth) ? -1 : PDU_NAK_INVALID_CHECKSUM;
}

int assoc_auth_bind(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu, size_t begin)
{
	struct assoc_security *s;
	struct pdu_auth auth;

	if (h->auth_length == 0)
		return -1;
	pdu_auth_decode(pdu, h, &auth);
	s = add(a, &auth);
	if (s == NULL)
		return PDU_NAK_LOCAL_LIMIT_EXCEEDED;
	return answer(a, s, &auth, h->auth_length, begin) == SECURITY_CONTINUE ? -1
	                                                                       : PDU_NAK_INVALID_CHECKSUM;
}

uint32_t assoc_auth_judge_alter(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	const struct assoc_security *s;
	struct pdu_auth auth;

	if (h->auth_length == 0)
		return STATUS_OK;
	pdu_auth_decode(pdu, h, &auth);
	s = assoc_auth_find(a, auth.auth_context_id);
	if (s != NULL && s->state != ASSOC_SECURITY_BEGUN)
		return ERROR_ACCESS_DENIED;
	if (!auth.aligned || auth.auth_pad_length != 0)
		return nca_s_proto_error;
	return auth.auth_type != 0 ? STATUS_OK : ERROR_ACCESS_DENIED;
}

uint32_t assoc_auth_alter(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu, size_t begin)
{
	struct assoc_security *s;
	struct pdu_auth auth;

	if (h->auth_length == 0)
		return STATUS_OK;
	pdu_auth_decode(pdu, h, &auth);
	s = assoc_auth_find(a, auth.auth_context_id);
	if (s != NULL && s->auth_type != auth.auth_type)
		return RPC_S_SEC_PKG_ERROR;
	if (s != NULL ? s->auth_level != auth.auth_level : !is_supported(a, &auth))
		return ERROR_ACCESS_DENIED;
	if (s == NULL && a->auth != NULL && a->auth->n >= RPC_MAX_SECURITY_CONTEXTS)
		return nca_s_proto_error;
	if (s == NULL)
		s = add(a, &auth);
	if (s == NULL)
		return RPC_S_OUT_OF_RESOURCES;
	switch (answer(a, s, &auth, h->auth_length, begin)) {
	case SECURITY_CONTINUE:
	case SECURITY_DONE:
		return STATUS_OK;
	case SECURITY_UNABLE:
		return RPC_S_SEC_PKG_ERROR;
	default:
		return ERROR_ACCESS_DENIED;
	}
}

/* The context that is half set up, the latest if there are several; NULL: none is. */
static struct assoc_security *find_begun(const struct assoc *a)
{
	struct assoc_security *s = a->auth != NULL ? a->auth->contexts : NULL;

	while (s != NULL && s->state != ASSOC_SECURITY_BEGUN)
		s = s->next;
	return s;
}

static uint32_t judge_auth3(const struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                            struct pdu_auth *auth)
{
	const struct assoc_security *s = find_begun(a);

	if (s == NULL || h->auth_length > RPC_MAX_AUTH3_CREDENTIALS)
		return nca_s_proto_error;
	if (h->auth_length == 0)
		return nca_s_fault_remote_no_memory;
	pdu_auth_decode(pdu, h, auth);
	if (!auth->aligned)
		return nca_s_proto_error;
	if (auth->auth_pad_length != 0)
		return nca_s_fault_remote_no_memory;
	s = assoc_auth_find(a, auth->auth_context_id);
	if (s == NULL || s->state != ASSOC_SECURITY_BEGUN || s->auth_type != auth->auth_type ||
	    s->auth_level != auth->auth_level)
		return nca_s_proto_error;
	return STATUS_OK;
}

void assoc_handle_auth3(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct assoc_security *s;
	struct writer nowhere;
	struct pdu_auth auth;
	uint32_t status = judge_auth3(a, h, pdu, &auth);

	if (status != STATUS_OK) {
		assoc_send_fault(a, &(struct assoc_call){.call_id = h->call_id}, status, PFC_DID_NOT_EXECUTE,
		                 ASSOC_CLOSE);
		return;
	}
	/* There is no answer, and so no place for a last token, which SPNEGO needs. Failure shows
	 * with the next request. */
	s = assoc_auth_find(a, auth.auth_context_id);
	cursor_write(&nowhere, NULL, 0);
	if (s->auth_type == SECURITY_SPNEGO || step(a, s, &auth, h->auth_length, &nowhere) == SECURITY_CONTINUE)
		fail(a, s);
}

bool assoc_auth_must_wait(const struct assoc *a, const struct pdu_header *h)
{
	return h->auth_length > 0 && h->ptype != PDU_REQUEST && assoc_client_must_wait(a->server, a->client);
}
