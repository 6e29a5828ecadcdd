/* Every operation of every interface, its own and kitchen.idl's: what one stub puts, the
 * other gets, with values made up from a fixed seed; in NDR and NDR64, in both byte
 * orders. And what was cut off, or claims to have more than there is, is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idl/calc.h"
#include "idl/clock.h"
#include "idl/ept.h"
#include "idl/logon.h"
#include "idl/mgmt.h"
#include "idl/print.h"
#include "idl/rpcecho.h"
#include "idl/share.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/idl/kitchen.h"
#include "tests/unit/counts.h"
#include "tests/unit/roundtrip.h"
#include "tests/unit/unit.h"

static const struct pair {
	const struct rpc_interface *server;
	const struct rpc_client_op *client;
} pairs[] = {
	{&kitchen_interface, kitchen_client_ops},     {&ept_interface, ept_client_ops},
	{&mgmt_interface, mgmt_client_ops},	      {&echo_interface, echo_client_ops},
	{&calc_v1_0_interface, calc_v1_0_client_ops}, {&calc_v1_2_interface, calc_v1_2_client_ops},
	{&calc_v2_0_interface, calc_v2_0_client_ops}, {&clock_interface, clock_client_ops},
	{&print_interface, print_client_ops},	      {&share_interface, share_client_ops},
	{&logon_interface, logon_client_ops},
};

/* An operation, in one transfer syntax and byte order. */
struct at {
	const struct rpc_op *server;
	const struct rpc_client_op *client;
	bool ndr64, big_endian;
	uint64_t seed;
	struct arena arena;
	struct buf stub;
};

static char *label(const struct at *t, char text[128])
{
	snprintf(text, 128, "%s, %s, %s-endian, seed %u", t->client->name, t->ndr64 ? "NDR64" : "NDR",
		 t->big_endian ? "big" : "little", (unsigned int)t->seed);
	return text;
}

typedef void visit(struct at *t);

/* Looks at every operation, with so many values of each. */
static void each(unsigned int seeds, visit *look)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		for (const struct rpc_client_op *op = pairs[i].client; op->name != NULL; op++) {
			for (unsigned int n = 0; n < 4 * seeds; n++) {
				struct at t = {
					.server = &pairs[i].server->ops[op->opnum],
					.client = op,
					.ndr64 = (n & 1) != 0,
					.big_endian = (n & 2) != 0,
					.seed = n / 4,
				};

				arena_init(&t.arena, RPC_MAX_ARENA, NULL);
				buf_init(&t.stub, RPC_MAX_STUB, NULL);
				t.stub.w.big_endian = t.big_endian;
				look(&t);
				arena_clear(&t.arena);
				buf_clear(&t.stub);
			}
		}
	}
}

/* Random parameters of the operation. */
static void *make_args(struct at *t)
{
	void *args = arena_alloc(&t->arena, t->client->size);
	struct roundtrip r;

	REQUIRE(args != NULL);
	roundtrip_init(&r, t->seed * 1000 + t->client->opnum, &t->arena);
	roundtrip_fill(&r, t->client->params, args);
	return args;
}

static void begin_put(struct at *t, struct ndr_out *n)
{
	buf_reset(&t->stub, RPC_MAX_STUB);
	ndr_out_init(n, &t->stub.w, t->ndr64, &t->arena);
}

static bool put_request(struct at *t, const void *args)
{
	struct ndr_out n;

	begin_put(t, &n);
	return t->client->put(&n, args) && ndr_out_ok(&n);
}

static bool put_reply(struct at *t, const void *args)
{
	struct ndr_out n;

	begin_put(t, &n);
	return t->server->put(&n, args) && ndr_out_ok(&n);
}

/* From a block of just these bytes, so that the sanitizer sees what is read behind them. */
static struct ndr_in begin_get(struct at *t, const uint8_t *copy, size_t len)
{
	struct reader r;
	struct ndr_in n;

	cursor_read(&r, copy, len);
	r.big_endian = t->big_endian;
	ndr_in_init(&n, &r, t->ndr64, &t->arena);
	return n;
}

