/* The stubs of ept_lookup, against the bytes of the vectors. */
#include "idl/rpcecho.h"
#include "tests/unit/ept_stub.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* The ids in the replies of the vectors go on after the two of a request. */
static const struct ept_stub request = {.op = EPT_LOOKUP};
static const struct ept_stub reply = {.op = EPT_LOOKUP, .last_referent = 2};

static bool request_decodes(const uint8_t *data, size_t len)
{
	struct ept_lookup q;
	struct reader r;

	return golden_stub(data, len, &r) && ept_stub_get_request(&request, &r, &q);
}

/* As if it had asked for as many entries as the reply says. */
static bool reply_decodes(const uint8_t *data, size_t len)
{
	struct ept_lookup p = {.max_ents = 4};
	struct reader r, at;

	if (!golden_stub(data, len, &r))
		return false;
	at = r;
	cursor_skip(&at, 24);
	cursor_get_u32(&at, &p.max_ents);
	return ept_stub_get_reply(&reply, &r, &p);
}

/* ---- the request ----------------------------------------------------------------- */

/* rpc_if_id_t: unlike a syntax id in a bind, its version is two integers. */
static struct rpc_if_id echo_if(void)
{
	return (struct rpc_if_id){echo_id.uuid, echo_id.major, echo_id.minor};
}

static void check_lookup(const struct ept_lookup *q, const struct ept_lookup *e)
{
	CHECK_INT(q->inquiry_type, e->inquiry_type);
	CHECK_INT(q->object != NULL, e->object != NULL);
	if (q->object != NULL && e->object != NULL)
		CHECK(uuid_equal(q->object, e->object));
	CHECK_INT(q->interface_id != NULL, e->interface_id != NULL);
	if (q->interface_id != NULL && e->interface_id != NULL) {
		CHECK(uuid_equal(&q->interface_id->uuid, &e->interface_id->uuid));
		CHECK_INT(q->interface_id->vers_major, e->interface_id->vers_major);
		CHECK_INT(q->interface_id->vers_minor, e->interface_id->vers_minor);
	}
	CHECK_INT(q->vers_option, e->vers_option);
	CHECK(golden_same_handle(&q->entry_handle, &e->entry_handle));
	CHECK_INT(q->max_ents, e->max_ents);
}

static void lookup_request_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-request-ept-lookup-all", "pdu-request-ept-lookup",
					      "pdu-request-ept-lookup-be"};
	struct rpc_if_id echo = echo_if();
	const struct ept_lookup all = {.inquiry_type = EPT_INQ_ALL, .max_ents = 500};
	const struct ept_lookup both = {
		.inquiry_type = EPT_INQ_BOTH,
		.object = &golden_object,
		.interface_id = &echo,
		.vers_option = EPT_VERS_COMPATIBLE,
		.entry_handle = golden_walk,
		.max_ents = 500,
	};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		struct ept_lookup q;
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		REQUIRE(ept_stub_get_request(&request, &r, &q));
		CHECK(cursor_done(&r));
		check_lookup(&q, i == 0 ? &all : &both);

		golden_write(&w, r.big_endian);
		CHECK(ept_stub_put_request(&request, &w, &q));
		golden_same_stub(&w, vectors[i]);
		golden_free(&g);
	}
}

/* With and without object and interface, in both orders and both syntaxes, with numbers
 * nobody defined. */
static void lookup_request_of_any_form_survives_the_round_trip(void)
{
	for (unsigned i = 0; i < 16; i++) {
		const struct ept_stub stub = {.op = EPT_LOOKUP, .ndr64 = (i & 8) != 0};
		struct rpc_if_id iface = {echo_id.uuid, 0x0102, 0x0304};
		const struct ept_lookup q = {
			.inquiry_type = 0x01020304,
			.object = (i & 1) != 0 ? &golden_object : NULL,
			.interface_id = (i & 2) != 0 ? &iface : NULL,
			.vers_option = 0x05060708,
			.entry_handle = golden_walk,
			.max_ents = 7,
		};
		struct ept_lookup p;
		struct reader r;
		struct writer w;

		golden_write(&w, (i & 4) != 0);
		CHECK(ept_stub_put_request(&stub, &w, &q));
		golden_turn(&w, &r);
		REQUIRE(ept_stub_get_request(&stub, &r, &p));
		CHECK(cursor_done(&r));
		check_lookup(&p, &q);
	}
}

