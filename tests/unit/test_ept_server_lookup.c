/* The mapper in memory: ept_lookup and ept_lookup_handle_free. Rows 5.x, as in
 * test_ept_server_map.c. */
#include <string.h>

#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

static struct rig_client c;
static struct ept_lookup reply;

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

/* Everything, in chunks of `max`. */
static uint32_t lookup_as(struct rig_client *who, uint32_t max, const struct ndr_context_handle *handle)
{
	struct ept_lookup q = {.max_ents = max};

	if (handle)
		q.entry_handle = *handle;
	return ept_client_lookup(who, &q, &reply);
}

static uint32_t lookup(uint32_t max, const struct ndr_context_handle *handle)
{
	return lookup_as(&c, max, handle);
}

/* ---- the end of the list ------------------------------------------------------------- */

/* Row 5.17, for a list of n in chunks: each call of the walk, and one behind its end. */
static void walk_to_the_end(unsigned int n, unsigned int chunk)
{
	struct ndr_context_handle h = {0};
	unsigned int left = n;
	bool first = true;

	begin(n);
	for (;;) {
		struct ndr_context_handle before = h;
		unsigned int want = left < chunk ? left : chunk;
		bool full = want == chunk;
		uint32_t status = full || (first && want > 0) ? STATUS_OK : ept_s_not_registered;

		CHECK_HEX(lookup(chunk, &h), 0);
		CHECK_INT(reply.num_ents, want);
		CHECK_HEX(reply.status, status);
		CHECK_INT(ndr_context_handle_is_nil(&reply.entry_handle), !full);
		h = reply.entry_handle;
		if (!first && full)
			CHECK(uuid_equal(&h.uuid, &before.uuid));
		left -= want;
		if (!full) {
			CHECK_INT(rig_handles(&ept_rig.g), 0);
			if (!first)
				CHECK_HEX(lookup(chunk, &before), nca_s_fault_context_mismatch);
			break;
		}
		CHECK_INT(rig_handles(&ept_rig.g), 1);
		first = false;
	}
	CHECK_INT(left, 0);
	end();
}

static void end_of_the_list_is_told(void)
{
	static const unsigned int chunks[] = {1, 2, 10, 500};

	for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		walk_to_the_end(0, chunks[i]);
		walk_to_the_end(1, chunks[i]);
		walk_to_the_end(chunks[i] - 1, chunks[i]);
		walk_to_the_end(chunks[i], chunks[i]);
		walk_to_the_end(chunks[i] + 1, chunks[i]);
		walk_to_the_end(2 * chunks[i] - 1, chunks[i]);
		walk_to_the_end(2 * chunks[i], chunks[i]);
		walk_to_the_end(2 * chunks[i] + 1, chunks[i]);
	}
}

