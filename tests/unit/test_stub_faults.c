/* Requests to every operation of every interface that is served, through an association:
 * cut off anywhere, or with a count that claims too much, they end in a fault, and the
 * association goes on. In NDR and NDR64, in both byte orders. */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/ept_server.h"
#include "epmapd/mgmt_server.h"
#include "epmapd/services/services.h"
#include "rpc/assoc.h"
#include "rpc/caller.h"
#include "rpc/known.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/counts.h"
#include "tests/unit/roundtrip.h"
#include "tests/unit/unit.h"

enum { MAX_SERVED = 16 };

/* A server that serves everything. */
static struct all {
	struct event_base *base;
	struct ept_server ept;
	struct rpc_served served[MAX_SERVED];
	size_t n_served;
	struct assoc_server server;
} all;

static void on_closed(void *arg, struct assoc *a)
{
	ept_server_assoc_closed(arg, a);
}

static void all_init(void)
{
	const struct service *const *services;
	size_t n;

	all = (struct all){.base = event_base_new(), .ept = {.registry = registry_new()}};
	REQUIRE(all.base != NULL && all.ept.registry != NULL);
	all.served[all.n_served++] = ept_served(&all.ept);
	all.served[all.n_served++] = mgmt_served;
	services = services_all(&n);
	for (size_t i = 0; i < n; i++) {
		void *user = services[i]->start != NULL ? services[i]->start(all.base) : NULL;

		for (size_t k = 0; k < service_n_served(services[i]); k++) {
			REQUIRE(all.n_served < MAX_SERVED);
			all.served[all.n_served] = services[i]->served[k];
			all.served[all.n_served].min_auth_level = 0; /* or no stub would be looked at */
			all.served[all.n_served++].user = user;
		}
	}
	assoc_server_init(&all.server, all.served, all.n_served, &all.ept);
	all.server.closed = on_closed;
}

/* What a service keeps is stopped once, although it may serve more than one interface. */
static void all_fini(void)
{
	const struct service *const *services;
	size_t n;

	services = services_all(&n);
	assoc_server_fini(&all.server);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all.n_served; k++)
			if (services[i]->stop != NULL && all.served[k].interface == services[i]->served[0].interface)
				services[i]->stop(all.served[k].user);
	registry_free(all.ept.registry);
	event_base_free(all.base);
}

/* A client that is bound to one interface. */
struct client {
	struct assoc *a;
	struct caller c;
};

static enum caller_event pump(struct client *k)
{
	enum caller_event event = CALLER_NOTHING;
	const uint8_t *data;
	size_t len;

	assoc_input(k->a, k->c.out.w.data, k->c.out.w.len, 1000);
	buf_consume(&k->c.out, k->c.out.w.len);
	while (event == CALLER_NOTHING && (data = assoc_output(k->a, &len)) != NULL) {
		event = caller_input(&k->c, data, len);
		assoc_sent(k->a, len, 1000);
	}
	return event;
}

/* Over the local transport, where the registry may be changed, too. */
static void client_init(struct client *k, const struct rpc_interface *i, bool ndr64, bool big_endian)
{
	static const struct assoc_peer peer = {.transport = ASSOC_LOCAL, .sec_addr = "EPMAPPER", .uid = 0};

	k->a = assoc_new(&all.server, &peer, 1000);
	caller_init(&k->c);
	k->c.ndr64 = ndr64;
	k->c.big_endian = big_endian;
	REQUIRE(k->a != NULL && caller_bind(&k->c, &i->id));
	REQUIRE(pump(k) == CALLER_BOUND);
}

static void client_fini(struct client *k)
{
	caller_fini(&k->c);
	assoc_free(k->a);
}

/* Calls with these bytes: a fault, and not the last one. */
static void gets_a_fault(struct client *k, const char *name, uint16_t opnum, const uint8_t *stub, size_t len)
{
	REQUIRE(caller_call(&k->c, opnum, NULL, stub, len));
	CHECK_STR(pump(k) == CALLER_FAULT ? "fault" : name, "fault");
	CHECK(k->c.fault_status != 0);
	CHECK(!assoc_closing(k->a));
}

