/*
 * Requests: fragments put together, the operation called, its reply cut into
 * fragments (C706 12.6.4.9, 12.6.4.10).
 */
#include "rpc/assoc_private.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* Fragments carry multiples of 16 bytes, but for the last; or what a fault on purpose says. */
static size_t most_per_fragment(const struct assoc *a, const struct assoc_security *by)
{
	const size_t most = (a->max_frag - PDU_RESPONSE_LEN - assoc_auth_room(by)) & ~(size_t)15;

	return a->fragment > 0 && a->fragment < most ? a->fragment : most;
}

/* Room for all fragments of an answer. */
static bool reserve_response(struct assoc *a, const struct assoc_security *by, size_t len)
{
	const size_t fragments = 1 + len / most_per_fragment(a, by);
	const size_t room = assoc_auth_room(by);

	return buf_reserve(&a->work->out, len + fragments * (PDU_RESPONSE_LEN + (room > 0 ? room + 15 : 0)));
}

static void send_response(struct assoc *a, const struct assoc_call *call, const uint8_t *stub, size_t len)
{
	struct writer *w = &a->work->out.w;
	struct pdu_fragments f;

	pdu_fragments_init(&f, stub, len, most_per_fragment(a, call->by));
	while (pdu_fragments_next(&f)) {
		/* DEVIATION: only the low byte of the context id is returned;
		 * this is what Windows does (docs/conformance.md). */
		const struct pdu_response p = {
			.alloc_hint = (uint32_t)f.left,
			.p_cont_id = call->p_cont_id & 0xffu,
		};
		size_t begin = pdu_begin(w, PDU_RESPONSE, f.flags, call->call_id);

		pdu_response_put(w, &p);
		cursor_put_bytes(w, f.stub, f.len);
		if (!assoc_auth_end_pdu(a, call->by, w, begin))
			w->bad = true;
		if (!assoc_finish_pdu(a, begin))
			return;
	}
}

void assoc_answer(struct assoc *a, const struct assoc_call *call, uint32_t status, const uint8_t *stub,
                  size_t len)
{
	const bool did_not_execute = status == nca_s_op_rng_error || status == nca_s_server_too_busy;

	if (status == STATUS_OK && !reserve_response(a, call->by, len))
		status = RPC_S_OUT_OF_RESOURCES;
	if (status == STATUS_OK)
		send_response(a, call, stub, len);
	else
		assoc_send_fault(a, call, status, did_not_execute ? PFC_DID_NOT_EXECUTE : 0, ASSOC_KEEP);
}

static const struct rpc_op *find_op(const struct rpc_interface *i, uint16_t opnum)
{
	return opnum < i->n_ops && i->ops[opnum].invoke != NULL ? &i->ops[opnum] : NULL;
}

/* May this caller make the call? 0, or the status of a fault. */
static uint32_t judge_caller(struct assoc *a, const struct rpc_call *call)
{
	const struct rpc_served *served = call->served;
	uint32_t status = STATUS_OK;

	if (a->server->permit != NULL)
		status = a->server->permit(a->server->host_arg, call);
	if (status == STATUS_OK && call->op == NULL)
		status = nca_s_op_rng_error;
	if (status == STATUS_OK && served->security_callback != NULL)
		status = served->security_callback(call);
	return status;
}

/* He has authenticated with less than the interface wants. */
static void refuse_level(struct assoc *a, const struct assoc_call *call)
{
	const bool keep = a->auth != NULL && a->auth->used_above_connect;

	assoc_send_fault(a, call, ERROR_ACCESS_DENIED, 0, keep ? ASSOC_KEEP : ASSOC_CLOSE);
}

