#include "rpc/caller.h"

#include "rpc/caller_auth.h"
#include "rpc/limits.h"
#include "rpc/pdu.h"

void caller_init(struct caller *c)
{
	*c = (struct caller){.state = CALLER_NEW, .max_frag = RPC_MAX_FRAG_TCP};
	buf_init(&c->in, 2 * (RPC_MAX_PDU + 1), NULL);
	buf_init(&c->out, 2 * RPC_MAX_STUB, NULL);
	buf_init(&c->reply, RPC_MAX_STUB, NULL);
}

void caller_fini(struct caller *c)
{
	buf_clear(&c->in);
	buf_clear(&c->out);
	buf_clear(&c->reply);
	caller_auth_free(c->auth);
	c->auth = NULL;
}

bool caller_authenticate(struct caller *c, uint8_t auth_type, uint8_t auth_level,
                         const struct ntlm_client *who)
{
	c->auth = caller_auth_new(auth_type, auth_level, who);
	return c->auth != NULL;
}

static void trace_sent(struct caller *c, size_t begin)
{
	if (c->trace != NULL)
		c->trace(c->trace_arg, true, c->out.w.data + begin, c->out.w.len - begin);
}

/* With the present token, if there is one. */
static bool finish_pdu(struct caller *c, size_t begin)
{
	struct writer *w = &c->out.w;

	if ((c->auth != NULL && !caller_auth_put_token(c->auth, w, begin)) || !pdu_end(w, begin))
		return false;
	trace_sent(c, begin);
	return true;
}

/* A bind or an alter_context: they say the same. */
static bool send_bind(struct caller *c, uint8_t ptype, uint8_t flags)
{
	const struct pdu_bind b = {
		.max_xmit_frag = RPC_MAX_FRAG_TCP,
		.max_recv_frag = RPC_MAX_FRAG_TCP,
		.assoc_group_id = c->assoc_group_id,
		.n_context_elem = 1,
	};
	size_t begin;

	begin = pdu_begin(&c->out.w, ptype, PFC_WHOLE | flags, c->call_id);
	pdu_bind_put(&c->out.w, &b);
	pdu_context_put(&c->out.w, 0, &c->interface_id, c->ndr64 ? &syntax_ndr64 : &syntax_ndr, 1);
	return finish_pdu(c, begin);
}

bool caller_bind(struct caller *c, const struct syntax_id *interface_id)
{
	c->out.w.big_endian = c->big_endian;
	c->interface_id = *interface_id;
	c->call_id++;
	c->state = CALLER_BINDING;
	if (c->auth == NULL)
		return send_bind(c, PDU_BIND, 0);
	return caller_auth_start(c->auth) && send_bind(c, PDU_BIND, PFC_SUPPORT_HEADER_SIGN);
}

bool caller_call(struct caller *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub, size_t len)
{
	const size_t head = PDU_REQUEST_LEN + (object != NULL ? UUID_WIRE_LEN : 0);
	const size_t most = caller_auth_most(c->auth, c->max_frag, head);
	const uint8_t flags = object != NULL ? PFC_OBJECT_UUID : 0;
	struct pdu_fragments f;

	if (len > RPC_MAX_STUB)
		return false;
	c->call_id++;
	c->state = CALLER_CALLING;
	buf_reset(&c->reply, 0);
	c->out.w.big_endian = c->big_endian;
	pdu_fragments_init(&f, stub, len, most);
	while (pdu_fragments_next(&f)) {
		const struct pdu_request q = {
			.alloc_hint = (uint32_t)f.left,
			.opnum = opnum,
			.has_object = object != NULL,
			.object = object != NULL ? *object : uuid_nil,
		};
		size_t begin = pdu_begin(&c->out.w, PDU_REQUEST, f.flags | flags, c->call_id);
		size_t at;

		pdu_request_put(&c->out.w, &q);
		at = c->out.w.len;
		cursor_put_bytes(&c->out.w, f.stub, f.len);
		if (!caller_auth_end(c->auth, &c->out.w, begin, at))
			return false;
		trace_sent(c, begin);
	}
	return true;
}

static bool send_auth3(struct caller *c)
{
	size_t begin = pdu_begin(&c->out.w, PDU_AUTH3, PFC_WHOLE, c->call_id);

	cursor_put_u32(&c->out.w, 0); /* four bytes that mean nothing (MS-RPCE 2.2.2.5) */
	return finish_pdu(c, begin);
}

/* The context was accepted; are we who we say? */
static enum caller_event next_leg(struct caller *c, const struct pdu_header *h)
{
	switch (caller_auth_step(c->auth, c->in.w.data, h)) {
	case CALLER_AUTH_NOTHING:
		break;
	case CALLER_AUTH_AUTH3:
		if (!send_auth3(c))
			return CALLER_BROKEN;
		break;
	case CALLER_AUTH_ALTER:
		c->state = CALLER_ALTERING;
		return send_bind(c, PDU_ALTER_CONTEXT, 0) ? CALLER_NOTHING : CALLER_BROKEN;
	case CALLER_AUTH_REFUSED:
		return CALLER_INSECURE;
	}
	c->state = CALLER_READY;
	return CALLER_BOUND;
}

