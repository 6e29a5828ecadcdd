/* ept_map and ept_lookup_handle_free. */
#include "rpc/ept.h"

#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Both are large: up to 500 towers. */
static struct ept_map_reply reply, again;

static void check_tower(const struct ept_tower *t, const char *vector)
{
	golden_same_bytes(t->octets, t->len, vector);
	CHECK(t->host == NULL);
}

static bool map_request_decodes(const uint8_t *data, size_t len)
{
	struct ept_map_request q;
	struct reader r;

	return golden_stub(data, len, &r) && ept_map_request_get(&r, &q);
}

static bool map_reply_decodes(const uint8_t *data, size_t len)
{
	struct reader r;

	return golden_stub(data, len, &r) && ept_map_reply_get(&r, &reply);
}

/* ---- ept_map, request ----------------------------------------------------------------- */

static void map_request_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-request-ept-map", "pdu-request-ept-map-be"};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		struct ept_map_request q;
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		CHECK(ept_map_request_get(&r, &q));
		CHECK(cursor_done(&r));
		CHECK(uuid_is_nil(&q.object));
		CHECK(q.map_tower.octets == g.data + 24 + 32);
		check_tower(&q.map_tower, "tower-tcp");
		CHECK(golden_same_handle(&q.entry_handle, &golden_no_handle));
		CHECK_INT(q.max_towers, 4);

		golden_write(&w, r.big_endian);
		CHECK(ept_map_request_put(&w, &q));
		golden_same_stub(&w, vectors[i]);
		golden_free(&g);
	}
}

static void map_request_may_have_null_pointers(void)
{
	struct golden g = golden_load("pdu-request-ept-map-null");
	struct ept_map_request q;
	struct reader r;

	REQUIRE(golden_stub(g.data, g.len, &r));
	CHECK(ept_map_request_get(&r, &q));
	CHECK(cursor_done(&r));
	CHECK(uuid_is_nil(&q.object));
	CHECK(q.map_tower.octets == NULL);
	CHECK_INT(q.map_tower.len, 0);
	CHECK_INT(q.max_towers, 1);
	golden_free(&g);
}

/* With an object and a walk, and towers of every length modulo 4, or none at all. */
static void map_request_of_any_form_survives_the_round_trip(void)
{
	static const uint8_t octets[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

	for (size_t i = 0; i < 20; i++) {
		const struct ept_map_request q = {
			.object = syntax_echo.uuid,
			.map_tower = {.octets = i < 18 ? octets : NULL, .len = i < 18 ? i / 2 : 0},
			.entry_handle = golden_walk,
			.max_towers = EPT_MAX_ENTS,
		};
		struct ept_map_request p;
		struct reader r;
		struct writer w;

		golden_write(&w, i % 2 != 0);
		CHECK(ept_map_request_put(&w, &q));
		golden_turn(&w, &r);
		CHECK(ept_map_request_get(&r, &p));
		CHECK(cursor_done(&r));
		CHECK(uuid_equal(&p.object, &q.object));
		CHECK(golden_same_handle(&p.entry_handle, &golden_walk));
		CHECK_INT(p.max_towers, q.max_towers);
		CHECK(golden_same_tower(&p.map_tower, &q.map_tower));
	}
}

/* A verification trailer may follow, and other things of which we know nothing. */
static void bytes_behind_the_last_parameter_are_left_alone(void)
{
	struct golden g = golden_load("pdu-request-ept-map");
	struct ept_map_request q;
	struct reader r, stub;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &stub));
	golden_write(&w, false);
	cursor_put_bytes(&w, stub.data, stub.len);
	cursor_put_bytes(&w, "trailer", 7);
	golden_turn(&w, &r);
	CHECK(ept_map_request_get(&r, &q));
	CHECK_INT(q.max_towers, 4);
	CHECK_INT(cursor_left(&r), 7);
	golden_free(&g);
}

static void more_towers_than_the_limit_may_not_be_asked_for(void)
{
	for (uint32_t max = EPT_MAX_ENTS; max <= EPT_MAX_ENTS + 1; max++) {
		const struct ept_map_request q = {.max_towers = max};
		struct ept_map_request p;
		struct reader r;
		struct writer w;

		golden_write(&w, false);
		CHECK(ept_map_request_put(&w, &q));
		golden_turn(&w, &r);
		CHECK_INT(ept_map_request_get(&r, &p), max <= EPT_MAX_ENTS);
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
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		CHECK(ept_map_reply_get(&r, &reply));
		CHECK(cursor_done(&r));
		CHECK(golden_same_handle(&reply.entry_handle, replies[i].handle));
		CHECK_INT(reply.max_towers, replies[i].max_towers);
		REQUIRE(CHECK_INT(reply.num_towers, replies[i].num_towers));
		for (size_t n = 0; n < reply.num_towers; n++)
			check_tower(&reply.towers[n], replies[i].towers[n]);
		CHECK_HEX(reply.status, replies[i].status);

		golden_write(&w, r.big_endian);
		CHECK(ept_map_reply_put(&w, &reply));
		golden_same_stub(&w, replies[i].vector);
		golden_free(&g);
	}
}

