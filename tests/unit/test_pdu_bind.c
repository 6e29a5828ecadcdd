/* bind, alter_context, their answers, and bind_nak. */
#include "rpc/pdu.h"

#include <string.h>

#include "idl/ept.h"
#include "idl/rpcecho.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Bind-time features, both bits (MS-RPCE 3.3.1.5.3). */
static const struct syntax_id features = {
	{0x6cb71c2c, 0x9812, 0x4540, {0x03, 0, 0, 0, 0, 0, 0, 0}}, 1, 0};
static const struct syntax_id none = {0};

/* ---- bind and alter_context ------------------------------------------------------------- */

struct context {
	uint16_t p_cont_id;
	const struct syntax_id *abstract;
	uint8_t n_transfer;
	const struct syntax_id *transfer[2];
};

static const struct bind {
	const char *vector;
	uint8_t ptype;
	uint16_t max_xmit, max_recv;
	uint32_t group;
	uint8_t n;
	struct context contexts[3];
} binds[] = {
	{"pdu-bind", PDU_BIND, 5840, 5840, 0, 1, {{0, &ept_id, 1, {&syntax_ndr}}}},
	{"pdu-bind-be", PDU_BIND, 5840, 5840, 0, 1, {{0, &ept_id, 1, {&syntax_ndr}}}},
	{"pdu-bind-two-syntaxes", PDU_BIND, 4280, 2048, 0x5a17, 1,
	 {{5, &echo_id, 2, {&syntax_ndr64, &syntax_ndr}}}},
	{"pdu-bind-ndr64-features", PDU_BIND, 5840, 5840, 0, 3,
	 {{0, &ept_id, 1, {&syntax_ndr}},
	  {1, &ept_id, 1, {&syntax_ndr64}},
	  {2, &ept_id, 1, {&features}}}},
	{"pdu-alter-context", PDU_ALTER_CONTEXT, 5840, 5840, 0x5a17, 1,
	 {{1, &echo_id, 1, {&syntax_ndr}}}},
};

static void check_contexts(struct pdu_bind *b, const struct bind *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct pdu_context c;
		struct syntax_id transfer;

		REQUIRE(pdu_context_get(&b->contexts, &c));
		CHECK_INT(c.p_cont_id, e->contexts[i].p_cont_id);
		CHECK(syntax_equal(&c.abstract_syntax, e->contexts[i].abstract));
		REQUIRE(CHECK_INT(c.n_transfer_syn, e->contexts[i].n_transfer));
		for (size_t j = 0; j < c.n_transfer_syn; j++) {
			REQUIRE(syntax_get(&c.transfer_syntaxes, &transfer));
			CHECK(syntax_equal(&transfer, e->contexts[i].transfer[j]));
		}
		CHECK(cursor_done(&c.transfer_syntaxes));
	}
	CHECK(cursor_done(&b->contexts));
}

static void bind_is_decoded(void)
{
	for (size_t i = 0; i < ROWS(binds); i++) {
		const struct bind *e = &binds[i];
		struct golden g = golden_load(e->vector);
		struct pdu_header h;
		struct pdu_bind b;
		struct reader r;

		REQUIRE(golden_open(g.data, g.len, &h, &r));
		CHECK(pdu_bind_get(&r, &b));
		CHECK(cursor_done(&r));
		CHECK_INT(h.ptype, e->ptype);
		CHECK_INT(b.max_xmit_frag, e->max_xmit);
		CHECK_INT(b.max_recv_frag, e->max_recv);
		CHECK_HEX(b.assoc_group_id, e->group);
		if (CHECK_INT(b.n_context_elem, e->n))
			check_contexts(&b, e);
		golden_free(&g);
	}
}

static const struct bind *putting;
static struct pdu_header like; /* flags, call_id and byte order to write */

static bool put_bind(struct writer *w)
{
	const struct bind *e = putting;
	const struct pdu_bind b = {.max_xmit_frag = e->max_xmit, .max_recv_frag = e->max_recv,
				   .assoc_group_id = e->group, .n_context_elem = e->n};
	size_t begin;

	w->big_endian = pdu_header_big_endian(&like);
	begin = pdu_begin(w, e->ptype, like.pfc_flags, like.call_id);
	pdu_bind_put(w, &b);
	for (size_t i = 0; i < e->n; i++) {
		const struct context *c = &e->contexts[i];
		struct syntax_id transfer[2] = {0};

		for (size_t j = 0; j < c->n_transfer; j++)
			transfer[j] = *c->transfer[j];
		pdu_context_put(w, c->p_cont_id, c->abstract, transfer, c->n_transfer);
	}
	return pdu_end(w, begin);
}