static void execute(struct assoc *a, const struct whole_request *q)
{
	const struct rpc_served *served = q->context->served;
	struct assoc_server *s = a->server;
	struct rpc_call call = {
		.assoc = a,
		.served = served,
		.op = find_op(served->interface, q->opnum),
		.opnum = q->opnum,
		.has_object = q->has_object,
		.object = q->object,
		.user = served->user,
		.epv = served->epv,
		.ndr64 = q->context->ndr64,
		.arena = &s->arena,
		.request = q,
	};
	struct buf *reply = &s->reply;
	struct reader in;
	uint32_t status;

	s->counters->calls_in++;
	assoc_auth_caller(q->call.by, &call.caller);
	assoc_tell(a, &(struct assoc_event){
			      .kind = ASSOC_CALLED,
			      .interface = &served->interface->id,
			      .opnum = q->opnum,
			      .user = call.caller.user,
			      .domain = call.caller.domain,
			      .auth_level = call.caller.auth_level,
		      });
	if (!assoc_client_may_call(s, a->client)) {
		assoc_answer(a, &q->call, nca_s_server_too_busy, NULL, 0);
		return;
	}
	if (call.caller.auth_level < served->min_auth_level) {
		refuse_level(a, &q->call);
		return;
	}
	s->arena.budget = &a->client->budget;
	buf_reset(reply, RPC_CALL_KEEP);
	cursor_read(&in, q->stub, q->stub_len);
	in.big_endian = q->big_endian;
	status = judge_caller(a, &call);
	if (status == STATUS_OK && s->before != NULL)
		status = s->before(s->host_arg, &call);
	if (status == STATUS_OK && !(served->shortcut != NULL && served->shortcut(&call, &in, &reply->w)))
		status = call.op->invoke(&call, &in, &reply->w);
	if (status == STATUS_OK && reply->w.bad)
		status = RPC_S_OUT_OF_RESOURCES;
	arena_reset(&s->arena, RPC_CALL_KEEP);
	a->fragment = call.fragment;
	if (status == RPC_PENDING)
		return;
	if (call.delay_ms == 0 || s->hold == NULL ||
	    !s->hold(s->host_arg, &call, status, reply->w.data, reply->w.len))
		assoc_answer(a, &q->call, status, reply->w.data, reply->w.len);
}

static void execute_collected(struct assoc *a)
{
	struct assoc_collection *c = &a->work->collection;
	const struct whole_request whole = {
		.call = c->call,
		.opnum = c->opnum,
		.context = assoc_find_context(a, c->call.p_cont_id),
		.has_object = c->has_object,
		.object = c->object,
		.big_endian = c->drep == 0,
		.stub = c->stub.w.data,
		.stub_len = c->stub.w.len,
	};

	c->active = false;
	execute(a, &whole);
	buf_clear(&c->stub);
}

/* Adds a fragment's stub to the collection. False: answered with a fault. */
static bool collect(struct assoc *a, const struct pdu_request *q)
{
	struct assoc_collection *c = &a->work->collection;
	size_t have = c->stub.w.len;

	if (q->stub_len > RPC_MAX_STUB - have || q->alloc_hint > RPC_MAX_STUB - have) {
		assoc_send_fault(a, &c->call, ERROR_ACCESS_DENIED, 0, ASSOC_CLOSE);
		return false;
	}
	if (!buf_append(&c->stub, q->stub, q->stub_len)) {
		c->active = false;
		buf_clear(&c->stub);
		assoc_send_fault(a, &c->call, RPC_S_OUT_OF_RESOURCES, PFC_DID_NOT_EXECUTE, ASSOC_KEEP);
		return false;
	}
	return true;
}

/* A fragment that does not follow from those before it: a protocol error, laid
 * on this call or on the one in collection (docs/conformance.md, 3.20 to 3.32). */
static void send_disorder(struct assoc *a, const struct assoc_call *call, uint8_t flags)
{
	assoc_send_fault(a, call, nca_s_proto_error, flags, ASSOC_CLOSE);
}

/* A first fragment while another call is being collected or executed. */
static void refuse_second(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                          const struct pdu_request *q)
{
	const struct assoc_collection *c = &a->work->collection;
	const bool same = c->active && h->call_id == c->call.call_id;

	if (same && q->p_cont_id == c->call.p_cont_id && assoc_auth_is_signed_by_another(h, pdu, c->call.by))
		assoc_send_fault(a, &c->call, RPC_S_SEC_PKG_ERROR, 0, ASSOC_CLOSE);
	else if (same || (c->active && !a->multiplexed))
		send_disorder(a, &c->call, 0);
	else
		send_disorder(a, &(struct assoc_call){.call_id = h->call_id}, 0);
}

/* Is a new request (with FIRST_FRAG) in order, and who is it by? False: answered. */
static bool may_begin(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu, struct pdu_request *q,
                      struct assoc_call *call)
{
	const struct assoc_call here = {.call_id = h->call_id, .p_cont_id = q->p_cont_id};
	const struct assoc_call nowhere = {.call_id = h->call_id};
	uint32_t status;