/* ---- requests ---------------------------------------------------------------------------- */

struct request {
	struct arena arena;
	struct buf stub;
	struct counts_list counts;
};

/* Random parameters as a stub, and where the counts are in it. */
static void request_init(struct request *q, const struct rpc_interface *i, const struct rpc_client_op *op,
			 const struct client *k, uint64_t seed)
{
	struct roundtrip r;
	struct reader reader;
	struct ndr_out out;
	struct ndr_in in;
	void *args;

	arena_init(&q->arena, RPC_MAX_ARENA, NULL);
	buf_init(&q->stub, RPC_MAX_STUB, NULL);
	args = arena_alloc(&q->arena, op->size);
	roundtrip_init(&r, seed * 100 + op->opnum, &q->arena);
	roundtrip_fill(&r, op->params, args);
	q->stub.w.big_endian = k->c.big_endian;
	ndr_out_init(&out, &q->stub.w, k->c.ndr64, &q->arena);
	REQUIRE(op->put(&out, args));
	cursor_read(&reader, q->stub.w.data, q->stub.w.len);
	reader.big_endian = k->c.big_endian;
	ndr_in_init(&in, &reader, k->c.ndr64, &q->arena);
	counts_watch(&q->counts);
	CHECK(i->ops[op->opnum].get(&in, arena_alloc(&q->arena, op->size)));
	counts_watch(NULL);
}

static void request_fini(struct request *q)
{
	arena_clear(&q->arena);
	buf_clear(&q->stub);
}

static void cut(struct client *k, const struct rpc_client_op *op, const struct request *q)
{
	for (size_t len = 0; len < q->stub.w.len; len++)
		gets_a_fault(k, op->name, op->opnum, q->stub.w.data, len);
}

static void lie(struct client *k, const struct rpc_client_op *op, const struct request *q)
{
	const unsigned int size = k->c.ndr64 ? 8 : 4;

	for (size_t i = 0; i < q->counts.n; i++) {
		uint8_t *count = q->stub.w.data + q->counts.at[i], was[8];

		memcpy(was, count, size);
		memset(count, 0xff, size);
		gets_a_fault(k, op->name, op->opnum, q->stub.w.data, q->stub.w.len);
		memset(count, 0, size);
		count[k->c.big_endian ? size - 2 : 1] = 0x40; /* 16384 */
		gets_a_fault(k, op->name, op->opnum, q->stub.w.data, q->stub.w.len);
		memcpy(count, was, size);
	}
}

typedef void spoiler(struct client *k, const struct rpc_client_op *op, const struct request *q);

static unsigned int each_request(spoiler *spoil)
{
	static struct request q;
	unsigned int ops = 0;

	all_init();
	for (size_t i = 0; i < all.n_served; i++) {
		const struct rpc_interface *served = all.served[i].interface;
		const struct rpc_client_op *client_ops = known_ops(&served->id);

		REQUIRE(client_ops != NULL);
		for (unsigned int how = 0; how < 4; how++) {
			struct client k;

			client_init(&k, served, (how & 1) != 0, (how & 2) != 0);
			for (const struct rpc_client_op *op = client_ops; op->name != NULL; op++, ops++) {
				for (uint64_t seed = 0; seed < 3; seed++) {
					request_init(&q, served, op, &k, seed);
					spoil(&k, op, &q);
					request_fini(&q);
				}
			}
			client_fini(&k);
		}
	}
	CHECK_INT(all.server.budget.used, all.server.arena.size);
	all_fini();
	return ops;
}

static void request_cut_off_anywhere_gets_a_fault(void)
{
	CHECK(each_request(cut) > 4 * 40);
}

static void count_that_claims_too_much_gets_a_fault(void)
{
	CHECK(each_request(lie) > 4 * 40);
}

const struct unit_test suite_stub_faults[] = {
	{"request_cut_off_anywhere_gets_a_fault", request_cut_off_anywhere_gets_a_fault},
	{"count_that_claims_too_much_gets_a_fault", count_that_claims_too_much_gets_a_fault},
	{NULL, NULL},
};
