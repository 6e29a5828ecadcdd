/* The mapper in memory: ept_map. Rows are those of test_assoc_header.c, continued:
 * 5.x, the endpoint mapper. */
#include <stdio.h>
#include <string.h>

#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

static struct rig_client c;
static struct rig_client *who = &c; /* asks */
static struct ept_map reply;

static void begin(const char *entries)
{
	ept_rig_init();
	if (*entries)
		REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, entries) == 0);
	ept_client_tcp(&c, "192.0.2.1", 0);
}

static void end(void)
{
	rig_client_fini(&c);
	ept_rig_fini();
}

/* Asks with a tower that is written like an entry (sample.h), "? svc ncacn_ip_tcp:[0]". */
static uint32_t map(const char *wanted, uint32_t max, const struct ndr_context_handle *handle)
{
	struct ept_map q = {.max_towers = max};
	struct sample s;

	sample_make(&s, wanted);
	q.object = &s.entry.object;
	q.map_tower = s.entry.tower;
	if (handle)
		q.entry_handle = *handle;
	return ept_client_map(who, &q, &reply);
}

/* The answer to a question has these ports, and that is all. */
static void finds(const char *wanted, const char *ports)
{
	if (!CHECK_HEX(map(wanted, 10, NULL), 0) || !CHECK_STR(ept_rig_ports(&reply), ports) ||
	    !CHECK_HEX(reply.status, *ports ? 0 : ept_s_not_registered))
		CHECK_STR(wanted, NULL); /* the question */
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
}

/* ---- matching ------------------------------------------------------------------------ */

/* Rows 5.3 to 5.5. */
static void interface_syntax_and_protocols_decide(void)
{
	begin("a svc@1.2 ncacn_ip_tcp:[5001]; b svc@2.0 ncacn_ip_tcp:[5002];"
	      "c svc@1.2 ncadg_ip_udp:[5003]; d svc@1.2 ncacn_http:[5004];"
	      "e svc@1.5 ncacn_ip_tcp:[5005] as=ndr64; f other ncacn_ip_tcp:[5006]");
	finds("? svc@1.2 ncacn_ip_tcp:[0]", "5001 ");
	finds("? svc@1.0 ncacn_ip_tcp:[0]", "5001 ");
	finds("? svc@1.3 ncacn_ip_tcp:[0]", "");
	finds("? svc@2.0 ncacn_ip_tcp:[0]", "5002 ");
	finds("? svc@3.0 ncacn_ip_tcp:[0]", "");
	finds("? svc@0.0 ncacn_ip_tcp:[0]", "");
	finds("? svc@1.2 ncadg_ip_udp:[0]", "5003 ");
	finds("? svc@1.2 ncacn_http:[0]", "5004 ");
	finds("? svc@1.2 ncacn_np:[]", "");
	finds("? svc@1.2 ncacn_ip_tcp:[0] as=ndr64", "5005 ");
	finds("? svc@1.2 ncacn_ip_tcp:[0] as=ndr@1.0", "");
	finds("? strange ncacn_ip_tcp:[0]", "");
	/* port and address of the question are placeholders */
	finds("? svc@1.2 ncacn_ip_tcp:10.9.8.7[135]", "5001 ");
	finds("? svc@1.2 ncacn_ip_tcp:255.255.255.255[65535]", "5001 ");
	end();
}

static void names_in_the_question_are_placeholders(void)
{
	struct tower t;

	begin("a svc ncacn_np:host[\\pipe\\a]; b svc ncalrpc:[b]");
	CHECK_HEX(map("? svc ncacn_np:elsewhere[\\pipe\\x]", 10, NULL), 0);
	REQUIRE(reply.num_towers == 1);
	t = ept_rig_tower(reply.towers[0]);
	CHECK_STR(t.endpoint, "\\pipe\\a");
	CHECK_STR(t.hostname, "host");
	CHECK_HEX(map("? svc ncalrpc:[x]", 10, NULL), 0);
	REQUIRE(reply.num_towers == 1);
	t = ept_rig_tower(reply.towers[0]);
	CHECK_STR(t.endpoint, "b");
	end();
}

