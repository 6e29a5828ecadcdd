/* ept_lookup. */
#include "rpc/ept.h"

#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* It is large: up to 500 entries. */
static struct ept_lookup_reply reply;

static bool lookup_request_decodes(const uint8_t *data, size_t len)
{
	struct ept_lookup_request q;
	struct reader r;

	return golden_stub(data, len, &r) && ept_lookup_request_get(&r, &q);
}

static bool lookup_reply_decodes(const uint8_t *data, size_t len)
{
	struct reader r;

	return golden_stub(data, len, &r) && ept_lookup_reply_get(&r, &reply);
}

/* ---- the request ----------------------------------------------------------------- */

static const struct {
	const char *vector;
	struct ept_lookup_request q;
} lookups[] = {
	{"pdu-request-ept-lookup-all", {.inquiry_type = EPT_INQ_ALL, .max_ents = 500}},
	{"pdu-request-ept-lookup",
	 {.inquiry_type = EPT_INQ_BOTH, .has_object = true, .has_interface = true,
	  .vers_option = EPT_VERS_COMPATIBLE, .max_ents = 500}},
	{"pdu-request-ept-lookup-be",
	 {.inquiry_type = EPT_INQ_BOTH, .has_object = true, .has_interface = true,
	  .vers_option = EPT_VERS_COMPATIBLE, .max_ents = 500}},
};

static void check_lookup(const struct ept_lookup_request *q, const struct ept_lookup_request *e)
{
	static const struct syntax_id none = {0};

	CHECK_INT(q->inquiry_type, e->inquiry_type);
	CHECK_INT(q->has_object, e->has_object);
	CHECK(uuid_equal(&q->object, e->has_object ? &golden_object : &uuid_nil));
	CHECK_INT(q->has_interface, e->has_interface);
	CHECK(syntax_equal(&q->interface_id, e->has_interface ? &syntax_echo : &none));
	CHECK_INT(q->vers_option, e->vers_option);
	CHECK_INT(q->max_ents, e->max_ents);
}

static void lookup_request_is_reversible(void)
{
	for (size_t i = 0; i < ROWS(lookups); i++) {
		struct golden g = golden_load(lookups[i].vector);
		struct ept_lookup_request q;
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		CHECK(ept_lookup_request_get(&r, &q));
		CHECK(cursor_done(&r));
		check_lookup(&q, &lookups[i].q);
		CHECK(golden_same_handle(&q.entry_handle, q.has_object ? &golden_walk : &golden_no_handle));

		golden_write(&w, r.big_endian);
		CHECK(ept_lookup_request_put(&w, &q));
		golden_same_stub(&w, lookups[i].vector);
		golden_free(&g);
	}
}

/* With and without object and interface, in both orders, with numbers nobody defined. */
static void lookup_request_of_any_form_survives_the_round_trip(void)
{
	for (unsigned i = 0; i < 8; i++) {
		const struct ept_lookup_request q = {
			.inquiry_type = 0x01020304,
			.has_object = (i & 1) != 0,
			.object = golden_object,
			.has_interface = (i & 2) != 0,
			.interface_id = syntax_echo,
			.vers_option = 0x05060708,
			.entry_handle = golden_walk,
			.max_ents = 7,
		};
		struct ept_lookup_request p;
		struct reader r;
		struct writer w;

		golden_write(&w, (i & 4) != 0);
		CHECK(ept_lookup_request_put(&w, &q));
		golden_turn(&w, &r);
		CHECK(ept_lookup_request_get(&r, &p));
		CHECK(cursor_done(&r));
		check_lookup(&p, &q);
		CHECK(golden_same_handle(&p.entry_handle, &golden_walk));
	}
}

static void more_entries_than_the_limit_may_not_be_asked_for(void)
{
	for (uint32_t max = EPT_MAX_ENTS; max <= EPT_MAX_ENTS + 1; max++) {
		const struct ept_lookup_request q = {.max_ents = max};
		struct ept_lookup_request p;
		struct reader r;
		struct writer w;

		golden_write(&w, false);
		CHECK(ept_lookup_request_put(&w, &q));
		golden_turn(&w, &r);
		CHECK_INT(ept_lookup_request_get(&r, &p), max <= EPT_MAX_ENTS);
	}
}

/* ---- the reply ------------------------------------------------------------------- */

/* The entries that occur in the vectors. */
struct expected {
	const struct uuid *object;
	const char *annotation, *tower;
};

static void check_entry(const struct ept_entry *e, const struct expected *x)
{
	CHECK(uuid_equal(&e->object, x->object));
	CHECK_STR(e->annotation, x->annotation);
	golden_same_bytes(e->tower.octets, e->tower.len, x->tower);
}

