/* The mapper in memory, asked in NDR64: what NDR tests show holds here, too. */
#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

static struct rig_client c;

static void begin(unsigned int n)
{
	ept_rig_init();
	ept_rig_fill(n);
	c.ndr64 = true;
	ept_client_tcp(&c, "192.0.2.1", 0);
}

static void end(void)
{
	rig_client_fini(&c);
	ept_rig_fini();
}

static uint32_t map(struct rig_client *who, uint32_t max, const struct ndr_context_handle *handle,
		    struct ept_map *reply)
{
	struct ept_map q = {.max_towers = max};
	struct sample s;

	sample_make(&s, "? svc ncacn_ip_tcp:[0]");
	q.map_tower = s.entry.tower;
	if (handle)
		q.entry_handle = *handle;
	return ept_client_map(who, &q, reply);
}

static void map_in_ndr64_finds_towers(void)
{
	struct ept_map reply;

	begin(3);
	CHECK_HEX(map(&c, 10, NULL, &reply), 0);
	CHECK_STR(ept_rig_ports(&reply), "1 2 3 ");
	CHECK_MEM(ept_rig_tower(reply.towers[2]).host, "\xc0\x00\x02\x01", 4);
	CHECK_HEX(reply.status, 0);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_HEX(map(&c, 501, NULL, &reply), RPC_X_BAD_STUB_DATA);
	end();
}

/* A walk is none of its encoding. */
static void walk_goes_on_in_another_syntax(void)
{
	struct rig_client narrow = {.ndr64 = false}, big = {.big_endian = true};
	struct ndr_context_handle h;
	struct ept_map reply;

	begin(5);
	ept_client_tcp(&narrow, "192.0.2.1", assoc_group_id(c.a));
	ept_client_tcp(&big, "192.0.2.1", assoc_group_id(c.a));
	CHECK_HEX(map(&c, 1, NULL, &reply), 0);
	h = reply.entry_handle;
	CHECK_HEX(map(&narrow, 1, &h, &reply), 0);
	CHECK_STR(ept_rig_ports(&reply), "2 ");
	CHECK_HEX(map(&big, 1, &h, &reply), 0);
	CHECK_STR(ept_rig_ports(&reply), "3 ");
	CHECK_HEX(map(&c, 9, &h, &reply), 0);
	CHECK_STR(ept_rig_ports(&reply), "4 5 ");
	rig_client_fini(&narrow);
	rig_client_fini(&big);
	end();
}

static void lookup_in_ndr64_lists_in_chunks(void)
{
	struct ept_lookup q = {.max_ents = 2}, reply;
	uint32_t status = 99;

	begin(5);
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "1 2 ");
	q.entry_handle = reply.entry_handle;
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "3 4 ");
	q.max_ents = 501;
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), RPC_X_BAD_STUB_DATA);
	CHECK_HEX(ept_client_free(&c, &q.entry_handle, &status), 0);
	CHECK_HEX(status, 0);
	CHECK_INT(rig_handles(&ept_rig.g), 0);
	q.entry_handle = (struct ndr_context_handle){.uuid = pdu_text_object};
	q.max_ents = 2;
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), nca_s_fault_context_mismatch);
	end();
}

static void entries_are_registered_in_ndr64(void)
{
	struct rig_client server = {.ndr64 = true};
	uint32_t status = 99;
	char text[SAMPLE_LIST_LEN];

	begin(0);
	ept_client_local(&server, 0);
	CHECK_HEX(ept_client_insert(&server, false, "a svc ncacn_ip_tcp:[1]; bc other ncalrpc:[b] object=1;"
				    "def svc ncacn_np:h[\\pipe\\d]", &status), 0);
	CHECK_HEX(status, 0);
	CHECK_STR(sample_list_all(ept_rig.server.registry, text), "a bc def ");
	CHECK_HEX(ept_client_delete(&server, "? other ncalrpc:[b] object=1", &status), 0);
	CHECK_HEX(status, 0);
	CHECK_STR(sample_list_all(ept_rig.server.registry, text), "a def ");
	rig_client_fini(&server);
	end();
}

const struct unit_test suite_ept_server_ndr64[] = {
	{"map_in_ndr64_finds_towers", map_in_ndr64_finds_towers},
	{"walk_goes_on_in_another_syntax", walk_goes_on_in_another_syntax},
	{"lookup_in_ndr64_lists_in_chunks", lookup_in_ndr64_lists_in_chunks},
	{"entries_are_registered_in_ndr64", entries_are_registered_in_ndr64},
	{NULL, NULL},
};