/* Row 5.6. */
static void object_comes_first_then_none(void)
{
	begin("a svc ncacn_ip_tcp:[1]; b svc ncacn_ip_tcp:[2] object=1; c svc ncacn_ip_tcp:[3];"
	      "d svc ncacn_ip_tcp:[4] object=2; e svc ncacn_ip_tcp:[5] object=1");
	finds("? svc ncacn_ip_tcp:[0]", "1 3 ");
	finds("? svc ncacn_ip_tcp:[0] object=1", "2 5 1 3 ");
	finds("? svc ncacn_ip_tcp:[0] object=2", "4 1 3 ");
	finds("? svc ncacn_ip_tcp:[0] object=3", "1 3 ");
	end();

	begin("b svc ncacn_ip_tcp:[2] object=1");
	finds("? svc ncacn_ip_tcp:[0]", "");
	finds("? svc ncacn_ip_tcp:[0] object=2", "");
	finds("? svc ncacn_ip_tcp:[0] object=1", "2 ");
	end();
}

/* Row 5.3, of towers that are none. */
static void tower_that_says_nothing_finds_nothing(void)
{
	static const char *const stubs[] = {
		/* a NULL pointer */
		"0100000000000000000000000000000000000000 00000000",
		/* no floors; one floor of two empty sides */
		"00000000 02000000 02000000 02000000 0000 0000",
		"00000000 02000000 06000000 06000000 0100 00000000 0000",
	};

	begin("a svc ncacn_ip_tcp:[1]");
	for (size_t i = 0; i < sizeof(stubs) / sizeof(stubs[0]); i++) {
		char in[256] = "request stub=";

		for (const char *p = stubs[i]; *p; p++)
			if (*p != ' ')
				strncat(in, p, 1);
		/* handle, max_towers 4 */
		strcat(in, "0000000000000000000000000000000000000000" "04000000");
		strcat(in, " op=3");
		rig_say(&ept_rig.g, c.a, in);
		if (!rig_hears(&ept_rig.g, c.a, "map: output",
			       "response stub=0000000000000000000000000000000000000000"
			       "00000000" "04000000" "00000000" "00000000" "d6a0c916"))
			CHECK_STR(stubs[i], NULL);
	}
	end();
}

static void tower_whose_lengths_do_not_add_up_is_a_stub_error(void)
{
	struct ept_map q = {.max_towers = 4};
	struct sample s;
	uint32_t len;

	begin("a svc ncacn_ip_tcp:[1]");
	sample_make(&s, "? svc ncacn_ip_tcp:[0]");
	q.map_tower = s.entry.tower;
	len = s.tower.tower_length;
	for (s.tower.tower_length = 1; s.tower.tower_length < len; s.tower.tower_length++)
		CHECK_HEX(ept_client_map(&c, &q, &reply), RPC_X_BAD_STUB_DATA);
	CHECK_HEX(ept_client_map(&c, &q, &reply), 0);
	CHECK_INT(reply.num_towers, 1);
	q.map_tower->tower_length++;
	CHECK_HEX(ept_client_map(&c, &q, &reply), RPC_X_BAD_STUB_DATA);
	end();
}

/* ---- how many ------------------------------------------------------------------------ */

/* Rows 5.1 and 5.7. */
static void max_towers_is_from_0_to_500(void)
{
	begin("");
	ept_rig_fill(3);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 0, NULL), 0);
	CHECK_INT(reply.num_towers, 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 500, NULL), 0);
	CHECK_INT(reply.num_towers, 3);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 501, NULL), RPC_X_BAD_STUB_DATA);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", UINT32_MAX, NULL), RPC_X_BAD_STUB_DATA);
	end();
}

