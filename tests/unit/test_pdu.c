/* The common header, the auth trailer, beginning and ending. For the bodies there are
 * test_pdu_bind.c and test_pdu_call.c. */
#include "rpc/pdu.h"

#include <stdlib.h>

#include "rpc/limits.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the header ---------------------------------------------------------------------- */

static void header_of_every_kind_is_decoded(void)
{
	static const struct {
		const char *vector;
		const char *name;
		uint8_t ptype, flags;
		bool big_endian;
		uint16_t len, auth_length;
		uint32_t call_id;
	} rows[] = {
		{"pdu-request-ept-map", "request", 0, 0x03, false, 156, 0, 2},
		{"pdu-request-ept-map-be", "request", 0, 0x03, true, 156, 0, 2},
		{"pdu-request-object", "request", 0, 0x83, false, 44, 0, 9},
		{"pdu-request-auth", "request", 0, 0x03, false, 64, 16, 15},
		{"pdu-response-ept-map", "response", 2, 0x03, false, 152, 0, 2},
		{"pdu-fault", "fault", 3, 0x23, false, 32, 0, 7},
		{"pdu-fault-be", "fault", 3, 0x23, true, 32, 0, 7},
		{"pdu-bind", "bind", 11, 0x03, false, 72, 0, 1},
		{"pdu-bind-be", "bind", 11, 0x03, true, 72, 0, 1},
		{"pdu-bind-auth", "bind", 11, 0x07, false, 112, 32, 5},
		{"pdu-bind-ack", "bind_ack", 12, 0x03, false, 60, 0, 1},
		{"pdu-bind-nak", "bind_nak", 13, 0x03, false, 24, 0, 1},
		{"pdu-alter-context", "alter_context", 14, 0x03, false, 72, 0, 6},
		{"pdu-alter-context-resp", "alter_context_resp", 15, 0x03, false, 56, 0, 6},
		{"pdu-auth3", "auth3", 16, 0x03, false, 44, 16, 5},
		{"pdu-shutdown", "shutdown", 17, 0x03, false, 16, 0, 0},
		{"pdu-co-cancel", "co_cancel", 18, 0x03, false, 16, 0, 9},
		{"pdu-orphaned", "orphaned", 19, 0x03, false, 16, 0, 9},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct golden g = golden_load(rows[i].vector);
		struct pdu_header h;

		pdu_header_decode(g.data, &h);
		CHECK(pdu_header_valid(&h));
		CHECK_INT(h.rpc_vers, 5);
		CHECK_INT(h.rpc_vers_minor, 0);
		CHECK_INT(h.ptype, rows[i].ptype);
		CHECK_STR(pdu_ptype_name(h.ptype), rows[i].name);
		CHECK_HEX(h.pfc_flags, rows[i].flags);
		CHECK_MEM(h.drep, rows[i].big_endian ? "\0\0\0\0" : "\x10\0\0\0", 4);
		CHECK_INT(pdu_header_big_endian(&h), rows[i].big_endian);
		CHECK_INT(h.frag_length, rows[i].len);
		CHECK_INT(h.frag_length, g.len);
		CHECK_INT(h.auth_length, rows[i].auth_length);
		CHECK_INT(h.call_id, rows[i].call_id);
		golden_free(&g);
	}
}

static void undefined_types_have_no_name(void)
{
	static const uint8_t undefined[] = {1, 4, 5, 6, 7, 8, 9, 10, 20, 21, 0x80, 0xff};

	for (size_t i = 0; i < ROWS(undefined); i++)
		CHECK_STR(pdu_ptype_name(undefined[i]), NULL);
}

/* A good header with one byte changed. */
static void version_and_drep_must_be_known(void)
{
	static const struct {
		size_t at;
		uint8_t value;
		bool valid;
	} rows[] = {
		{0, 4, false},	  {0, 6, false},    {0, 0, false}, {0, 0xff, false}, {1, 1, false},
		{1, 0xff, false}, {2, 0xff, true},  {3, 0xff, true}, {4, 0x10, true}, {4, 0x00, true},
		{4, 0x01, false}, {4, 0x11, false}, {4, 0x20, false}, {4, 0x90, false}, {5, 1, false},
		{6, 1, false},	  {7, 1, false},    {7, 0x10, false}, {12, 0xff, true},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		uint8_t data[PDU_HEADER_LEN] = {5, 0, 0, 3, 0x10, 0, 0, 0, 0x10, 0x10};
		struct pdu_header h;

		data[rows[i].at] = rows[i].value;
		pdu_header_decode(data, &h);
		if (!CHECK_INT(pdu_header_valid(&h), rows[i].valid))
			CHECK_INT(i, -1); /* the row */
	}
}

