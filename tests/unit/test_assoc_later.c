/* The association, from outside: what may happen while a call waits for its answer, and
 * the answer's own shape; test_assoc_defer.c has the plain cases. Rows are explained in
 * test_assoc_header.c; svc 6 is in rig.h. */
#include <stdio.h>

#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

static struct rig g;
static struct assoc *a;
static unsigned int notified;

static void on_output(void *arg)
{
	++*(unsigned int *)arg;
}

static void say(const char *in, const char *out)
{
	rig_say(&g, a, in);
	if (!rig_hears(&g, a, "output", out))
		CHECK_STR(in, NULL); /* what it was an answer to */
}

static void answers(unsigned int i, uint32_t status, size_t n, const char *out)
{
	unsigned int before = notified;

	rig_answer(&g, i, status, n);
	CHECK_INT(notified, before + 1);
	rig_hears(&g, a, "later answer: output", out);
}

static void begin(const char *bind, const char *ack)
{
	rig_init(&g);
	a = rig_assoc(&g);
	notified = 0;
	assoc_on_output(a, on_output, &notified);
	say(bind, ack);
}

static void end(void)
{
	assoc_free(a);
	rig_fini(&g);
}

static void later_answer_may_be_a_fault_or_long(void)
{
	begin("bind context=0x1203:svc:ndr frag=2048", "bind_ack frag=2048 result=0,0,ndr");
	say("request call=5 op=6 ctx=0x1203", "");
	answers(0, 0x12345678, 0, "fault call=5 ctx=0x1203 status=0x12345678");
	say("request call=6 op=6 ctx=0x1203", "");
	answers(1, STATUS_OK, 4033, "response call=6 flags=1 ctx=3 hint=4033 stub=*2016;"
				    "response call=6 flags=0 ctx=3 hint=2017 stub=*2016@2016;"
				    "response call=6 flags=2 ctx=3 stub=*1@4032");
	CHECK(!assoc_closing(a));
	end();
}

static void collected_call_is_answered_later(void)
{
	begin(RIG_BIND, RIG_ACK);
	say("request call=5 flags=1 op=6 stub=01; request call=5 flags=2 stub=02", "");
	answers(0, STATUS_OK, 1, "response call=5 stub=*1");
	say("request call=6 flags=1 stub=01; request call=6 flags=2 stub=02", "response call=6 stub=0102");
	end();
}

/* Row 3.32. */
static void second_call_without_mpx_ends_the_association(void)
{
	static const char *const seconds[] = {
		"request call=6 ctx=0x1203 stub=01", /* on a bound context */
		"request call=6 flags=1",	     /* a first fragment */
		"request call=6 op=6",
		"request call=6 ctx=99",	     /* on none */
		"request call=6 flags=7",	     /* cancelled before it began */
	};

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		begin(RIG_BIND "alter context=0x1203:svc:ndr", RIG_ACK "alter_resp result=0,0,ndr");
		say("request call=5 op=6", "");
		say(seconds[i], "fault call=6 status=0x1c01000b");
		CHECK(assoc_closing(a));
		/* The answer to the first comes too late. */
		rig_answer(&g, 0, STATUS_OK, 3);
		rig_hears(&g, a, "after the end", "");
		end();
	}
}

static void same_call_again_without_mpx_ends_the_association(void)
{
	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6; request call=5 op=6", "fault call=5 status=0x1c01000b");
	CHECK(assoc_closing(a));
	CHECK_INT(g.n_later, 1);
	rig_answer(&g, 0, STATUS_OK, 3);
	end();
}

static void stray_fragment_while_a_call_runs_is_refused(void)
{
	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6", "");
	say("request call=5 flags=2", "fault call=5 status=0x1c01000b");
	CHECK(assoc_closing(a));
	rig_answer(&g, 0, STATUS_OK, 3);
	rig_hears(&g, a, "after the end", "");
	end();
}

/* Row 3.32: with MPX all run. */
static void calls_with_mpx_are_answered_in_any_order(void)
{
	begin(RIG_BIND_MPX, RIG_ACK_MPX);
	say("request call=5 op=6; request call=6 op=6; request call=7 op=6", "");
	say("request call=8 stub=01", "response call=8 stub=01");
	say("request call=9 flags=1 stub=01", "");
	answers(2, STATUS_OK, 3, "response call=7 stub=*3");
	say("request call=9 flags=2 stub=02", "response call=9 stub=0102");
	answers(0, STATUS_OK, 1, "response call=5 stub=*1");
	answers(1, 5, 0, "fault call=6 status=5");
	say("request call=10 stub=01", "response call=10 stub=01");
	end();
}