/* Row 5.7: a handle only if there is more. */
static void more_than_asked_for_comes_by_handle(void)
{
	struct ndr_context_handle h;

	begin("");
	ept_rig_fill(5);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 2, NULL), 0);
	CHECK_STR(ept_rig_ports(&reply), "1 2 ");
	CHECK_HEX(reply.status, 0);
	h = reply.entry_handle;
	CHECK(!ndr_context_handle_is_nil(&h));
	/* What else the later call asks for does not matter. */
	CHECK_HEX(map("? other ncacn_ip_tcp:[0] object=7", 2, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "3 4 ");
	CHECK_HEX(reply.status, 0);
	CHECK(uuid_equal(&reply.entry_handle.uuid, &h.uuid));
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 2, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "5 ");
	CHECK_HEX(reply.status, 0);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 2, &h), nca_s_fault_context_mismatch);
	end();
}

static void exactly_as_many_as_asked_for_leave_no_handle(void)
{
	struct ndr_context_handle h;

	begin("");
	ept_rig_fill(4);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 4, NULL), 0);
	CHECK_INT(reply.num_towers, 4);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 2, NULL), 0);
	h = reply.entry_handle;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 2, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "3 4 ");
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_INT(rig_handles(&ept_rig.g), 0);
	end();
}

static void more_than_500_come_by_handle(void)
{
	struct ndr_context_handle h;

	begin("");
	ept_rig_fill(501);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 500, NULL), 0);
	CHECK_INT(reply.num_towers, 500);
	h = reply.entry_handle;
	CHECK(!ndr_context_handle_is_nil(&h));
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 500, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "501 ");
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	end();
}

static void entries_that_go_meanwhile_are_left_out(void)
{
	struct ndr_context_handle h;

	begin("");
	ept_rig_fill(4);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, NULL), 0);
	h = reply.entry_handle;
	sample_delete(ept_rig.server.registry, &ept_rig.own, "2 svc ncacn_ip_tcp:[2]");
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "3 ");
	registry_remove_owner(ept_rig.server.registry, &ept_rig.own);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), 0);
	CHECK_INT(reply.num_towers, 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	end();
}

/* ---- handles ------------------------------------------------------------------------- */

/* Row 5.16. */
static void handle_is_the_groups(void)
{
	struct rig_client friend = {0}, stranger = {0};
	struct ndr_context_handle h;

	begin("");
	ept_rig_fill(4);
	ept_client_tcp(&friend, "192.0.2.2", assoc_group_id(c.a));
	ept_client_tcp(&stranger, "192.0.2.1", 0);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, NULL), 0);
	h = reply.entry_handle;
	who = &stranger;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), nca_s_fault_context_mismatch);
	who = &friend;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "2 ");
	who = &c;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "3 ");
	/* It outlives the connection that made it. */
	rig_client_fini(&c);
	who = &friend;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 9, &h), 0);
	CHECK_STR(ept_rig_ports(&reply), "4 ");
	rig_client_fini(&friend);
	rig_client_fini(&stranger);
	ept_rig_fini();
	who = &c;
}

static void handle_that_nobody_gave_is_a_fault(void)
{
	const struct ndr_context_handle made_up = {.uuid = pdu_text_object};
	struct ndr_context_handle h;

	begin("");
	ept_rig_fill(4);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &made_up), nca_s_fault_context_mismatch);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, NULL), 0);
	h = reply.entry_handle;
	h.attributes = 1;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), nca_s_fault_context_mismatch);
	h.attributes = 0;
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, &h), 0);
	end();
}

static void handles_are_limited(void)
{
	begin("");
	ept_rig_fill(2);
	for (unsigned int i = 0; i < RPC_MAX_HANDLES_PER_GROUP; i++) {
		CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, NULL), 0);
		CHECK_HEX(reply.status, 0);
	}
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, NULL), 0);
	CHECK_HEX(reply.status, rpc_s_no_memory);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	/* Who asks for all of it needs no handle. */
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 2, NULL), 0);
	CHECK_HEX(reply.status, 0);
	end();
}

/* ---- addresses ----------------------------------------------------------------------- */

