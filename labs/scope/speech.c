#include "labs/scope/speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/ept.h"
#include "rpc/interface.h"
#include "rpc/known.h"
#include "rpc/limits.h"
#include "rpc/status.h"

#define SEALED 6u /* RPC_C_AUTHN_LEVEL_PKT_PRIVACY */

struct speech_context {
	uint16_t id;
	bool ndr64;
	struct syntax_id interface_id;
};

/* What the PDU at hand is. */
struct said {
	bool from_client;
	const uint8_t *pdu;
	struct pdu_header h;
	struct reader body;
	eptalk_endpoint_fn *endpoint;
	void *arg;
};

void speech_init(struct speech *s, bool mapper, struct buf_budget *budget)
{
	memset(s, 0, sizeof(*s));
	s->mapper = mapper;
	for (int i = 0; i < 2; i++)
		buf_init(&s->half[i].stub, RPC_MAX_STUB, budget);
}

void speech_clear(struct speech *s)
{
	for (int i = 0; i < 2; i++)
		buf_clear(&s->half[i].stub);
	free(s->contexts);
	s->contexts = NULL;
	s->n_contexts = s->n_proposed = 0;
}

/* ---- binding ---------------------------------------------------------------------------- */

static void propose(struct speech *s, const struct pdu_context *c)
{
	if (s->contexts == NULL)
		s->contexts = calloc(RPC_MAX_CONTEXTS, sizeof(*s->contexts));
	if (s->contexts == NULL || s->n_contexts == RPC_MAX_CONTEXTS)
		return;
	s->contexts[s->n_contexts++] = (struct speech_context){.id = c->p_cont_id, .interface_id = c->abstract_syntax};
	s->n_proposed++;
}

static void hear_bind(struct speech *s, struct said *said, struct event *e)
{
	struct pdu_context c;
	struct pdu_bind b;

	e->kind = EVENT_BIND;
	e->alter = said->h.ptype == PDU_ALTER_CONTEXT;
	s->n_proposed = 0;
	if (!e->alter)
		s->n_contexts = 0;
	if (!pdu_bind_get(&said->body, &b))
		return;
	for (unsigned i = 0; i < b.n_context_elem && pdu_context_get(&b.contexts, &c); i++) {
		propose(s, &c);
		if (i == 0)
			eptalk_interface(&c.abstract_syntax, e->interface);
	}
	snprintf(e->text, sizeof(e->text), "%s %.80s", e->alter ? "alter" : "bind", e->interface);
}

static void hear_bind_ack(struct speech *s, struct said *said, struct event *e)
{
	struct pdu_context_result res;
	struct pdu_bind_ack b;
	unsigned accepted = 0, first = s->n_contexts - s->n_proposed;

	e->kind = EVENT_REJECTED;
	e->alter = said->h.ptype == PDU_ALTER_CONTEXT_RESP;
	snprintf(e->text, sizeof(e->text), "%s", pdu_ptype_name(said->h.ptype));
	if (!pdu_bind_ack_get(&said->body, &b))
		return;
	for (unsigned i = 0; i < b.n_results && pdu_result_get(&b.results, &res); i++) {
		if (res.result == PDU_ACCEPTANCE && i < s->n_proposed)
			s->contexts[first + i].ndr64 = uuid_equal(&res.transfer_syntax.uuid, &syntax_ndr64.uuid);
		if (res.result == PDU_ACCEPTANCE)
			accepted++;
		else if (res.result != PDU_NEGOTIATE_ACK)
			e->value = res.reason;
	}
	s->n_proposed = 0;
	if (accepted > 0 || b.n_results == 0) {
		e->kind = EVENT_ACCEPTED;
		return;
	}
	snprintf(e->text, sizeof(e->text), "%s: rejected", pdu_ptype_name(said->h.ptype));
}

static void hear_bind_nak(struct speech *s, struct said *said, struct event *e)
{
	uint16_t reason = 0;

	(void)s;
	e->kind = EVENT_REJECTED;
	e->nak = true;
	pdu_bind_nak_get(&said->body, &reason);
	e->value = reason;
	snprintf(e->text, sizeof(e->text), "bind_nak: %s", pdu_nak_reason_name(reason));
}

