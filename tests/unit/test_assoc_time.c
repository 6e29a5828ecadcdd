/* The association, from outside: time-outs, the end of the stream, and input that is
 * held back while answers wait. */
#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

/* `seconds` later: is the association still open? */
static bool lives(struct rig *g, struct assoc *a, uint32_t seconds)
{
	g->now += seconds;
	assoc_tick(a, g->now);
	return !assoc_closing(a);
}

static struct assoc *bound(struct rig *g)
{
	struct assoc *a;

	rig_init(g);
	a = rig_assoc(g);
	rig_say(g, a, RIG_BIND);
	rig_hears(g, a, "ack", RIG_ACK);
	return a;
}

static void end(struct rig *g, struct assoc *a)
{
	assoc_free(a);
	rig_fini(g);
}

/* ---- time-outs ----------------------------------------------------------------------- */

static void association_without_a_bind_is_closed(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	CHECK(!assoc_wants_input(a));
	rig_say(&g, a, RIG_BIND);
	rig_hears(&g, a, "after the time-out", "");
	end(&g, a);
}

static void bytes_of_a_bind_do_not_put_off_its_time_out(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	for (unsigned int i = 0; i < RPC_PROGRESS_SECONDS - 1; i++) {
		rig_say(&g, a, i == 0 ? "hex 05000b0310000000480000" : "hex 00");
		CHECK(lives(&g, a, 1));
	}
	CHECK(!lives(&g, a, 1));
	rig_hears(&g, a, "time-out", "");
	end(&g, a);
}

