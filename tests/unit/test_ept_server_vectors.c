/* The mapper in memory, and the messages of tests/vectors: those that are right are
 * answered as the vectors say, those that are not do no harm. */
#include <stdlib.h>
#include <string.h>

#include "rpc/pdu.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void vectors_are_answered_as_they_say(void)
{
	static const struct {
		const char *registered, *request, *response;
		bool local;
		/* Where a referent id is 1, not 3: ids go on after those of the request, and
		 * here it has none. */
		size_t id_at;
	} rows[] = {
		{NULL, "pdu-request-ept-map", "pdu-response-ept-map-none", false, 0},
		{"echo echo ncacn_ip_tcp:[49664]", "pdu-request-ept-map", "pdu-response-ept-map", false,
		 0},
		{"echo echo ncacn_ip_tcp:[49664]", "pdu-request-ept-map-be", "pdu-response-ept-map", false,
		 0},
		{"echo echo ncacn_ip_tcp:192.0.2.7[49664]", "pdu-request-ept-map", "pdu-response-ept-map",
		 true, 0},
		{"echo echo ncacn_ip_tcp:[49664]", "pdu-request-ept-lookup-all", "pdu-response-ept-lookup",
		 false, 76},
		{NULL, "pdu-request-ept-insert", "pdu-response-ept-insert", true, 0},
		{NULL, "pdu-request-ept-insert-be", "pdu-response-ept-insert", true, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct golden request = golden_load(rows[i].request);
		struct golden response = golden_load(rows[i].response);
		struct rig_client c = {0};
		const uint8_t *out;
		size_t len;

		if (rows[i].id_at > 0)
			response.data[rows[i].id_at] = 1;
		ept_rig_init();
		if (rows[i].registered)
			REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false,
					      rows[i].registered) == 0);
		if (rows[i].local)
			ept_client_local(&c, 0);
		else
			ept_client_tcp(&c, "192.0.2.7", 0);
		rig_feed(&ept_rig.g, c.a, request.data, request.len, request.len);
		out = assoc_output(c.a, &len);
		if (!CHECK_INT(len, response.len) || !CHECK_MEM(out, response.data, len))
			CHECK_STR(rows[i].request, NULL);
		rig_client_fini(&c);
		ept_rig_fini();
		golden_free(&request);
		golden_free(&response);
	}
}

/* Handles of vectors are nobody's here. */
static void handles_of_vectors_are_faults(void)
{
	static const char *const names[] = {
		"pdu-request-ept-lookup", "pdu-request-ept-lookup-be", "pdu-request-ept-lookup-handle-free"};

	for (size_t i = 0; i < ROWS(names); i++) {
		struct golden request = golden_load(names[i]);
		struct rig_client c = {0};

		ept_rig_init();
		ept_client_tcp(&c, "192.0.2.7", 0);
		rig_feed(&ept_rig.g, c.a, request.data, request.len, request.len);
		rig_hears(&ept_rig.g, c.a, names[i], i < 2 ? "fault call=3 status=0x1c00001a" :
			  "fault call=6 status=0x1c00001a");
		rig_client_fini(&c);
		ept_rig_fini();
		golden_free(&request);
	}
}

/* ---- cut off and changed ------------------------------------------------------------- */

static struct rig_client who;

/* Whatever the stub says, there is one answer of whole fragments, and the connection is
 * kept. */
static void check_answer(const uint8_t *pdu, size_t len)
{
	const uint8_t *out;
	struct pdu_header h;
	size_t left;

	rig_feed(&ept_rig.g, who.a, pdu, len, len);
	out = assoc_output(who.a, &left);
	CHECK(!assoc_closing(who.a));
	if (!CHECK(left >= PDU_HEADER_LEN))
		return;
	for (; left > 0; out += h.frag_length, left -= h.frag_length) {
		REQUIRE(left >= PDU_HEADER_LEN);
		pdu_header_decode(out, &h);
		REQUIRE(h.frag_length > PDU_HEADER_LEN && h.frag_length <= left);
		CHECK(h.ptype == PDU_RESPONSE || h.ptype == PDU_FAULT);
	}
	rig_take(&ept_rig.g, who.a, SIZE_MAX);
}

/* Feeds a request whose stub ends after n bytes of the PDU, or is changed at a place. */
static void feed_changed(const char *name, const uint8_t *bytes, size_t len)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	uint8_t *changed = malloc(len);
	bool big_endian = bytes[4] == 0;

	REQUIRE(changed != NULL);
	if (strstr(name, "pdu-request-ept-") == NULL) {
		free(changed);
		return;
	}
	memcpy(changed, bytes, len);
	for (size_t n = PDU_REQUEST_LEN; n <= len; n++) {
		changed[big_endian ? 9 : 8] = (uint8_t)n;
		changed[big_endian ? 8 : 9] = (uint8_t)(n >> 8);
		check_answer(changed, n);
	}
	for (size_t at = PDU_REQUEST_LEN; at < len; at++) {
		for (size_t i = 0; i < ROWS(values); i++) {
			changed[at] = values[i];
			check_answer(changed, len);
		}
		changed[at] = bytes[at];
	}
	/* Operations that the message was not made for. */
	for (unsigned int opnum = 0; opnum < 8; opnum++) {
		changed[big_endian ? 23 : 22] = (uint8_t)opnum;
		check_answer(changed, len);
	}
	free(changed);
}

static void changed_requests_over_tcp_do_no_harm(void)
{
	ept_rig_init();
	ept_rig_fill(3);
	ept_client_tcp(&who, "192.0.2.7", 0);
	CHECK(vector_each(feed_changed) > 50);
	CHECK_INT(registry_count(ept_rig.server.registry), 3);
	rig_client_fini(&who);
	ept_rig_fini();
}

static void changed_requests_of_a_service_do_no_harm(void)
{
	ept_rig_init();
	ept_rig_fill(3);
	ept_client_local(&who, 0);
	CHECK(vector_each(feed_changed) > 50);
	CHECK(registry_count(ept_rig.server.registry) > 10); /* some of it makes sense */
	rig_client_fini(&who);
	CHECK_INT(registry_count(ept_rig.server.registry), 3);
	ept_rig_fini();
}

const struct unit_test suite_ept_server_vectors[] = {
	{"vectors_are_answered_as_they_say", vectors_are_answered_as_they_say},
	{"handles_of_vectors_are_faults", handles_of_vectors_are_faults},
	{"changed_requests_over_tcp_do_no_harm", changed_requests_over_tcp_do_no_harm},
	{"changed_requests_of_a_service_do_no_harm", changed_requests_of_a_service_do_no_harm},
	{NULL, NULL},
};