static void bind_is_encoded(void)
{
	for (size_t i = 0; i < ROWS(binds); i++) {
		struct golden g = golden_load(binds[i].vector);
		uint8_t buf[256];
		struct writer w;

		pdu_header_decode(g.data, &like);
		putting = &binds[i];
		cursor_write(&w, buf, sizeof(buf));
		CHECK(put_bind(&w));
		golden_same(&w, binds[i].vector);
		CHECK_INT(golden_room(put_bind, sizeof(buf)), g.len);
		golden_free(&g);
	}
}

/* With everything in it, and nothing left over. */
static bool bind_decodes(const uint8_t *data, size_t len)
{
	struct pdu_header h;
	struct pdu_bind b;
	struct pdu_auth a;
	struct reader r;

	if (!golden_open(data, len, &h, &r) || !pdu_bind_get(&r, &b))
		return false;
	if (h.auth_length > 0)
		pdu_auth_decode(data, &h, &a);
	for (size_t i = 0; i < b.n_context_elem; i++) {
		struct pdu_context c;
		struct syntax_id s;

		if (!pdu_context_get(&b.contexts, &c))
			return false;
		for (size_t j = 0; j < c.n_transfer_syn; j++)
			if (!syntax_get(&c.transfer_syntaxes, &s))
				return false;
	}
	return cursor_done(&b.contexts);
}

static void cut_off_bind_is_malformed(void)
{
	CHECK_INT(golden_shortest("pdu-bind", bind_decodes), 72);
	CHECK_INT(golden_shortest("pdu-bind-be", bind_decodes), 72);
	CHECK_INT(golden_shortest("pdu-bind-two-syntaxes", bind_decodes), 92);
	CHECK_INT(golden_shortest("pdu-bind-ndr64-features", bind_decodes), 160);
	CHECK_INT(golden_shortest("pdu-bind-auth", bind_decodes), 112);
	CHECK_INT(golden_shortest("pdu-alter-context", bind_decodes), 72);
}

static void lying_bind_is_malformed(void)
{
	CHECK(!golden_accepts("lying-pdu-bind-n-contexts", bind_decodes));
	CHECK(!golden_accepts("lying-pdu-bind-n-transfer", bind_decodes));
	CHECK(!golden_accepts("lying-pdu-bind-auth-overlap", bind_decodes));
}

/* The reserved bytes behind a count of 0 may be absent, in part as well. */
static void bind_without_contexts_may_end_at_their_number(void)
{
	struct golden g = golden_load("pdu-bind-no-contexts");
	struct pdu_header h;
	struct pdu_bind b;
	struct reader r;

	REQUIRE(golden_open(g.data, g.len, &h, &r));
	CHECK(pdu_bind_get(&r, &b));
	CHECK_INT(b.n_context_elem, 0);
	CHECK_INT(cursor_left(&b.contexts), 0);
	golden_free(&g);

	CHECK_INT(golden_shortest("pdu-bind-no-contexts", bind_decodes), 25);
	for (size_t n = 25; n <= 28; n++) {
		uint8_t data[28] = {5, 0, PDU_BIND, 3, 0x10};

		CHECK(bind_decodes(data, n));
	}
}

/* Count 1: the same bytes are missing, and that is malformed. */
static void bind_with_contexts_has_its_reserved_bytes(void)
{
	for (size_t n = 25; n < 28; n++) {
		uint8_t data[28] = {5, 0, PDU_BIND, 3, 0x10};
		struct pdu_header h;
		struct pdu_bind b;
		struct reader r;

		data[24] = 1;
		REQUIRE(golden_open(data, n, &h, &r));
		CHECK(!pdu_bind_get(&r, &b));
	}
}

/* ---- bind_ack and alter_context_resp ------------------------------------------------------ */

static const struct ack {
	const char *vector;
	uint8_t ptype;
	uint16_t size;
	uint32_t group;
	const char *addr;
	uint8_t n;
	struct pdu_context_result results[3];
} acks[] = {
	{"pdu-bind-ack", PDU_BIND_ACK, 5840, 0x5a17, "135", 1, {{.result = PDU_ACCEPTANCE}}},
	{"pdu-bind-ack-be", PDU_BIND_ACK, 5840, 0x5a17, "135", 1, {{.result = PDU_ACCEPTANCE}}},
	{"pdu-bind-ack-pipe", PDU_BIND_ACK, 4280, 0x5a19, "\\PIPE\\epmapper", 1,
	 {{.result = PDU_ACCEPTANCE}}},
	{"pdu-bind-ack-ndr64-features", PDU_BIND_ACK, 5840, 0x5a18, "135", 3,
	 {{.result = PDU_PROVIDER_REJECTION, .reason = PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED},
	  {.result = PDU_ACCEPTANCE},
	  {.result = PDU_NEGOTIATE_ACK, .reason = 3}}},
	{"pdu-alter-context-resp", PDU_ALTER_CONTEXT_RESP, 5840, 0x5a17, "", 1,
	 {{.result = PDU_ACCEPTANCE}}},
};