static void bound_association_may_be_idle_for_long(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	CHECK(lives(&g, a, RPC_IDLE_SECONDS - 1));
	rig_say(&g, a, "cancel call=1");
	CHECK(lives(&g, a, RPC_IDLE_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	rig_hears(&g, a, "time-out", "");
	end(&g, a);
}

/* Who registers over the local transport has nothing more to say. */
static void local_association_may_be_idle_forever(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc_local(&g);
	rig_say(&g, a, RIG_BIND);
	rig_hears(&g, a, "ack", RIG_ACK);
	CHECK(lives(&g, a, RPC_IDLE_SECONDS));
	CHECK(lives(&g, a, 1000000000));
	rig_say(&g, a, "hex 05");
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	assoc_free(a);

	a = rig_assoc_local(&g);
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	end(&g, a);
}

static void partial_pdu_must_be_completed_in_time(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	CHECK(lives(&g, a, 500));
	rig_say(&g, a, "hex 050000031000000019");
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	rig_say(&g, a, "hex 00000001000000"); /* more of it does not help */
	CHECK(!lives(&g, a, 1));
	end(&g, a);
}

/* One byte a second, on a connection that is bound. */
static void bytes_of_a_request_do_not_put_off_its_time_out(void)
{
	struct pdu_bytes b = pdu_text("request stub=*100", 0);
	struct rig g;
	struct assoc *a = bound(&g);

	REQUIRE(b.len > RPC_PROGRESS_SECONDS);
	for (unsigned int i = 0; i < RPC_PROGRESS_SECONDS; i++) {
		CHECK(!assoc_closing(a));
		rig_feed(&g, a, b.data + i, 1, 1);
		lives(&g, a, 1);
	}
	CHECK(assoc_closing(a));
	rig_hears(&g, a, "time-out", "");
	pdu_bytes_free(&b);
	end(&g, a);
}

/* It asks and asks, and takes no byte of what comes. */
static void client_that_never_reads_is_closed(void)
{
	struct rig g;
	struct assoc *a = bound(&g);
	size_t len;

	for (unsigned int i = 0; i < RPC_PROGRESS_SECONDS; i++) {
		CHECK(!assoc_closing(a));
		rig_say(&g, a, "request op=4 stub=00001000");
		lives(&g, a, 1);
	}
	CHECK(assoc_closing(a));
	CHECK(assoc_output(a, &len) == NULL);
	end(&g, a);
}

static void completed_pdu_starts_a_new_time(void)
{
	struct rig g;
	struct assoc *a = bound(&g);
	struct pdu_bytes b = pdu_text("request stub=01", 0);

	rig_feed(&g, a, b.data, 10, 10);
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	rig_feed(&g, a, b.data + 10, b.len - 10, b.len);
	rig_hears(&g, a, "reply", "response stub=01");
	CHECK(lives(&g, a, RPC_IDLE_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	pdu_bytes_free(&b);
	end(&g, a);
}

static void each_fragment_starts_a_new_time(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	rig_say(&g, a, "request flags=1 stub=01");
	for (int i = 0; i < 100; i++) {
		CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
		rig_say(&g, a, "request flags=0 stub=01");
	}
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	rig_hears(&g, a, "time-out", "");
	end(&g, a);
}

static void answers_must_be_taken_in_time(void)
{
	struct rig g;
	struct assoc *a = bound(&g);
	size_t len;

	rig_say(&g, a, "request op=4 stub=00000100");
	for (int i = 0; i < 10; i++) {
		CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
		CHECK_INT(rig_take(&g, a, 1), 1);
	}
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	/* Nobody reads it, so nothing of it is kept. */
	CHECK(assoc_output(a, &len) == NULL);
	CHECK_INT(len, 0);
	end(&g, a);
}

static void answers_that_were_taken_leave_it_idle(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	rig_say(&g, a, "request op=4 stub=00000100");
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	rig_take(&g, a, SIZE_MAX);
	CHECK(lives(&g, a, RPC_IDLE_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	end(&g, a);
}

static void times_are_the_servers(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	g.server.progress_seconds = 2;
	g.server.idle_seconds = 5;
	a = rig_assoc(&g);
	CHECK(lives(&g, a, 1));
	CHECK(!lives(&g, a, 1));
	assoc_free(a);

	a = rig_assoc(&g);
	rig_say(&g, a, RIG_BIND);
	rig_take(&g, a, SIZE_MAX);
	CHECK(lives(&g, a, 4));
	CHECK(!lives(&g, a, 1));
	end(&g, a);
}

static void times_survive_the_clocks_wrap_around(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	g.now = UINT32_MAX - 10;
	a = rig_assoc(&g);
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	rig_say(&g, a, RIG_BIND);
	rig_take(&g, a, SIZE_MAX);
	CHECK(lives(&g, a, RPC_IDLE_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	end(&g, a);
}

/* Its last answer is kept: whoever owns the socket has a time of its own for that. */
static void closing_association_has_no_time_out(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	rig_say(&g, a, RIG_BIND);
	CHECK(!lives(&g, a, 100000));
	rig_hears(&g, a, "nak", "bind_nak");
	end(&g, a);
}

/* ---- the end of the stream ----------------------------------------------------------- */

static void end_of_stream_closes_and_keeps_the_answers(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	rig_say(&g, a, "request stub=01");
	rig_say(&g, a, "request flags=1 stub=02");
	assoc_eof(a);
	CHECK(assoc_closing(a));
	CHECK(!assoc_wants_input(a));
	rig_say(&g, a, "request flags=2 stub=03");
	rig_hears(&g, a, "answer before the end", "response stub=01");
	end(&g, a);
}

static void end_of_stream_inside_a_pdu_is_not_answered(void)
{
	struct pdu_bytes b = pdu_text(RIG_BIND "request stub=01020304", 0);

	for (size_t n = 0; n < b.len; n++) {
		struct rig g;
		struct assoc *a;

		rig_init(&g);
		a = rig_assoc(&g);
		rig_feed(&g, a, b.data, n, b.len);
		assoc_eof(a);
		CHECK(assoc_closing(a));
		rig_hears(&g, a, "end of stream", n < 72 ? "" : RIG_ACK);
		end(&g, a);
	}
	pdu_bytes_free(&b);
}

/* ---- answers that wait --------------------------------------------------------------- */

/* A reply of 24 + n bytes. */
#define REPLY_OF_5832 "request stub=*5808; "
#define ELEVEN_OF(x) x x x x x x x x x x x

static void input_is_wanted_below_the_high_water_mark(void)
{
	struct rig g;
	struct assoc *a = bound(&g);
	size_t len;

	rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
	rig_say(&g, a, "request stub=*1359");
	assoc_output(a, &len);
	CHECK_INT(len, RPC_OUT_HIGH_WATER - 1);
	CHECK(assoc_wants_input(a));
	end(&g, a);

	a = bound(&g);
	rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
	rig_say(&g, a, "request stub=*1360");
	assoc_output(a, &len);
	CHECK_INT(len, RPC_OUT_HIGH_WATER);
	CHECK(!assoc_wants_input(a));
	CHECK(!assoc_closing(a));
	rig_take(&g, a, 1);
	CHECK(assoc_wants_input(a));
	end(&g, a);
}

static void input_is_held_back_and_goes_on(void)
{
	static const size_t portions[] = {1000, 5832, 8191, 65536, SIZE_MAX};

	for (size_t i = 0; i < sizeof(portions) / sizeof(portions[0]); i++) {
		struct pdu_bytes want = pdu_text(ELEVEN_OF("response stub=*5808; ")
						 ELEVEN_OF("response stub=*5808; "), 0);
		struct rig g;
		struct assoc *a = bound(&g);
		size_t have = 0, len;

		rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
		rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
		assoc_output(a, &len);
		CHECK_INT(len, 12 * 5832); /* the twelfth is over the mark, ten are held back */
		CHECK(!assoc_wants_input(a));
		while (have < want.len) {
			const uint8_t *out = assoc_output(a, &len);

			if (len > portions[i])
				len = portions[i];
			if (!CHECK(len > 0 && len <= want.len - have) ||
			    !CHECK_MEM(out, want.data + have, len))
				break;
			rig_take(&g, a, len);
			have += len;
		}
		rig_hears(&g, a, "behind the last", "");
		CHECK(assoc_wants_input(a));
		pdu_bytes_free(&want);
		end(&g, a);
	}
}

/* Nobody feeds it when it wants no input; if somebody does, it does not grow without end. */
static void input_that_is_not_wanted_has_a_limit(void)
{
	struct rig g;
	struct assoc *a = bound(&g);
	struct pdu_bytes b = pdu_text(ELEVEN_OF(REPLY_OF_5832), 0);
	size_t len;

	for (int i = 0; i < 3; i++) {
		rig_feed(&g, a, b.data, b.len, b.len);
		CHECK(!assoc_closing(a));
	}
	rig_feed(&g, a, b.data, b.len, b.len);
	CHECK(assoc_closing(a));
	assoc_output(a, &len);
	CHECK_INT(len, 12 * 5832);
	pdu_bytes_free(&b);
	end(&g, a);
}

static void held_back_input_times_out_with_its_answers(void)
{
	struct rig g;
	struct assoc *a = bound(&g);

	rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
	rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
	CHECK(lives(&g, a, RPC_PROGRESS_SECONDS - 1));
	CHECK(!lives(&g, a, 1));
	rig_hears(&g, a, "time-out", "");
	end(&g, a);
}

static void closing_answer_drops_what_was_held_back(void)
{
	struct rig g;
	struct assoc *a = bound(&g);
	size_t len;

	rig_say(&g, a, ELEVEN_OF(REPLY_OF_5832));
	rig_say(&g, a, REPLY_OF_5832 RIG_BIND REPLY_OF_5832);
	CHECK(!assoc_closing(a));
	rig_take(&g, a, 12 * 5832 - 24);
	CHECK(assoc_closing(a));
	assoc_output(a, &len);
	CHECK_INT(len, 24 + 24); /* the rest of the twelfth, and the nak */
	rig_take(&g, a, 24);
	rig_hears(&g, a, "closing", "bind_nak");
	end(&g, a);
}

const struct unit_test suite_assoc_time[] = {
	{"association_without_a_bind_is_closed", association_without_a_bind_is_closed},
	{"bytes_of_a_bind_do_not_put_off_its_time_out", bytes_of_a_bind_do_not_put_off_its_time_out},
	{"bound_association_may_be_idle_for_long", bound_association_may_be_idle_for_long},
	{"local_association_may_be_idle_forever", local_association_may_be_idle_forever},
	{"partial_pdu_must_be_completed_in_time", partial_pdu_must_be_completed_in_time},
	{"bytes_of_a_request_do_not_put_off_its_time_out", bytes_of_a_request_do_not_put_off_its_time_out},
	{"client_that_never_reads_is_closed", client_that_never_reads_is_closed},
	{"completed_pdu_starts_a_new_time", completed_pdu_starts_a_new_time},
	{"each_fragment_starts_a_new_time", each_fragment_starts_a_new_time},
	{"answers_must_be_taken_in_time", answers_must_be_taken_in_time},
	{"answers_that_were_taken_leave_it_idle", answers_that_were_taken_leave_it_idle},
	{"times_are_the_servers", times_are_the_servers},
	{"times_survive_the_clocks_wrap_around", times_survive_the_clocks_wrap_around},
	{"closing_association_has_no_time_out", closing_association_has_no_time_out},
	{"end_of_stream_closes_and_keeps_the_answers", end_of_stream_closes_and_keeps_the_answers},
	{"end_of_stream_inside_a_pdu_is_not_answered", end_of_stream_inside_a_pdu_is_not_answered},
	{"input_is_wanted_below_the_high_water_mark", input_is_wanted_below_the_high_water_mark},
	{"input_is_held_back_and_goes_on", input_is_held_back_and_goes_on},
	{"input_that_is_not_wanted_has_a_limit", input_that_is_not_wanted_has_a_limit},
	{"held_back_input_times_out_with_its_answers", held_back_input_times_out_with_its_answers},
	{"closing_answer_drops_what_was_held_back", closing_answer_drops_what_was_held_back},
	{NULL, NULL},
};