static void fragments_of_each_answer_stay_together(void)
{
	begin(RIG_BIND_MPX, RIG_ACK_MPX);
	say("request call=5 op=6; request call=6 op=6", "");
	rig_answer(&g, 1, STATUS_OK, 5809);
	rig_answer(&g, 0, STATUS_OK, 5809);
	rig_hears(&g, a, "two answers", "response call=6 flags=1 hint=5809 stub=*5808;"
					"response call=6 flags=2 stub=*1@5808;"
					"response call=5 flags=1 hint=5809 stub=*5808;"
					"response call=5 flags=2 stub=*1@5808");
	end();
}

static void alter_goes_on_while_a_call_runs(void)
{
	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6", "");
	say("alter call=6 context=1:other:ndr", "alter_resp call=6 result=0,0,ndr");
	answers(0, STATUS_OK, 1, "response call=5 stub=*1");
	end();
}

/* Row 3.43. */
static void cancel_of_a_running_call_is_noted_only(void)
{
	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6; cancel call=5; orphaned call=5", "");
	answers(0, STATUS_OK, 1, "response call=5 stub=*1");
	say("request call=6 stub=01", "response call=6 stub=01");
	end();
}

/* ---- those who leave ----------------------------------------------------------------- */

static void answer_after_the_end_of_the_stream_is_dropped(void)
{
	size_t len;

	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6", "");
	assoc_eof(a);
	rig_answer(&g, 0, STATUS_OK, 3);
	CHECK(assoc_output(a, &len) == NULL);
	end();
}

static void end_of_one_leaves_the_others_alone(void)
{
	struct assoc *first;

	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6", "");
	first = a;
	a = rig_assoc(&g);
	say(RIG_BIND, RIG_ACK);
	say("request call=5 op=6", "");
	assoc_free(first);
	CHECK_INT(g.orphaned, 1);
	CHECK(g.later[0].call == NULL);
	rig_answer(&g, 1, STATUS_OK, 2);
	rig_hears(&g, a, "the second's answer", "response call=5 stub=*2");
	end();
}

/* ---- time ---------------------------------------------------------------------------- */

static bool lives(uint32_t seconds)
{
	g.now += seconds;
	assoc_tick(a, g.now);
	return !assoc_closing(a);
}

static void later_answer_must_be_taken_in_time(void)
{
	begin(RIG_BIND, RIG_ACK);
	say("request call=5 op=6", "");
	CHECK(lives(5 * RPC_IDLE_SECONDS));
	rig_answer(&g, 0, STATUS_OK, 3);
	CHECK(lives(RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(1));
	end();
}

static void who_waits_must_still_complete_a_pdu(void)
{
	begin(RIG_BIND_MPX, RIG_ACK_MPX);
	say("request call=5 op=6", "");
	CHECK(lives(RPC_IDLE_SECONDS));
	rig_say(&g, a, "hex 05");
	CHECK(lives(RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(1));
	rig_answer(&g, 0, STATUS_OK, 3);
	end();
}

const struct unit_test suite_assoc_later[] = {
	{"later_answer_may_be_a_fault_or_long", later_answer_may_be_a_fault_or_long},
	{"collected_call_is_answered_later", collected_call_is_answered_later},
	{"second_call_without_mpx_ends_the_association", second_call_without_mpx_ends_the_association},
	{"same_call_again_without_mpx_ends_the_association",
	 same_call_again_without_mpx_ends_the_association},
	{"stray_fragment_while_a_call_runs_is_refused", stray_fragment_while_a_call_runs_is_refused},
	{"calls_with_mpx_are_answered_in_any_order", calls_with_mpx_are_answered_in_any_order},
	{"fragments_of_each_answer_stay_together", fragments_of_each_answer_stay_together},
	{"alter_goes_on_while_a_call_runs", alter_goes_on_while_a_call_runs},
	{"cancel_of_a_running_call_is_noted_only", cancel_of_a_running_call_is_noted_only},
	{"answer_after_the_end_of_the_stream_is_dropped", answer_after_the_end_of_the_stream_is_dropped},
	{"end_of_one_leaves_the_others_alone", end_of_one_leaves_the_others_alone},
	{"later_answer_must_be_taken_in_time", later_answer_must_be_taken_in_time},
	{"who_waits_must_still_complete_a_pdu", who_waits_must_still_complete_a_pdu},
	{NULL, NULL},
};
