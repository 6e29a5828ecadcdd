#include "rpc/caller.h"

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
}

static bool finish_pdu(struct caller *c, size_t begin)
{
	struct writer *w = &c->out.w;

	if (!pdu_end(w, begin))
		return false;
	if (c->trace != NULL)
		c->trace(c->trace_arg, true, w->data + begin, w->len - begin);
	return true;
}

bool caller_bind(struct caller *c, const struct syntax_id *interface_id)
{
	const struct pdu_bind b = {
		.max_xmit_frag = RPC_MAX_FRAG_TCP,
		.max_recv_frag = RPC_MAX_FRAG_TCP,
		.n_context_elem = 1,
	};
	size_t begin;

	c->out.w.big_endian = c->big_endian;
	begin = pdu_begin(&c->out.w, PDU_BIND, PFC_WHOLE, ++c->call_id);
	pdu_bind_put(&c->out.w, &b);
	pdu_context_put(&c->out.w, 0, interface_id, c->ndr64 ? &syntax_ndr64 : &syntax_ndr, 1);
	c->state = CALLER_BINDING;
	return finish_pdu(c, begin);
}

bool caller_call(struct caller *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub, size_t len)
{
	const size_t head = PDU_REQUEST_LEN + (object != NULL ? UUID_WIRE_LEN : 0);
	const size_t most = (c->max_frag - head) & ~(size_t)7; /* C706 12.6.4.9: multiples of 8 */
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

		pdu_request_put(&c->out.w, &q);
		cursor_put_bytes(&c->out.w, f.stub, f.len);
		if (!finish_pdu(c, begin))
			return false;
	}
	return true;
}

static enum caller_event on_bind_ack(struct caller *c, const struct pdu_header *h, struct reader *r)
{
	struct pdu_context_result res;
	struct pdu_bind_ack b;

	(void)h;
	if (!pdu_bind_ack_get(r, &b) || b.n_results < 1 || !pdu_result_get(&b.results, &res))
		return CALLER_BROKEN;
	/* What we may send is what the server said it receives. */
	if (b.max_recv_frag < PDU_REQUEST_LEN + UUID_WIRE_LEN + 8)
		return CALLER_BROKEN;
	if (b.max_recv_frag < c->max_frag)
		c->max_frag = b.max_recv_frag;
	c->assoc_group_id = b.assoc_group_id;
	c->reject_result = res.result;
	c->reject_reason = res.reason;
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
