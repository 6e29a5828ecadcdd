/* Context handles: what they stand for, for whom, how many there may be; row 3.14. Their
 * end is in test_context_end.c. */
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/context_rig.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

static struct rig_client c;

static void begin(void)
{
	context_rig_init();
	context_client(&c, CONTEXT_ONE, 0);
}

static void end(void)
{
	rig_client_fini(&c);
	context_rig_fini();
}

static void handle_finds_its_object(void)
{
	struct ndr_context_handle a, b;

	begin();
	CHECK_HEX(context_make(&c, 7, &a), 0);
	CHECK_HEX(context_make(&c, 8, &b), 0);
	CHECK_INT(a.attributes, 0);
	CHECK(!uuid_is_nil(&a.uuid));
	CHECK(!uuid_equal(&a.uuid, &b.uuid));
	CHECK_INT(context_use(&c, a), 7);
	CHECK_INT(context_use(&c, b), 8);
	CHECK_INT(context_use(&c, a), 7);
	CHECK_INT(rig_handles(&context_rig.g), 2);
	end();
}

/* They are random, so that nobody finds another's by counting. */
static void handles_do_not_follow_each_other(void)
{
	struct ndr_context_handle h, before = {0};

	begin();
	for (int i = 0; i < 16; i++) {
		unsigned int same = 0;

		CHECK_HEX(context_make(&c, i, &h), 0);
		for (size_t k = 0; k < sizeof(h.uuid); k++)
			same += ((uint8_t *)&h.uuid)[k] == ((uint8_t *)&before.uuid)[k];
		CHECK(same < 10);
		before = h;
	}
	end();
}

static void handle_that_is_not_exactly_it_is_unknown(void)
{
	struct ndr_context_handle h, other;

	begin();
	CHECK_HEX(context_make(&c, 7, &h), 0);
	for (size_t bit = 0; bit < 8 * sizeof(h.uuid); bit++) {
		other = h;
		((uint8_t *)&other.uuid)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_INT(context_use(&c, other), CONTEXT_UNKNOWN);
	}
	for (size_t bit = 0; bit < 32; bit++) {
		other = h;
		other.attributes = 1u << bit;
		CHECK_INT(context_use(&c, other), CONTEXT_UNKNOWN);
	}
	other = (struct ndr_context_handle){.uuid = pdu_text_object};
	CHECK_INT(context_use(&c, other), CONTEXT_UNKNOWN);
	CHECK_INT(context_use(&c, h), 7);
	end();
}

static void handle_of_another_group_is_unknown(void)
{
	struct rig_client friend = {0}, stranger = {0};
	struct ndr_context_handle h;

	begin();
	context_client(&friend, CONTEXT_ONE, assoc_group_id(c.a));
	context_client(&stranger, CONTEXT_ONE, 0);
	CHECK_HEX(context_make(&c, 7, &h), 0);
	CHECK_INT(context_use(&stranger, h), CONTEXT_UNKNOWN);
	CHECK_HEX(context_change(&stranger, &h, CONTEXT_END), nca_s_fault_context_mismatch);
	CHECK_INT(context_use(&friend, h), 7);
	/* It outlives the connection that it was made on. */
	rig_client_fini(&c);
	CHECK_INT(context_use(&friend, h), 7);
	CHECK_INT(context_rig.things[7].run_down, 0);
	rig_client_fini(&friend);
	CHECK_INT(context_rig.things[7].run_down, 1);
	rig_client_fini(&stranger);
	context_rig_fini();
}

static void handle_of_another_interface_is_unknown(void)
{
	struct rig_client other = {0};
	struct ndr_context_handle h, theirs;

	begin();
	context_client(&other, CONTEXT_TWO, assoc_group_id(c.a));
	CHECK_HEX(context_make(&c, 7, &h), 0);
	CHECK_HEX(context_make(&other, 8, &theirs), 0);
	CHECK_INT(context_use(&other, h), CONTEXT_UNKNOWN);
	CHECK_INT(context_use(&c, theirs), CONTEXT_UNKNOWN);
	CHECK_INT(context_use(&c, h), 7);
	CHECK_INT(context_use(&other, theirs), 8);
	rig_client_fini(&other);
	end();
}

static void handle_of_another_type_is_unknown(void)
{
	struct ndr_context_handle h, of_other_type;

	begin();
	CHECK_HEX(context_make(&c, 7, &h), 0);
	CHECK_HEX(context_make_other_type(&c, 8, &of_other_type), 0);
	CHECK_INT(context_use(&c, of_other_type), CONTEXT_UNKNOWN);
	CHECK_INT(context_use_other_type(&c, h), CONTEXT_UNKNOWN);
	CHECK_INT(context_use_other_type(&c, of_other_type), 8);
	CHECK_INT(context_use(&c, h), 7);
	end();
}