/* Rows 5.8 and 5.9. */
static void towers_have_the_address_that_was_dialled(void)
{
	static const struct {
		const char *dialled;
		uint8_t host[4];
	} rows[] = {
		{"192.0.2.1", {192, 0, 2, 1}},	       {"10.255.0.7", {10, 255, 0, 7}},
		{"127.0.0.1", {127, 0, 0, 1}},	       {"::ffff:192.0.2.9", {192, 0, 2, 9}},
		{"2001:db8::1", {0, 0, 0, 0}},	       {"::1", {0, 0, 0, 0}},
		{"::192.0.2.9", {0, 0, 0, 0}},
	};
	static const char *const protseqs[] = {"ncacn_ip_tcp", "ncadg_ip_udp", "ncacn_http"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * 3; i++) {
		char wanted[64], entry[64];
		struct tower t;

		ept_rig_init();
		snprintf(entry, sizeof(entry), "a svc %s:172.16.9.9[5001]", protseqs[i % 3]);
		REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, entry) == 0);
		ept_client_tcp(&c, rows[i / 3].dialled, 0);
		snprintf(wanted, sizeof(wanted), "? svc %s:[0]", protseqs[i % 3]);
		CHECK_HEX(map(wanted, 1, NULL), 0);
		REQUIRE(reply.num_towers == 1);
		t = ept_rig_tower(reply.towers[0]);
		CHECK_MEM(t.host, rows[i / 3].host, 4);
		CHECK_INT(t.port, 5001);
		end();
	}
}

static void towers_without_an_address_are_as_registered(void)
{
	static const char *const texts[] = {
		"a svc ncacn_np:host[\\pipe\\a]", "a svc ncacn_np:[\\pipe\\a]", "a svc ncalrpc:[abcd]",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sample s;

		begin(texts[i]);
		sample_make(&s, texts[i]);
		CHECK_HEX(map(texts[i], 1, NULL), 0);
		REQUIRE(reply.num_towers == 1);
		REQUIRE(reply.towers[0] != NULL);
		if (CHECK_INT(reply.towers[0]->tower_length, s.tower.tower_length))
			CHECK_MEM(reply.towers[0]->tower_octet_string, s.octets, s.tower.tower_length);
		end();
	}
}

static void local_callers_get_the_address_that_was_registered(void)
{
	struct tower t;

	ept_rig_init();
	sample_insert(ept_rig.server.registry, &ept_rig.own, false, "a svc ncacn_ip_tcp:172.16.9.9[5001]");
	ept_client_local(&c, 12345);
	CHECK_HEX(map("? svc ncacn_ip_tcp:[0]", 1, NULL), 0);
	REQUIRE(reply.num_towers == 1);
	t = ept_rig_tower(reply.towers[0]);
	CHECK_MEM(t.host, "\xac\x10\x09\x09", 4);
	end();
}

const struct unit_test suite_ept_server_map[] = {
	{"interface_syntax_and_protocols_decide", interface_syntax_and_protocols_decide},
	{"names_in_the_question_are_placeholders", names_in_the_question_are_placeholders},
	{"object_comes_first_then_none", object_comes_first_then_none},
	{"tower_that_says_nothing_finds_nothing", tower_that_says_nothing_finds_nothing},
	{"tower_whose_lengths_do_not_add_up_is_a_stub_error",
	 tower_whose_lengths_do_not_add_up_is_a_stub_error},
	{"max_towers_is_from_0_to_500", max_towers_is_from_0_to_500},
	{"more_than_asked_for_comes_by_handle", more_than_asked_for_comes_by_handle},
	{"exactly_as_many_as_asked_for_leave_no_handle", exactly_as_many_as_asked_for_leave_no_handle},
	{"more_than_500_come_by_handle", more_than_500_come_by_handle},
	{"entries_that_go_meanwhile_are_left_out", entries_that_go_meanwhile_are_left_out},
	{"handle_is_the_groups", handle_is_the_groups},
	{"handle_that_nobody_gave_is_a_fault", handle_that_nobody_gave_is_a_fault},
	{"handles_are_limited", handles_are_limited},
	{"towers_have_the_address_that_was_dialled", towers_have_the_address_that_was_dialled},
	{"towers_without_an_address_are_as_registered", towers_without_an_address_are_as_registered},
	{"local_callers_get_the_address_that_was_registered",
	 local_callers_get_the_address_that_was_registered},
	{NULL, NULL},
};
