/* The mapper in memory: who may register, what it does, and how it ends. Rows 5.x, as
 * in test_ept_server_map.c. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

enum { SOMEBODY = 12345 }; /* a user who is neither root nor us */

static void has(const char *list)
{
	char text[SAMPLE_LIST_LEN];

	CHECK_STR(sample_list_all(ept_rig.server.registry, text), list);
}

/* ---- who may ------------------------------------------------------------------------- */

/* Whatever the stub says: over TCP the operation does not exist. */
static void operations_that_tcp_has_not(void)
{
	static const unsigned int opnums[] = {
		EPT_INSERT, EPT_DELETE, EPT_INQ_OBJECT, EPT_MGMT_DELETE, 7, 8, 0xffff};
	static const char *const stubs[] = {"", "stub=00", "stub=000000000000000000000000", "stub=*2000"};

	for (size_t i = 0; i < sizeof(opnums) / sizeof(opnums[0]) * 4; i++) {
		struct rig_client c = {0};
		char in[64];

		ept_rig_init();
		ept_client_tcp(&c, "127.0.0.1", 0);
		snprintf(in, sizeof(in), "request call=5 op=%u %s", opnums[i / 4], stubs[i % 4]);
		rig_say(&ept_rig.g, c.a, in);
		rig_hears(&ept_rig.g, c.a, in, "fault call=5 status=0x1c010002 dne");
		CHECK(!assoc_closing(c.a));
		rig_client_fini(&c);
		ept_rig_fini();
	}
}

static void tcp_registers_nothing(void)
{
	struct rig_client c = {0};
	uint32_t status;

	ept_rig_init();
	ept_rig_fill(1);
	ept_client_tcp(&c, "127.0.0.1", 0);
	CHECK_HEX(ept_client_insert(&c, false, "a svc ncacn_ip_tcp:[5]", &status), nca_s_op_rng_error);
	CHECK_HEX(ept_client_delete(&c, "1 svc ncacn_ip_tcp:[1]", &status), nca_s_op_rng_error);
	has("1 ");
	rig_client_fini(&c);
	ept_rig_fini();
}

static void operations_that_nobody_has(void)
{
	static const unsigned int opnums[] = {EPT_INQ_OBJECT, 7, 8, 0xffff};
	struct rig_client c = {0};

	ept_rig_init();
	ept_client_local(&c, 0);
	for (size_t i = 0; i < sizeof(opnums) / sizeof(opnums[0]); i++) {
		char in[64];

		snprintf(in, sizeof(in), "request call=5 op=%u", opnums[i]);
		rig_say(&ept_rig.g, c.a, in);
		rig_hears(&ept_rig.g, c.a, in, "fault call=5 status=0x1c010002 dne");
	}
	CHECK(!assoc_closing(c.a));
	rig_client_fini(&c);
	ept_rig_fini();
}

static void another_user_is_refused(void)
{
	struct rig_client c = {0};

	REQUIRE(geteuid() != SOMEBODY);
	ept_rig_init();
	ept_rig_fill(1);
	ept_client_local(&c, SOMEBODY);
	for (unsigned int op = EPT_INSERT; op <= EPT_DELETE; op++) {
		char in[64];

		snprintf(in, sizeof(in), "request call=5 op=%u stub=00", op);
		rig_say(&ept_rig.g, c.a, in);
		rig_hears(&ept_rig.g, c.a, in, "fault call=5 status=5");
	}
	CHECK(!assoc_closing(c.a));
	has("1 ");
	rig_client_fini(&c);

	ept_client_local(&c, (uid_t)-1); /* nobody knows who */
	rig_say(&ept_rig.g, c.a, "request call=5 op=0 stub=00");
	rig_hears(&ept_rig.g, c.a, "unknown user: output", "fault call=5 status=5");
	rig_client_fini(&c);
	ept_rig_fini();
}

/* Reading is for everybody. */
static void another_user_may_look(void)
{
	const struct ept_lookup q = {.max_ents = 10};
	struct ept_lookup reply;
	struct rig_client c = {0};

	ept_rig_init();
	ept_rig_fill(2);
	ept_client_local(&c, SOMEBODY);
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_INT(reply.num_ents, 2);
	rig_client_fini(&c);
	ept_rig_fini();
}

static void check_may(uid_t user, bool may)
{
	struct rig_client c = {0};
	uint32_t status = 99;

	ept_rig_init();
	ept_client_local(&c, user);
	CHECK_HEX(ept_client_insert(&c, false, "a svc ncacn_ip_tcp:[5]", &status),
		  may ? 0 : ERROR_ACCESS_DENIED);
	CHECK_HEX(status, may ? 0 : 99);
	has(may ? "a " : "");
	rig_client_fini(&c);
	ept_rig_fini();
}

static void root_and_we_may(void)
{
	bool root = geteuid() == 0;

	check_may(0, true);
	check_may(geteuid(), true);
	if (root) {
		/* As a mapper that has given up its rights. */
		REQUIRE(seteuid(SOMEBODY) == 0);
		check_may(0, true);
		check_may(SOMEBODY, true);
		check_may(SOMEBODY + 1, false);
		REQUIRE(seteuid(0) == 0);
	}
}

