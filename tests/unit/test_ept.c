/* The stubs of ept_map and ept_lookup_handle_free, against the bytes of the vectors. */
#include "idl/rpcecho.h"
#include "tests/unit/ept_stub.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* The ids in the replies of the vectors go on after the two of a request. */
static const struct ept_stub request = {.op = EPT_MAP};
static const struct ept_stub reply = {.op = EPT_MAP, .last_referent = 2};
static const struct ept_stub free_stub = {.op = EPT_LOOKUP_HANDLE_FREE};

static void check_tower(const struct twr *t, const char *vector)
{
	REQUIRE(t != NULL);
	golden_same_bytes(t->tower_octet_string, t->tower_length, vector);
}

static bool request_decodes(const uint8_t *data, size_t len)
{
	struct ept_map q;
	struct reader r;

	return golden_stub(data, len, &r) && ept_stub_get_request(&request, &r, &q);
}

/* A client knows how many towers it asked for; here it is as many as the reply says, so
 * that it is not for this that one is refused. */
static struct ept_map asker(const struct reader *stub)
{
	struct ept_map p = {.max_towers = 4};
	struct reader r = *stub;

	cursor_skip(&r, 24);
	cursor_get_u32(&r, &p.max_towers);
	return p;
}

static bool reply_decodes(const uint8_t *data, size_t len)
{
	struct ept_map p;
	struct reader r;

	if (!golden_stub(data, len, &r))
		return false;
	p = asker(&r);
	return ept_stub_get_reply(&reply, &r, &p);
}

/* ---- ept_map, request ----------------------------------------------------------------- */

static void map_request_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-request-ept-map", "pdu-request-ept-map-be"};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		struct ept_map q;
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		REQUIRE(ept_stub_get_request(&request, &r, &q));
		CHECK(cursor_done(&r));
		CHECK(q.object != NULL && uuid_is_nil(q.object));
		check_tower(q.map_tower, "tower-tcp");
		CHECK(golden_same_handle(&q.entry_handle, &golden_no_handle));
		CHECK_INT(q.max_towers, 4);

		golden_write(&w, r.big_endian);
		CHECK(ept_stub_put_request(&request, &w, &q));
		golden_same_stub(&w, vectors[i]);
		golden_free(&g);
	}
}

static void map_request_may_have_null_pointers(void)
{
	struct golden g = golden_load("pdu-request-ept-map-null");
	struct ept_map q;
	struct reader r;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &r));
	REQUIRE(ept_stub_get_request(&request, &r, &q));
	CHECK(cursor_done(&r));
	CHECK(q.object == NULL);
	CHECK(q.map_tower == NULL);
	CHECK_INT(q.max_towers, 1);
	golden_write(&w, false);
	CHECK(ept_stub_put_request(&request, &w, &q));
	golden_same_stub(&w, "pdu-request-ept-map-null");
	golden_free(&g);
}

/* With an object and a walk, and towers of every length modulo 4, or none at all. */
static void map_request_of_any_form_survives_the_round_trip(void)
{
	static const uint8_t octets[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

	for (uint32_t i = 0; i < 40; i++) {
		const struct ept_stub stub = {.op = EPT_MAP, .ndr64 = i >= 20};
		const uint32_t n = i % 20;
		struct twr tower = {n / 2, octets};
		const struct ept_map q = {
			.object = &echo_id.uuid,
			.map_tower = n < 18 ? &tower : NULL,
			.entry_handle = golden_walk,
			.max_towers = EPT_MAX_ENTS,
		};
		struct ept_map p;
		struct reader r;
		struct writer w;

		golden_write(&w, i % 2 != 0);
		CHECK(ept_stub_put_request(&stub, &w, &q));
		golden_turn(&w, &r);
		REQUIRE(ept_stub_get_request(&stub, &r, &p));
		CHECK(cursor_done(&r));
		CHECK(p.object != NULL && uuid_equal(p.object, q.object));
		CHECK(golden_same_handle(&p.entry_handle, &golden_walk));
		CHECK_INT(p.max_towers, q.max_towers);
		CHECK(golden_same_tower(p.map_tower, q.map_tower));
	}
}

/* A verification trailer may follow, and other things of which we know nothing. */
static void bytes_behind_the_last_parameter_are_left_alone(void)
{
	struct golden g = golden_load("pdu-request-ept-map");
	struct ept_map q;
	struct reader r, stub;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &stub));
	golden_write(&w, false);
	cursor_put_bytes(&w, stub.data, stub.len);
	cursor_put_bytes(&w, "trailer", 7);
	golden_turn(&w, &r);
	CHECK(ept_stub_get_request(&request, &r, &q));
	CHECK_INT(q.max_towers, 4);
	CHECK_INT(cursor_left(&r), 7);
	golden_free(&g);
}

