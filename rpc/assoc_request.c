/*
 * Requests: fragments put together, the operation called, its reply cut into
 * fragments (C706 12.6.4.9, 12.6.4.10).
 */
#include "rpc/assoc_private.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* Fragments carry multiples of 16 bytes, but for the last; or what a fault on purpose says. */
static size_t most_per_fragment(const struct assoc *a)
{
	const size_t most = (a->max_frag - PDU_RESPONSE_LEN) & ~(size_t)15;

	return a->fragment > 0 && a->fragment < most ? a->fragment : most;
}

/* Room for all fragments of an answer. */
static bool reserve_response(struct assoc *a, size_t len)
{
	const size_t fragments = 1 + len / most_per_fragment(a);

	return buf_reserve(&a->work->out, len + fragments * PDU_RESPONSE_LEN);
}

static void send_response(struct assoc *a, uint32_t call_id, uint16_t p_cont_id, const uint8_t *stub, size_t len)
{
	struct writer *w = &a->work->out.w;
	struct pdu_fragments f;

	pdu_fragments_init(&f, stub, len, most_per_fragment(a));
	while (pdu_fragments_next(&f)) {
		/* DEVIATION: only the low byte of the context id is returned;
		 * this is what Windows does (docs/conformance.md). */
		const struct pdu_response p = {
			.alloc_hint = (uint32_t)f.left,
			.p_cont_id = p_cont_id & 0xffu,
		};
		size_t begin = pdu_begin(w, PDU_RESPONSE, f.flags, call_id);

		pdu_response_put(w, &p);
		cursor_put_bytes(w, f.stub, f.len);
		if (!assoc_finish_pdu(a, begin))
			return;
	}
}

void assoc_answer(struct assoc *a, uint32_t call_id, uint16_t p_cont_id, uint32_t status, const uint8_t *stub,
                  size_t len)
{
	const bool did_not_execute = status == nca_s_op_rng_error || status == nca_s_server_too_busy;

	if (status == STATUS_OK && !reserve_response(a, len))
		status = RPC_S_OUT_OF_RESOURCES;
	if (status == STATUS_OK)
		send_response(a, call_id, p_cont_id, stub, len);
	else
		assoc_send_fault(a, call_id, p_cont_id, status, did_not_execute ? PFC_DID_NOT_EXECUTE : 0,
		                 ASSOC_KEEP);
}

static const struct rpc_op *find_op(const struct rpc_interface *i, uint16_t opnum)
{
	return opnum < i->n_ops && i->ops[opnum].invoke != NULL ? &i->ops[opnum] : NULL;
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
	uint32_t status = STATUS_OK;
	struct reader in;

	s->counters->calls_in++;
	assoc_tell(a, ASSOC_CALLED, &served->interface->id, q->opnum, 0);
	if (!assoc_client_may_call(s, a->client)) {
		assoc_answer(a, q->call_id, q->context->p_cont_id, nca_s_server_too_busy, NULL, 0);
		return;
	}
	if (served->min_auth_level > RPC_C_AUTHN_LEVEL_NONE) { /* nobody has more than that here */
		assoc_send_fault(a, q->call_id, q->context->p_cont_id, ERROR_ACCESS_DENIED, 0, ASSOC_CLOSE);
		return;
	}
	s->arena.budget = &a->client->budget;
	buf_reset(reply, RPC_CALL_KEEP);
	cursor_read(&in, q->stub, q->stub_len);
	in.big_endian = q->big_endian;
	if (call.op == NULL)
		status = nca_s_op_rng_error;
	else if (served->security_callback != NULL)
		status = served->security_callback(&call);
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
	if (call.delay_ms == 0 || s->hold == NULL || !s->hold(s->host_arg, &call, status, reply->w.data, reply->w.len))
		assoc_answer(a, q->call_id, q->context->p_cont_id, status, reply->w.data, reply->w.len);
}

static void execute_collected(struct assoc *a)
{
	struct assoc_collection *c = &a->work->collection;
	const struct whole_request whole = {
		.call_id = c->call_id,
		.opnum = c->opnum,
		.context = assoc_find_context(a, c->p_cont_id),
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
		assoc_send_fault(a, c->call_id, c->p_cont_id, ERROR_ACCESS_DENIED, 0, ASSOC_CLOSE);
		return false;
	}
	if (!buf_append(&c->stub, q->stub, q->stub_len)) {
		c->active = false;
		buf_clear(&c->stub);
		assoc_send_fault(a, c->call_id, c->p_cont_id, RPC_S_OUT_OF_RESOURCES, PFC_DID_NOT_EXECUTE, ASSOC_KEEP);
		return false;
	}
	return true;
}

/* A fragment that does not follow from those before it: a protocol error, laid
 * on this call or on the one in collection (docs/conformance.md, 3.20 to 3.32). */
