/* The mapper in memory: ept_mgmt_delete, and who may change the registry over TCP. Rows
 * 5.x, as in test_ept_server_map.c; what begins with what is in test_registry_mgmt.c. */
#include <stdio.h>

#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/unit.h"

static struct rig_client c;

static void has(const char *list)
{
	char text[SAMPLE_LIST_LEN];

	CHECK_STR(sample_list_all(ept_rig.server.registry, text), list);
}

static void begin(void)
{
	ept_rig_init();
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false,
			      "a svc ncacn_ip_tcp:[1]; b svc ncacn_ip_tcp:[2] object=1;"
			      "c svc ncalrpc:[c]; d other ncacn_ip_tcp:[1]") == 0);
	ept_client_local(&c, 0);
}

static void end(void)
{
	rig_client_fini(&c);
	ept_rig_fini();
}

/* The status of the fault, or of the reply. `tower` NULL: a NULL pointer; likewise an
 * object below 0. */
static uint32_t mgmt_delete(const char *tower, unsigned int floors, uint32_t speced, int object)
{
	const struct uuid u = sample_object(object > 0 ? (unsigned int)object : 0);
	struct ept_mgmt_delete p = {.object_speced = speced, .object = object >= 0 ? &u : NULL};
	struct sample s;
	uint32_t fault;

	if (tower) {
		sample_make(&s, tower);
		sample_cut(&s, floors);
		p.tower = s.entry.tower;
	}
	fault = rig_client_do(&c, &ept_client_ops[EPT_MGMT_DELETE], &p);
	return fault != 0 ? fault : p.status;
}

/* Row 5.22. */
static void object_counts_only_if_it_is_specified(void)
{
	static const char svc[] = "? svc ncacn_ip_tcp:[1]";

	begin();
	CHECK_HEX(mgmt_delete(svc, 3, 1, 2), ept_s_not_registered);
	has("a b c d ");
	CHECK_HEX(mgmt_delete(svc, 3, 1, 1), 0);
	has("a c d ");
	end();
	begin();
	CHECK_HEX(mgmt_delete(svc, 3, 1, 0), 0); /* nil is one, too */
	has("b c d ");
	end();
	begin();
	CHECK_HEX(mgmt_delete(svc, 3, 0, 2), 0); /* there, but not meant */
	has("c d ");
	CHECK_HEX(mgmt_delete(svc, 1, 0, -1), 0);
	has("d ");
	CHECK_HEX(mgmt_delete(svc, 1, 0, -1), ept_s_not_registered);
	end();
	/* Whatever is not zero is true. */
	for (uint32_t speced = 1; speced != 0; speced <<= 1) {
		begin();
		CHECK_HEX(mgmt_delete(svc, 1, speced, 1), 0);
		has("a c d ");
		end();
	}
}

/* No floors are the beginning of everything. */
static void floors_and_the_specified_object_must_be_there(void)
{
	begin();
	CHECK_HEX(mgmt_delete(NULL, 0, 0, -1), ept_s_invalid_entry);
	CHECK_HEX(mgmt_delete(NULL, 0, 1, 1), ept_s_invalid_entry);
	CHECK_HEX(mgmt_delete("? svc ncacn_ip_tcp:[1]", 0, 0, -1), ept_s_invalid_entry);
	CHECK_HEX(mgmt_delete("? svc ncacn_ip_tcp:[1]", 1, 1, -1), ept_s_invalid_entry);
	has("a b c d ");
	end();
}

static void tower_whose_lengths_do_not_add_up_is_a_stub_error(void)
{
	struct ept_mgmt_delete p = {.object_speced = 0};
	uint32_t whole;
	struct sample s;

	begin();
	sample_make(&s, "? svc ncacn_ip_tcp:[1]");
	p.tower = s.entry.tower;
	whole = s.tower.tower_length;
	for (uint32_t len = 0; len < whole; len++) {
		s.tower.tower_length = len;
		if (len <= 2) {
			CHECK_HEX(rig_client_do(&c, &ept_client_ops[EPT_MGMT_DELETE], &p), 0);
			CHECK_HEX(p.status, ept_s_invalid_entry);
		} else {
			CHECK_HEX(rig_client_do(&c, &ept_client_ops[EPT_MGMT_DELETE], &p),
				  RPC_X_BAD_STUB_DATA);
		}
	}
	has("a b c d ");
	end();
}

/* Also those that other connections registered; their end later does no harm. */
static void entries_of_other_connections_go(void)
{
	struct rig_client server = {0};
	uint32_t status = 99;

	begin();
	ept_client_local(&server, 0);
	CHECK_HEX(ept_client_insert(&server, false, "x svc ncacn_ip_tcp:[9]; y other ncalrpc:[y]", &status), 0);
	has("a b c d x y ");
	CHECK_HEX(mgmt_delete("? svc ncacn_ip_tcp:[1]", 1, 0, -1), 0);
	has("d y ");
	CHECK_HEX(ept_client_delete(&server, "x svc ncacn_ip_tcp:[9]", &status), 0);
	CHECK_HEX(status, ept_s_not_registered);
	rig_client_fini(&server);
	has("d ");
	end();
}