/* ---- what it does -------------------------------------------------------------------- */

static void registered_entries_are_found(void)
{
	struct ept_map q = {.max_towers = 5}, reply;
	struct rig_client server = {0}, client = {0};
	uint32_t status = 99;
	struct sample s;

	ept_rig_init();
	ept_client_local(&server, 0);
	ept_client_tcp(&client, "192.0.2.1", 0);
	CHECK_HEX(ept_client_insert(&server, false,
				    "a svc ncacn_ip_tcp:[5001]; b svc ncacn_ip_tcp:[5002] object=1",
				    &status), 0);
	CHECK_HEX(status, 0);
	sample_make(&s, "? svc ncacn_ip_tcp:[0] object=1");
	q.object = &s.entry.object;
	q.map_tower = s.entry.tower;
	CHECK_HEX(ept_client_map(&client, &q, &reply), 0);
	CHECK_STR(ept_rig_ports(&reply), "5002 5001 ");

	CHECK_HEX(ept_client_delete(&server, "a svc ncacn_ip_tcp:[5001]", &status), 0);
	CHECK_HEX(status, 0);
	CHECK_HEX(ept_client_map(&client, &q, &reply), 0);
	CHECK_STR(ept_rig_ports(&reply), "5002 ");
	CHECK_HEX(ept_client_delete(&server, "a svc ncacn_ip_tcp:[5001]", &status), 0);
	CHECK_HEX(status, ept_s_not_registered);
	rig_client_fini(&server);
	rig_client_fini(&client);
	ept_rig_fini();
}

/* Rows 5.20 and 5.21: what the registry says reaches the caller. */
static void replace_is_what_the_caller_says(void)
{
	struct rig_client c = {0};
	uint32_t status = 99;

	ept_rig_init();
	ept_client_local(&c, 0);
	CHECK_HEX(ept_client_insert(&c, false, "a svc@1.2 ncacn_ip_tcp:[1]", &status), 0);
	CHECK_HEX(ept_client_insert(&c, false, "b svc@1.2 ncacn_ip_tcp:[2]", &status), 0);
	has("a b ");
	CHECK_HEX(ept_client_insert(&c, false, "x svc@1.2 ncacn_ip_tcp:[1]", &status), 0);
	has("x b ");
	CHECK_HEX(ept_client_insert(&c, true, "c svc@1.3 ncacn_ip_tcp:[3]", &status), 0);
	CHECK_HEX(status, 0);
	has("c ");
	CHECK_HEX(ept_client_insert(&c, true, "d svc@1.2 ncacn_ip_tcp:[4]", &status), 0);
	CHECK_HEX(status, ept_s_invalid_entry);
	has("c ");
	rig_client_fini(&c);
	ept_rig_fini();
}

static void entries_of_another_process_are_left_alone(void)
{
	struct rig_client one = {0}, two = {0}, three = {0};
	uint32_t status = 99;

	ept_rig_init();
	ept_client_local(&one, 0);
	ept_client_local(&two, 0);
	ept_client_local(&three, 0);
	CHECK_HEX(ept_client_insert(&one, false, "a svc ncacn_ip_tcp:[1]", &status), 0);
	CHECK_HEX(ept_client_insert(&two, false, "b other ncacn_ip_tcp:[2]", &status), 0);
	CHECK_HEX(status, 0);
	CHECK_HEX(ept_client_insert(&two, true, "x svc ncacn_ip_tcp:[3]", &status), 0);
	CHECK_HEX(status, ept_s_update_failed);
	CHECK_HEX(ept_client_delete(&two, "a svc ncacn_ip_tcp:[1]", &status), 0);
	CHECK_HEX(status, ept_s_cant_perform_op);
	/* Also by one that has registered nothing. */
	CHECK_HEX(ept_client_delete(&three, "a svc ncacn_ip_tcp:[1]", &status), 0);
	CHECK_HEX(status, ept_s_cant_perform_op);
	has("a b ");
	rig_client_fini(&one);
	rig_client_fini(&two);
	rig_client_fini(&three);
	ept_rig_fini();
}

static void stub_that_does_not_decode_registers_nothing(void)
{
	static const char *const stubs[] = {
		"stub=",				     /* nothing */
		"stub=00000000000000",			     /* no max count, replace cut off */
		"stub=0100000000000000",		     /* max count is not num_ents */
		"stub=f5010000f5010000",		     /* 501 entries */
		"stub=ffffffffffffffff",
		"stub=0100000001000000",		     /* an entry that is not there */
	};
	struct rig_client c = {0};

	ept_rig_init();
	ept_client_local(&c, 0);
	for (size_t i = 0; i < sizeof(stubs) / sizeof(stubs[0]); i++) {
		for (unsigned int op = EPT_INSERT; op <= EPT_DELETE; op++) {
			char in[128];

			snprintf(in, sizeof(in), "request call=5 op=%u %s", op, stubs[i]);
			rig_say(&ept_rig.g, c.a, in);
			rig_hears(&ept_rig.g, c.a, in, "fault call=5 status=0x6f7");
		}
	}
	/* Nothing at all is no error. */
	rig_say(&ept_rig.g, c.a, "request call=6 op=0 stub=000000000000000001000000;"
				 "request call=7 op=1 stub=0000000000000000");
	rig_hears(&ept_rig.g, c.a, "no entries: output",
		  "response call=6 stub=00000000; response call=7 stub=00000000");
	CHECK(!assoc_closing(c.a));
	rig_client_fini(&c);
	ept_rig_fini();
}