static const struct speech_context *find_context(const struct speech *s, uint16_t id)
{
	/* A later one with the same id counts. */
	for (unsigned i = s->n_contexts; i > 0; i--)
		if (s->contexts[i - 1].id == id)
			return &s->contexts[i - 1];
	return NULL;
}

/* ---- calls ------------------------------------------------------------------------------ */

static struct speech_call *find_call(struct speech *s, uint32_t call_id)
{
	for (unsigned i = 0; i < SPEECH_CALLS; i++)
		if (s->calls[i].used && s->calls[i].call_id == call_id)
			return &s->calls[i];
	return NULL;
}

static struct speech_call *add_call(struct speech *s, uint32_t call_id, const struct pdu_request *q)
{
	struct speech_call *call = find_call(s, call_id);

	if (call == NULL) {
		call = &s->calls[s->next_call];
		s->next_call = (s->next_call + 1) % SPEECH_CALLS;
	}
	*call = (struct speech_call){true, call_id, q->p_cont_id, q->opnum};
	return call;
}

/* The stub of the call, once its last fragment is there. False: it goes on, or a part of it
 * is missing, or it is sealed. */
static bool collect(struct speech *s, struct said *said, const uint8_t *stub, size_t len, struct reader *whole)
{
	struct buf *buf = &s->half[!said->from_client].stub;
	struct pdu_auth auth = {0};

	if (said->h.auth_length > 0) {
		pdu_auth_decode(said->pdu, &said->h, &auth);
		if (auth.auth_level == SEALED || auth.auth_pad_length > len)
			return false;
		len -= auth.auth_pad_length;
	}
	if ((said->h.pfc_flags & PFC_WHOLE) == PFC_WHOLE) {
		cursor_read(whole, stub, len);
		whole->big_endian = said->body.big_endian;
		return true;
	}
	if ((said->h.pfc_flags & PFC_FIRST_FRAG) != 0) {
		buf_clear(buf);
		s->half[!said->from_client].whole = true;
		s->half[!said->from_client].call_id = said->h.call_id;
	}
	if (!s->half[!said->from_client].whole || s->half[!said->from_client].call_id != said->h.call_id)
		return false;
	if (!buf_append(buf, stub, len)) {
		speech_lost(s, said->from_client);
		return false;
	}
	cursor_read(whole, buf->w.data, buf->w.len);
	whole->big_endian = said->body.big_endian;
	return (said->h.pfc_flags & PFC_LAST_FRAG) != 0;
}

static bool is_last(const struct said *said)
{
	return (said->h.pfc_flags & PFC_LAST_FRAG) != 0;
}

/* Is the call one to a mapper? If the bind is not there, whoever is at the mapper's port asks
 * the mapper. */
static bool asks_mapper(const struct speech *s, const struct speech_context *context)
{
	if (context == NULL)
		return s->mapper && s->n_contexts == 0;
	return uuid_equal(&context->interface_id.uuid, &ept_id.uuid);
}

static void name_request(const struct speech_context *context, const struct pdu_request *q, struct event *e)
{
	const struct rpc_client_op *op = context != NULL ? known_ops(&context->interface_id) : NULL;

	while (op != NULL && op->name != NULL && op->opnum != q->opnum)
		op++;
	if (op != NULL && op->name != NULL)
		snprintf(e->text, sizeof(e->text), "%s", op->name);
	else
		snprintf(e->text, sizeof(e->text), "request opnum %u", q->opnum);
	if (context != NULL)
		eptalk_interface(&context->interface_id, e->interface);
}

static void hear_request(struct speech *s, struct said *said, struct event *e)
{
	const struct speech_context *context;
	struct pdu_request q = {0};
	struct reader stub;
	bool whole;

	e->kind = is_last(said) ? EVENT_REQUEST : EVENT_OTHER;
	if (!pdu_request_get(&said->body, &said->h, &q))
		return;
	add_call(s, said->h.call_id, &q);
	context = find_context(s, q.p_cont_id);
	whole = collect(s, said, q.stub, q.stub_len, &stub);
	name_request(context, &q, e);
	if (!asks_mapper(s, context)) {
		snprintf(e->text + strlen(e->text), sizeof(e->text) - strlen(e->text), ", %zu bytes", q.stub_len);
		return;
	}
	if (!is_last(said))
		return;
	if (q.opnum == EPT_MAP || q.opnum == EPT_LOOKUP)
		e->kind = EVENT_QUESTION;
	e->unreadable = !whole || (!eptalk_question(q.opnum, &stub, context != NULL && context->ndr64, e->text) &&
	                           (context != NULL || !eptalk_question(q.opnum, &stub, true, e->text)));
}