static const struct {
	const char *vector;
	const struct ndr_context_handle *handle;
	uint32_t max_ents, num_ents, status;
	struct expected entries[2];
} replies[] = {
	{"pdu-response-ept-lookup", &golden_no_handle, 500, 1, 0, {{&uuid_nil, "echo", "tower-tcp"}}},
	{"pdu-response-ept-lookup-be", &golden_no_handle, 500, 1, 0, {{&uuid_nil, "echo", "tower-tcp"}}},
	{"pdu-response-ept-lookup-two", &golden_walk, 2, 2, 0,
	 {{&golden_object, "echo", "tower-np"}, {&uuid_nil, "", "tower-tcp"}}},
	{"pdu-response-ept-lookup-end", &golden_no_handle, 10, 0, 0x16c9a0d6, {{0}}},
};

static void lookup_reply_is_reversible(void)
{
	for (size_t i = 0; i < ROWS(replies); i++) {
		struct golden g = golden_load(replies[i].vector);
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		CHECK(ept_lookup_reply_get(&r, &reply));
		CHECK(cursor_done(&r));
		CHECK(golden_same_handle(&reply.entry_handle, replies[i].handle));
		CHECK_INT(reply.max_ents, replies[i].max_ents);
		REQUIRE(CHECK_INT(reply.num_ents, replies[i].num_ents));
		for (size_t n = 0; n < reply.num_ents; n++)
			check_entry(&reply.entries[n], &replies[i].entries[n]);
		CHECK_HEX(reply.status, replies[i].status);

		golden_write(&w, r.big_endian);
		CHECK(ept_lookup_reply_put(&w, &reply));
		golden_same_stub(&w, replies[i].vector);
		golden_free(&g);
	}
}

/* ---- what is cut off, lies or does not fit ------------------------------------------------ */

static void cut_off_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
		size_t len;
	} rows[] = {
		{"pdu-request-ept-lookup", lookup_request_decodes, 100},
		{"pdu-request-ept-lookup-be", lookup_request_decodes, 100},
		{"pdu-request-ept-lookup-all", lookup_request_decodes, 64},
		{"pdu-response-ept-lookup", lookup_reply_decodes, 184},
		{"pdu-response-ept-lookup-be", lookup_reply_decodes, 184},
		{"pdu-response-ept-lookup-two", lookup_reply_decodes, 316},
		{"pdu-response-ept-lookup-end", lookup_reply_decodes, 64},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK_INT(golden_shortest(rows[i].vector, rows[i].decode), rows[i].len))
			CHECK_STR(rows[i].vector, "refused below that");
}

static void lying_stub_is_refused(void)
{
	CHECK(!golden_accepts("lying-pdu-request-ept-lookup-501", lookup_request_decodes));
	CHECK(!golden_accepts("lying-pdu-response-ept-lookup-huge", lookup_reply_decodes));
	CHECK(!golden_accepts("lying-pdu-response-ept-lookup-offset", lookup_reply_decodes));
}

static bool put_lookup(struct writer *w)
{
	const struct ept_lookup_request q = {.has_object = true, .has_interface = true};

	return ept_lookup_request_put(w, &q);
}

static bool put_reply(struct writer *w)
{
	reply = (struct ept_lookup_reply){.num_ents = 1, .max_ents = 1};
	reply.entries[0].tower = (struct ept_tower){.octets = (const uint8_t *)"", .len = 1};
	return ept_lookup_reply_put(w, &reply);
}

static void stub_that_does_not_fit_is_refused(void)
{
	size_t entry = 16 + 4 + 8 + 1 + 3 + 8 + 1 + 3; /* "" and a tower of one octet */

	CHECK_INT(golden_room(put_lookup, 200), 4 + 4 + 16 + 4 + 20 + 4 + 20 + 4);
	CHECK_INT(golden_room(put_reply, 200), 20 + 16 + entry + 4);
}

const struct unit_test suite_ept_lookup[] = {
	{"lookup_request_is_reversible", lookup_request_is_reversible},
	{"lookup_request_of_any_form_survives_the_round_trip",
	 lookup_request_of_any_form_survives_the_round_trip},
	{"more_entries_than_the_limit_may_not_be_asked_for",
	 more_entries_than_the_limit_may_not_be_asked_for},
	{"lookup_reply_is_reversible", lookup_reply_is_reversible},
	{"cut_off_stub_is_refused", cut_off_stub_is_refused},
	{"lying_stub_is_refused", lying_stub_is_refused},
	{"stub_that_does_not_fit_is_refused", stub_that_does_not_fit_is_refused},
	{NULL, NULL},
};