static void another_user_may_not_delete(void)
{
	begin();
	rig_client_fini(&c);
	ept_client_local(&c, 12345);
	CHECK_HEX(mgmt_delete("? svc ncacn_ip_tcp:[1]", 1, 0, -1), ERROR_ACCESS_DENIED);
	/* Before a byte of the stub is looked at. */
	rig_say(&ept_rig.g, c.a, "request call=9 op=6 stub=00");
	rig_hears(&ept_rig.g, c.a, "another user: output", "fault call=9 status=5");
	has("a b c d ");
	end();
}

/* ---- over TCP ------------------------------------------------------------------------ */

/* A client whose connection comes from there. */
static void client_from(const char *remote)
{
	struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135", .uid = (uid_t)-1};

	REQUIRE(addr_parse("192.0.2.1", &peer.local) && addr_parse(remote, &peer.remote));
	addr_set_port(&peer.remote, 40000);
	rig_client_bind(&c, &ept_rig.g, &peer, &ept_id, 0);
}

/* May a client from there insert, delete and delete by floors? */
static void check_may(const char *remote, bool may)
{
	uint32_t status = 99;

	client_from(remote);
	CHECK_HEX(ept_client_insert(&c, false, "x svc ncacn_ip_tcp:[5]", &status), may ? 0 : nca_s_op_rng_error);
	has(may ? "x " : "");
	CHECK_HEX(ept_client_delete(&c, "x svc ncacn_ip_tcp:[5]", &status), may ? 0 : nca_s_op_rng_error);
	has("");
	CHECK_HEX(mgmt_delete("? svc ncacn_ip_tcp:[1]", 1, 0, -1),
		  may ? ept_s_not_registered : nca_s_op_rng_error);
	rig_client_fini(&c);
}

/* Unless the configuration names addresses, nobody's is trusted. */
static void addresses_that_are_named_may_change_the_registry(void)
{
	union addr named[2];

	REQUIRE(addr_parse("192.0.2.77", &named[0]) && addr_parse("2001:db8::7", &named[1]));
	ept_rig_init();
	check_may("192.0.2.77", false);
	check_may("127.0.0.1", false);
	ept_rig.server.insert_from = named;
	ept_rig.server.n_insert_from = 2;
	check_may("192.0.2.77", true);
	check_may("2001:db8::7", true);
	check_may("192.0.2.78", false);
	check_may("192.0.2.1", false); /* where it is dialled does not matter */
	check_may("2001:db8::8", false);
	check_may("127.0.0.1", false);
	ept_rig.server.n_insert_from = 1;
	check_may("2001:db8::7", false);
	ept_rig_fini();
}

static void entries_from_tcp_end_with_the_connection(void)
{
	union addr named;
	uint32_t status = 99;

	REQUIRE(addr_parse("192.0.2.77", &named));
	ept_rig_init();
	ept_rig.server.insert_from = &named;
	ept_rig.server.n_insert_from = 1;
	client_from("192.0.2.77");
	CHECK_HEX(ept_client_insert(&c, false, "x svc ncacn_ip_tcp:[5]", &status), 0);
	CHECK_HEX(status, 0);
	has("x ");
	rig_client_fini(&c);
	has("");
	ept_rig_fini();
}

/* ---- what else a request may say ------------------------------------------------------ */

/* Row 5.21: whatever is not zero is true. */
static void any_replace_but_zero_is_true(void)
{
	static const uint32_t values[] = {0, 1, 2, 0x100, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct ept_insert p = {.num_ents = 1};
		uint32_t status = 99;
		struct sample s;

		ept_rig_init();
		ept_client_local(&c, 0);
		CHECK_HEX(ept_client_insert(&c, false, "a svc ncacn_ip_tcp:[1]", &status), 0);
		sample_make(&s, "b svc ncacn_ip_tcp:[2]");
		p.entries = &s.entry;
		CHECK_HEX(rig_client_lie(&c, &ept_client_ops[EPT_INSERT], &p, values[i]), 0);
		has(values[i] != 0 ? "b " : "a b ");
		end();
	}
}

const struct unit_test suite_ept_server_mgmt[] = {
	{"object_counts_only_if_it_is_specified", object_counts_only_if_it_is_specified},
	{"floors_and_the_specified_object_must_be_there", floors_and_the_specified_object_must_be_there},
	{"tower_whose_lengths_do_not_add_up_is_a_stub_error",
	 tower_whose_lengths_do_not_add_up_is_a_stub_error},
	{"entries_of_other_connections_go", entries_of_other_connections_go},
	{"another_user_may_not_delete", another_user_may_not_delete},
	{"addresses_that_are_named_may_change_the_registry",
	 addresses_that_are_named_may_change_the_registry},
	{"entries_from_tcp_end_with_the_connection", entries_from_tcp_end_with_the_connection},
	{"any_replace_but_zero_is_true", any_replace_but_zero_is_true},
	{NULL, NULL},
};