static void chunks_may_change_their_size(void)
{
	struct ndr_context_handle h;

	begin(7);
	CHECK_HEX(lookup(2, NULL), 0);
	CHECK_STR(ept_rig_notes(&reply), "1 2 ");
	h = reply.entry_handle;
	CHECK_HEX(lookup(4, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "3 4 5 6 ");
	CHECK_HEX(reply.status, 0);
	CHECK_HEX(lookup(500, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "7 ");
	CHECK_HEX(reply.status, ept_s_not_registered);
	end();
}

/* Row 5.1. */
static void max_ents_is_from_0_to_500(void)
{
	struct ndr_context_handle h;

	begin(3);
	CHECK_HEX(lookup(0, NULL), 0);
	CHECK_INT(reply.num_ents, 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_HEX(lookup(500, NULL), 0);
	CHECK_INT(reply.num_ents, 3);
	CHECK_HEX(lookup(501, NULL), RPC_X_BAD_STUB_DATA);
	CHECK_HEX(lookup(UINT32_MAX, NULL), RPC_X_BAD_STUB_DATA);
	CHECK_HEX(lookup(1, NULL), 0);
	h = reply.entry_handle;
	CHECK_HEX(lookup(501, &h), RPC_X_BAD_STUB_DATA);
	CHECK_HEX(lookup(1, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "2 ");
	/* Nothing at all ends the walk, even if nothing was asked for. */
	CHECK_HEX(lookup(0, &h), 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	CHECK_HEX(lookup(1, &h), nca_s_fault_context_mismatch);
	end();
}

/* ---- what is asked for --------------------------------------------------------------- */

static const char various[] =
	"a svc@1.2 ncacn_ip_tcp:[1]; b svc@1.5 ncacn_ip_tcp:[2] object=1;"
	"c other@1.0 ncacn_ip_tcp:[3]; d svc@2.0 ncacn_np:host[\\pipe\\x]; e other@1.0 ncalrpc:[x] object=1;"
	"f svc@1.2 ncadg_ip_udp:[4] object=2";

/* An interface and its version, as the operation wants them. */
static struct rpc_if_id if_id(const char *name)
{
	const struct syntax_id s = pdu_text_syntax(name);

	return (struct rpc_if_id){s.uuid, s.major, s.minor};
}

/* Row 5.11, with 5.12 for what is compared; test_registry_match.c has the full tables. */
static void inquiry_type_says_what_is_compared(void)
{
	static const struct {
		uint32_t type;
		const char *iface; /* NULL: a NULL pointer; likewise object -1 */
		int object;
		uint32_t option;
		const char *found;
		uint32_t status;
	} rows[] = {
		{0, NULL, -1, 0, "a b c d e f ", 0},
		{0, "strange", 9, 77, "a b c d e f ", 0},
		{1, "svc@1.3", -1, EPT_VERS_ALL, "a b d f ", 0},
		{1, "svc@1.3", 1, EPT_VERS_COMPATIBLE, "b ", 0},
		{1, "svc@1.2", -1, EPT_VERS_EXACT, "a f ", 0},
		{1, "svc@1.9", -1, EPT_VERS_MAJOR_ONLY, "a b f ", 0},
		{1, "svc@1.4", -1, EPT_VERS_UPTO, "a f ", 0},
		{1, "svc@9.0", -1, EPT_VERS_UPTO, "a b d f ", 0},
		{1, "svc@3.0", -1, EPT_VERS_EXACT, "", ept_s_not_registered},
		{1, "strange", -1, EPT_VERS_ALL, "", ept_s_not_registered},
		{1, NULL, 1, EPT_VERS_ALL, "", EPT_S_CANT_PERFORM_OP},
		{1, "svc", -1, 5, "", EPT_S_CANT_PERFORM_OP},
		{1, "svc", -1, UINT32_MAX, "", EPT_S_CANT_PERFORM_OP},
		{2, NULL, 1, 0, "b e ", 0},
		{2, "strange", 2, 77, "f ", 0},
		{2, NULL, 0, 0, "a c d ", 0},
		{2, NULL, 3, 0, "", ept_s_not_registered},
		{2, "svc", -1, 0, "", EPT_S_CANT_PERFORM_OP},
		{3, "svc@1.0", 1, EPT_VERS_COMPATIBLE, "b ", 0},
		{3, "other@1.0", 1, EPT_VERS_EXACT, "e ", 0},
		{3, "other@1.0", 0, EPT_VERS_EXACT, "c ", 0},
		{3, "svc@1.0", 3, EPT_VERS_ALL, "", ept_s_not_registered},
		{3, NULL, 1, EPT_VERS_ALL, "", EPT_S_CANT_PERFORM_OP},
		{3, "svc", -1, EPT_VERS_ALL, "", EPT_S_CANT_PERFORM_OP},
		{3, "svc", 1, 5, "", EPT_S_CANT_PERFORM_OP},
		{4, "svc", 1, 0, "", EPT_S_CANT_PERFORM_OP},
		{UINT32_MAX, "svc", 1, 0, "", EPT_S_CANT_PERFORM_OP},
	};

	begin(0);
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, various) == 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct uuid object = sample_object((unsigned int)rows[i].object);
		struct rpc_if_id iface = if_id(rows[i].iface ? rows[i].iface : "nil");
		const struct ept_lookup q = {
			.inquiry_type = rows[i].type,
			.interface_id = rows[i].iface ? &iface : NULL,
			.object = rows[i].object >= 0 ? &object : NULL,
			.vers_option = rows[i].option,
			.max_ents = 100,
		};

		CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
		if (!CHECK_STR(ept_rig_notes(&reply), rows[i].found) ||
		    !CHECK_HEX(reply.status, rows[i].status))
			CHECK_INT(i, -1); /* the row */
		CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	}
	end();
}

/* Row 5.13: what does not match takes no place in a chunk. */
static void chunks_are_cut_from_what_matches(void)
{
	const struct uuid object = sample_object(1);
	struct ept_lookup q = {.inquiry_type = EPT_INQ_BY_OBJECT, .object = &object, .max_ents = 1};

	begin(0);
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, various) == 0);
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "b ");
	q.entry_handle = reply.entry_handle;
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "e ");
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "");
	CHECK_HEX(reply.status, ept_s_not_registered);
	end();
}