/* Neither side: the stub that asks does not either. */
static void more_towers_than_the_limit_may_not_be_asked_for(void)
{
	for (uint32_t max = EPT_MAX_ENTS; max <= EPT_MAX_ENTS + 1; max++) {
		struct ept_map q = {.max_towers = max}, p;
		struct reader r;
		struct writer w;

		golden_write(&w, false);
		CHECK_INT(ept_stub_put_request(&request, &w, &q), max <= EPT_MAX_ENTS);
		q.max_towers = 0;
		golden_write(&w, false);
		REQUIRE(ept_stub_put_request(&request, &w, &q));
		cursor_patch_u32(&w, w.len - 4, max);
		golden_turn(&w, &r);
		CHECK_INT(ept_stub_get_request(&request, &r, &p), max <= EPT_MAX_ENTS);
	}
}

/* ---- ept_map, reply -------------------------------------------------------------------- */

static const struct {
	const char *vector;
	uint32_t max_towers, num_towers, status;
	const struct ndr_context_handle *handle;
	const char *towers[2];
} replies[] = {
	{"pdu-response-ept-map", 4, 1, 0, &golden_no_handle, {"tower-tcp"}},
	{"pdu-response-ept-map-be", 4, 1, 0, &golden_no_handle, {"tower-tcp"}},
	{"pdu-response-ept-map-two", 2, 2, 0, &golden_walk, {"tower-np", "tower-tcp"}},
	{"pdu-response-ept-map-none", 4, 0, 0x16c9a0d6, &golden_no_handle, {NULL}},
};

static void map_reply_is_reversible(void)
{
	for (size_t i = 0; i < ROWS(replies); i++) {
		struct golden g = golden_load(replies[i].vector);
		struct ept_map p = {.max_towers = replies[i].max_towers};
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		REQUIRE(ept_stub_get_reply(&reply, &r, &p));
		CHECK(cursor_done(&r));
		CHECK(golden_same_handle(&p.entry_handle, replies[i].handle));
		REQUIRE(CHECK_INT(p.num_towers, replies[i].num_towers));
		for (size_t n = 0; n < p.num_towers; n++)
			check_tower(p.towers[n], replies[i].towers[n]);
		CHECK_HEX(p.status, replies[i].status);

		golden_write(&w, r.big_endian);
		CHECK(ept_stub_put_reply(&reply, &w, &p));
		golden_same_stub(&w, replies[i].vector);
		golden_free(&g);
	}
}

/* The array in the reply is as large as was asked for, even if less of it is used. */
static void reply_for_another_maximum_is_refused(void)
{
	for (size_t i = 0; i < ROWS(replies); i++) {
		struct golden g = golden_load(replies[i].vector);

		for (uint32_t max = 0; max <= 5; max++) {
			struct ept_map p = {.max_towers = max};
			struct reader r;

			REQUIRE(golden_stub(g.data, g.len, &r));
			CHECK_INT(ept_stub_get_reply(&reply, &r, &p), max == replies[i].max_towers);
		}
		golden_free(&g);
	}
}

static void equal_referent_ids_are_one_tower(void)
{
	struct golden g = golden_load("pdu-response-ept-map-alias");
	struct ept_map p;
	struct reader r;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &r));
	p = asker(&r);
	REQUIRE(ept_stub_get_reply(&reply, &r, &p));
	CHECK(cursor_done(&r));
	REQUIRE(CHECK_INT(p.num_towers, 2));
	check_tower(p.towers[0], "tower-tcp");
	CHECK(p.towers[1] == p.towers[0]);
	CHECK_HEX(p.status, 0);

	/* And one tower is written once. */
	golden_write(&w, false);
	CHECK(ept_stub_put_reply(&reply, &w, &p));
	golden_same_stub(&w, "pdu-response-ept-map-alias");
	golden_free(&g);
}

/* Whoever sends the second copy all the same is read wrong, but within the stub: what
 * stands where the status belongs is the copy's count. */
static void second_copy_of_a_tower_is_not_expected(void)
{
	struct golden g = golden_load("lying-pdu-response-ept-map-second-copy");
	struct ept_map p;
	struct reader r;

	REQUIRE(golden_stub(g.data, g.len, &r));
	p = asker(&r);
	REQUIRE(ept_stub_get_reply(&reply, &r, &p));
	CHECK(p.towers[1] == p.towers[0]);
	CHECK_INT(p.status, 75);
	golden_free(&g);
}