static uint8_t *copy_of(const void *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	REQUIRE(copy != NULL);
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

/* What the writer holds now must be the bytes that it held before. */
static void same_bytes(struct at *t, const uint8_t *before, size_t len)
{
	if (CHECK_INT(t->stub.w.len, len))
		CHECK_MEM(t->stub.w.data, before, len);
}

/* ---- there and back ------------------------------------------------------------------ */

static void request_arrives(struct at *t)
{
	void *args = make_args(t), *arrived = arena_alloc(&t->arena, t->server->size);
	char path[256] = "", text[128];
	struct ndr_in n;
	uint8_t *bytes;
	size_t len;

	if (!CHECK_STR(put_request(t, args) ? "sent" : label(t, text), "sent"))
		return;
	len = t->stub.w.len;
	bytes = copy_of(t->stub.w.data, len);
	n = begin_get(t, bytes, len);
	if (CHECK_STR(t->server->get(&n, arrived) ? "arrived" : label(t, text), "arrived")) {
		CHECK_INT(cursor_left(&n.r), 0);
		if (!roundtrip_same(t->client->params, ROUNDTRIP_IN, args, arrived, path))
			CHECK_STR(path, label(t, text));
		CHECK(put_request(t, arrived));
		same_bytes(t, bytes, len);
	}
	free(bytes);
}

static void requests_arrive_as_they_were_sent(void)
{
	each(25, request_arrives);
}

/* The client's parameters before the reply: [in] ones only. */
static void *clear_out(struct at *t, const void *args)
{
	uint8_t *copy = arena_alloc(&t->arena, t->client->size);

	REQUIRE(copy != NULL);
	memcpy(copy, args, t->client->size);
	for (const struct desc_field *f = t->client->params; f->name != NULL; f++)
		if (f->out)
			memset(copy + f->offset, 0, f->type->size);
	return copy;
}

static void reply_arrives(struct at *t)
{
	void *args = make_args(t), *arrived = clear_out(t, args);
	char path[256] = "", text[128];
	struct ndr_in n;
	uint8_t *bytes;
	size_t len;

	if (!CHECK_STR(put_reply(t, args) ? "sent" : label(t, text), "sent"))
		return;
	len = t->stub.w.len;
	bytes = copy_of(t->stub.w.data, len);
	n = begin_get(t, bytes, len);
	if (CHECK_STR(t->client->get(&n, arrived) ? "arrived" : label(t, text), "arrived")) {
		CHECK_INT(cursor_left(&n.r), 0);
		if (!roundtrip_same(t->client->params, ROUNDTRIP_OUT, args, arrived, path))
			CHECK_STR(path, label(t, text));
		CHECK(put_reply(t, arrived));
		same_bytes(t, bytes, len);
	}
	free(bytes);
}

static void replies_arrive_as_they_were_sent(void)
{
	each(25, reply_arrives);
}

/* A comparison that finds no difference would make the tests above worthless. */
static void comparing_sees_every_parameter(void)
{
	char path[256];
	unsigned int seen = 0;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		for (const struct rpc_client_op *op = pairs[i].client; op->name != NULL; op++) {
			struct at t = {.client = op, .seed = 3};

			arena_init(&t.arena, RPC_MAX_ARENA, NULL);
			void *a = make_args(&t), *b = make_args(&t), *c;

			CHECK(roundtrip_same(op->params, ROUNDTRIP_IN, a, b, path));
			CHECK(roundtrip_same(op->params, ROUNDTRIP_OUT, a, b, path));
			t.seed = 4;
			c = make_args(&t);
			seen += !roundtrip_same(op->params, ROUNDTRIP_IN, a, c, path);
			seen += !roundtrip_same(op->params, ROUNDTRIP_OUT, a, c, path);
			arena_clear(&t.arena);
		}
	}
	CHECK(seen > 60);
}

/* ---- cut off ---------------------------------------------------------------------------- */