static void equal_referent_ids_are_one_tower(void)
{
	struct golden g = golden_load("pdu-response-ept-map-alias");
	struct reader r;

	REQUIRE(golden_stub(g.data, g.len, &r));
	CHECK(ept_map_reply_get(&r, &reply));
	CHECK(cursor_done(&r));
	REQUIRE(CHECK_INT(reply.num_towers, 2));
	check_tower(&reply.towers[0], "tower-tcp");
	CHECK(reply.towers[1].octets == reply.towers[0].octets);
	CHECK_INT(reply.towers[1].len, reply.towers[0].len);
	CHECK_HEX(reply.status, 0);
	golden_free(&g);
}

/* Whoever sends the second copy all the same is read wrong, but within the stub: what
 * stands where the status belongs is the copy's count. */
static void second_copy_of_a_tower_is_not_expected(void)
{
	struct golden g = golden_load("lying-pdu-response-ept-map-second-copy");
	struct reader r;

	REQUIRE(golden_stub(g.data, g.len, &r));
	CHECK(ept_map_reply_get(&r, &reply));
	CHECK(reply.towers[1].octets == reply.towers[0].octets);
	CHECK_INT(reply.status, 75);
	golden_free(&g);
}

/* A full reply with towers of all lengths and some NULL, in both orders. */
static void full_reply_survives_the_round_trip(void)
{
	static const uint8_t octets[40] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4};

	reply = (struct ept_map_reply){.entry_handle = golden_walk, .max_towers = EPT_MAX_ENTS,
				       .num_towers = EPT_MAX_ENTS, .status = 7};
	for (size_t i = 0; i < EPT_MAX_ENTS; i++)
		if (i % 10 != 9)
			reply.towers[i] = (struct ept_tower){.octets = octets, .len = i % 40};

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct reader r;
		struct writer w;
		size_t wrong = 0;

		golden_write(&w, big_endian);
		CHECK(ept_map_reply_put(&w, &reply));
		golden_turn(&w, &r);
		CHECK(ept_map_reply_get(&r, &again));
		CHECK(cursor_done(&r));
		CHECK_INT(again.num_towers, EPT_MAX_ENTS);
		CHECK_INT(again.status, 7);
		for (size_t i = 0; i < EPT_MAX_ENTS; i++)
			wrong += !golden_same_tower(&again.towers[i], &reply.towers[i]);
		CHECK_INT(wrong, 0);
	}
}

/* A reply with that many NULL pointers. */
static bool reply_of_nulls_decodes(uint32_t n)
{
	struct reader r;
	struct writer w;

	golden_write(&w, false);
	ndr_put_context_handle(&w, &golden_no_handle);
	ndr_put_u32(&w, n);
	ndr_put_u32(&w, n);
	ndr_put_variance(&w, n);
	for (uint32_t i = 0; i < n; i++)
		ndr_put_pointer(&w, 0);
	CHECK(ndr_put_u32(&w, 0));
	golden_turn(&w, &r);
	return ept_map_reply_get(&r, &reply);
}

static void more_towers_than_the_limit_are_refused(void)
{
	CHECK(reply_of_nulls_decodes(0));
	CHECK(reply_of_nulls_decodes(EPT_MAX_ENTS));
	CHECK(!reply_of_nulls_decodes(EPT_MAX_ENTS + 1));
}

/* The mapper puts the address of the caller's connection into each tower it gives away. */
static void host_replaces_the_last_four_octets(void)
{
	static const uint8_t host[4] = {10, 2, 2, 2};
	static const uint8_t octets[] = {1, 2, 3, 4, 5, 6};

	for (size_t len = 0; len <= sizeof(octets); len++) {
		uint8_t want[sizeof(octets)];
		struct reader r;
		struct writer w;

		memcpy(want, octets, sizeof(want));
		if (len >= 4)
			memcpy(want + len - 4, host, 4);
		reply = (struct ept_map_reply){.max_towers = 1, .num_towers = 1};
		reply.towers[0] = (struct ept_tower){.octets = octets, .len = len, .host = host};
		golden_write(&w, false);
		CHECK(ept_map_reply_put(&w, &reply));
		golden_turn(&w, &r);
		CHECK(ept_map_reply_get(&r, &again));
		if (CHECK_INT(again.towers[0].len, len))
			CHECK_MEM(again.towers[0].octets, want, len);
	}
}

/* ---- ept_lookup_handle_free -------------------------------------------------------------- */

