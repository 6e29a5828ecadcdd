/* The association, from outside: what one client gets of the process, so that there is
 * enough for others. Context handles stand in test_context.c. */
#include <stdio.h>

#include "rpc/limits.h"
#include "tests/unit/ntlm_rig.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

enum {
	MANY = 20,
	SHARE = 5,
	LOCALS = RPC_CLIENT_SHARE(RPC_MAX_ASSOCIATIONS),
	CROWD = MANY + LOCALS + RPC_MAX_REFUSED + 2
};

static struct rig g;
static struct assoc *crowd[CROWD];
static unsigned int n_crowd;

static void begin(void)
{
	rig_init(&g);
	g.server.max_associations = MANY;
	n_crowd = 0;
}

/* Clients that failed are remembered, though they have gone. */
static void end_remembering(void)
{
	while (n_crowd > 0)
		assoc_free(crowd[--n_crowd]);
	CHECK_INT(g.server.n_associations, 0);
	CHECK_INT(g.server.n_refused, 0);
	CHECK_INT(g.server.n_executing, 0);
	rig_fini(&g);
	CHECK(g.server.clients == NULL);
}

static void end(void)
{
	while (n_crowd > 0)
		assoc_free(crowd[--n_crowd]);
	CHECK(g.server.clients == NULL);
	end_remembering();
}

/* One more of the crowd; NULL: it is not even refused. */
static struct assoc *come(const char *address)
{
	struct assoc *a = address == NULL ? rig_assoc_local(&g) : rig_assoc_from(&g, address);

	REQUIRE(n_crowd < CROWD);
	if (a != NULL)
		crowd[n_crowd++] = a;
	return a;
}

static void go(unsigned int i)
{
	assoc_free(crowd[i]);
	crowd[i] = crowd[--n_crowd];
}

static void is_served(struct assoc *a)
{
	REQUIRE(a != NULL);
	rig_say(&g, a, RIG_BIND "request call=2 stub=01");
	rig_hears(&g, a, "served", RIG_ACK "response call=2 stub=01");
	CHECK(!assoc_closing(a));
}

/* It learns why, and that is all. */
static void is_refused(struct assoc *a)
{
	REQUIRE(a != NULL);
	rig_say(&g, a, RIG_BIND "request call=2 stub=01");
	rig_hears(&g, a, "refused", "bind_nak reason=2");
	CHECK(assoc_closing(a));
}

/* ---- associations -------------------------------------------------------------------- */

static void one_client_gets_a_quarter(void)
{
	begin();
	for (unsigned int i = 0; i < SHARE; i++)
		is_served(come("10.1.1.2"));
	is_refused(come("10.1.1.2"));
	is_refused(come("::ffff:10.1.1.2")); /* the same, seen through an IPv6 socket */
	is_served(come("10.1.1.3"));
	is_served(come("fd00:1:1::2"));
	go(0);
	is_served(come("10.1.1.2"));
	is_refused(come("10.1.1.2"));
	end();
}

/* Whoever has an IPv6 subnet has all of its addresses. */
static void subnet_of_ipv6_is_one_client(void)
{
	char address[32];

	begin();
	for (unsigned int i = 0; i < SHARE; i++) {
		snprintf(address, sizeof(address), "2001:db8:0:1:%x::2", i);
		is_served(come(address));
	}
	is_refused(come("2001:db8:0:1:ffff::2"));
	is_served(come("2001:db8:0:2::2"));
	end();
}

static void four_clients_get_all_and_the_fifth_is_refused(void)
{
	static const char *const addresses[] = {"10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.4"};

	begin();
	for (unsigned int i = 0; i < MANY; i++)
		is_served(come(addresses[i % 4]));
	is_refused(come("10.1.1.5"));
	is_refused(come("10.1.1.1"));
	go(0);
	is_served(come("10.1.1.5"));
	is_refused(come("10.1.1.5"));
	end();
}

/* Services register over the local transport, whatever the network does, and however little
 * it is given. */
static void local_users_have_their_own(void)
{
	begin();
	for (unsigned int i = 0; i < MANY; i++) {
		char address[16];

		snprintf(address, sizeof(address), "10.1.1.%u", i);
		is_served(come(address));
	}
	g.server.max_associations = 1;
	for (unsigned int i = 0; i < LOCALS; i++)
		is_served(come(NULL));
	is_refused(come(NULL));
	end();
}

/* There is an end to kindness, too: then the socket is closed. */
static void refusals_are_limited(void)
{
	begin();
	for (unsigned int i = 0; i < SHARE + RPC_MAX_REFUSED; i++)
		CHECK(come("10.1.1.2") != NULL);
	CHECK(come("10.1.1.2") == NULL);
	CHECK(come(NULL) != NULL); /* who has room needs no refusal */
	is_served(come("10.1.1.3"));
	go(SHARE);
	is_refused(come("10.1.1.2"));
	CHECK(come("10.1.1.2") == NULL);
	end();
}

/* Only a bind is answered so; and who says nothing is closed as anybody else. */
static void refused_one_is_treated_as_a_new_one(void)
{
	struct assoc *a;

	begin();
	for (unsigned int i = 0; i < SHARE; i++)
		come("10.1.1.2");
	a = come("10.1.1.2");
	rig_say(&g, a, "request");
	rig_hears(&g, a, "no bind", "bind_nak reason=4");
	CHECK(assoc_closing(a));
	a = come("10.1.1.2");
	rig_say(&g, a, "hex 4745542f20485454502f312e310d0a0d");
	rig_hears(&g, a, "no RPC", "bind_nak reason=4 call=0x0d0a0d31");
	a = come("10.1.1.2");
	assoc_tick(a, g.now + RPC_PROGRESS_SECONDS - 1);
	CHECK(!assoc_closing(a));
	assoc_tick(a, g.now + RPC_PROGRESS_SECONDS);
	CHECK(assoc_closing(a));
	end();
}