/* Neither side: the stub that asks does not either. */
static void more_entries_than_the_limit_may_not_be_asked_for(void)
{
	for (uint32_t max = EPT_MAX_ENTS; max <= EPT_MAX_ENTS + 1; max++) {
		struct ept_lookup q = {.max_ents = max}, p;
		struct reader r;
		struct writer w;

		golden_write(&w, false);
		CHECK_INT(ept_stub_put_request(&request, &w, &q), max <= EPT_MAX_ENTS);
		q.max_ents = 0;
		golden_write(&w, false);
		REQUIRE(ept_stub_put_request(&request, &w, &q));
		cursor_patch_u32(&w, w.len - 4, max);
		golden_turn(&w, &r);
		CHECK_INT(ept_stub_get_request(&request, &r, &p), max <= EPT_MAX_ENTS);
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
	REQUIRE(e->tower != NULL);
	golden_same_bytes(e->tower->tower_octet_string, e->tower->tower_length, x->tower);
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
		struct ept_lookup p = {.max_ents = replies[i].max_ents};
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		REQUIRE(ept_stub_get_reply(&reply, &r, &p));
		CHECK(cursor_done(&r));
		CHECK(golden_same_handle(&p.entry_handle, replies[i].handle));
		REQUIRE(CHECK_INT(p.num_ents, replies[i].num_ents));
		for (size_t n = 0; n < p.num_ents; n++)
			check_entry(&p.entries[n], &replies[i].entries[n]);
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

		for (int more = -1; more <= 1; more++) {
			struct ept_lookup p = {.max_ents = replies[i].max_ents + (uint32_t)more};
			struct reader r;

			REQUIRE(golden_stub(g.data, g.len, &r));
			CHECK_INT(ept_stub_get_reply(&reply, &r, &p), more == 0);
		}
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
		{"pdu-request-ept-lookup", request_decodes, 100},
		{"pdu-request-ept-lookup-be", request_decodes, 100},
		{"pdu-request-ept-lookup-all", request_decodes, 64},
		{"pdu-response-ept-lookup", reply_decodes, 184},
		{"pdu-response-ept-lookup-be", reply_decodes, 184},
		{"pdu-response-ept-lookup-two", reply_decodes, 316},
		{"pdu-response-ept-lookup-end", reply_decodes, 64},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK_INT(golden_shortest(rows[i].vector, rows[i].decode), rows[i].len))
			CHECK_STR(rows[i].vector, "refused below that");
}

/* And no memory is taken for what they claim to have. */
static void lying_stub_is_refused(void)
{
	CHECK(!golden_accepts("lying-pdu-request-ept-lookup-501", request_decodes));
	CHECK(!golden_accepts("lying-pdu-response-ept-lookup-huge", reply_decodes));
	CHECK(ept_stub_memory() <= 8192);
	CHECK(!golden_accepts("lying-pdu-response-ept-lookup-offset", reply_decodes));
}

static bool put_lookup(struct writer *w)
{
	struct rpc_if_id echo = echo_if();
	const struct ept_lookup q = {.object = &uuid_nil, .interface_id = &echo};

	return ept_stub_put_request(&request, w, &q);
}

static bool put_reply(struct writer *w)
{
	struct twr tower = {1, (const uint8_t *)""};
	struct ept_entry entry = {.tower = &tower};
	const struct ept_lookup p = {.num_ents = 1, .max_ents = 1, .entries = &entry};

	return ept_stub_put_reply(&reply, w, &p);
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
	{"reply_for_another_maximum_is_refused", reply_for_another_maximum_is_refused},
	{"cut_off_stub_is_refused", cut_off_stub_is_refused},
	{"lying_stub_is_refused", lying_stub_is_refused},
	{"stub_that_does_not_fit_is_refused", stub_that_does_not_fit_is_refused},
	{NULL, NULL},
};