static bool free_request_decodes(const uint8_t *data, size_t len)
{
	struct ndr_context_handle h;
	struct reader r;

	return golden_stub(data, len, &r) && ndr_get_context_handle(&r, &h) &&
	       golden_same_handle(&h, &golden_walk);
}

static bool free_reply_decodes(const uint8_t *data, size_t len)
{
	struct ndr_context_handle h;
	struct reader r;
	uint32_t status;

	return golden_stub(data, len, &r) && ept_handle_free_reply_get(&r, &h, &status) &&
	       ndr_context_handle_is_nil(&h) && status == 0;
}

static void handle_free_is_reversible(void)
{
	struct ndr_context_handle h;
	struct reader r;
	struct writer w;
	uint32_t status;

	CHECK(golden_accepts("pdu-request-ept-lookup-handle-free", free_request_decodes));
	CHECK(golden_accepts("pdu-response-ept-lookup-handle-free", free_reply_decodes));
	golden_write(&w, false);
	CHECK(ept_handle_free_reply_put(&w, &golden_no_handle, 0));
	golden_same_stub(&w, "pdu-response-ept-lookup-handle-free");

	golden_write(&w, true);
	CHECK(ept_handle_free_reply_put(&w, &golden_walk, 0x16c9a0d5));
	golden_turn(&w, &r);
	CHECK(ept_handle_free_reply_get(&r, &h, &status));
	CHECK(golden_same_handle(&h, &golden_walk));
	CHECK_HEX(status, 0x16c9a0d5);
}

/* ---- what is cut off, lies or does not fit ------------------------------------------------ */

static void cut_off_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
		size_t len;
	} rows[] = {
		{"pdu-request-ept-map", map_request_decodes, 156},
		{"pdu-request-ept-map-be", map_request_decodes, 156},
		{"pdu-request-ept-map-null", map_request_decodes, 56},
		{"pdu-response-ept-map", map_reply_decodes, 152},
		{"pdu-response-ept-map-be", map_reply_decodes, 152},
		{"pdu-response-ept-map-none", map_reply_decodes, 64},
		{"pdu-response-ept-map-alias", map_reply_decodes, 156},
		{"pdu-response-ept-map-two", map_reply_decodes, 256},
		{"pdu-request-ept-lookup-handle-free", free_request_decodes, 44},
		{"pdu-response-ept-lookup-handle-free", free_reply_decodes, 48},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK_INT(golden_shortest(rows[i].vector, rows[i].decode), rows[i].len))
			CHECK_STR(rows[i].vector, "refused below that");
}

static void lying_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
	} rows[] = {
		{"lying-pdu-request-ept-map-conformance", map_request_decodes},
		{"lying-pdu-request-ept-map-long-tower", map_request_decodes},
		{"lying-pdu-request-ept-map-past-end", map_request_decodes},
		{"lying-pdu-request-ept-map-501", map_request_decodes},
		{"lying-pdu-response-ept-map-offset", map_reply_decodes},
		{"lying-pdu-response-ept-map-num-towers", map_reply_decodes},
		{"lying-pdu-response-ept-map-over-max", map_reply_decodes},
		{"lying-pdu-response-ept-map-huge", map_reply_decodes},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK(!golden_accepts(rows[i].vector, rows[i].decode)))
			CHECK_STR(rows[i].vector, "refused");
}

static const uint8_t five_octets[5];

static bool put_request(struct writer *w)
{
	const struct ept_map_request q = {.map_tower = {.octets = five_octets, .len = 5}};

	return ept_map_request_put(w, &q);
}

static bool put_reply(struct writer *w)
{
	reply = (struct ept_map_reply){.max_towers = 1, .num_towers = 1};
	reply.towers[0] = (struct ept_tower){.octets = five_octets, .len = 5};
	return ept_map_reply_put(w, &reply);
}

static bool put_free_reply(struct writer *w)
{
	return ept_handle_free_reply_put(w, &golden_walk, 0);
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
	{"equal_referent_ids_are_one_tower", equal_referent_ids_are_one_tower},
	{"second_copy_of_a_tower_is_not_expected", second_copy_of_a_tower_is_not_expected},
	{"full_reply_survives_the_round_trip", full_reply_survives_the_round_trip},
	{"more_towers_than_the_limit_are_refused", more_towers_than_the_limit_are_refused},
	{"host_replaces_the_last_four_octets", host_replaces_the_last_four_octets},
	{"handle_free_is_reversible", handle_free_is_reversible},
	{"cut_off_stub_is_refused", cut_off_stub_is_refused},
	{"lying_stub_is_refused", lying_stub_is_refused},
	{"stub_that_does_not_fit_is_refused", stub_that_does_not_fit_is_refused},
	{NULL, NULL},
};