/* ---- in and out ---------------------------------------------------------------------- */

static void nil_may_come_in_only_where_a_handle_may_go_out(void)
{
	struct ndr_context_handle h = {0};

	begin();
	CHECK_INT(context_use(&c, h), CONTEXT_UNKNOWN);
	CHECK_HEX(context_change(&c, &h, CONTEXT_KEEP), 0);
	CHECK(ndr_context_handle_is_nil(&h));
	CHECK_INT(rig_handles(&context_rig.g), 0);
	/* All of it must be zero. */
	h.attributes = 1;
	CHECK_HEX(context_change(&c, &h, CONTEXT_KEEP), nca_s_fault_context_mismatch);
	h.attributes = 0;
	CHECK_HEX(context_change(&c, &h, 5), 0);
	CHECK(!ndr_context_handle_is_nil(&h));
	CHECK_INT(context_use(&c, h), 5);
	end();
}

static void handle_ends_when_its_object_does(void)
{
	struct ndr_context_handle h, other, was;

	begin();
	CHECK_HEX(context_make(&c, 7, &h), 0);
	CHECK_HEX(context_make(&c, 8, &other), 0);
	was = h;
	CHECK_HEX(context_change(&c, &h, CONTEXT_END), 0);
	CHECK(ndr_context_handle_is_nil(&h));
	CHECK_INT(context_use(&c, was), CONTEXT_UNKNOWN);
	CHECK_HEX(context_change(&c, &was, CONTEXT_END), nca_s_fault_context_mismatch);
	CHECK_INT(rig_handles(&context_rig.g), 1);
	CHECK_INT(context_use(&c, other), 8);
	/* Whoever ended the object has nothing left to run down. */
	CHECK_INT(context_rig.things[7].run_down, 0);
	end();
	CHECK_INT(context_rig.things[7].run_down, 0);
	CHECK_INT(context_rig.things[8].run_down, 1);
}

static void object_may_be_replaced(void)
{
	struct ndr_context_handle h, same;

	begin();
	CHECK_HEX(context_make(&c, 7, &h), 0);
	same = h;
	CHECK_HEX(context_change(&c, &h, 9), 0);
	CHECK(uuid_equal(&h.uuid, &same.uuid));
	CHECK_INT(h.attributes, 0);
	CHECK_INT(context_use(&c, h), 9);
	CHECK_HEX(context_change(&c, &h, CONTEXT_KEEP), 0);
	CHECK_INT(context_use(&c, h), 9);
	CHECK_INT(rig_handles(&context_rig.g), 1);
	end();
	CHECK_INT(context_rig.things[7].run_down, 0);
	CHECK_INT(context_rig.things[9].run_down, 1);
}

/* ---- how many ------------------------------------------------------------------------ */

static void handles_of_a_group_are_limited(void)
{
	struct rig_client friend = {0}, stranger = {0};
	struct ndr_context_handle h, one_more;

	begin();
	context_client(&friend, CONTEXT_TWO, assoc_group_id(c.a));
	context_client(&stranger, CONTEXT_ONE, 0);
	for (unsigned int i = 0; i < RPC_MAX_HANDLES_PER_GROUP; i++)
		CHECK_HEX(context_make(i % 2 ? &friend : &c, 7, &h), 0);
	CHECK_HEX(context_make(&c, 8, &one_more), nca_s_fault_remote_no_memory);
	CHECK_INT(context_rig.things[8].run_down, 1); /* nobody can use it */
	CHECK_HEX(context_make(&friend, 9, &one_more), nca_s_fault_remote_no_memory);
	CHECK_INT(context_rig.things[9].run_down, 1);
	CHECK_HEX(context_make(&stranger, 10, &one_more), 0);
	CHECK_INT(rig_handles(&context_rig.g), RPC_MAX_HANDLES_PER_GROUP + 1);
	/* One is given back: there is room again, for one. */
	CHECK_HEX(context_change(&friend, &h, CONTEXT_END), 0);
	CHECK_HEX(context_make(&c, 11, &h), 0);
	CHECK_HEX(context_make(&c, 12, &h), nca_s_fault_remote_no_memory);
	rig_client_fini(&friend);
	rig_client_fini(&stranger);
	end();
}