/* frag_length must have room for header, trailer and credentials, if there are any. */
static void auth_length_must_fit(void)
{
	static const struct {
		uint16_t frag_length, auth_length;
		bool valid;
	} rows[] = {
		{72, 0, true},	{72, 1, true},	    {72, 48, true},	   {72, 49, false},
		{72, 72, false}, {72, 65535, false}, {25, 1, true},	   {24, 1, false},
		{16, 0, true},	{16, 1, false},	    {65535, 65511, true}, {65535, 65512, false},
		{65535, 65535, false}, {0, 65535, false},
	};
	struct pdu_header h = {.rpc_vers = 5, .drep = {0x10}};

	for (size_t i = 0; i < ROWS(rows); i++) {
		h.frag_length = rows[i].frag_length;
		h.auth_length = rows[i].auth_length;
		if (!CHECK_INT(pdu_header_valid(&h), rows[i].valid))
			CHECK_INT(i, -1); /* the row */
	}
}

static bool has_valid_header(const uint8_t *data, size_t len)
{
	struct pdu_header h;
	struct reader r;

	return golden_open(data, len, &h, &r);
}

static void lying_auth_length_is_refused(void)
{
	CHECK(golden_accepts("pdu-bind", has_valid_header));
	CHECK(!golden_accepts("lying-pdu-auth-length-65535", has_valid_header));
	CHECK(!golden_accepts("lying-pdu-auth-length-49", has_valid_header));
}

/* Whether that many bytes arrived is for the one who reads them to see. */
static void frag_length_is_told_as_it_was_sent(void)
{
	static const struct {
		const char *vector;
		uint16_t frag_length;
	} rows[] = {{"lying-pdu-frag-length-15", 15}, {"lying-pdu-frag-length-65535", 65535}};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct golden g = golden_load(rows[i].vector);
		struct pdu_header h;

		pdu_header_decode(g.data, &h);
		CHECK_INT(h.frag_length, rows[i].frag_length);
		golden_free(&g);
	}
}

static void pdu_shorter_than_its_header_has_no_body(void)
{
	for (uint16_t n = 0; n < PDU_HEADER_LEN; n++) {
		struct pdu_header h = {.rpc_vers = 5, .drep = {0x10}, .frag_length = n};
		uint8_t *data = calloc(1, n ? n : 1);
		struct reader r;

		REQUIRE(data != NULL);
		pdu_open(&r, data, &h);
		CHECK(!cursor_ok(&r));
		free(data);
	}
}

/* ---- the auth trailer ---------------------------------------------------------------- */

