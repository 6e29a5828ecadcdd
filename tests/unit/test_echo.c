/* The service echo. */
#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/golden.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { ADD_ONE, ECHO_DATA, SINK_DATA, SOURCE_DATA };

static const struct service_how little = {.service = &service_echo};
static const struct service_how big = {.service = &service_echo, .big_endian = true};

static void operations_do_what_they_say(void)
{
	static const struct service_row rows[] = {
		{"0 and 1", ADD_ONE, "00000000", 0, "01000000"},
		{"255 and 1", ADD_ONE, "ff000000", 0, "00010000"},
		{"the largest and 1", ADD_ONE, "ffffffff", 0, "00000000"},
		{"bytes left over", ADD_ONE, "01000000 ffff", 0, "02000000"},
		{"three bytes", ADD_ONE, "010000", RPC_X_BAD_STUB_DATA, NULL},
		{"nothing", ADD_ONE, "", RPC_X_BAD_STUB_DATA, NULL},
		{"five bytes", ECHO_DATA, "05000000 05000000 0102030405", 0, "05000000 0102030405"},
		{"no bytes", ECHO_DATA, "00000000 00000000", 0, "00000000"},
		{"more bytes than counted", ECHO_DATA, "01000000 01000000 0102", 0, "01000000 01"},
		{"five bytes down the sink", SINK_DATA, "05000000 05000000 0102030405", 0, ""},
		{"no bytes down the sink", SINK_DATA, "00000000 00000000", 0, ""},
		{"five bytes from the source", SOURCE_DATA, "05000000", 0, "05000000 0001020304"},
		{"no bytes from the source", SOURCE_DATA, "00000000", 0, "00000000"},
		{"three bytes of a number", SOURCE_DATA, "050000", RPC_X_BAD_STUB_DATA, NULL},
	};

	service_rows(&little, rows, ROWS(rows));
}

static void counts_that_lie_are_stub_errors(void)
{
	static const char *const stubs[] = {
		"",
		"05000000",				/* no array */
		"05000000 05000000 01020304",		/* one byte too few */
		"05000000 04000000 0102030405",		/* counts that differ */
		"04000000 05000000 0102030405",
		"00000000 01000000 01",
		"01000000 00000000 01",
		"ffffffff ffffffff 0102030405",
		"00000080 00000080 0102030405",
		"fbffffff fbffffff 0102030405",
	};

	for (size_t i = 0; i < ROWS(stubs) * 2; i++) {
		const struct service_row row = {stubs[i / 2], i % 2 ? ECHO_DATA : SINK_DATA, stubs[i / 2],
						RPC_X_BAD_STUB_DATA, NULL};

		service_rows(&little, &row, 1);
		service_rows(&big, &row, 1);
	}
}

static void big_endian_callers_are_understood(void)
{
	static const struct service_row rows[] = {
		{"a number", ADD_ONE, "000000ff", 0, "00010000"},
		{"bytes", ECHO_DATA, "00000003 00000003 010203", 0, "03000000 010203"},
		{"a source", SOURCE_DATA, "00000003", 0, "03000000 000102"},
		{"little-endian counts", ECHO_DATA, "03000000 03000000 010203", RPC_X_BAD_STUB_DATA, NULL},
	};

	service_rows(&big, rows, ROWS(rows));
}

/* The replies of the vectors to their requests. */
static void vectors_are_answered_as_they_say(void)
{
	static const char *const names[][2] = {
		{"pdu-request-echo-addone", "pdu-response-echo-addone"},
		{"pdu-request-echo-echodata", "pdu-response-echo-echodata"},
		{"pdu-request-echo-sinkdata", "pdu-response-echo-sinkdata"},
		{"pdu-request-echo-sourcedata", "pdu-response-echo-sourcedata"},
	};

	for (size_t i = 0; i < ROWS(names); i++) {
		struct golden request = golden_load(names[i][0]);
		struct golden response = golden_load(names[i][1]);
		uint8_t out[256];
		struct reader in, want;
		struct writer w;

		REQUIRE(golden_stub(request.data, request.len, &in));
		REQUIRE(golden_stub(response.data, response.len, &want));
		cursor_write(&w, out, sizeof(out));
		CHECK_HEX(service_call(&little, (uint16_t)i, in.data, in.len, &w), 0);
		if (CHECK_INT(w.len, want.len))
			CHECK_MEM(out, want.data, want.len);
		golden_free(&request);
		golden_free(&response);
	}
}

static void source_counts_modulo_256(void)
{
	enum { N = 200000 };
	static uint8_t out[4 + N];
	struct writer w;
	size_t wrong = 0;

	cursor_write(&w, out, sizeof(out));
	CHECK_HEX(service_call(&little, SOURCE_DATA, "\x40\x0d\x03\0", 4, &w), 0);
	CHECK_INT(w.len, sizeof(out));
	CHECK_MEM(out, "\x40\x0d\x03\0", 4);
	for (size_t i = 0; i < N; i++)
		wrong += out[4 + i] != i % 256;
	CHECK_INT(wrong, 0);
}

/* ---- through an association ---------------------------------------------------------- */

static struct assoc *bound(struct service_rig *r)
{
	struct assoc *a;

	service_rig_init(r, &service_echo);
	a = rig_assoc(&r->g);
	rig_say(&r->g, a, "bind context=0:echo:ndr");
	rig_hears(&r->g, a, "ack", RIG_ACK);
	return a;
}

static void operations_behind_the_last_do_not_exist(void)
{
	struct service_rig r;
	struct assoc *a = bound(&r);

	rig_say(&r.g, a, "request call=2 op=10 stub=00000000");
	rig_hears(&r.g, a, "op 10", "fault call=2 status=0x1c010002 dne");
	assoc_free(a);
	service_rig_fini(&r);
}

/* Row 3.9 from the other side: a reply has at most 4 MiB, the count included. */
static void source_gives_at_most_4_mib(void)
{
	struct service_rig r;
	struct assoc *a = bound(&r);
	size_t len;

	rig_say(&r.g, a, "request op=3 stub=fcff3f00");
	assoc_output(a, &len);
	CHECK_INT(len, RPC_MAX_STUB + 723 * 24);
	rig_take(&r.g, a, len);
	rig_say(&r.g, a, "request op=3 stub=fdff3f00");
	rig_hears(&r.g, a, "one byte more", "fault status=0x6b9");
	rig_say(&r.g, a, "request op=3 stub=ffffffff");
	rig_hears(&r.g, a, "all there is", "fault status=0x6b9");
	CHECK(!assoc_closing(a));
	assoc_free(a);
	service_rig_fini(&r);
}

const struct unit_test suite_echo[] = {
	{"operations_do_what_they_say", operations_do_what_they_say},
	{"counts_that_lie_are_stub_errors", counts_that_lie_are_stub_errors},
	{"big_endian_callers_are_understood", big_endian_callers_are_understood},
	{"vectors_are_answered_as_they_say", vectors_are_answered_as_they_say},
	{"source_counts_modulo_256", source_counts_modulo_256},
	{"operations_behind_the_last_do_not_exist", operations_behind_the_last_do_not_exist},
	{"source_gives_at_most_4_mib", source_gives_at_most_4_mib},
	{NULL, NULL},
};
