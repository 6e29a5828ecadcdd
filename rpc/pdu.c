#include "rpc/pdu.h"

#include <string.h>

#define DREP_BIG_ENDIAN 0x00u
#define DREP_LITTLE_ENDIAN 0x10u

void pdu_header_decode(const uint8_t *data, struct pdu_header *h)
{
	struct reader r;

	cursor_read(&r, data, PDU_HEADER_LEN);
	cursor_get_u8(&r, &h->rpc_vers);
	cursor_get_u8(&r, &h->rpc_vers_minor);
	cursor_get_u8(&r, &h->ptype);
	cursor_get_u8(&r, &h->pfc_flags);
	cursor_get_bytes(&r, h->drep, sizeof(h->drep));
	r.big_endian = pdu_header_big_endian(h);
	cursor_get_u16(&r, &h->frag_length);
	cursor_get_u16(&r, &h->auth_length);
	cursor_get_u32(&r, &h->call_id);
}

bool pdu_header_big_endian(const struct pdu_header *h)
{
	return h->drep[0] == DREP_BIG_ENDIAN;
}

bool pdu_header_valid(const struct pdu_header *h)
{
	if (h->rpc_vers != 5 || h->rpc_vers_minor != 0)
		return false;
	if (h->drep[0] != DREP_LITTLE_ENDIAN && h->drep[0] != DREP_BIG_ENDIAN)
		return false;
	if (h->drep[1] != 0 || h->drep[2] != 0 || h->drep[3] != 0)
		return false;
	return h->auth_length == 0 ||
	       (size_t)h->auth_length + PDU_AUTH_TRAILER_LEN + PDU_HEADER_LEN <= h->frag_length;
}

const char *pdu_ptype_name(uint8_t ptype)
{
	static const char *const names[] = {
		[PDU_REQUEST] = "request",
		[PDU_RESPONSE] = "response",
		[PDU_FAULT] = "fault",
		[PDU_BIND] = "bind",
		[PDU_BIND_ACK] = "bind_ack",
		[PDU_BIND_NAK] = "bind_nak",
		[PDU_ALTER_CONTEXT] = "alter_context",
		[PDU_ALTER_CONTEXT_RESP] = "alter_context_resp",
		[PDU_AUTH3] = "auth3",
		[PDU_SHUTDOWN] = "shutdown",
		[PDU_CO_CANCEL] = "co_cancel",
		[PDU_ORPHANED] = "orphaned",
	};

	return ptype < sizeof(names) / sizeof(names[0]) ? names[ptype] : NULL;
}

void pdu_open(struct reader *r, const uint8_t *data, const struct pdu_header *h)
{
	size_t len = h->frag_length;

	if (h->auth_length > 0)
		len -= h->auth_length + PDU_AUTH_TRAILER_LEN;
	cursor_read(r, data, len);
	r->big_endian = pdu_header_big_endian(h);
	cursor_skip(r, PDU_HEADER_LEN);
}

void pdu_auth_decode(const uint8_t *data, const struct pdu_header *h, struct pdu_auth *a)
{
	size_t at = (size_t)h->frag_length - h->auth_length - PDU_AUTH_TRAILER_LEN;
	struct reader r;
	uint8_t reserved;

	cursor_read(&r, data, h->frag_length);
	r.big_endian = pdu_header_big_endian(h);
	cursor_skip(&r, at);
	cursor_get_u8(&r, &a->auth_type);
	cursor_get_u8(&r, &a->auth_level);
	cursor_get_u8(&r, &a->auth_pad_length);
	cursor_get_u8(&r, &reserved);
	cursor_get_u32(&r, &a->auth_context_id);
	cursor_get_ref(&r, &a->credentials, h->auth_length);
	a->aligned = at % 4 == 0;
}

bool pdu_auth_put(struct writer *w, const struct pdu_auth *a)
{
	cursor_put_u8(w, a->auth_type);
	cursor_put_u8(w, a->auth_level);
	cursor_put_u8(w, a->auth_pad_length);
	cursor_put_u8(w, 0);
	return cursor_put_u32(w, a->auth_context_id);
}

bool pdu_auth_end(struct writer *w, size_t begin, size_t auth_length)
{
	if (w->bad || auth_length > UINT16_MAX) {
		w->bad = true;
		return false;
	}
	cursor_patch_u16(w, begin + 10, (uint16_t)auth_length);
	return true;
}

