/* Requests, responses and faults. */
#include "rpc/pdu.h"

#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static const struct call {
	const char *vector;
	uint32_t alloc_hint;
	uint16_t p_cont_id, opnum;
	size_t stub_len;
} requests[] = {
	{"pdu-request-ept-map", 132, 0, 3, 132},
	{"pdu-request-ept-map-be", 132, 0, 3, 132},
	{"pdu-request-echo-addone", 4, 1, 0, 4},
	{"pdu-request-echo-echodata", 13, 1, 1, 13},
	{"pdu-request-echo-sinkdata", 11, 1, 2, 11},
	{"pdu-request-echo-sourcedata", 4, 1, 3, 4},
	{"pdu-request-object", 4, 1, 0, 4},
	{"pdu-request-object-be", 4, 1, 0, 4},
}, responses[] = {
	{"pdu-response-ept-map", 128, 0, 0, 128},
	{"pdu-response-ept-map-be", 128, 0, 0, 128},
	{"pdu-response-echo-addone", 4, 1, 0, 4},
	{"pdu-response-echo-echodata", 9, 1, 0, 9},
	{"pdu-response-echo-sinkdata", 0, 1, 0, 0},
	{"pdu-response-echo-sourcedata", 24, 1, 0, 24},
};

/* Decodes the request, compares it, and writes it back. */
static void check_request(const struct call *call)
{
	struct golden g = golden_load(call->vector);
	bool has_object = strstr(call->vector, "object") != NULL;
	uint8_t buf[256];
	struct pdu_header h;
	struct pdu_request q;
	struct reader r;
	struct writer w;

	REQUIRE(golden_open(g.data, g.len, &h, &r));
	CHECK(pdu_request_get(&r, &h, &q));
	CHECK_INT(q.alloc_hint, call->alloc_hint);
	CHECK_INT(q.p_cont_id, call->p_cont_id);
	CHECK_INT(q.opnum, call->opnum);
	CHECK_INT(q.has_object, has_object);
	CHECK(uuid_equal(&q.object, has_object ? &golden_object : &uuid_nil));
	CHECK_INT(q.stub_len, call->stub_len);
	CHECK(q.stub == g.data + (has_object ? 40 : 24));

	cursor_write(&w, buf, sizeof(buf));
	w.big_endian = pdu_header_big_endian(&h);
	pdu_begin(&w, PDU_REQUEST, h.pfc_flags, h.call_id);
	pdu_request_put(&w, &q);
	cursor_put_bytes(&w, q.stub, q.stub_len);
	CHECK(pdu_end(&w, 0));
	golden_same(&w, call->vector);
	golden_free(&g);
}

static void request_is_reversible(void)
{
	for (size_t i = 0; i < ROWS(requests); i++)
		check_request(&requests[i]);
}

static void check_response(const struct call *call)
{
	struct golden g = golden_load(call->vector);
	uint8_t buf[256];
	struct pdu_header h;
	struct pdu_response p;
	struct reader r;
	struct writer w;

	REQUIRE(golden_open(g.data, g.len, &h, &r));
	CHECK(pdu_response_get(&r, &p));
	CHECK_INT(p.alloc_hint, call->alloc_hint);
	CHECK_INT(p.p_cont_id, call->p_cont_id);
	CHECK_INT(p.cancel_count, 0);
	CHECK_INT(p.stub_len, call->stub_len);
	CHECK(p.stub == g.data + 24);

	cursor_write(&w, buf, sizeof(buf));
	w.big_endian = pdu_header_big_endian(&h);
	pdu_begin(&w, PDU_RESPONSE, h.pfc_flags, h.call_id);
	pdu_response_put(&w, &p);
	cursor_put_bytes(&w, p.stub, p.stub_len);
	CHECK(pdu_end(&w, 0));
	golden_same(&w, call->vector);
	golden_free(&g);
}

static void response_is_reversible(void)
{
	for (size_t i = 0; i < ROWS(responses); i++)
		check_response(&responses[i]);
}