/* A full reply with towers of all lengths and some NULL, in both orders and syntaxes. */
static void full_reply_survives_the_round_trip(void)
{
	static const uint8_t octets[40] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4};
	static struct twr towers[EPT_MAX_ENTS], *pointers[EPT_MAX_ENTS];
	const struct ept_map p = {.entry_handle = golden_walk, .max_towers = EPT_MAX_ENTS,
				  .num_towers = EPT_MAX_ENTS, .towers = pointers, .status = 7};

	for (uint32_t i = 0; i < EPT_MAX_ENTS; i++) {
		towers[i] = (struct twr){i % 40, octets};
		pointers[i] = i % 10 != 9 ? &towers[i] : NULL;
	}
	for (int how = 0; how < 4; how++) {
		const struct ept_stub stub = {.op = EPT_MAP, .ndr64 = how >= 2};
		struct ept_map again = {.max_towers = EPT_MAX_ENTS};
		struct reader r;
		struct writer w;
		size_t wrong = 0;

		golden_write(&w, how % 2);
		CHECK(ept_stub_put_reply(&stub, &w, &p));
		golden_turn(&w, &r);
		REQUIRE(ept_stub_get_reply(&stub, &r, &again));
		CHECK(cursor_done(&r));
		CHECK_INT(again.num_towers, EPT_MAX_ENTS);
		CHECK_INT(again.status, 7);
		CHECK(golden_same_handle(&again.entry_handle, &golden_walk));
		for (size_t i = 0; i < EPT_MAX_ENTS; i++)
			wrong += !golden_same_tower(again.towers[i], pointers[i]);
		CHECK_INT(wrong, 0);
	}
}

/* A reply with n NULL pointers in an array of at most `max`. */
static bool reply_of_nulls_decodes(uint32_t n, uint32_t max, uint32_t asked)
{
	struct ept_map p = {.max_towers = asked};
	struct reader r;
	struct writer w;

	golden_write(&w, false);
	for (unsigned int i = 0; i < 5; i++)
		cursor_put_u32(&w, 0); /* no handle */
	cursor_put_u32(&w, n);
	cursor_put_u32(&w, max);
	cursor_put_u32(&w, 0);
	cursor_put_u32(&w, n);
	for (uint32_t i = 0; i <= n; i++)
		cursor_put_u32(&w, 0); /* pointers, and the status */
	CHECK(!w.bad);
	golden_turn(&w, &r);
	return ept_stub_get_reply(&reply, &r, &p);
}

static void more_towers_than_were_asked_for_are_refused(void)
{
	CHECK(reply_of_nulls_decodes(0, EPT_MAX_ENTS, EPT_MAX_ENTS));
	CHECK(reply_of_nulls_decodes(EPT_MAX_ENTS, EPT_MAX_ENTS, EPT_MAX_ENTS));
	CHECK(!reply_of_nulls_decodes(EPT_MAX_ENTS + 1, EPT_MAX_ENTS, EPT_MAX_ENTS));
	CHECK(!reply_of_nulls_decodes(EPT_MAX_ENTS + 1, EPT_MAX_ENTS + 1, EPT_MAX_ENTS));
	CHECK(reply_of_nulls_decodes(3, 3, 3));
	CHECK(!reply_of_nulls_decodes(4, 3, 3));
	CHECK(!reply_of_nulls_decodes(4, 4, 3));
}

/* ---- ept_lookup_handle_free -------------------------------------------------------------- */

static bool free_request_decodes(const uint8_t *data, size_t len)
{
	struct ept_lookup_handle_free p;
	struct reader r;

	return golden_stub(data, len, &r) && ept_stub_get_request(&free_stub, &r, &p) &&
	       cursor_done(&r) && golden_same_handle(&p.entry_handle, &golden_walk);
}

static bool free_reply_decodes(const uint8_t *data, size_t len)
{
	struct ept_lookup_handle_free p = {.entry_handle = golden_walk, .status = 1};
	struct reader r;

	return golden_stub(data, len, &r) && ept_stub_get_reply(&free_stub, &r, &p) && cursor_done(&r) &&
	       ndr_context_handle_is_nil(&p.entry_handle) && p.status == 0;
}

static void handle_free_is_reversible(void)
{
	struct ept_lookup_handle_free p = {.entry_handle = golden_walk};
	struct reader r;
	struct writer w;

	CHECK(golden_accepts("pdu-request-ept-lookup-handle-free", free_request_decodes));
	CHECK(golden_accepts("pdu-response-ept-lookup-handle-free", free_reply_decodes));
	golden_write(&w, false);
	CHECK(ept_stub_put_request(&free_stub, &w, &p));
	golden_same_stub(&w, "pdu-request-ept-lookup-handle-free");
	p.entry_handle = golden_no_handle;
	golden_write(&w, false);
	CHECK(ept_stub_put_reply(&free_stub, &w, &p));
	golden_same_stub(&w, "pdu-response-ept-lookup-handle-free");

	p = (struct ept_lookup_handle_free){.entry_handle = golden_walk, .status = 0x16c9a0d5};
	golden_write(&w, true);
	CHECK(ept_stub_put_reply(&free_stub, &w, &p));
	golden_turn(&w, &r);
	p = (struct ept_lookup_handle_free){.status = 0};
	CHECK(ept_stub_get_reply(&free_stub, &r, &p));
	CHECK(golden_same_handle(&p.entry_handle, &golden_walk));
	CHECK_HEX(p.status, 0x16c9a0d5);
}