static void entries_have_their_own_object_and_tower(void)
{
	struct tower t;

	begin(0);
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, various) == 0);
	CHECK_HEX(lookup(100, NULL), 0);
	REQUIRE(reply.num_ents == 6);
	for (unsigned int i = 0; i < 6; i++) {
		static const unsigned int objects[] = {0, 1, 0, 0, 1, 2};
		struct uuid object = sample_object(objects[i]);

		CHECK(uuid_equal(&reply.entries[i].object, &object));
	}
	t = ept_rig_tower(reply.entries[1].tower);
	CHECK_INT(t.port, 2);
	CHECK_INT(t.interface_id.minor, 5);
	CHECK_MEM(t.host, "\xc0\x00\x02\x01", 4); /* the address that was dialled */
	t = ept_rig_tower(reply.entries[3].tower);
	CHECK_STR(t.endpoint, "\\pipe\\x");
	CHECK_STR(t.hostname, "host");
	end();
}

/* Row 5.15. */
static void later_calls_go_on_with_the_first_question(void)
{
	const struct uuid object = sample_object(9);
	struct rpc_if_id svc = if_id("svc"), other = if_id("other");
	struct ept_lookup q = {
		.inquiry_type = EPT_INQ_INTERFACE,
		.interface_id = &svc,
		.vers_option = EPT_VERS_COMPATIBLE,
		.max_ents = 1,
	};

	begin(0);
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, various) == 0);
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "a ");
	q.entry_handle = reply.entry_handle;

	q.interface_id = &other;
	q.vers_option = 77;
	q.object = &object;
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "b ");

	/* Another kind of question is refused, and changes nothing. */
	for (q.inquiry_type = 0; q.inquiry_type < 5; q.inquiry_type++) {
		if (q.inquiry_type == EPT_INQ_INTERFACE)
			continue;
		CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
		CHECK_INT(reply.num_ents, 0);
		CHECK_HEX(reply.status, ept_s_invalid_context);
		CHECK(uuid_equal(&reply.entry_handle.uuid, &q.entry_handle.uuid));
	}
	q.inquiry_type = EPT_INQ_INTERFACE;
	q.interface_id = NULL;
	q.max_ents = 2;
	CHECK_HEX(ept_client_lookup(&c, &q, &reply), 0);
	CHECK_STR(ept_rig_notes(&reply), "f ");
	CHECK_HEX(reply.status, ept_s_not_registered);
	end();
}

