/*
 * PDUs: the header, the auth trailer, and every body that is decoded somewhere. What
 * decodes is encoded again, in the same byte order, and then decodes to the same.
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/pdu.h"
#include "tests/fuzz/fuzz.h"

/* A PDU as it came, and as it was encoded again. */
struct recode {
	struct pdu_header h;
	struct reader r; /* over the body */
	struct writer w;
	struct reader again;
};

static void begin(struct recode *c)
{
	static uint8_t encoded[4 * 65536]; /* a PDU, and what makes it too long to be one */

	cursor_write(&c->w, encoded, sizeof(encoded));
	c->w.big_endian = pdu_header_big_endian(&c->h);
	FUZZ_CHECK(pdu_begin(&c->w, c->h.ptype, c->h.pfc_flags, c->h.call_id) == 0);
}

/* False: it has become too long, with the NUL or the padding that was left out. */
static bool end(struct recode *c)
{
	struct pdu_header h;

	FUZZ_CHECK(!c->w.bad);
	if (!pdu_end(&c->w, 0)) {
		FUZZ_CHECK(c->w.len > UINT16_MAX);
		return false;
	}
	pdu_header_decode(c->w.data, &h);
	FUZZ_CHECK(pdu_header_valid(&h) && h.frag_length == c->w.len && h.auth_length == 0);
	FUZZ_CHECK(h.ptype == c->h.ptype && h.pfc_flags == c->h.pfc_flags && h.call_id == c->h.call_id);
	FUZZ_CHECK(memcmp(h.drep, c->h.drep, sizeof(h.drep)) == 0);
	pdu_open(&c->again, c->w.data, &h);
	return true;
}

static bool same_bytes(const void *a, size_t len_a, const void *b, size_t len_b)
{
	return len_a == len_b && (len_a == 0 || memcmp(a, b, len_a) == 0);
}

/* ---- bind, alter_context ---- */

/* False: there are not as many contexts as the PDU says. */
static bool put_contexts(struct writer *w, struct reader contexts, unsigned n)
{
	struct syntax_id transfer[UINT8_MAX];
	struct pdu_context c;

	for (; n > 0; n--) {
		if (!pdu_context_get(&contexts, &c))
			return false;
		for (unsigned i = 0; i < c.n_transfer_syn; i++)
			FUZZ_CHECK(syntax_get(&c.transfer_syntaxes, &transfer[i]));
		FUZZ_CHECK(cursor_done(&c.transfer_syntaxes));
		FUZZ_CHECK(pdu_context_put(w, c.p_cont_id, &c.abstract_syntax, transfer, c.n_transfer_syn));
	}
	return true;
}

static void check_same_contexts(struct reader contexts, struct reader again, unsigned n)
{
	struct pdu_context a, b;

	for (; n > 0; n--) {
		FUZZ_CHECK(pdu_context_get(&contexts, &a) && pdu_context_get(&again, &b));
		FUZZ_CHECK(a.p_cont_id == b.p_cont_id && a.n_transfer_syn == b.n_transfer_syn);
		FUZZ_CHECK(syntax_equal(&a.abstract_syntax, &b.abstract_syntax));
		FUZZ_CHECK(same_bytes(a.transfer_syntaxes.data, a.transfer_syntaxes.len, b.transfer_syntaxes.data,
		                      b.transfer_syntaxes.len));
	}
	FUZZ_CHECK(cursor_left(&again) == 0);
}

static void recode_bind(struct recode *c)
{
	struct pdu_bind a, b;

	if (!pdu_bind_get(&c->r, &a))
		return;
	begin(c);
	FUZZ_CHECK(pdu_bind_put(&c->w, &a));
	if (!put_contexts(&c->w, a.contexts, a.n_context_elem) || !end(c))
		return;
	FUZZ_CHECK(pdu_bind_get(&c->again, &b));
	FUZZ_CHECK(a.max_xmit_frag == b.max_xmit_frag && a.max_recv_frag == b.max_recv_frag);
	FUZZ_CHECK(a.assoc_group_id == b.assoc_group_id && a.n_context_elem == b.n_context_elem);
	check_same_contexts(a.contexts, b.contexts, a.n_context_elem);
}

/* ---- bind_ack, alter_context_resp ---- */

static bool put_results(struct writer *w, struct reader results, unsigned n)
{
	struct pdu_context_result res;

	for (; n > 0; n--) {
		if (!pdu_result_get(&results, &res))
			return false;
		FUZZ_CHECK(pdu_result_put(w, &res));
	}
	return true;
}

static void check_same_results(struct reader results, struct reader again, unsigned n)
{
	struct pdu_context_result a, b;

	for (; n > 0; n--) {
		FUZZ_CHECK(pdu_result_get(&results, &a) && pdu_result_get(&again, &b));
		FUZZ_CHECK(a.result == b.result && a.reason == b.reason);
		FUZZ_CHECK(syntax_equal(&a.transfer_syntax, &b.transfer_syntax));
	}
	FUZZ_CHECK(cursor_left(&again) == 0);
}