/* ---- calls --------------------------------------------------------------------------- */

/* The rig counts 64 of them, so the ceiling is lowered through what others have already. */
static void calls_that_wait_are_limited_for_all(void)
{
	struct assoc *a;

	begin();
	a = come("10.1.1.2");
	rig_say(&g, a, RIG_BIND_MPX);
	rig_hears(&g, a, "bind", RIG_ACK_MPX);
	g.server.n_executing = RPC_MAX_EXECUTING_ALL - 1;
	rig_say(&g, a, "request call=2 op=6; request call=3 op=6");
	rig_hears(&g, a, "one too many", "fault call=3 status=0x1c010014 dne");
	rig_answer(&g, 0, 0, 0);
	rig_hears(&g, a, "the first", "response call=2");
	rig_say(&g, a, "request call=4 op=6");
	rig_hears(&g, a, "room again", "");
	rig_answer(&g, 1, 0, 0);
	g.server.n_executing -= RPC_MAX_EXECUTING_ALL - 1;
	end();
}

/* ---- bytes --------------------------------------------------------------------------- */

/* Begins a request and collects `fragments` of it, or fewer if there is an answer. */
static struct assoc *collect(unsigned int fragments)
{
	struct assoc *a = come("10.1.1.2");
	size_t len;

	rig_say(&g, a, RIG_BIND);
	rig_hears(&g, a, "bind", RIG_ACK);
	rig_say(&g, a, "request call=2 flags=1 hint=0 stub=*5816");
	for (unsigned int i = 1; i < fragments && assoc_output(a, &len) == NULL; i++)
		rig_say(&g, a, "request call=2 flags=0 hint=0 stub=*5816");
	return a;
}

/* One collects, and collects; another one's calls are served. */
static void one_client_does_not_get_all_memory(void)
{
	enum { FULL = RPC_CLIENT_SHARE(RPC_MAX_BUFFERED) / RPC_MAX_STUB, FRAGMENTS = RPC_MAX_STUB / 5816 };
	struct assoc *a, *other;

	begin();
	g.server.max_associations = 4 * (FULL + 1);
	collect(1); /* so that it is not FULL that find room */
	for (unsigned int i = 1; i < FULL; i++)
		rig_hears(&g, collect(FRAGMENTS), "all of it", "");
	a = collect(FRAGMENTS);
	rig_hears(&g, a, "no more for this one", "fault call=2 status=0x6b9 dne");
	rig_say(&g, a, "request call=3 stub=01");
	rig_hears(&g, a, "but for little", "response call=3 stub=01");
	CHECK(g.server.budget.used <= RPC_CLIENT_SHARE(RPC_MAX_BUFFERED));
	other = come("10.1.1.3");
	is_served(other);
	rig_say(&g, other, "request call=3 op=4 stub=00001000");
	CHECK(rig_take(&g, other, SIZE_MAX) > 0x100000);
	end();
}

/* ---- who fails to authenticate ---- */

#define WRONG "bind context=0:svc:ndr auth=10/5/0/16"

/* A client that comes with a token that makes no sense, and goes. Is it looked at at once? If not, is it so
 * after that many seconds, and not before? */
static void try_in_vain(const char *address, unsigned int wait)
{
	struct assoc *a = come(address);
	size_t len;

	REQUIRE(a != NULL);
	rig_say(&g, a, WRONG);
	if (wait > 0) {
		CHECK(assoc_output(a, &len) == NULL);
		CHECK(!assoc_wants_input(a));
		CHECK(!assoc_tick(a, g.now + wait - 1));
		CHECK(assoc_output(a, &len) == NULL);
		g.now += wait;
		CHECK(assoc_tick(a, g.now));
	}
	rig_hears(&g, a, "refused", "bind_nak reason=9");
	CHECK(assoc_closing(a));
	go(n_crowd - 1);
}

static void guessing_is_slow(void)
{
	static const unsigned int waits[] = {1, 2, 4, 8, 8, 8};
	struct ntlm_rig n;

	ntlm_rig_init(&n);
	begin();
	g.server.security = &n.server;
	for (unsigned int i = 0; i <= RPC_AUTH_FREE_FAILURES; i++)
		try_in_vain("10.1.1.2", 0);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		try_in_vain("10.1.1.2", waits[i]);
	try_in_vain("10.1.1.3", 0); /* another one */
	is_served(come("10.1.1.2")); /* and he, too, if he says nothing of who he is */
	g.now += RPC_AUTH_FORGET_SECONDS;
	try_in_vain("10.1.1.2", 0);
	end_remembering();
	ntlm_rig_fini(&n);
}

const struct unit_test suite_assoc_client[] = {
	{"one_client_gets_a_quarter", one_client_gets_a_quarter},
	{"subnet_of_ipv6_is_one_client", subnet_of_ipv6_is_one_client},
	{"four_clients_get_all_and_the_fifth_is_refused", four_clients_get_all_and_the_fifth_is_refused},
	{"local_users_have_their_own", local_users_have_their_own},
	{"refusals_are_limited", refusals_are_limited},
	{"refused_one_is_treated_as_a_new_one", refused_one_is_treated_as_a_new_one},
	{"calls_that_wait_are_limited_for_all", calls_that_wait_are_limited_for_all},
	{"one_client_does_not_get_all_memory", one_client_does_not_get_all_memory},
	{"guessing_is_slow", guessing_is_slow},
	{NULL, NULL},
};
