/* The association, from outside: calls that are answered later, their limit and
 * their end. What is sent when stands in test_assoc_later.c. */
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define MANY (RPC_MAX_EXECUTING + 1u)

struct waiting;

struct waiting_call {
	struct waiting *w;
	struct rpc_deferred *call; /* NULL: answered */
};

/* What the operations below keep, and how often output was announced. */
struct waiting {
	struct waiting_call calls[MANY];
	unsigned n;
	unsigned announced;
	unsigned orphaned;
};

static void on_orphaned(void *arg)
{
	struct waiting_call *c = arg;
	struct rpc_deferred *call = c->call;

	REQUIRE(call != NULL); /* once is enough */
	c->w->orphaned++;
	c->call = NULL;
	assoc_reply(call, STATUS_OK, (const uint8_t *)"gone", 4, 0);
}

static uint32_t wait_for_it(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct waiting *w = call->user;
	struct rpc_deferred *d;

	(void)in;
	(void)out;
	d = assoc_defer(call, on_orphaned, &w->calls[w->n]);
	if (d == NULL)
		return nca_s_server_too_busy;
	REQUIRE(w->n < MANY);
	w->calls[w->n++] = (struct waiting_call){w, d};
	return RPC_PENDING;
}

/* The same, and a cancel ends it. */
static uint32_t wait_or_be_cancelled(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct waiting *w = call->user;
	uint32_t status = wait_for_it(call, in, out);

	if (status == RPC_PENDING)
		assoc_allow_cancel(w->calls[w->n - 1].call);
	return status;
}

/* Thinks better of it. */
static uint32_t wait_not(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct rpc_deferred *d = assoc_defer(call, on_orphaned, NULL);

	(void)in;
	if (d == NULL)
		return nca_s_server_too_busy;
	assoc_undefer(d);
	cursor_put_u32(out, 7);
	return STATUS_OK;
}

static void announce(void *arg)
{
	((struct waiting *)arg)->announced++;
}

static const struct rpc_op ops[] = {
	{.name = "WaitForIt", .invoke = wait_for_it},
	{.name = "WaitNot", .invoke = wait_not},
	{.name = "WaitOrBeCancelled", .invoke = wait_or_be_cancelled},
};
static const struct rpc_interface slow = {.name = "slow", .id = PDU_TEXT_SVC, .n_ops = 3, .ops = ops};

/* A rig that serves the slow operation as svc 0, and an association to it. */
static struct assoc *begin(struct rig *g, struct waiting *w, struct rpc_served *served, bool multiplexed)
{
	struct assoc *a;

	*w = (struct waiting){0};
	*served = (struct rpc_served){.interface = &slow, .user = w};
	rig_init(g);
	g->server.served = served;
	g->server.n_served = 1;
	a = rig_assoc(g);
	assoc_on_output(a, announce, w);
	rig_say(g, a, multiplexed ? RIG_BIND_MPX : RIG_BIND);
	rig_hears(g, a, "bind", multiplexed ? RIG_ACK_MPX : RIG_ACK);
	return a;
}

static void answer(const struct rig *g, struct waiting *w, unsigned i, uint32_t status, const char *stub)
{
	size_t n = 0;

	while (stub[n] != '\0')
		n++;
	REQUIRE(w->calls[i].call != NULL);
	assoc_reply(w->calls[i].call, status, (const uint8_t *)stub, n, g->now);
	w->calls[i].call = NULL;
}

static void answer_comes_when_it_is_given(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, false);

	rig_say(&g, a, "request call=7 op=0");
	rig_hears(&g, a, "nothing yet", "");
	answer(&g, &w, 0, STATUS_OK, "abcd");
	CHECK_INT(w.announced, 1);
	rig_hears(&g, a, "the answer", "response call=7 stub=61626364");
	rig_say(&g, a, "request call=8 op=0");
	answer(&g, &w, 1, ERROR_ACCESS_DENIED, "");
	rig_hears(&g, a, "a fault", "fault call=8 status=5");
	assoc_free(a);
	rig_fini(&g);
}

static void one_call_too_many_is_told_to_come_back(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, true);

	for (unsigned i = 0; i < RPC_MAX_EXECUTING; i++)
		rig_say(&g, a, "request call=1 op=0");
	rig_hears(&g, a, "as many as may wait", "");
	rig_say(&g, a, "request call=2 op=0");
	rig_hears(&g, a, "one more", "fault call=2 status=0x1c010014 dne");
	CHECK_INT(w.n, RPC_MAX_EXECUTING);
	answer(&g, &w, 0, STATUS_OK, "");
	rig_hears(&g, a, "the first", "response call=1");
	rig_say(&g, a, "request call=3 op=0");
	CHECK_INT(w.n, RPC_MAX_EXECUTING + 1);
	assoc_free(a);
	CHECK_INT(w.orphaned, RPC_MAX_EXECUTING);
	rig_fini(&g);
}