static void fault_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-fault", "pdu-fault-be"};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		uint8_t buf[PDU_FAULT_LEN];
		struct pdu_header h;
		struct pdu_fault f;
		struct reader r;
		struct writer w;

		REQUIRE(golden_open(g.data, g.len, &h, &r));
		CHECK(pdu_fault_get(&r, &f));
		CHECK_INT(f.alloc_hint, 32);
		CHECK_HEX(f.p_cont_id, 0x1001);
		CHECK_INT(f.cancel_count, 0);
		CHECK_HEX(f.status, 0x1c010002);

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = pdu_header_big_endian(&h);
		pdu_begin(&w, PDU_FAULT, h.pfc_flags, h.call_id);
		pdu_fault_put(&w, &f);
		CHECK(pdu_end(&w, 0));
		golden_same(&w, vectors[i]);
		golden_free(&g);
	}
}

static bool call_decodes(const uint8_t *data, size_t len)
{
	struct pdu_header h;
	struct pdu_request q;
	struct pdu_response p;
	struct pdu_fault f;
	struct pdu_auth a;
	struct reader r;

	if (!golden_open(data, len, &h, &r))
		return false;
	if (h.auth_length > 0)
		pdu_auth_decode(data, &h, &a);
	if (h.ptype == PDU_REQUEST)
		return pdu_request_get(&r, &h, &q) && cursor_done(&r);
	if (h.ptype == PDU_RESPONSE)
		return pdu_response_get(&r, &p) && cursor_done(&r);
	return pdu_fault_get(&r, &f);
}

/* A stub may have any length, so what is cut off within it is only a shorter call. */
static void call_is_whole_when_its_fixed_part_is(void)
{
	for (size_t i = 0; i < ROWS(requests); i++)
		CHECK_INT(golden_shortest(requests[i].vector, call_decodes),
			  strstr(requests[i].vector, "object") ? 40 : 24);
	for (size_t i = 0; i < ROWS(responses); i++)
		CHECK_INT(golden_shortest(responses[i].vector, call_decodes), 24);
	CHECK_INT(golden_shortest("pdu-request-auth", call_decodes), 24 + 8 + 16);
	/* Nothing is read behind the status. */
	CHECK_INT(golden_shortest("pdu-fault", call_decodes), 28);
	CHECK_INT(golden_shortest("pdu-fault-be", call_decodes), 28);
}

static void announced_object_must_be_there(void)
{
	CHECK(!golden_accepts("lying-pdu-request-no-object", call_decodes));
}

static bool put_fault(struct writer *w)
{
	static const struct pdu_fault f = {.status = 5};
	size_t begin = pdu_begin(w, PDU_FAULT, PFC_WHOLE, 1);

	pdu_fault_put(w, &f);
	return pdu_end(w, begin);
}

static bool put_request(struct writer *w)
{
	static const struct pdu_request q = {.has_object = true};
	size_t begin = pdu_begin(w, PDU_REQUEST, PFC_WHOLE | PFC_OBJECT_UUID, 1);

	pdu_request_put(w, &q);
	return pdu_end(w, begin);
}

static bool put_response(struct writer *w)
{
	static const struct pdu_response p = {0};
	size_t begin = pdu_begin(w, PDU_RESPONSE, PFC_WHOLE, 1);

	pdu_response_put(w, &p);
	return pdu_end(w, begin);
}

static void call_that_does_not_fit_is_not_ended(void)
{
	CHECK_INT(golden_room(put_fault, 100), 32);
	CHECK_INT(golden_room(put_request, 100), 40);
	CHECK_INT(golden_room(put_response, 100), 24);
}

const struct unit_test suite_pdu_call[] = {
	{"request_is_reversible", request_is_reversible},
	{"response_is_reversible", response_is_reversible},
	{"fault_is_reversible", fault_is_reversible},
	{"call_is_whole_when_its_fixed_part_is", call_is_whole_when_its_fixed_part_is},
	{"announced_object_must_be_there", announced_object_must_be_there},
	{"call_that_does_not_fit_is_not_ended", call_that_does_not_fit_is_not_ended},
	{NULL, NULL},
};