static void send_disorder(struct assoc *a, uint32_t call_id, uint16_t p_cont_id, uint8_t flags)
{
	assoc_send_fault(a, call_id, p_cont_id, nca_s_proto_error, flags, ASSOC_CLOSE);
}

/* The fault for a trailer where no security context was ever set up. */
static uint32_t judge_auth(const struct pdu_header *h, const uint8_t *pdu)
{
	struct pdu_auth auth;

	pdu_auth_decode(pdu, h, &auth);
	return auth.aligned ? ERROR_ACCESS_DENIED : nca_s_proto_error;
}

/* Is a new request (with FIRST_FRAG) in order? False: answered. */
static bool may_begin(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu, const struct pdu_request *q)
{
	const struct assoc_collection *c = &a->work->collection;

	if (c->active && (h->call_id == c->call_id || !a->multiplexed)) {
		send_disorder(a, c->call_id, c->p_cont_id, 0);
	} else if (c->active || (a->n_executing > 0 && !a->multiplexed)) {
		send_disorder(a, h->call_id, 0, 0);
	} else if ((h->pfc_flags & PFC_PENDING_CANCEL) != 0) {
		assoc_send_fault(a, h->call_id, 0, RPC_S_NO_CALL_ACTIVE, PFC_DID_NOT_EXECUTE, ASSOC_CLOSE);
	} else if (assoc_find_context(a, q->p_cont_id) == NULL) {
		assoc_send_fault(a, h->call_id, 0, nca_s_unk_if, PFC_DID_NOT_EXECUTE, ASSOC_KEEP);
	} else if (h->auth_length > 0) {
		assoc_send_fault(a, h->call_id, q->p_cont_id, judge_auth(h, pdu), 0, ASSOC_CLOSE);
	} else {
		return true;
	}
	return false;
}

static void begin_request(struct assoc *a, const struct pdu_header *h, const struct pdu_request *q)
{
	struct assoc_collection *c = &a->work->collection;
	const struct whole_request whole = {
		.call_id = h->call_id,
		.opnum = q->opnum,
		.context = assoc_find_context(a, q->p_cont_id),
		.has_object = q->has_object,
		.object = q->object,
		.big_endian = pdu_header_big_endian(h),
		.stub = q->stub,
		.stub_len = q->stub_len,
	};

	if ((h->pfc_flags & PFC_LAST_FRAG) != 0) {
		execute(a, &whole);
		return;
	}
	c->active = true;
	c->call_id = h->call_id;
	c->p_cont_id = q->p_cont_id;
	c->opnum = q->opnum;
	c->drep = h->drep[0];
	c->has_object = q->has_object;
	c->object = q->object;
	collect(a, q);
}

/* A fragment without FIRST_FRAG when nothing is being collected. */
static void refuse_stray(struct assoc *a, const struct pdu_header *h, const struct pdu_request *q)
{
	bool bound = assoc_find_context(a, q->p_cont_id) != NULL;

	if (!a->multiplexed)
		send_disorder(a, h->call_id, 0, 0);
	else if (!bound)
		assoc_send_fault(a, h->call_id, 0, nca_s_unk_if, PFC_DID_NOT_EXECUTE, ASSOC_KEEP);
	else if (h->auth_length > 0)
		assoc_send_fault(a, h->call_id, q->p_cont_id, ERROR_ACCESS_DENIED, 0, ASSOC_CLOSE);
	else
		send_disorder(a, h->call_id, q->p_cont_id, 0);
}

/* A later fragment: only its call_id, byte order and stub count; what its
 * header says of context, opnum and object was settled by the first. */
static void continue_request(struct assoc *a, const struct pdu_header *h, const struct pdu_request *q)
{
	struct assoc_collection *c = &a->work->collection;

	if (!c->active) {
		refuse_stray(a, h, q);
	} else if (h->call_id != c->call_id) {
		if (a->multiplexed)
			send_disorder(a, h->call_id, 0, 0);
		else
			send_disorder(a, c->call_id, c->p_cont_id, 0);
	} else if (h->drep[0] != c->drep) {
		send_disorder(a, c->call_id, c->p_cont_id, PFC_DID_NOT_EXECUTE);
	} else if (collect(a, q) && (h->pfc_flags & PFC_LAST_FRAG) != 0) {
		execute_collected(a);
	}
}

void assoc_handle_request(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct pdu_request q;
	struct reader r;

	pdu_open(&r, pdu, h);
	if (!pdu_request_get(&r, h, &q)) {
		assoc_close(a); /* too short to be a request: no answer */
		return;
	}
	if ((h->pfc_flags & PFC_FIRST_FRAG) == 0)
		continue_request(a, h, &q);
	else if (may_begin(a, h, pdu, &q))
		begin_request(a, h, &q);
}