/* The same for an alter_context_resp. */
static enum caller_event on_bind_ack(struct caller *c, const struct pdu_header *h, struct reader *r)
{
	struct pdu_context_result res;
	struct pdu_bind_ack b;

	if (!pdu_bind_ack_get(r, &b) || b.n_results < 1 || !pdu_result_get(&b.results, &res))
		return CALLER_BROKEN;
	/* What we may send is what the server said it receives. */
	if (caller_auth_most(c->auth, b.max_recv_frag, PDU_REQUEST_LEN + UUID_WIRE_LEN) == 0)
		return CALLER_BROKEN;
	if (b.max_recv_frag < c->max_frag)
		c->max_frag = b.max_recv_frag;
	c->assoc_group_id = b.assoc_group_id;
	c->reject_result = res.result;
	c->reject_reason = res.reason;
	if (c->auth != NULL && res.result == PDU_ACCEPTANCE) {
		if (h->ptype == PDU_BIND_ACK)
			caller_auth_set_header_signing(c->auth,
			                               (h->pfc_flags & PFC_SUPPORT_HEADER_SIGN) != 0);
		return next_leg(c, h);
	}
	c->state = CALLER_READY;
	return res.result == PDU_ACCEPTANCE ? CALLER_BOUND : CALLER_REJECTED;
}

static enum caller_event on_bind_nak(struct caller *c, const struct pdu_header *h, struct reader *r)
{
	(void)h;
	c->nak = true;
	return pdu_bind_nak_get(r, &c->reject_reason) ? CALLER_REJECTED : CALLER_BROKEN;
}

static enum caller_event on_response(struct caller *c, const struct pdu_header *h, struct reader *r)
{
	const bool first = c->reply.w.len == 0;
	struct pdu_response p;

	/* FIRST_FRAG exactly on the first (C706 12.6.4.10), one byte order for all. */
	if (!pdu_response_get(r, &p) || ((h->pfc_flags & PFC_FIRST_FRAG) != 0) != first ||
	    (!first && pdu_header_big_endian(h) != c->reply_big_endian))
		return CALLER_BROKEN;
	if (!caller_auth_open(c->auth, c->in.w.data, h, &p))
		return CALLER_INSECURE;
	c->reply_big_endian = pdu_header_big_endian(h);
	if (!buf_append(&c->reply, p.stub, p.stub_len))
		return CALLER_BROKEN;
	if ((h->pfc_flags & PFC_LAST_FRAG) == 0)
		return p.stub_len > 0 ? CALLER_NOTHING : CALLER_BROKEN;
	c->state = CALLER_READY;
	return CALLER_REPLY;
}

static enum caller_event on_fault(struct caller *c, const struct pdu_header *h, struct reader *r)
{
	struct pdu_fault f;

	(void)h;
	if (!pdu_fault_get(r, &f))
		return CALLER_BROKEN;
	c->fault_status = f.status;
	if (c->state != CALLER_ALTERING) /* who is not known does not call */
		c->state = CALLER_READY;
	return CALLER_FAULT;
}

typedef enum caller_event handler(struct caller *c, const struct pdu_header *h, struct reader *r);

/* The states and what each PDU type means in them; an empty cell breaks the rules. */
static handler *const table[][PDU_ORPHANED + 1] = {
	[CALLER_NEW] = {NULL},
	[CALLER_BINDING] = {
		[PDU_BIND_ACK] = on_bind_ack,
		[PDU_BIND_NAK] = on_bind_nak,
		[PDU_FAULT] = on_fault,
	},
	[CALLER_ALTERING] = {
		[PDU_ALTER_CONTEXT_RESP] = on_bind_ack,
		[PDU_FAULT] = on_fault,
	},
	[CALLER_READY] = {NULL},
	[CALLER_CALLING] = {
		[PDU_RESPONSE] = on_response,
		[PDU_FAULT] = on_fault,
	},
};

/* Meaning of one whole PDU in the present state. */
static enum caller_event on_pdu(struct caller *c, const struct pdu_header *h, const uint8_t *pdu)
{
	handler *handle = h->ptype <= PDU_ORPHANED ? table[c->state][h->ptype] : NULL;
	struct reader r;

	if (h->ptype == PDU_SHUTDOWN)
		return CALLER_NOTHING; /* a wish to end the association; ours are short */
	if (handle == NULL || h->call_id != c->call_id)
		return CALLER_BROKEN;
	pdu_open(&r, pdu, h);
	return handle(c, h, &r);
}

enum caller_event caller_input(struct caller *c, const uint8_t *data, size_t len)
{
	enum caller_event event = CALLER_NOTHING;
	struct pdu_header h;

	if (!buf_append(&c->in, data, len))
		return CALLER_BROKEN;
	while (event == CALLER_NOTHING && c->in.w.len >= PDU_HEADER_LEN) {
		pdu_header_decode(c->in.w.data, &h);
		if (!pdu_header_valid(&h) || h.frag_length < PDU_HEADER_LEN)
			return CALLER_BROKEN;
		if (c->in.w.len < h.frag_length)
			break;
		if (c->trace != NULL)
			c->trace(c->trace_arg, false, c->in.w.data, h.frag_length);
		event = on_pdu(c, &h, c->in.w.data);
		buf_consume(&c->in, h.frag_length);
	}
	return event;
}