/* One client gets a quarter, through however many groups. */
static void handles_are_limited_by_client(void)
{
	enum { GROUPS = RPC_CLIENT_SHARE(RPC_MAX_HANDLES) / RPC_MAX_HANDLES_PER_GROUP };
	static struct rig_client full[GROUPS + 2];
	struct rig_client *same = &full[GROUPS], *other = &full[GROUPS + 1];
	struct ndr_context_handle h;

	begin();
	for (unsigned int i = 0; i < GROUPS + 1; i++)
		context_client_at(&full[i], 1);
	context_client_at(other, 2);
	for (unsigned int i = 0; i < GROUPS; i++)
		for (unsigned int k = 0; k < RPC_MAX_HANDLES_PER_GROUP; k++)
			REQUIRE(context_make(&full[i], 7, &h) == 0);
	CHECK_HEX(context_make(same, 8, &h), nca_s_fault_remote_no_memory);
	CHECK_HEX(context_make(other, 8, &h), 0);
	rig_client_fini(&full[0]); /* its handles are run down, and leave room for as many */
	for (unsigned int k = 0; k < RPC_MAX_HANDLES_PER_GROUP; k++)
		CHECK_HEX(context_make(same, 8, &h), 0);
	CHECK_HEX(context_make(same, 8, &h), nca_s_fault_remote_no_memory);
	for (unsigned int i = 1; i < GROUPS + 2; i++)
		rig_client_fini(&full[i]);
	end();
}

static void handles_are_limited_in_all(void)
{
	enum { GROUPS = RPC_MAX_HANDLES / RPC_MAX_HANDLES_PER_GROUP };
	static struct rig_client full[GROUPS];
	struct ndr_context_handle h;

	begin();
	for (unsigned int i = 0; i < GROUPS; i++) {
		context_client_at(&full[i], i % 4 + 1);
		for (unsigned int k = 0; k < RPC_MAX_HANDLES_PER_GROUP; k++)
			REQUIRE(context_make(&full[i], 7, &h) == 0);
	}
	CHECK_HEX(context_make(&c, 8, &h), nca_s_fault_remote_no_memory);
	CHECK_INT(context_rig.things[8].run_down, 1);
	CHECK_INT(rig_handles(&context_rig.g), RPC_MAX_HANDLES);
	rig_client_fini(&full[0]);
	for (unsigned int k = 0; k < RPC_MAX_HANDLES_PER_GROUP; k++)
		CHECK_HEX(context_make(&c, 8, &h), 0);
	CHECK_INT(rig_handles(&context_rig.g), RPC_MAX_HANDLES);
	for (unsigned int i = 1; i < GROUPS; i++)
		rig_client_fini(&full[i]);
	end();
	CHECK_INT(context_rig.things[7].run_down, RPC_MAX_HANDLES);
}

static void handle_without_memory_is_none(void)
{
	struct ndr_context_handle h;
	uint32_t fault = 1;
	unsigned int n;

	for (n = 0; fault != 0 && n < 10; n++) {
		begin();
		context_rig.memory = (int)n;
		fault = context_make(&c, 7, &h);
		CHECK(fault == 0 || fault == nca_s_fault_remote_no_memory);
		CHECK_INT(context_rig.things[7].run_down, fault != 0);
		CHECK_INT(rig_handles(&context_rig.g), fault == 0);
		context_rig.memory = -1;
		CHECK_HEX(context_make(&c, 8, &h), 0);
		CHECK_INT(context_use(&c, h), 8);
		end();
	}
	CHECK_HEX(fault, 0);
	CHECK(n > 1);
}

const struct unit_test suite_context[] = {
	{"handle_finds_its_object", handle_finds_its_object},
	{"handles_do_not_follow_each_other", handles_do_not_follow_each_other},
	{"handle_that_is_not_exactly_it_is_unknown", handle_that_is_not_exactly_it_is_unknown},
	{"handle_of_another_group_is_unknown", handle_of_another_group_is_unknown},
	{"handle_of_another_interface_is_unknown", handle_of_another_interface_is_unknown},
	{"handle_of_another_type_is_unknown", handle_of_another_type_is_unknown},
	{"nil_may_come_in_only_where_a_handle_may_go_out", nil_may_come_in_only_where_a_handle_may_go_out},
	{"handle_ends_when_its_object_does", handle_ends_when_its_object_does},
	{"object_may_be_replaced", object_may_be_replaced},
	{"handles_of_a_group_are_limited", handles_of_a_group_are_limited},
	{"handles_are_limited_by_client", handles_are_limited_by_client},
	{"handles_are_limited_in_all", handles_are_limited_in_all},
	{"handle_without_memory_is_none", handle_without_memory_is_none},
	{NULL, NULL},
};