/* Only an accepted context has a transfer syntax. */
static const struct syntax_id *accepted_syntax(const struct ack *e, size_t i)
{
	if (e->results[i].result != PDU_ACCEPTANCE)
		return &none;
	return e->n == 3 ? &syntax_ndr64 : &syntax_ndr;
}

static void check_results(struct pdu_bind_ack *b, const struct ack *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct pdu_context_result c;

		REQUIRE(pdu_result_get(&b->results, &c));
		CHECK_INT(c.result, e->results[i].result);
		CHECK_INT(c.reason, e->results[i].reason);
		CHECK(syntax_equal(&c.transfer_syntax, accepted_syntax(e, i)));
	}
	CHECK(cursor_done(&b->results));
}

static void ack_is_decoded(void)
{
	for (size_t i = 0; i < ROWS(acks); i++) {
		const struct ack *e = &acks[i];
		struct golden g = golden_load(e->vector);
		struct pdu_header h;
		struct pdu_bind_ack b;
		struct reader r;

		REQUIRE(golden_open(g.data, g.len, &h, &r));
		CHECK(pdu_bind_ack_get(&r, &b));
		CHECK(cursor_done(&r));
		CHECK_INT(h.ptype, e->ptype);
		CHECK_INT(b.max_xmit_frag, e->size);
		CHECK_INT(b.max_recv_frag, e->size);
		CHECK_HEX(b.assoc_group_id, e->group);
		if (CHECK_INT(b.sec_addr_len, strlen(e->addr)))
			CHECK_MEM(b.sec_addr, e->addr, b.sec_addr_len);
		if (CHECK_INT(b.n_results, e->n))
			check_results(&b, e);
		golden_free(&g);
	}
}

static const struct ack *acking;

static bool put_ack(struct writer *w)
{
	const struct ack *e = acking;
	const struct pdu_bind_ack b = {.max_xmit_frag = e->size, .max_recv_frag = e->size,
				       .assoc_group_id = e->group, .sec_addr = e->addr,
				       .n_results = e->n};
	size_t begin;

	w->big_endian = pdu_header_big_endian(&like);
	begin = pdu_begin(w, e->ptype, like.pfc_flags, like.call_id);
	pdu_bind_ack_put(w, &b);
	for (size_t i = 0; i < e->n; i++) {
		struct pdu_context_result c = e->results[i];

		c.transfer_syntax = *accepted_syntax(e, i);
		pdu_result_put(w, &c);
	}
	return pdu_end(w, begin);
}

static void ack_is_encoded(void)
{
	for (size_t i = 0; i < ROWS(acks); i++) {
		struct golden g = golden_load(acks[i].vector);
		uint8_t buf[256];
		struct writer w;

		pdu_header_decode(g.data, &like);
		acking = &acks[i];
		cursor_write(&w, buf, sizeof(buf));
		CHECK(put_ack(&w));
		golden_same(&w, acks[i].vector);
		CHECK_INT(golden_room(put_ack, sizeof(buf)), g.len);
		golden_free(&g);
	}
}

static bool ack_decodes(const uint8_t *data, size_t len)
{
	struct pdu_header h;
	struct pdu_bind_ack b;
	struct pdu_context_result c;
	struct reader r;

	if (!golden_open(data, len, &h, &r) || !pdu_bind_ack_get(&r, &b))
		return false;
	for (size_t i = 0; i < b.n_results; i++)
		if (!pdu_result_get(&b.results, &c))
			return false;
	return cursor_done(&b.results);
}

static void cut_off_ack_is_malformed(void)
{
	CHECK_INT(golden_shortest("pdu-bind-ack", ack_decodes), 60);
	CHECK_INT(golden_shortest("pdu-bind-ack-be", ack_decodes), 60);
	CHECK_INT(golden_shortest("pdu-bind-ack-pipe", ack_decodes), 72);
	CHECK_INT(golden_shortest("pdu-bind-ack-ndr64-features", ack_decodes), 108);
	CHECK_INT(golden_shortest("pdu-alter-context-resp", ack_decodes), 56);
}

static void lying_ack_is_malformed(void)
{
	CHECK(!golden_accepts("lying-pdu-bind-ack-sec-addr", ack_decodes));
	CHECK(!golden_accepts("lying-pdu-bind-ack-n-results", ack_decodes));
}