static void refuses_cuts(struct at *t)
{
	void *args = make_args(t);
	char text[128];

	if (!CHECK(put_request(t, args)))
		return;
	for (size_t len = 0; len < t->stub.w.len; len++) {
		uint8_t *bytes = copy_of(t->stub.w.data, len);
		struct arena scratch;
		struct ndr_in n;

		arena_init(&scratch, RPC_MAX_ARENA, NULL);
		n = begin_get(t, bytes, len);
		n.arena = &scratch;
		if (t->server->get(&n, arena_alloc(&scratch, t->server->size)))
			CHECK_STR(label(t, text), "refused");
		arena_clear(&scratch);
		free(bytes);
	}
}

static void requests_cut_off_anywhere_are_refused(void)
{
	each(2, refuses_cuts);
}

/* ---- too large -------------------------------------------------------------------------- */

static void store(struct at *t, uint8_t *at, unsigned int size, uint64_t v)
{
	for (unsigned int i = 0; i < size; i++, v >>= 8)
		at[t->big_endian ? size - 1 - i : i] = (uint8_t)v;
}

static uint64_t load(struct at *t, const uint8_t *at, unsigned int size)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < size; i++)
		v = v << 8 | at[t->big_endian ? i : size - 1 - i];
	return v;
}

/* The request with one count replaced: must be refused, and costs no more memory than it
 * did before. */
static void refuses_count(struct at *t, const uint8_t *bytes, size_t len, size_t where, uint64_t count)
{
	const unsigned int size = t->ndr64 ? 8 : 4;
	uint8_t *lying = copy_of(bytes, len);
	struct arena scratch;
	struct ndr_in n;
	char text[128];

	store(t, lying + where, size, count);
	arena_init(&scratch, RPC_MAX_ARENA, NULL);
	n = begin_get(t, lying, len);
	n.arena = &scratch;
	if (t->server->get(&n, arena_alloc(&scratch, t->server->size)))
		CHECK_STR(label(t, text), "refused");
	CHECK(scratch.size < 100000);
	arena_clear(&scratch);
	free(lying);
}

static unsigned int counts_seen;

static void refuses_large_counts(struct at *t)
{
	static struct counts_list list;
	void *args = make_args(t);
	uint8_t *bytes;
	struct ndr_in n;
	size_t len;

	if (!CHECK(put_request(t, args)))
		return;
	len = t->stub.w.len;
	bytes = copy_of(t->stub.w.data, len);
	n = begin_get(t, bytes, len);
	counts_watch(&list);
	CHECK(t->server->get(&n, arena_alloc(&t->arena, t->server->size)));
	counts_watch(NULL);
	for (size_t i = 0; i < list.n; i++) {
		const uint64_t was = load(t, bytes + list.at[i], t->ndr64 ? 8 : 4);

		refuses_count(t, bytes, len, list.at[i], was + (list.string[i] ? 100 : 1));
		refuses_count(t, bytes, len, list.at[i], was + 1000000);
		refuses_count(t, bytes, len, list.at[i], INT32_MAX);
		refuses_count(t, bytes, len, list.at[i], UINT32_MAX);
		if (t->ndr64) {
			refuses_count(t, bytes, len, list.at[i], was + (1ull << 32));
			refuses_count(t, bytes, len, list.at[i], UINT64_MAX);
		}
		counts_seen++;
	}
	free(bytes);
}

static void counts_that_claim_too_much_are_refused(void)
{
	counts_seen = 0;
	each(3, refuses_large_counts);
	CHECK(counts_seen > 500);
}

const struct unit_test suite_roundtrip[] = {
	{"requests_arrive_as_they_were_sent", requests_arrive_as_they_were_sent},
	{"replies_arrive_as_they_were_sent", replies_arrive_as_they_were_sent},
	{"comparing_sees_every_parameter", comparing_sees_every_parameter},
	{"requests_cut_off_anywhere_are_refused", requests_cut_off_anywhere_are_refused},
	{"counts_that_claim_too_much_are_refused", counts_that_claim_too_much_are_refused},
	{NULL, NULL},
};