static void trailer_is_decoded_and_kept_out_of_the_body(void)
{
	static const struct {
		const char *vector;
		uint8_t level, pad;
		uint16_t at;
		const char *credentials; /* the first eight */
	} rows[] = {
		{"pdu-bind-auth", 2, 0, 72, "NTLMSSP"},
		{"pdu-auth3", 2, 0, 20, "NTLMSSP"},
		{"pdu-request-auth", 5, 12, 40, "\1\0\0\0\x60\x61\x62\x63"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct golden g = golden_load(rows[i].vector);
		struct pdu_header h;
		struct pdu_auth a;
		struct reader r;

		REQUIRE(golden_open(g.data, g.len, &h, &r));
		CHECK_INT(cursor_left(&r), rows[i].at - PDU_HEADER_LEN);
		pdu_auth_decode(g.data, &h, &a);
		CHECK_INT(a.auth_type, 10);
		CHECK_INT(a.auth_level, rows[i].level);
		CHECK_INT(a.auth_pad_length, rows[i].pad);
		CHECK_INT(a.auth_context_id, 79231);
		CHECK(a.aligned);
		CHECK(a.credentials == g.data + rows[i].at + 8);
		CHECK_MEM(a.credentials, rows[i].credentials, 8);
		golden_free(&g);
	}
}

/* A header-only PDU with `before` bytes and a trailer behind it. */
static void trailer_is_read_in_the_byte_order_and_anywhere(void)
{
	for (size_t before = 0; before < 8; before++) {
		uint8_t buf[64];
		struct pdu_header h;
		struct pdu_auth a;
		struct reader r;
		struct writer w;
		uint8_t *p;

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = before % 2 != 0;
		pdu_begin(&w, PDU_AUTH3, PFC_WHOLE, 1);
		cursor_put_space(&w, &p, before);
		cursor_put_bytes(&w, "\x09\x06\x03\xff", 4);
		cursor_put_u32(&w, 0x01020304);
		cursor_put_u8(&w, 'a');
		cursor_patch_u16(&w, 10, 1);
		REQUIRE(pdu_end(&w, 0));

		REQUIRE(golden_open(buf, w.len, &h, &r));
		CHECK_INT(cursor_left(&r), before);
		pdu_auth_decode(buf, &h, &a);
		CHECK_INT(a.auth_type, 9);
		CHECK_INT(a.auth_level, 6);
		CHECK_INT(a.auth_pad_length, 3);
		CHECK_HEX(a.auth_context_id, 0x01020304);
		CHECK(a.credentials == buf + w.len - 1);
		CHECK_INT(a.aligned, before % 4 == 0);
	}
}

static void trailer_may_leave_nothing_of_the_body(void)
{
	struct golden g = golden_load("lying-pdu-bind-auth-overlap");
	struct pdu_header h;
	struct pdu_auth a;
	struct reader r;

	REQUIRE(golden_open(g.data, g.len, &h, &r));
	CHECK(cursor_done(&r));
	pdu_auth_decode(g.data, &h, &a);
	CHECK(a.credentials == g.data + 24);
	golden_free(&g);
}

/* ---- beginning and ending -------------------------------------------------------------- */

static void header_only_pdus_are_written(void)
{
	static const struct {
		const char *vector;
		uint8_t ptype;
		uint32_t call_id;
	} rows[] = {{"pdu-co-cancel", PDU_CO_CANCEL, 9},
		    {"pdu-orphaned", PDU_ORPHANED, 9},
		    {"pdu-shutdown", PDU_SHUTDOWN, 0}};

	for (size_t i = 0; i < ROWS(rows); i++) {
		uint8_t buf[PDU_HEADER_LEN];
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		CHECK_INT(pdu_begin(&w, rows[i].ptype, PFC_WHOLE, rows[i].call_id), 0);
		CHECK(pdu_end(&w, 0));
		golden_same(&w, rows[i].vector);
	}
}

/* One PDU behind the other in one writer: each counts and aligns from its own start. */
static void fragments_follow_one_another(void)
{
	static const struct pdu_request q[] = {{.alloc_hint = 28, .p_cont_id = 1, .opnum = 2},
					       {.alloc_hint = 12, .p_cont_id = 1, .opnum = 2}};
	uint8_t buf[128];
	struct writer w;
	size_t begin;

	cursor_write(&w, buf, sizeof(buf));
	begin = pdu_begin(&w, PDU_REQUEST, PFC_FIRST_FRAG, 14);
	CHECK_INT(begin, 0);
	pdu_request_put(&w, &q[0]);
	cursor_put_u32(&w, 20);
	cursor_put_u32(&w, 20);
	cursor_put_bytes(&w, "\0\1\2\3\4\5\6\7", 8);
	CHECK(pdu_end(&w, begin));
	begin = pdu_begin(&w, PDU_REQUEST, PFC_LAST_FRAG, 14);
	CHECK_INT(begin, 40);
	CHECK_INT(w.origin, 40);
	pdu_request_put(&w, &q[1]);
	cursor_put_bytes(&w, "\10\11\12\13\14\15\16\17\20\21\22\23", 12);
	CHECK(pdu_end(&w, begin));
	golden_same(&w, "pdu-request-fragments");
}

static void longest_pdu_is_written_and_a_longer_one_is_not(void)
{
	static uint8_t buf[2 * RPC_MAX_PDU];

	for (size_t len = RPC_MAX_PDU; len <= RPC_MAX_PDU + 1; len++) {
		struct pdu_header h;
		struct writer w;
		uint8_t *p;

		cursor_write(&w, buf, sizeof(buf));
		cursor_put_u32(&w, 0); /* begin is not 0 */
		CHECK_INT(pdu_begin(&w, PDU_REQUEST, PFC_WHOLE, 1), 4);
		cursor_put_space(&w, &p, len - PDU_HEADER_LEN);
		CHECK_INT(pdu_end(&w, 4), len <= RPC_MAX_PDU);
		CHECK_INT(w.bad, len > RPC_MAX_PDU);
		pdu_header_decode(buf + 4, &h);
		CHECK_INT(h.frag_length, len <= RPC_MAX_PDU ? len : 0);
	}
}

const struct unit_test suite_pdu[] = {
	{"header_of_every_kind_is_decoded", header_of_every_kind_is_decoded},
	{"undefined_types_have_no_name", undefined_types_have_no_name},
	{"version_and_drep_must_be_known", version_and_drep_must_be_known},
	{"auth_length_must_fit", auth_length_must_fit},
	{"lying_auth_length_is_refused", lying_auth_length_is_refused},
	{"frag_length_is_told_as_it_was_sent", frag_length_is_told_as_it_was_sent},
	{"pdu_shorter_than_its_header_has_no_body", pdu_shorter_than_its_header_has_no_body},
	{"trailer_is_decoded_and_kept_out_of_the_body",
	 trailer_is_decoded_and_kept_out_of_the_body},
	{"trailer_is_read_in_the_byte_order_and_anywhere",
	 trailer_is_read_in_the_byte_order_and_anywhere},
	{"trailer_may_leave_nothing_of_the_body", trailer_may_leave_nothing_of_the_body},
	{"header_only_pdus_are_written", header_only_pdus_are_written},
	{"fragments_follow_one_another", fragments_follow_one_another},
	{"longest_pdu_is_written_and_a_longer_one_is_not",
	 longest_pdu_is_written_and_a_longer_one_is_not},
	{NULL, NULL},
};
