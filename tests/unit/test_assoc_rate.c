/* The association, from outside: calls a second. Seconds pass when a test says so. */
#include <stdio.h>

#include "rpc/limits.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

enum { MANY = 20, SHARE = 5 };

static struct rig g;
static struct assoc *crowd[8];
static unsigned int n_crowd;

static void begin(unsigned int max_calls)
{
	rig_init(&g);
	g.server.max_calls = max_calls;
	n_crowd = 0;
}

static void go(void)
{
	assoc_free(crowd[--n_crowd]);
}

/* Whoever has gone is forgotten when the second is over and somebody comes. */
static void end(void)
{
	while (n_crowd > 0)
		go();
	g.now++;
	assoc_free(rig_assoc(&g));
	CHECK(g.server.clients == NULL);
	CHECK(g.server.departed == NULL);
	rig_fini(&g);
}

/* A bound association; NULL: a local user's. */
static struct assoc *come(const char *address)
{
	struct assoc *a = address == NULL ? rig_assoc_local(&g) : rig_assoc_from(&g, address);

	REQUIRE(a != NULL && n_crowd < sizeof(crowd) / sizeof(crowd[0]));
	crowd[n_crowd++] = a;
	rig_say(&g, a, RIG_BIND);
	rig_hears(&g, a, "bind", RIG_ACK);
	return a;
}

static void is_served(struct assoc *a, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++) {
		rig_say(&g, a, "request call=2 stub=01");
		rig_hears(&g, a, "served", "response call=2 stub=01");
	}
	CHECK(!assoc_closing(a));
}

/* The call is, but not the connection. */
static void is_refused(struct assoc *a)
{
	rig_say(&g, a, "request call=3 stub=01");
	rig_hears(&g, a, "refused", "fault call=3 status=0x1c010014 dne");
	CHECK(!assoc_closing(a));
}

static void one_client_gets_a_quarter(void)
{
	struct assoc *a;

	begin(MANY);
	a = come("10.1.1.2");
	is_served(a, SHARE);
	is_refused(a);
	is_refused(a);
	is_refused(come("10.1.1.2")); /* however many connections it has */
	is_served(come("10.1.1.3"), 1);
	g.now++;
	is_served(a, SHARE); /* what was refused is not counted */
	is_refused(a);
	end();
}

static void four_clients_get_all_and_the_fifth_is_refused(void)
{
	static const char *const addresses[] = {"10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.4"};
	struct assoc *a;

	begin(MANY);
	a = come("10.1.1.5");
	for (size_t i = 0; i < 3; i++)
		is_served(come(addresses[i]), SHARE);
	is_served(come(addresses[3]), SHARE - 1);
	is_served(a, 1);
	is_refused(a);
	is_refused(crowd[4]);
	g.now++;
	is_served(a, SHARE);
	end();
}

/* It does not help to come back. */
static void client_that_went_within_the_second_is_known(void)
{
	begin(MANY);
	for (unsigned int i = 0; i < SHARE; i++) {
		is_served(come("10.1.1.2"), 1);
		go();
	}
	is_refused(come("10.1.1.2"));
	go();
	g.now++;
	is_served(come("10.1.1.2"), 1);
	go();
	CHECK_INT(g.server.calls.n, 1);
	is_served(come("10.1.1.2"), SHARE - 1); /* came back, and stays into the next second */
	is_refused(crowd[0]);
	g.now++;
	is_served(come("10.1.1.3"), 1);
	is_served(crowd[0], SHARE);
	end();
}

/* Also where there are calls in every second before somebody comes. */
static void clients_of_former_seconds_are_forgotten(void)
{
	struct assoc *a;

	begin(MANY);
	a = come("10.1.1.2");
	for (unsigned int i = 0; i < 10; i++) {
		char address[16];

		g.now++;
		is_served(a, 1);
		CHECK(g.server.departed == NULL);
		snprintf(address, sizeof(address), "10.1.2.%u", i);
		is_served(come(address), 1);
		go();
		CHECK(g.server.departed != NULL);
	}
	end();
}

/* Services register, whatever the network does. */
static void local_users_may_call_as_they_like(void)
{
	struct assoc *a;

	begin(1);
	a = come("10.1.1.2");
	is_served(a, 1);
	is_refused(a);
	is_served(come(NULL), 100);
	is_refused(come("10.1.1.3"));
	end();
}

static void without_a_ceiling_everybody_may(void)
{
	begin(0);
	is_served(come("10.1.1.2"), 1000);
	CHECK_INT(g.server.calls.n, 0);
	end();
}

static void fragments_are_one_call(void)
{
	struct assoc *a;

	begin(4);
	a = come("10.1.1.2");
	rig_say(&g, a, "request flags=1 stub=01; request flags=0 stub=02; request flags=2 stub=03");
	rig_hears(&g, a, "served", "response stub=010203");
	rig_say(&g, a, "request flags=1 stub=01; request flags=2 stub=03");
	rig_hears(&g, a, "refused", "fault status=0x1c010014 dne");
	g.now++;
	is_served(a, 1);
	end();
}

/* The seconds of the clock begin anew after 2^32. */
static void second_that_was_long_ago_is_another(void)
{
	struct assoc *a;

	begin(4);
	g.now = UINT32_MAX;
	a = come("10.1.1.2");
	is_served(a, 1);
	is_refused(a);
	g.now++;
	is_served(a, 1);
	is_refused(a);
	end();
}

const struct unit_test suite_assoc_rate[] = {
	{"one_client_gets_a_quarter", one_client_gets_a_quarter},
	{"four_clients_get_all_and_the_fifth_is_refused", four_clients_get_all_and_the_fifth_is_refused},
	{"client_that_went_within_the_second_is_known", client_that_went_within_the_second_is_known},
	{"clients_of_former_seconds_are_forgotten", clients_of_former_seconds_are_forgotten},
	{"local_users_may_call_as_they_like", local_users_may_call_as_they_like},
	{"without_a_ceiling_everybody_may", without_a_ceiling_everybody_may},
	{"fragments_are_one_call", fragments_are_one_call},
	{"second_that_was_long_ago_is_another", second_that_was_long_ago_is_another},
	{NULL, NULL},
};