/* An entry in which only the tower is wrong. */
static void null_tower_is_an_invalid_entry(void)
{
	struct rig_client c = {0};

	ept_rig_init();
	ept_client_local(&c, 0);
	rig_say(&ept_rig.g, c.a, "request call=5 op=0 stub="
		"0100000001000000" "00000000000000000000000000000000" "00000000" "0000000001000000"
		"00000000" "00000000");
	rig_hears(&ept_rig.g, c.a, "NULL tower: output", "response call=5 stub=d3a0c916");
	has("");
	rig_client_fini(&c);
	ept_rig_fini();
}

static void five_hundred_entries_are_registered_at_once(void)
{
	static struct ept_entry entries[EPT_MAX_ENTS];
	static struct sample samples[EPT_MAX_ENTS];
	struct ept_insert p = {.num_ents = EPT_MAX_ENTS, .entries = entries, .status = 99};
	struct rig_client c = {0};

	for (unsigned int i = 0; i < EPT_MAX_ENTS; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%u svc ncacn_ip_tcp:[%u]", i, i + 1);
		sample_make(&samples[i], text);
		entries[i] = samples[i].entry;
	}
	ept_rig_init();
	ept_client_local(&c, 0);
	CHECK_HEX(rig_client_do(&c, &ept_client_ops[EPT_INSERT], &p), 0);
	CHECK_HEX(p.status, 0);
	CHECK_INT(registry_count(ept_rig.server.registry), EPT_MAX_ENTS);
	rig_client_fini(&c);
	ept_rig_fini();
}

/* ---- how it ends --------------------------------------------------------------------- */

/* Row 5.23: with the connection, and not before. */
static void entries_end_with_the_connection(void)
{
	struct rig_client one = {0}, two = {0};
	uint32_t status = 99;

	ept_rig_init();
	ept_rig_fill(1);
	ept_client_local(&one, 0);
	ept_client_local(&two, 0);
	ept_client_insert(&one, false, "a svc ncacn_ip_tcp:[101]; b other ncacn_ip_tcp:[102]", &status);
	ept_client_insert(&two, false, "c svc ncacn_ip_tcp:[103]", &status);
	has("1 a b c ");
	ept_rig.g.now += 1000000; /* a service that registered has nothing more to say */
	assoc_tick(one.a, ept_rig.g.now);
	CHECK(!assoc_closing(one.a));
	assoc_eof(one.a);
	has("1 a b c ");
	rig_client_fini(&one);
	has("1 c ");
	rig_client_fini(&two);
	has("1 ");
	ept_rig_fini();
}

static void walk_survives_the_service_that_it_stands_on(void)
{
	struct ept_lookup q = {.max_ents = 1}, reply;
	struct rig_client server = {0}, client = {0};
	uint32_t status;

	ept_rig_init();
	ept_client_local(&server, 0);
	ept_client_tcp(&client, "192.0.2.1", 0);
	ept_client_insert(&server, false, "a svc ncacn_ip_tcp:[1]; b svc ncacn_ip_tcp:[2]", &status);
	CHECK_HEX(ept_client_lookup(&client, &q, &reply), 0);
	q.entry_handle = reply.entry_handle;
	rig_client_fini(&server);
	CHECK_HEX(ept_client_lookup(&client, &q, &reply), 0);
	CHECK_INT(reply.num_ents, 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	rig_client_fini(&client);
	ept_rig_fini();
}

const struct unit_test suite_ept_server_register[] = {
	{"operations_that_tcp_has_not", operations_that_tcp_has_not},
	{"tcp_registers_nothing", tcp_registers_nothing},
	{"operations_that_nobody_has", operations_that_nobody_has},
	{"another_user_is_refused", another_user_is_refused},
	{"another_user_may_look", another_user_may_look},
	{"root_and_we_may", root_and_we_may},
	{"registered_entries_are_found", registered_entries_are_found},
	{"replace_is_what_the_caller_says", replace_is_what_the_caller_says},
	{"entries_of_another_process_are_left_alone", entries_of_another_process_are_left_alone},
	{"stub_that_does_not_decode_registers_nothing", stub_that_does_not_decode_registers_nothing},
	{"null_tower_is_an_invalid_entry", null_tower_is_an_invalid_entry},
	{"five_hundred_entries_are_registered_at_once", five_hundred_entries_are_registered_at_once},
	{"entries_end_with_the_connection", entries_end_with_the_connection},
	{"walk_survives_the_service_that_it_stands_on", walk_survives_the_service_that_it_stands_on},
	{NULL, NULL},
};