/* The padding behind the address: the results begin at a multiple of 4 of the PDU. */
static void address_of_any_length_is_reversible(void)
{
	for (size_t n = 0; n < 12; n++) {
		const char *addr = &"\\PIPE\\abcde"[11 - n];
		const struct pdu_bind_ack b = {.sec_addr = addr, .n_results = 1};
		struct pdu_bind_ack again;
		struct pdu_header h;
		uint8_t buf[64];
		struct reader r;
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		pdu_begin(&w, PDU_BIND_ACK, PFC_WHOLE, 1);
		CHECK(pdu_bind_ack_put(&w, &b));
		CHECK_INT(w.len % 4, 0);
		CHECK_INT(buf[24], n > 0 ? n + 1 : 0); /* the NUL counts */
		REQUIRE(golden_open(buf, w.len, &h, &r));
		CHECK(pdu_bind_ack_get(&r, &again));
		CHECK(cursor_done(&r));
		CHECK_INT(again.n_results, 1);
		if (CHECK_INT(again.sec_addr_len, strlen(addr)))
			CHECK_MEM(again.sec_addr, addr, strlen(addr));
	}
}

/* The length counts the NUL, but no more is claimed of the address than is there. */
static void address_without_nul_is_taken_as_it_is(void)
{
	struct golden g = golden_load("lying-pdu-bind-ack-no-nul");
	struct pdu_header h;
	struct pdu_bind_ack b;
	struct reader r;

	REQUIRE(golden_open(g.data, g.len, &h, &r));
	CHECK(pdu_bind_ack_get(&r, &b));
	if (CHECK_INT(b.sec_addr_len, 4))
		CHECK_MEM(b.sec_addr, "1357", 4);
	golden_free(&g);
}

/* ---- bind_nak --------------------------------------------------------------------------- */

static void nak_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-bind-nak", "pdu-bind-nak-be"};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		uint8_t buf[24];
		struct pdu_header h;
		struct reader r;
		struct writer w;
		uint16_t reason;

		REQUIRE(golden_open(g.data, g.len, &h, &r));
		CHECK(pdu_bind_nak_get(&r, &reason));
		CHECK_INT(reason, PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED);

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = pdu_header_big_endian(&h);
		pdu_begin(&w, PDU_BIND_NAK, h.pfc_flags, h.call_id);
		CHECK(pdu_bind_nak_put(&w, reason));
		CHECK(pdu_end(&w, 0));
		golden_same(&w, vectors[i]);
		golden_free(&g);
	}
}

static bool nak_decodes(const uint8_t *data, size_t len)
{
	struct pdu_header h;
	struct reader r;
	uint16_t reason;

	return golden_open(data, len, &h, &r) && pdu_bind_nak_get(&r, &reason);
}

/* The versions behind it are not read. */
static void nak_needs_no_more_than_its_reason(void)
{
	CHECK_INT(golden_shortest("pdu-bind-nak", nak_decodes), 18);
	CHECK_INT(golden_shortest("pdu-bind-nak-be", nak_decodes), 18);
}

static void nak_reasons_have_their_names(void)
{
	CHECK_STR(pdu_nak_reason_name(0), "reason not specified");
	CHECK_STR(pdu_nak_reason_name(1), "temporary congestion");
	CHECK_STR(pdu_nak_reason_name(2), "local limit exceeded");
	CHECK_STR(pdu_nak_reason_name(4), "protocol version not supported");
	CHECK_STR(pdu_nak_reason_name(8), "authentication type not recognized");
	CHECK_STR(pdu_nak_reason_name(9), "invalid checksum");
	CHECK_STR(pdu_nak_reason_name(65535), "reason not specified");
}

const struct unit_test suite_pdu_bind[] = {
	{"bind_is_decoded", bind_is_decoded},
	{"bind_is_encoded", bind_is_encoded},
	{"cut_off_bind_is_malformed", cut_off_bind_is_malformed},
	{"lying_bind_is_malformed", lying_bind_is_malformed},
	{"bind_without_contexts_may_end_at_their_number",
	 bind_without_contexts_may_end_at_their_number},
	{"bind_with_contexts_has_its_reserved_bytes", bind_with_contexts_has_its_reserved_bytes},
	{"ack_is_decoded", ack_is_decoded},
	{"ack_is_encoded", ack_is_encoded},
	{"cut_off_ack_is_malformed", cut_off_ack_is_malformed},
	{"lying_ack_is_malformed", lying_ack_is_malformed},
	{"address_of_any_length_is_reversible", address_of_any_length_is_reversible},
	{"address_without_nul_is_taken_as_it_is", address_without_nul_is_taken_as_it_is},
	{"nak_is_reversible", nak_is_reversible},
	{"nak_needs_no_more_than_its_reason", nak_needs_no_more_than_its_reason},
	{"nak_reasons_have_their_names", nak_reasons_have_their_names},
	{NULL, NULL},
};