	if (a->work->collection.active || (a->n_executing > 0 && !a->multiplexed)) {
		refuse_second(a, h, pdu, q);
		return false;
	}
	if ((h->pfc_flags & PFC_PENDING_CANCEL) != 0) {
		assoc_send_fault(a, &nowhere, RPC_S_NO_CALL_ACTIVE, PFC_DID_NOT_EXECUTE, ASSOC_CLOSE);
		return false;
	}
	if (assoc_find_context(a, q->p_cont_id) == NULL) {
		assoc_auth_open_first(a, h, pdu, q, &call->by); /* signatures are counted, whatever they sign */
		assoc_send_fault(a, &nowhere, nca_s_unk_if, PFC_DID_NOT_EXECUTE, ASSOC_KEEP);
		return false;
	}
	*call = here;
	status = assoc_auth_open_first(a, h, pdu, q, &call->by);
	if (status != STATUS_OK)
		assoc_send_fault(a, &here, status, 0, ASSOC_CLOSE);
	return status == STATUS_OK;
}

static void begin_request(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                          struct pdu_request *q)
{
	struct assoc_collection *c = &a->work->collection;
	struct whole_request whole;
	struct assoc_call call;

	if (!may_begin(a, h, pdu, q, &call))
		return;
	if ((h->pfc_flags & PFC_LAST_FRAG) != 0) {
		whole = (struct whole_request){
			.call = call,
			.opnum = q->opnum,
			.context = assoc_find_context(a, q->p_cont_id),
			.has_object = q->has_object,
			.object = q->object,
			.big_endian = pdu_header_big_endian(h),
			.stub = q->stub,
			.stub_len = q->stub_len,
		};
		execute(a, &whole);
		return;
	}
	c->active = true;
	c->call = call;
	c->opnum = q->opnum;
	c->drep = h->drep[0];
	c->has_object = q->has_object;
	c->object = q->object;
	collect(a, q);
}

/* A fragment without FIRST_FRAG when nothing is being collected. */
static void refuse_stray(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                         const struct pdu_request *q)
{
	const struct assoc_call here = {.call_id = h->call_id, .p_cont_id = q->p_cont_id};
	const struct assoc_call nowhere = {.call_id = h->call_id};
	const bool bound = assoc_find_context(a, q->p_cont_id) != NULL;

	if (!a->multiplexed)
		send_disorder(a, &nowhere, 0);
	else if (!bound)
		assoc_send_fault(a, &nowhere, nca_s_unk_if, PFC_DID_NOT_EXECUTE, ASSOC_KEEP);
	else if (!assoc_auth_names_one(a, h, pdu))
		assoc_send_fault(a, &here, ERROR_ACCESS_DENIED, 0, ASSOC_CLOSE);
	else
		send_disorder(a, &here, 0);
}

/* A later fragment: only its call_id, byte order, signature and stub count; what its
 * header says of context, opnum and object was settled by the first. */
static void continue_request(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu,
                             struct pdu_request *q)
{
	struct assoc_collection *c = &a->work->collection;
	uint32_t status;

	if (!c->active) {
		refuse_stray(a, h, pdu, q);
		return;
	}
	if (h->call_id != c->call.call_id) {
		const struct assoc_call other = {.call_id = h->call_id};

		send_disorder(a, a->multiplexed ? &other : &c->call, 0);
		return;
	}
	if (h->drep[0] != c->drep) {
		send_disorder(a, &c->call, PFC_DID_NOT_EXECUTE);
		return;
	}
	status = assoc_auth_open_later(a, h, pdu, q, c->call.by);
	if (status != STATUS_OK)
		assoc_send_fault(a, &c->call, status, 0, ASSOC_CLOSE);
	else if (collect(a, q) && (h->pfc_flags & PFC_LAST_FRAG) != 0)
		execute_collected(a);
}

void assoc_handle_request(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct pdu_request q;
	struct reader r;

	if (assoc_auth_is_half_done(a, h, pdu)) {
		send_disorder(a, &(struct assoc_call){.call_id = h->call_id}, PFC_DID_NOT_EXECUTE);
		return;
	}
	pdu_open(&r, pdu, h);
	if (!pdu_request_get(&r, h, &q)) {
		assoc_close(a); /* too short to be a request: no answer */
		return;
	}
	if ((h->pfc_flags & PFC_FIRST_FRAG) == 0)
		continue_request(a, h, pdu, &q);
	else
		begin_request(a, h, pdu, &q);
}