static void hear_response(struct speech *s, struct said *said, struct event *e)
{
	const struct speech_call *call = find_call(s, said->h.call_id);
	const struct speech_context *context;
	struct pdu_response p = {0};
	struct reader stub;
	unsigned opnum;
	bool whole;

	e->kind = is_last(said) ? EVENT_RESPONSE : EVENT_OTHER;
	if (!pdu_response_get(&said->body, &p))
		return;
	whole = collect(s, said, p.stub, p.stub_len, &stub);
	context = find_context(s, p.p_cont_id);
	snprintf(e->text, sizeof(e->text), "response, %zu bytes", p.stub_len);
	if (!asks_mapper(s, context) || !is_last(said))
		return;
	/* An answer to a question that is not there is most likely one to ept_map. */
	opnum = call != NULL ? call->opnum : EPT_MAP;
	if (opnum == EPT_MAP || opnum == EPT_LOOKUP)
		e->kind = EVENT_ANSWER;
	e->unreadable =
		!whole || (!eptalk_answer(opnum, &stub, context != NULL && context->ndr64, e->text, &e->value,
	                                  said->endpoint, said->arg) &&
	                   (context != NULL || !eptalk_answer(opnum, &stub, true, e->text, &e->value,
	                                                      said->endpoint, said->arg)));
}

static void hear_fault(struct speech *s, struct said *said, struct event *e)
{
	struct pdu_fault f = {0};

	(void)s;
	e->kind = EVENT_FAULT;
	pdu_fault_get(&said->body, &f);
	e->value = f.status;
	snprintf(e->text, sizeof(e->text), "fault 0x%08x %s", f.status, status_name(f.status));
}

/* PDUs that mean something here; the others are only named. */
static const struct {
	uint8_t ptype;
	void (*hear)(struct speech *s, struct said *said, struct event *e);
} hears[] = {
	{PDU_BIND, hear_bind},         {PDU_ALTER_CONTEXT, hear_bind},
	{PDU_BIND_ACK, hear_bind_ack}, {PDU_ALTER_CONTEXT_RESP, hear_bind_ack},
	{PDU_BIND_NAK, hear_bind_nak}, {PDU_REQUEST, hear_request},
	{PDU_RESPONSE, hear_response}, {PDU_FAULT, hear_fault},
};

void speech_pdu(struct speech *s, bool from_client, const uint8_t *pdu, size_t len, struct event *e,
                eptalk_endpoint_fn *endpoint, void *arg)
{
	struct said said = {.from_client = from_client, .pdu = pdu, .endpoint = endpoint, .arg = arg};
	const char *name;

	memset(e, 0, sizeof(*e));
	e->kind = EVENT_OTHER;
	pdu_header_decode(pdu, &said.h);
	e->call_id = said.h.call_id;
	name = pdu_ptype_name(said.h.ptype);
	snprintf(e->text, sizeof(e->text), "%s", name != NULL ? name : "PDU of unknown type");
	trace_format(pdu, len, e->trace);
	pdu_open(&said.body, pdu, &said.h);
	for (size_t i = 0; i < sizeof(hears) / sizeof(hears[0]); i++)
		if (hears[i].ptype == said.h.ptype)
			hears[i].hear(s, &said, e);
}

void speech_cut(struct speech *s, bool from_client, const uint8_t *pdu, size_t len, struct event *e)
{
	struct pdu_header h;
	const char *name;

	memset(e, 0, sizeof(*e));
	pdu_header_decode(pdu, &h);
	e->kind = EVENT_CUT;
	e->call_id = h.call_id;
	name = pdu_ptype_name(h.ptype);
	snprintf(e->text, sizeof(e->text), "%s, cut short", name != NULL ? name : "PDU");
	snprintf(e->trace, sizeof(e->trace), "%s call %u, %zu of its %u bytes", name != NULL ? name : "PDU",
	         h.call_id, len, h.frag_length);
	speech_lost(s, from_client);
}

void speech_lost(struct speech *s, bool from_client)
{
	s->half[!from_client].whole = false;
	buf_clear(&s->half[!from_client].stub);
}