bool pdu_bind_get(struct reader *r, struct pdu_bind *b)
{
	uint8_t reserved;

	cursor_get_u16(r, &b->max_xmit_frag);
	cursor_get_u16(r, &b->max_recv_frag);
	cursor_get_u32(r, &b->assoc_group_id);
	if (!cursor_get_u8(r, &b->n_context_elem))
		return false;
	/* With no context at all the reserved bytes may be missing too. */
	if (b->n_context_elem == 0 && cursor_left(r) < 3)
		return cursor_get_sub(r, &b->contexts, 0);
	cursor_get_u8(r, &reserved);
	cursor_skip(r, 2);
	return cursor_get_sub(r, &b->contexts, cursor_left(r)) && cursor_ok(r);
}

bool pdu_context_get(struct reader *contexts, struct pdu_context *c)
{
	uint8_t reserved;

	cursor_get_u16(contexts, &c->p_cont_id);
	cursor_get_u8(contexts, &c->n_transfer_syn);
	cursor_get_u8(contexts, &reserved);
	syntax_get(contexts, &c->abstract_syntax);
	return cursor_get_sub(contexts, &c->transfer_syntaxes, (size_t)c->n_transfer_syn * SYNTAX_WIRE_LEN);
}

bool pdu_bind_put(struct writer *w, const struct pdu_bind *b)
{
	cursor_put_u16(w, b->max_xmit_frag);
	cursor_put_u16(w, b->max_recv_frag);
	cursor_put_u32(w, b->assoc_group_id);
	cursor_put_u8(w, b->n_context_elem);
	cursor_put_u8(w, 0);
	return cursor_put_u16(w, 0);
}

bool pdu_context_put(struct writer *w, uint16_t p_cont_id, const struct syntax_id *abstract,
                     const struct syntax_id *transfer, uint8_t n_transfer)
{
	cursor_put_u16(w, p_cont_id);
	cursor_put_u8(w, n_transfer);
	cursor_put_u8(w, 0);
	syntax_put(w, abstract);
	for (size_t i = 0; i < n_transfer; i++)
		syntax_put(w, &transfer[i]);
	return !w->bad;
}

bool pdu_bind_ack_get(struct reader *r, struct pdu_bind_ack *b)
{
	const uint8_t *addr;
	uint16_t addr_len;

	cursor_get_u16(r, &b->max_xmit_frag);
	cursor_get_u16(r, &b->max_recv_frag);
	cursor_get_u32(r, &b->assoc_group_id);
	cursor_get_u16(r, &addr_len);
	cursor_get_ref(r, &addr, addr_len);
	cursor_align(r, 4);
	cursor_get_u8(r, &b->n_results);
	cursor_skip(r, 3);
	b->sec_addr = (const char *)addr;
	b->sec_addr_len = addr != NULL ? strnlen(b->sec_addr, addr_len) : 0;
	return cursor_get_sub(r, &b->results, cursor_left(r)) && cursor_ok(r);
}

bool pdu_result_get(struct reader *results, struct pdu_context_result *c)
{
	cursor_get_u16(results, &c->result);
	cursor_get_u16(results, &c->reason);
	return syntax_get(results, &c->transfer_syntax);
}

bool pdu_bind_ack_put(struct writer *w, const struct pdu_bind_ack *b)
{
	size_t addr_len = strlen(b->sec_addr);

	if (addr_len > 0)
		addr_len++; /* the NUL travels too */
	cursor_put_u16(w, b->max_xmit_frag);
	cursor_put_u16(w, b->max_recv_frag);
	cursor_put_u32(w, b->assoc_group_id);
	cursor_put_u16(w, (uint16_t)addr_len);
	cursor_put_bytes(w, b->sec_addr, addr_len);
	cursor_pad(w, 4);
	cursor_put_u8(w, b->n_results);
	cursor_put_u8(w, 0);
	return cursor_put_u16(w, 0);
}

bool pdu_result_put(struct writer *w, const struct pdu_context_result *c)
{
	cursor_put_u16(w, c->result);
	cursor_put_u16(w, c->reason);
	return syntax_put(w, &c->transfer_syntax);
}

const char *pdu_provider_reason_name(uint16_t reason)
{
	static const char *const names[] = {
		[PDU_REASON_NOT_SPECIFIED] = "reason not specified",
		[PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED] = "abstract syntax not supported",
		[PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED] = "proposed transfer syntaxes not supported",
		[PDU_LOCAL_LIMIT_EXCEEDED] = "local limit exceeded",
	};

	return names[reason <= PDU_LOCAL_LIMIT_EXCEEDED ? reason : PDU_REASON_NOT_SPECIFIED];
}

const char *pdu_nak_reason_name(uint16_t reason)
{
	switch (reason) {
	case PDU_NAK_TEMPORARY_CONGESTION:
		return "temporary congestion";
	case PDU_NAK_LOCAL_LIMIT_EXCEEDED:
		return "local limit exceeded";
	case PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED:
		return "protocol version not supported";
	case PDU_NAK_AUTHENTICATION_TYPE_NOT_RECOGNIZED:
		return "authentication type not recognized";
	case PDU_NAK_INVALID_CHECKSUM:
		return "invalid checksum";
	default:
		return "reason not specified";
	}
}