static void recode_bind_ack(struct recode *c)
{
	struct pdu_bind_ack a, b;
	char *sec_addr;
	bool ok;

	if (!pdu_bind_ack_get(&c->r, &a))
		return;
	sec_addr = fuzz_string(a.sec_addr, a.sec_addr_len);
	FUZZ_CHECK(strlen(sec_addr) == a.sec_addr_len);
	a.sec_addr = sec_addr;
	begin(c);
	FUZZ_CHECK(pdu_bind_ack_put(&c->w, &a));
	ok = put_results(&c->w, a.results, a.n_results) && end(c);
	if (ok) {
		FUZZ_CHECK(pdu_bind_ack_get(&c->again, &b));
		FUZZ_CHECK(a.max_xmit_frag == b.max_xmit_frag && a.max_recv_frag == b.max_recv_frag);
		FUZZ_CHECK(a.assoc_group_id == b.assoc_group_id && a.n_results == b.n_results);
		FUZZ_CHECK(same_bytes(a.sec_addr, a.sec_addr_len, b.sec_addr, b.sec_addr_len));
		check_same_results(a.results, b.results, a.n_results);
	}
	free(sec_addr);
}

/* ---- the others ---- */

static void recode_bind_nak(struct recode *c)
{
	uint16_t a, b;

	if (!pdu_bind_nak_get(&c->r, &a))
		return;
	FUZZ_CHECK(pdu_nak_reason_name(a)[0] != '\0');
	begin(c);
	FUZZ_CHECK(pdu_bind_nak_put(&c->w, a) && end(c));
	FUZZ_CHECK(pdu_bind_nak_get(&c->again, &b) && a == b);
}

static void recode_request(struct recode *c)
{
	struct pdu_request a, b;

	if (!pdu_request_get(&c->r, &c->h, &a))
		return;
	begin(c);
	FUZZ_CHECK(pdu_request_put(&c->w, &a) && cursor_put_bytes(&c->w, a.stub, a.stub_len) && end(c));
	FUZZ_CHECK(pdu_request_get(&c->again, &c->h, &b));
	FUZZ_CHECK(a.alloc_hint == b.alloc_hint && a.p_cont_id == b.p_cont_id && a.opnum == b.opnum);
	FUZZ_CHECK(a.has_object == b.has_object && uuid_equal(&a.object, &b.object));
	FUZZ_CHECK(same_bytes(a.stub, a.stub_len, b.stub, b.stub_len));
}

static void recode_response(struct recode *c)
{
	struct pdu_response a, b;

	if (!pdu_response_get(&c->r, &a))
		return;
	begin(c);
	FUZZ_CHECK(pdu_response_put(&c->w, &a) && cursor_put_bytes(&c->w, a.stub, a.stub_len) && end(c));
	FUZZ_CHECK(pdu_response_get(&c->again, &b));
	FUZZ_CHECK(a.alloc_hint == b.alloc_hint && a.p_cont_id == b.p_cont_id && a.cancel_count == b.cancel_count);
	FUZZ_CHECK(same_bytes(a.stub, a.stub_len, b.stub, b.stub_len));
}

static void recode_fault(struct recode *c)
{
	struct pdu_fault a, b;

	if (!pdu_fault_get(&c->r, &a))
		return;
	begin(c);
	FUZZ_CHECK(pdu_fault_put(&c->w, &a) && end(c));
	FUZZ_CHECK(pdu_fault_get(&c->again, &b));
	FUZZ_CHECK(a.alloc_hint == b.alloc_hint && a.p_cont_id == b.p_cont_id);
	FUZZ_CHECK(a.cancel_count == b.cancel_count && a.status == b.status);
}

static void (*const recode[])(struct recode *c) = {
	[PDU_REQUEST] = recode_request,
	[PDU_RESPONSE] = recode_response,
	[PDU_FAULT] = recode_fault,
	[PDU_BIND] = recode_bind,
	[PDU_BIND_ACK] = recode_bind_ack,
	[PDU_BIND_NAK] = recode_bind_nak,
	[PDU_ALTER_CONTEXT] = recode_bind,
	[PDU_ALTER_CONTEXT_RESP] = recode_bind_ack,
};
#define N_RECODE (sizeof(recode) / sizeof(recode[0]))

/* The trailer lies in the PDU, behind the header. */
static void check_auth(const uint8_t *pdu, const struct pdu_header *h)
{
	struct pdu_auth a;

	pdu_auth_decode(pdu, h, &a);
	FUZZ_CHECK(a.credentials + h->auth_length == pdu + h->frag_length);
	FUZZ_CHECK(a.credentials >= pdu + PDU_HEADER_LEN + PDU_AUTH_TRAILER_LEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct recode c;
	uint8_t *pdu;

	if (len < PDU_HEADER_LEN)
		return 0;
	pdu_header_decode(data, &c.h);
	if (!pdu_header_valid(&c.h) || c.h.frag_length > len)
		return 0;
	pdu = fuzz_copy(data, c.h.frag_length);
	pdu_open(&c.r, pdu, &c.h);
	if (c.h.auth_length > 0)
		check_auth(pdu, &c.h);
	if (c.h.ptype < N_RECODE && recode[c.h.ptype] != NULL) {
		FUZZ_CHECK(pdu_ptype_name(c.h.ptype) != NULL);
		recode[c.h.ptype](&c);
	}
	free(pdu);
	return 0;
}