/* Who waits for the call is told at once, and answers into the void. */
static void calls_of_one_who_left_are_orphaned(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, true);

	rig_say(&g, a, "request call=1 op=0; request call=2 op=0; request call=3 op=0");
	answer(&g, &w, 1, STATUS_OK, "");
	CHECK_INT(w.announced, 1);
	CHECK_INT(w.orphaned, 0);
	assoc_free(a);
	CHECK_INT(w.announced, 1);
	CHECK_INT(w.orphaned, 2);
	CHECK(w.calls[0].call == NULL && w.calls[2].call == NULL);
	rig_fini(&g);
}

/* While it only closes, its calls go on waiting. */
static void closing_association_keeps_its_calls(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, false);

	rig_say(&g, a, "request call=1 op=0");
	assoc_eof(a);
	CHECK(assoc_closing(a));
	CHECK_INT(w.orphaned, 0);
	assoc_free(a);
	CHECK_INT(w.orphaned, 1);
	rig_fini(&g);
}

static void call_that_is_not_deferred_after_all_is_answered_at_once(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, false);

	for (unsigned i = 0; i <= RPC_MAX_EXECUTING; i++) {
		rig_say(&g, a, "request call=2 op=1");
		rig_hears(&g, a, "at once", "response call=2 stub=07000000");
	}
	/* And none of them takes the place of one that waits. */
	rig_say(&g, a, "request call=3 op=0");
	answer(&g, &w, 0, STATUS_OK, "");
	rig_hears(&g, a, "the answer", "response call=3");
	assoc_free(a);
	CHECK_INT(w.orphaned, 0);
	rig_fini(&g);
}

/* Row 3.43. What the operation answers then is heard by who cancels, not by who orphans. */
static void cancelled_call_ends_if_the_service_lets_it(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, true);

	rig_say(&g, a, "request call=1 op=0; request call=2 op=2; request call=3 op=2;"
		       "cancel call=1; orphaned call=1; cancel call=4; orphaned call=4");
	rig_hears(&g, a, "nobody ends", "");
	CHECK_INT(w.orphaned, 0);
	rig_say(&g, a, "cancel call=2");
	rig_hears(&g, a, "cancelled", "response call=2 stub=676f6e65");
	rig_say(&g, a, "orphaned call=3; request call=4 op=1");
	rig_hears(&g, a, "orphaned", "response call=4 stub=07000000");
	CHECK_INT(w.orphaned, 2);
	CHECK_INT(w.announced, 0); /* who brought the bytes looks at once what came of them */
	answer(&g, &w, 0, STATUS_OK, "");
	rig_hears(&g, a, "the one that does not", "response call=1");
	CHECK(!assoc_closing(a));
	assoc_free(a);
	rig_fini(&g);
}

static void waiting_is_not_idling(void)
{
	struct rpc_served served;
	struct waiting w;
	struct rig g;
	struct assoc *a = begin(&g, &w, &served, false);

	rig_say(&g, a, "request call=1 op=0");
	g.now += 10 * RPC_IDLE_SECONDS;
	assoc_tick(a, g.now);
	CHECK(!assoc_closing(a));
	answer(&g, &w, 0, STATUS_OK, "");
	rig_hears(&g, a, "the answer", "response call=1");
	assoc_tick(a, g.now + RPC_IDLE_SECONDS - 1);
	CHECK(!assoc_closing(a));
	assoc_tick(a, g.now + RPC_IDLE_SECONDS);
	CHECK(assoc_closing(a));
	assoc_free(a);
	rig_fini(&g);
}

const struct unit_test suite_assoc_defer[] = {
	{"answer_comes_when_it_is_given", answer_comes_when_it_is_given},
	{"one_call_too_many_is_told_to_come_back", one_call_too_many_is_told_to_come_back},
	{"calls_of_one_who_left_are_orphaned", calls_of_one_who_left_are_orphaned},
	{"closing_association_keeps_its_calls", closing_association_keeps_its_calls},
	{"call_that_is_not_deferred_after_all_is_answered_at_once",
	 call_that_is_not_deferred_after_all_is_answered_at_once},
	{"cancelled_call_ends_if_the_service_lets_it", cancelled_call_ends_if_the_service_lets_it},
	{"waiting_is_not_idling", waiting_is_not_idling},
	{NULL, NULL},
};
