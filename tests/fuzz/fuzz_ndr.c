/*
 * NDR and NDR64 in both byte orders: the generated stubs of all interfaces, those of
 * tests/idl too, each operation's request and reply. What one side takes, the other must
 * be able to give, and then it is taken again and gives the same bytes.
 *
 * The input: how; which interface; opnum; and a request's stub, or, if it is about the
 * reply, u16 length (little-endian), the request's stub, the reply's stub. What comes back
 * may depend on what was sent.
 */
#include <string.h>

#include "idl/all.h"
#include "rpc/limits.h"
#include "tests/fuzz/fuzz.h"
#include "tests/idl/kitchen.h"

/* Of tests/idl/awkward.h, where other things have kitchen's names. */
extern const struct rpc_interface awkward_interface;
extern const struct rpc_client_op awkward_client_ops[];

/* Bits of the first byte. */
#define BIG 0x01u /* -endian */
#define NDR64 0x02u
#define REPLY 0x04u

static const struct {
	const struct rpc_interface *server;
	const struct rpc_client_op *client;
} interfaces[] = {
	{&kitchen_interface, kitchen_client_ops},     {&awkward_interface, awkward_client_ops},
	{&ept_interface, ept_client_ops},             {&mgmt_interface, mgmt_client_ops},
	{&echo_interface, echo_client_ops},           {&print_interface, print_client_ops},
	{&share_interface, share_client_ops},         {&logon_interface, logon_client_ops},
	{&calc_v1_0_interface, calc_v1_0_client_ops}, {&calc_v1_2_interface, calc_v1_2_client_ops},
	{&calc_v2_0_interface, calc_v2_0_client_ops}, {&clock_interface, clock_client_ops},
};

/* An operation, and how it is spoken. */
struct at {
	const struct rpc_op *server;
	const struct rpc_client_op *client;
	bool ndr64, big_endian;
	struct arena arena;
};

typedef bool get(struct ndr_in *n, void *args);
typedef bool put(struct ndr_out *n, const void *args);

static void *new_args(struct at *t)
{
	void *args = arena_alloc(&t->arena, t->client->size);

	FUZZ_CHECK(args != NULL && t->client->size == t->server->size);
	return args;
}

/* *used: how many bytes of the stub. */
static bool decode(struct at *t, get *from, const void *stub, size_t len, void *args, size_t *used)
{
	struct reader r;
	struct ndr_in n;
	bool ok;

	cursor_read(&r, stub, len);
	r.big_endian = t->big_endian;
	ndr_in_init(&n, &r, t->ndr64, &t->arena);
	ok = from(&n, args);
	FUZZ_CHECK(ok == ndr_in_ok(&n));
	*used = n.r.pos;
	return ok;
}

static void encode(struct at *t, put *to, const void *args, struct buf *stub)
{
	struct ndr_out n;

	buf_reset(stub, RPC_MAX_STUB);
	stub->w.big_endian = t->big_endian;
	ndr_out_init(&n, &stub->w, t->ndr64, &t->arena);
	FUZZ_CHECK(to(&n, args) && ndr_out_ok(&n));
}

/* What was encoded decodes, to its end, and encodes to the same. `args` has what was known
 * before. */
static void check_again(struct at *t, get *from, put *to, const struct buf *stub, void *args)
{
	struct buf again;
	size_t used;

	buf_init(&again, RPC_MAX_STUB, NULL);
	FUZZ_CHECK(decode(t, from, stub->w.data, stub->w.len, args, &used));
	FUZZ_CHECK(used == stub->w.len);
	encode(t, to, args, &again);
	FUZZ_CHECK(again.w.len == stub->w.len);
	FUZZ_CHECK(again.w.len == 0 || memcmp(again.w.data, stub->w.data, again.w.len) == 0);
	buf_clear(&again);
}

static void fuzz_request(struct at *t, const uint8_t *data, size_t len)
{
	void *args = new_args(t);
	struct buf stub;
	size_t used;

	if (!decode(t, t->server->get, data, len, args, &used))
		return;
	buf_init(&stub, RPC_MAX_STUB, NULL);
	encode(t, t->client->put, args, &stub);
	check_again(t, t->server->get, t->client->put, &stub, new_args(t));
	buf_clear(&stub);
}

static void fuzz_reply(struct at *t, struct reader *in)
{
	void *args = new_args(t), *known = new_args(t);
	const uint8_t *request, *reply;
	size_t used, len;
	struct buf stub;
	uint16_t n;

	if (!cursor_get_u16_le(in, &n) || !cursor_get_ref(in, &request, n))
		return;
	len = cursor_left(in);
	cursor_get_ref(in, &reply, len);
	if (!decode(t, t->server->get, request, n, args, &used))
		return;
	FUZZ_CHECK(decode(t, t->server->get, request, n, known, &used));
	if (!decode(t, t->client->get, reply, len, args, &used))
		return;
	buf_init(&stub, RPC_MAX_STUB, NULL);
	encode(t, t->server->put, args, &stub);
	check_again(t, t->client->get, t->server->put, &stub, known);
	buf_clear(&stub);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const size_t n = sizeof(interfaces) / sizeof(interfaces[0]);
	size_t opnum;
	struct reader in;
	struct at t;

	if (len < 3)
		return 0;
	opnum = data[2] % interfaces[data[1] % n].server->n_ops;
	t.server = &interfaces[data[1] % n].server->ops[opnum];
	t.client = &interfaces[data[1] % n].client[opnum];
	t.big_endian = (data[0] & BIG) != 0;
	t.ndr64 = (data[0] & NDR64) != 0;
	arena_init(&t.arena, RPC_MAX_ARENA, NULL);
	cursor_read(&in, data + 3, len - 3);
	if ((data[0] & REPLY) != 0)
		fuzz_reply(&t, &in);
	else
		fuzz_request(&t, data + 3, len - 3);
	arena_clear(&t.arena);
	return 0;
}