/* The status of another's answer does not stay behind. */
static void calls_of_others_make_no_difference(void)
{
	const struct uuid object = sample_object(9);
	const struct ept_lookup nothing = {
		.inquiry_type = EPT_INQ_BY_OBJECT, .object = &object, .max_ents = 5};
	struct ndr_context_handle h;

	begin(4);
	CHECK_HEX(lookup(2, NULL), 0);
	h = reply.entry_handle;
	CHECK_HEX(ept_client_lookup(&c, &nothing, &reply), 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	CHECK_HEX(lookup(2, &h), 0);
	CHECK_HEX(reply.status, 0);
	CHECK_STR(ept_rig_notes(&reply), "3 4 ");
	end();
}

static void list_may_change_between_chunks(void)
{
	struct ndr_context_handle h;

	begin(6);
	CHECK_HEX(lookup(2, NULL), 0);
	h = reply.entry_handle;
	sample_delete(ept_rig.server.registry, &ept_rig.own,
		      "1 svc ncacn_ip_tcp:[1]; 3 svc ncacn_ip_tcp:[3]; 5 svc ncacn_ip_tcp:[5]");
	CHECK_HEX(lookup(2, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "4 6 ");
	registry_remove_owner(ept_rig.server.registry, &ept_rig.own);
	CHECK_HEX(lookup(2, &h), 0);
	CHECK_INT(reply.num_ents, 0);
	CHECK_HEX(reply.status, ept_s_not_registered);
	end();
}

/* ---- handles ------------------------------------------------------------------------- */

/* Row 5.16. */
static void handle_is_the_groups(void)
{
	struct rig_client friend = {0}, stranger = {0}, local = {0};
	struct ndr_context_handle h;

	begin(5);
	ept_client_tcp(&friend, "192.0.2.2", assoc_group_id(c.a));
	ept_client_tcp(&stranger, "192.0.2.1", 0);
	ept_client_local(&local, 0);
	CHECK_HEX(lookup(1, NULL), 0);
	h = reply.entry_handle;
	CHECK_HEX(lookup_as(&stranger, 1, &h), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup_as(&local, 1, &h), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup_as(&friend, 1, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "2 ");
	CHECK_HEX(lookup(1, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "3 ");
	rig_client_fini(&c);
	CHECK_HEX(lookup_as(&friend, 1, &h), 0);
	CHECK_STR(ept_rig_notes(&reply), "4 ");
	CHECK_INT(rig_handles(&ept_rig.g), 1);
	rig_client_fini(&friend);
	CHECK_INT(rig_handles(&ept_rig.g), 0);
	rig_client_fini(&stranger);
	rig_client_fini(&local);
	ept_rig_fini();
}

static void handle_of_a_map_is_none_of_a_lookup(void)
{
	struct ept_map q = {.max_towers = 1};
	struct ept_map map;
	uint32_t status = 99;
	struct sample s;

	begin(5);
	sample_make(&s, "? svc ncacn_ip_tcp:[0]");
	q.map_tower = s.entry.tower;
	CHECK_HEX(ept_client_map(&c, &q, &map), 0);
	CHECK_HEX(lookup(1, &map.entry_handle), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup(1, NULL), 0);
	q.entry_handle = reply.entry_handle;
	CHECK_HEX(ept_client_map(&c, &q, &map), nca_s_fault_context_mismatch);
	/* But both are freed by the same operation. */
	q.entry_handle = (struct ndr_context_handle){0};
	CHECK_HEX(ept_client_map(&c, &q, &map), 0);
	CHECK_INT(rig_handles(&ept_rig.g), 3);
	CHECK_HEX(ept_client_free(&c, &map.entry_handle, &status), 0);
	CHECK_HEX(status, 0);
	CHECK_INT(rig_handles(&ept_rig.g), 2);
	end();
}

static void handle_that_nobody_gave_is_a_fault(void)
{
	const struct ndr_context_handle made_up = {.uuid = pdu_text_object};
	const struct ndr_context_handle attributes = {1, pdu_text_object, NULL};
	const struct ndr_context_handle only_attributes = {.attributes = 1};

	begin(5);
	CHECK_HEX(lookup(1, &made_up), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup(1, &attributes), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup(1, &only_attributes), nca_s_fault_context_mismatch);
	end();
}

static void handles_are_limited(void)
{
	struct ndr_context_handle h;
	struct rig_client other = {0};
	uint32_t status;

	begin(5);
	for (unsigned int i = 0; i < RPC_MAX_HANDLES_PER_GROUP; i++) {
		CHECK_HEX(lookup(1, NULL), 0);
		CHECK_HEX(reply.status, 0);
	}
	h = reply.entry_handle;
	CHECK_HEX(lookup(1, NULL), 0);
	CHECK_HEX(reply.status, rpc_s_no_memory);
	CHECK(ndr_context_handle_is_nil(&reply.entry_handle));
	/* Others are not concerned, nor is who needs no handle. */
	ept_client_tcp(&other, "192.0.2.1", 0);
	CHECK_HEX(lookup_as(&other, 1, NULL), 0);
	CHECK_HEX(reply.status, 0);
	CHECK_HEX(lookup(6, NULL), 0);
	CHECK_HEX(reply.status, 0);
	CHECK_INT(reply.num_ents, 5);
	/* One is given back: there is room again. */
	CHECK_HEX(ept_client_free(&c, &h, &status), 0);
	CHECK_HEX(lookup(1, NULL), 0);
	CHECK_HEX(reply.status, 0);
	rig_client_fini(&other);
	end();
}

/* Row 5.19. */
static void freed_handle_is_gone(void)
{
	struct ndr_context_handle h, again;
	uint32_t status = 99;

	begin(5);
	CHECK_HEX(lookup(1, NULL), 0);
	h = again = reply.entry_handle;
	CHECK_HEX(ept_client_free(&c, &h, &status), 0);
	CHECK_HEX(status, 0);
	CHECK(ndr_context_handle_is_nil(&h));
	CHECK_INT(rig_handles(&ept_rig.g), 0);
	h = again;
	CHECK_HEX(ept_client_free(&c, &h, &status), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup(1, &again), nca_s_fault_context_mismatch);
	end();
}

static void freeing_no_handle_is_fine_and_an_unknown_one_a_fault(void)
{
	struct ndr_context_handle none = {0}, made_up = {.uuid = pdu_text_object}, h;
	struct rig_client stranger = {0};
	uint32_t status = 99;

	begin(5);
	CHECK_HEX(ept_client_free(&c, &none, &status), 0);
	CHECK_HEX(status, 0);
	CHECK(ndr_context_handle_is_nil(&none));
	CHECK_HEX(ept_client_free(&c, &made_up, &status), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup(1, NULL), 0);
	h = reply.entry_handle;
	ept_client_tcp(&stranger, "192.0.2.1", 0);
	CHECK_HEX(ept_client_free(&stranger, &h, &status), nca_s_fault_context_mismatch);
	CHECK_HEX(lookup(1, &h), 0);
	rig_say(&ept_rig.g, c.a, "request call=9 op=4 stub=*19");
	rig_hears(&ept_rig.g, c.a, "19 bytes of a handle: output", "fault call=9 status=0x6f7");
	rig_client_fini(&stranger);
	end();
}

const struct unit_test suite_ept_server_lookup[] = {
	{"end_of_the_list_is_told", end_of_the_list_is_told},
	{"chunks_may_change_their_size", chunks_may_change_their_size},
	{"max_ents_is_from_0_to_500", max_ents_is_from_0_to_500},
	{"inquiry_type_says_what_is_compared", inquiry_type_says_what_is_compared},
	{"chunks_are_cut_from_what_matches", chunks_are_cut_from_what_matches},
	{"entries_have_their_own_object_and_tower", entries_have_their_own_object_and_tower},
	{"later_calls_go_on_with_the_first_question", later_calls_go_on_with_the_first_question},
	{"calls_of_others_make_no_difference", calls_of_others_make_no_difference},
	{"list_may_change_between_chunks", list_may_change_between_chunks},
	{"handle_is_the_groups", handle_is_the_groups},
	{"handle_of_a_map_is_none_of_a_lookup", handle_of_a_map_is_none_of_a_lookup},
	{"handle_that_nobody_gave_is_a_fault", handle_that_nobody_gave_is_a_fault},
	{"handles_are_limited", handles_are_limited},
	{"freed_handle_is_gone", freed_handle_is_gone},
	{"freeing_no_handle_is_fine_and_an_unknown_one_a_fault",
	 freeing_no_handle_is_fine_and_an_unknown_one_a_fault},
	{NULL, NULL},
};