/* ---- what is cut off, lies or does not fit ------------------------------------------------ */

static void cut_off_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
		size_t len;
	} rows[] = {
		{"pdu-request-ept-map", request_decodes, 156},
		{"pdu-request-ept-map-be", request_decodes, 156},
		{"pdu-request-ept-map-null", request_decodes, 56},
		{"pdu-response-ept-map", reply_decodes, 152},
		{"pdu-response-ept-map-be", reply_decodes, 152},
		{"pdu-response-ept-map-none", reply_decodes, 64},
		{"pdu-response-ept-map-alias", reply_decodes, 156},
		{"pdu-response-ept-map-two", reply_decodes, 256},
		{"pdu-request-ept-lookup-handle-free", free_request_decodes, 44},
		{"pdu-response-ept-lookup-handle-free", free_reply_decodes, 48},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK_INT(golden_shortest(rows[i].vector, rows[i].decode), rows[i].len))
			CHECK_STR(rows[i].vector, "refused below that");
}

/* And no memory is taken for what they claim to have. */
static void lying_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
	} rows[] = {
		{"lying-pdu-request-ept-map-conformance", request_decodes},
		{"lying-pdu-request-ept-map-long-tower", request_decodes},
		{"lying-pdu-request-ept-map-past-end", request_decodes},
		{"lying-pdu-request-ept-map-501", request_decodes},
		{"lying-pdu-response-ept-map-offset", reply_decodes},
		{"lying-pdu-response-ept-map-num-towers", reply_decodes},
		{"lying-pdu-response-ept-map-over-max", reply_decodes},
		{"lying-pdu-response-ept-map-huge", reply_decodes},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		if (!CHECK(!golden_accepts(rows[i].vector, rows[i].decode)) ||
		    !CHECK(ept_stub_memory() <= 8192))
			CHECK_STR(rows[i].vector, "refused");
	}
}

static const uint8_t five_octets[5];
static struct twr five = {sizeof(five_octets), five_octets};

static bool put_request(struct writer *w)
{
	const struct ept_map q = {.object = &uuid_nil, .map_tower = &five};

	return ept_stub_put_request(&request, w, &q);
}

static bool put_reply(struct writer *w)
{
	struct twr *towers[] = {&five};
	const struct ept_map p = {.max_towers = 1, .num_towers = 1, .towers = towers};

	return ept_stub_put_reply(&reply, w, &p);
}

static bool put_free_reply(struct writer *w)
{
	const struct ept_lookup_handle_free p = {.entry_handle = golden_walk};

	return ept_stub_put_reply(&free_stub, w, &p);
}

static void stub_that_does_not_fit_is_refused(void)
{
	CHECK_INT(golden_room(put_request, 200), 4 + 16 + 4 + 8 + 8 + 20 + 4);
	CHECK_INT(golden_room(put_reply, 200), 20 + 16 + 4 + 8 + 8 + 4);
	CHECK_INT(golden_room(put_free_reply, 200), 24);
}

const struct unit_test suite_ept[] = {
	{"map_request_is_reversible", map_request_is_reversible},
	{"map_request_may_have_null_pointers", map_request_may_have_null_pointers},
	{"map_request_of_any_form_survives_the_round_trip",
	 map_request_of_any_form_survives_the_round_trip},
	{"bytes_behind_the_last_parameter_are_left_alone",
	 bytes_behind_the_last_parameter_are_left_alone},
	{"more_towers_than_the_limit_may_not_be_asked_for",
	 more_towers_than_the_limit_may_not_be_asked_for},
	{"map_reply_is_reversible", map_reply_is_reversible},
	{"reply_for_another_maximum_is_refused", reply_for_another_maximum_is_refused},
	{"equal_referent_ids_are_one_tower", equal_referent_ids_are_one_tower},
	{"second_copy_of_a_tower_is_not_expected", second_copy_of_a_tower_is_not_expected},
	{"full_reply_survives_the_round_trip", full_reply_survives_the_round_trip},
	{"more_towers_than_were_asked_for_are_refused", more_towers_than_were_asked_for_are_refused},
	{"handle_free_is_reversible", handle_free_is_reversible},
	{"cut_off_stub_is_refused", cut_off_stub_is_refused},
	{"lying_stub_is_refused", lying_stub_is_refused},
	{"stub_that_does_not_fit_is_refused", stub_that_does_not_fit_is_refused},
	{NULL, NULL},
};
