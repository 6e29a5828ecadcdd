/* PDUs as lines of text. */
#include "rpc/trace.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void pdu_is_one_line(void)
{
	static const struct {
		const char *pdu, *line;
	} rows[] = {
		{"bind context=0:epm:ndr", "bind call 1: fragments 5840, context 0 epm v3.0 as NDR"},
		{"bind be call=7 context=258:echo:ndr64,ndr frag=4280",
		 "bind call 7: fragments 4280, context 258 echo v1.0 as NDR64|NDR"},
		{"alter context=1:svc:strange context=2:calc:ndr",
		 "alter_context call 1: fragments 5840, context 1 11112222-3333-4444-5566-778899aabbcc v1.2"
		 " as ?, context 2 calc v2.0 as NDR"},
		{"bind_ack result=0,0,ndr result=2,1 result=2,2 result=3,3 result=1,3",
		 "bind_ack call 1: fragments 5840, accepted as NDR, rejected, interface not supported, rejected,"
		 " transfer syntaxes not supported, features acknowledged, rejected"},
		{"alter_resp result=0,0,ndr64 result=0,0,strange",
		 "alter_context_resp call 1: fragments 5840, accepted as NDR64, accepted as ?"},
		{"alter_resp frag=2048", "alter_context_resp call 1: fragments 2048"},
		{"bind_nak reason=4", "bind_nak call 1: protocol version not supported"},
		{"request call=2 ctx=1 op=3 stub=*132", "request call 2: context 1, opnum 3, 132 bytes"},
		{"request be call=2 ctx=1 op=3 object", "request call 2: context 1, opnum 3, 0 bytes"},
		{"request flags=1 stub=01", "request call 1: context 0, opnum 0, 1 bytes, first fragment"},
		{"request flags=0", "request call 1: context 0, opnum 0, 0 bytes, middle fragment"},
		{"response flags=2 stub=0102", "response call 1: 2 bytes, last fragment"},
		{"response call=4294967295", "response call 4294967295: 0 bytes"},
		{"fault status=0x1c010002 dne", "fault call 1: 0x1c010002 nca_s_op_rng_error"},
		{"fault status=5", "fault call 1: 0x00000005 ERROR_ACCESS_DENIED"},
		{"cancel call=3", "co_cancel call 3"},
		{"orphaned call=3", "orphaned call 3"},
		{"shutdown call=0", "shutdown call 0"},
		{"auth3 call=3 auth=10/2/0/16", "auth3 call 3"},
		{"pdu ptype=77 call=3", "ptype 77 call 3"},
		{"bind cut=20", "bind call 1: malformed"},
		{"bind_ack cut=20", "bind_ack call 1: malformed"},
		{"hex 05", "1 bytes, too few for a PDU"},
		{"hex 474554202f20485454502f312e310d0a", "16 bytes that are no PDU"},
		{"request frag_length=25", "24 bytes that are no PDU"},
		{"request frag_length=15", "24 bytes that are no PDU"},
		{"request auth_length=1", "24 bytes that are no PDU"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pdu_bytes b = pdu_text(rows[i].pdu, 0);
		char text[TRACE_TEXT_LEN];

		CHECK(trace_format(b.data, b.len, text) == text);
		CHECK_STR(text, rows[i].line);
		pdu_bytes_free(&b);
	}
}

/* Formats into a block of just the length, and looks at what is in it. */
static void format(const uint8_t *pdu, size_t len)
{
	char *text = malloc(TRACE_TEXT_LEN);
	size_t n;

	REQUIRE(text != NULL);
	memset(text, '\n', TRACE_TEXT_LEN);
	trace_format(pdu, len, text);
	n = strnlen(text, TRACE_TEXT_LEN);
	CHECK(n > 0 && n < TRACE_TEXT_LEN);
	for (size_t i = 0; i < n; i++)
		if (!isprint((unsigned char)text[i]))
			CHECK_STR(text, "printable");
	free(text);
}

static void format_cut_off(const char *name, const uint8_t *bytes, size_t len)
{
	(void)name;
	for (size_t n = 0; n <= len; n++) {
		uint8_t *block = malloc(n ? n : 1);

		REQUIRE(block != NULL);
		memcpy(block, bytes, n);
		format(block, n);
		/* The same, saying that it is all there. */
		if (n >= 16) {
			bool big_endian = block[4] == 0;

			block[big_endian ? 9 : 8] = (uint8_t)n;
			block[big_endian ? 8 : 9] = (uint8_t)(n >> 8);
			format(block, n);
		}
		free(block);
	}
}

static void vector_may_end_anywhere(void)
{
	CHECK(vector_each(format_cut_off) > 50);
}

static void long_line_is_cut(void)
{
	char bind[4096] = "bind", ack[4096] = "bind_ack";
	char text[TRACE_TEXT_LEN];
	struct pdu_bytes b;

	for (int i = 0; i < 30; i++) {
		strcat(bind, " context=0:svc:ndr,ndr64,strange");
		strcat(ack, " result=2,2");
	}
	b = pdu_text(bind, 0);
	CHECK_INT(strlen(trace_format(b.data, b.len, text)), TRACE_TEXT_LEN - 1);
	format(b.data, b.len);
	pdu_bytes_free(&b);
	b = pdu_text(ack, 0);
	CHECK_INT(strlen(trace_format(b.data, b.len, text)), TRACE_TEXT_LEN - 1);
	format(b.data, b.len);
	pdu_bytes_free(&b);
}

static void noise_is_harmless(void)
{
	uint32_t state = 4711;

	for (int i = 0; i < 20000; i++) {
		size_t len = (state >> 8) % 300;
		uint8_t *noise = malloc(len ? len : 1);

		REQUIRE(noise != NULL);
		for (size_t j = 0; j < len; j++) {
			state = state * 1664525u + 1013904223u;
			noise[j] = (uint8_t)(state >> 16);
		}
		state++;
		if (i % 4 != 0 && len >= 16) { /* looks like a PDU */
			memcpy(noise, "\5\0", 2);
			noise[2] = (uint8_t)(i % 21);
			memcpy(noise + 4, i % 2 ? "\x10\0\0\0" : "\0\0\0\0", 4);
			noise[i % 2 ? 8 : 9] = (uint8_t)len;
			noise[i % 2 ? 9 : 8] = (uint8_t)(len >> 8);
			noise[10] = noise[11] = 0;
		}
		format(noise, len);
		free(noise);
	}
}

const struct unit_test suite_trace[] = {
	{"pdu_is_one_line", pdu_is_one_line},
	{"vector_may_end_anywhere", vector_may_end_anywhere},
	{"long_line_is_cut", long_line_is_cut},
	{"noise_is_harmless", noise_is_harmless},
	{NULL, NULL},
};