bool pdu_bind_nak_get(struct reader *r, uint16_t *reason)
{
	return cursor_get_u16(r, reason);
}

bool pdu_bind_nak_put(struct writer *w, uint16_t reason)
{
	cursor_put_u16(w, reason);
	cursor_put_u8(w, 1); /* one version: */
	cursor_put_u8(w, 5);
	cursor_put_u8(w, 0);
	return cursor_pad(w, 8);
}

bool pdu_request_get(struct reader *r, const struct pdu_header *h, struct pdu_request *q)
{
	cursor_get_u32(r, &q->alloc_hint);
	cursor_get_u16(r, &q->p_cont_id);
	cursor_get_u16(r, &q->opnum);
	q->has_object = (h->pfc_flags & PFC_OBJECT_UUID) != 0;
	q->object = uuid_nil;
	if (q->has_object)
		uuid_get(r, &q->object);
	q->stub_len = cursor_left(r);
	return cursor_get_ref(r, &q->stub, q->stub_len);
}

bool pdu_request_put(struct writer *w, const struct pdu_request *q)
{
	cursor_put_u32(w, q->alloc_hint);
	cursor_put_u16(w, q->p_cont_id);
	cursor_put_u16(w, q->opnum);
	if (q->has_object)
		uuid_put(w, &q->object);
	return !w->bad;
}

bool pdu_response_get(struct reader *r, struct pdu_response *p)
{
	uint8_t reserved;

	cursor_get_u32(r, &p->alloc_hint);
	cursor_get_u16(r, &p->p_cont_id);
	cursor_get_u8(r, &p->cancel_count);
	cursor_get_u8(r, &reserved);
	p->stub_len = cursor_left(r);
	return cursor_get_ref(r, &p->stub, p->stub_len);
}

bool pdu_response_put(struct writer *w, const struct pdu_response *p)
{
	cursor_put_u32(w, p->alloc_hint);
	cursor_put_u16(w, p->p_cont_id);
	cursor_put_u8(w, p->cancel_count);
	return cursor_put_u8(w, 0);
}

bool pdu_fault_get(struct reader *r, struct pdu_fault *f)
{
	uint8_t flags;

	cursor_get_u32(r, &f->alloc_hint);
	cursor_get_u16(r, &f->p_cont_id);
	cursor_get_u8(r, &f->cancel_count);
	cursor_get_u8(r, &flags);
	return cursor_get_u32(r, &f->status); /* the last four bytes may be absent */
}

bool pdu_fault_put(struct writer *w, const struct pdu_fault *f)
{
	cursor_put_u32(w, f->alloc_hint);
	cursor_put_u16(w, f->p_cont_id);
	cursor_put_u8(w, f->cancel_count);
	cursor_put_u8(w, 0);
	cursor_put_u32(w, f->status);
	return cursor_put_u32(w, 0);
}

size_t pdu_begin(struct writer *w, uint8_t ptype, uint8_t pfc_flags, uint32_t call_id)
{
	const uint8_t drep = w->big_endian ? DREP_BIG_ENDIAN : DREP_LITTLE_ENDIAN;
	/* frag_length comes from pdu_end, and auth_length stays 0 */
	const uint8_t header[] = {5, 0, ptype, pfc_flags, drep, 0, 0, 0, 0, 0, 0, 0};
	const size_t begin = w->len;

	w->origin = begin;
	cursor_put_bytes(w, header, sizeof(header));
	cursor_put_u32(w, call_id);
	return begin;
}

bool pdu_end(struct writer *w, size_t begin)
{
	if (w->bad || w->len - begin > UINT16_MAX) {
		w->bad = true;
		return false;
	}
	cursor_patch_u16(w, begin + 8, (uint16_t)(w->len - begin));
	return true;
}

void pdu_fragments_init(struct pdu_fragments *f, const uint8_t *stub, size_t len, size_t most)
{
	*f = (struct pdu_fragments){.most = most, .stub = stub, .left = len};
}

bool pdu_fragments_next(struct pdu_fragments *f)
{
	const bool first = f->flags == 0 && f->len == 0;

	if ((f->flags & PFC_LAST_FRAG) != 0)
		return false;
	if (f->len > 0)
		f->stub += f->len; /* not at the beginning, where an empty stub may be NULL */
	f->left -= f->len;
	f->len = f->left < f->most ? f->left : f->most;
	f->flags = first ? PFC_FIRST_FRAG : 0;
	if (f->len == f->left)
		f->flags |= PFC_LAST_FRAG;
	return true;
}
