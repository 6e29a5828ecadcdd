/* Context handles, and how they end without the client's doing: when its last connection
 * goes, or when nobody used them for too long. */
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/context_rig.h"
#include "tests/unit/unit.h"

enum { IDLE = 300 };

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

static unsigned int run_down(int number)
{
	return context_rig.things[number].run_down;
}

/* Time passes for the server with what it hears next. */
static void pass(uint32_t seconds)
{
	context_rig.g.now += seconds;
}

/* ---- the group ----------------------------------------------------------------------- */

static void objects_are_run_down_with_the_last_connection(void)
{
	struct rig_client friend = {0}, stranger = {0};
	struct ndr_context_handle h;

	begin();
	context_client(&friend, CONTEXT_TWO, assoc_group_id(c.a));
	context_client(&stranger, CONTEXT_ONE, 0);
	for (int i = 0; i < 5; i++)
		CHECK_HEX(context_make(&c, i, &h), 0);
	CHECK_HEX(context_make(&friend, 5, &h), 0);
	CHECK_HEX(context_make(&stranger, 6, &h), 0);
	rig_client_fini(&c);
	CHECK_INT(rig_handles(&context_rig.g), 7);
	for (int i = 0; i < 7; i++)
		CHECK_INT(run_down(i), 0);
	rig_client_fini(&friend);
	for (int i = 0; i < 6; i++)
		CHECK_INT(run_down(i), 1);
	CHECK_INT(run_down(6), 0);
	CHECK_INT(context_use(&stranger, h), 6);
	CHECK_INT(rig_handles(&context_rig.g), 1);
	rig_client_fini(&stranger);
	CHECK_INT(run_down(6), 1);
	context_rig_fini();
}

/* Not while its last answer is sent, but when it is gone. */
static void closing_connection_is_one_yet(void)
{
	struct ndr_context_handle h;

	begin();
	CHECK_HEX(context_make(&c, 7, &h), 0);
	assoc_eof(c.a);
	CHECK(assoc_closing(c.a));
	CHECK_INT(run_down(7), 0);
	end();
	CHECK_INT(run_down(7), 1);
}

static void handle_may_have_nothing_to_run_down(void)
{
	struct ndr_context_handle h;

	begin();
	context_rig.forget = true;
	CHECK_HEX(context_make(&c, 7, &h), 0);
	CHECK_INT(context_use(&c, h), 7);
	for (unsigned int i = 1; i < RPC_MAX_HANDLES_PER_GROUP; i++)
		CHECK_HEX(context_make(&c, 7, &h), 0);
	CHECK_HEX(context_make(&c, 7, &h), nca_s_fault_remote_no_memory);
	end();
	CHECK_INT(run_down(7), 0);
}

/* ---- time ---------------------------------------------------------------------------- */

static void handle_that_nobody_uses_expires(void)
{
	struct ndr_context_handle a, b;

	begin();
	context_rig.idle = IDLE;
	CHECK_HEX(context_make(&c, 7, &a), 0);
	CHECK_HEX(context_make(&c, 8, &b), 0);
	pass(IDLE - 1);
	CHECK_INT(context_use(&c, b), 8);
	pass(1);
	CHECK_INT(context_use(&c, a), CONTEXT_UNKNOWN);
	CHECK_HEX(context_change(&c, &a, CONTEXT_END), nca_s_fault_context_mismatch);
	CHECK_INT(context_use(&c, b), 8);
	end();
	CHECK_INT(run_down(7), 1);
	CHECK_INT(run_down(8), 1);
}

static void handle_that_is_used_stays(void)
{
	struct ndr_context_handle h;

	begin();
	context_rig.idle = IDLE;
	CHECK_HEX(context_make(&c, 7, &h), 0);
	for (int i = 0; i < 10; i++) {
		pass(IDLE - 1);
		if (i % 2)
			CHECK_INT(context_use(&c, h), 7);
		else
			CHECK_HEX(context_change(&c, &h, CONTEXT_KEEP), 0);
	}
	pass(IDLE);
	CHECK_INT(context_use(&c, h), CONTEXT_UNKNOWN);
	end();
}

/* Who may not use it does not make it last, either. */
static void attempts_of_others_do_not_count(void)
{
	struct rig_client stranger = {0};
	struct ndr_context_handle h;

	begin();
	context_client(&stranger, CONTEXT_ONE, 0);
	context_rig.idle = IDLE;
	CHECK_HEX(context_make(&c, 7, &h), 0);
	pass(IDLE - 1);
	CHECK_INT(context_use(&stranger, h), CONTEXT_UNKNOWN);
	CHECK_INT(context_use_other_type(&c, h), CONTEXT_UNKNOWN);
	pass(1);
	CHECK_INT(context_use(&c, h), CONTEXT_UNKNOWN);
	rig_client_fini(&stranger);
	end();
}

static void handle_without_a_time_does_not_expire(void)
{
	struct ndr_context_handle h;

	begin();
	CHECK_HEX(context_make(&c, 7, &h), 0);
	pass(UINT32_MAX / 2 - 2000);
	CHECK_INT(context_use(&c, h), 7);
	end();
}

/* Before it is said that there are too many, what has expired is run down. */
static void expired_handles_make_room(void)
{
	struct rig_client other = {0};
	struct ndr_context_handle h;

	begin();
	context_client(&other, CONTEXT_ONE, 0);
	context_rig.idle = IDLE;
	for (unsigned int i = 0; i < RPC_MAX_HANDLES_PER_GROUP; i++)
		CHECK_HEX(context_make(&c, 7, &h), 0);
	pass(IDLE - 1);
	CHECK_HEX(context_make(&c, 8, &h), nca_s_fault_remote_no_memory);
	CHECK_INT(run_down(7), 0);
	pass(1);
	CHECK_HEX(context_make(&other, 9, &h), 0); /* another's need is enough */
	CHECK_INT(run_down(7), RPC_MAX_HANDLES_PER_GROUP);
	CHECK_INT(rig_handles(&context_rig.g), 1);
	CHECK_HEX(context_make(&c, 10, &h), 0);
	CHECK_INT(rig_handles(&context_rig.g), 2);
	rig_client_fini(&other);
	end();
	CHECK_INT(run_down(7), RPC_MAX_HANDLES_PER_GROUP);
}

static void times_survive_the_clocks_wrap_around(void)
{
	struct ndr_context_handle h;

	begin();
	context_rig.idle = IDLE;
	context_rig.g.now = UINT32_MAX - 10;
	CHECK_HEX(context_make(&c, 7, &h), 0);
	pass(IDLE - 1);
	CHECK(context_rig.g.now < IDLE);
	CHECK_INT(context_use(&c, h), 7);
	pass(IDLE);
	CHECK_INT(context_use(&c, h), CONTEXT_UNKNOWN);
	end();
}

const struct unit_test suite_context_end[] = {
	{"objects_are_run_down_with_the_last_connection", objects_are_run_down_with_the_last_connection},
	{"closing_connection_is_one_yet", closing_connection_is_one_yet},
	{"handle_may_have_nothing_to_run_down", handle_may_have_nothing_to_run_down},
	{"handle_that_nobody_uses_expires", handle_that_nobody_uses_expires},
	{"handle_that_is_used_stays", handle_that_is_used_stays},
	{"attempts_of_others_do_not_count", attempts_of_others_do_not_count},
	{"handle_without_a_time_does_not_expire", handle_without_a_time_does_not_expire},
	{"expired_handles_make_room", expired_handles_make_room},
	{"times_survive_the_clocks_wrap_around", times_survive_the_clocks_wrap_around},
	{NULL, NULL},
};
