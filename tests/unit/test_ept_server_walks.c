/* The mapper in memory: how long a walk that is not continued lives. What a handle is worth
 * besides stands in test_ept_server_lookup.c and test_context.c. */
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/unit.h"

static struct rig_client c;

static void begin(unsigned int n)
{
	ept_rig_init();
	ept_rig_fill(n);
	ept_client_tcp(&c, "192.0.2.1", 0);
}

static void end(void)
{
	rig_client_fini(&c);
	ept_rig_fini();
}

/* Goes on with a walk, by one; or begins one, if the handle is nil. */
static uint32_t lookup(struct ndr_context_handle *h)
{
	struct ept_lookup q = {.entry_handle = *h, .max_ents = 1}, reply;
	uint32_t fault = ept_client_lookup(&c, &q, &reply);

	if (fault == 0) {
		CHECK_HEX(reply.status, 0);
		*h = reply.entry_handle;
	}
	return fault;
}

static uint32_t map(struct ndr_context_handle *h)
{
	struct ept_map q = {.entry_handle = *h, .max_towers = 1}, reply;
	struct sample s;
	uint32_t fault;

	sample_make(&s, "? svc ncacn_ip_tcp:[0]");
	q.map_tower = s.entry.tower;
	fault = ept_client_map(&c, &q, &reply);
	if (fault == 0) {
		CHECK_HEX(reply.status, 0);
		*h = reply.entry_handle;
	}
	return fault;
}

static void check_expiry(uint32_t (*go_on)(struct ndr_context_handle *h))
{
	struct ndr_context_handle h = {0}, other = {0};
	uint32_t status;

	begin(10);
	CHECK_HEX(go_on(&h), 0);
	CHECK_HEX(go_on(&other), 0);
	for (int i = 0; i < 5; i++) {
		ept_rig.g.now += EPT_WALK_SECONDS - 1;
		CHECK_HEX(go_on(&h), 0);
	}
	CHECK_HEX(go_on(&other), nca_s_fault_context_mismatch);
	ept_rig.g.now += EPT_WALK_SECONDS;
	CHECK_HEX(go_on(&h), nca_s_fault_context_mismatch);
	CHECK_HEX(ept_client_free(&c, &h, &status), nca_s_fault_context_mismatch);
	/* The next that wants a handle does away with them. */
	h = (struct ndr_context_handle){0};
	CHECK_HEX(go_on(&h), 0);
	CHECK_INT(rig_handles(&ept_rig.g), 1);
	end();
}

static void walk_that_nobody_continues_expires(void)
{
	check_expiry(lookup);
	check_expiry(map);
}

static void expired_walks_make_room(void)
{
	struct ndr_context_handle h;

	begin(3);
	for (unsigned int i = 0; i < RPC_MAX_HANDLES_PER_GROUP; i++) {
		h = (struct ndr_context_handle){0};
		CHECK_HEX(lookup(&h), 0);
	}
	ept_rig.g.now += EPT_WALK_SECONDS;
	h = (struct ndr_context_handle){0};
	CHECK_HEX(lookup(&h), 0);
	CHECK(!ndr_context_handle_is_nil(&h));
	CHECK_INT(rig_handles(&ept_rig.g), 1);
	end();
}

/* They stand on entries, which may go before or after them. */
static void expired_walks_let_go_of_their_entries(void)
{
	struct ndr_context_handle h = {0}, again = {0};

	begin(3);
	CHECK_HEX(lookup(&h), 0);
	ept_rig.g.now += EPT_WALK_SECONDS;
	CHECK_HEX(lookup(&again), 0);
	registry_remove_owner(ept_rig.server.registry, &ept_rig.own);
	end();
}

const struct unit_test suite_ept_server_walks[] = {
	{"walk_that_nobody_continues_expires", walk_that_nobody_continues_expires},
	{"expired_walks_make_room", expired_walks_make_room},
	{"expired_walks_let_go_of_their_entries", expired_walks_let_go_of_their_entries},
	{NULL, NULL},
};
