/* The association, from outside: what it takes at most, at the limit and one beyond,
 * and what happens when memory is short. Rows are explained in test_assoc_header.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

enum { FRAGMENT = 5816 }; /* the most stub bytes that fit into one request */

static void say(const struct rig *g, struct assoc *a, const char *in, const char *out)
{
	rig_say(g, a, in);
	if (!rig_hears(g, a, "output", out))
		CHECK_STR(in, NULL); /* what it was an answer to */
}

/* ---- presentation contexts ----------------------------------------------------------- */

/* An association with contexts 0 to n-1. */
static struct assoc *with_contexts(struct rig *g, unsigned int n)
{
	struct assoc *a = rig_assoc(g);
	char in[128];

	say(g, a, RIG_BIND, RIG_ACK);
	for (unsigned int i = 1; i < n; i++) {
		snprintf(in, sizeof(in), "alter call=2 context=%u:svc:ndr", i);
		say(g, a, in, "alter_resp call=2 result=0,0,ndr");
	}
	return a;
}

/* Row 2.24. */
static void contexts_are_limited(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = with_contexts(&g, RPC_MAX_CONTEXTS);
	say(&g, a, "request ctx=63 stub=01", "response ctx=63 stub=01");
	say(&g, a, "alter call=2 context=64:svc:ndr", "alter_resp call=2 result=1,3");
	say(&g, a, "alter call=2 context=64:svc:ndr context=65:svc:ndr context=66:strange:ndr",
	    "alter_resp call=2 result=1,3 result=1,3 result=2,1");
	say(&g, a, "request ctx=64", "fault status=0x1c010003 dne");
	say(&g, a, "alter call=2 context=64:svc:ndr context=63:svc:ndr",
	    "alter_resp call=2 result=1,3 result=0,0,ndr");
	say(&g, a, "request ctx=0 stub=01; request ctx=63 stub=02",
	    "response stub=01; response ctx=63 stub=02");
	assoc_free(a);
	rig_fini(&g);
}

static void contexts_of_one_pdu_are_as_many_as_can_be_counted(void)
{
	char in[16384] = "bind context=0:svc:ndr";
	char out[16384] = "bind_ack result=0,0,ndr";
	struct rig g;
	struct assoc *a;

	for (int i = 1; i < 255; i++) {
		snprintf(in + strlen(in), sizeof(in) - strlen(in), " context=%d:svc:ndr", i);
		snprintf(out + strlen(out), sizeof(out) - strlen(out), " result=2,2");
	}
	rig_init(&g);
	a = rig_assoc(&g);
	say(&g, a, in, out);
	say(&g, a, "request ctx=0 stub=01; request ctx=1", "response stub=01; fault status=0x1c010003 dne");
	assoc_free(a);
	rig_fini(&g);
}

/* ---- the stub of a request ----------------------------------------------------------- */

/* Feeds the fragments of one call with `len` bytes of the pattern. The first has the
 * hint; or, if that is 0, each has what is still to come. */
static void say_call(const struct rig *g, struct assoc *a, size_t len, uint32_t hint)
{
	char in[128];

	for (size_t at = 0; at < len; at += FRAGMENT) {
		size_t n = len - at < FRAGMENT ? len - at : FRAGMENT;
		unsigned int flags = (at == 0 ? 1u : 0u) | (at + n == len ? 2u : 0u);

		snprintf(in, sizeof(in), "request call=5 flags=%u hint=%zu stub=*%zu@%zu", flags,
			 hint == 0 ? len - at : at == 0 ? hint : 0, n, at);
		rig_say(g, a, in);
	}
}

/* Takes a reply apart: its stub is the pattern, and its fragments are what they should be. */
static void check_reply(const struct rig *g, struct assoc *a, size_t len, size_t per_fragment)
{
	size_t left = len, wrong = 0, out_len;
	const uint8_t *p = assoc_output(a, &out_len);
	const uint8_t *end = p + out_len;

	while (left > 0 && (size_t)(end - p) >= 24) {
		size_t n = left < per_fragment ? left : per_fragment;
		size_t hint = p[16] + p[17] * 0x100u + p[18] * 0x10000u + p[19] * 0x1000000u;

		CHECK_INT(p[2], 2);
		CHECK_INT(p[3], (left == len ? 1 : 0) | (n == left ? 2 : 0));
		CHECK_INT(hint, left);
		if (!CHECK_INT(p[8] | p[9] << 8, 24 + n))
			break;
		for (size_t i = 0; i < n; i++)
			wrong += p[24 + i] != pdu_text_pattern(len - left + i);
		p += 24 + n;
		left -= n;
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(left, 0);
	CHECK(p == end);
	rig_take(g, a, out_len);
}

/* Row 3.9. */
static void stub_of_4_mib_is_served(void)
{
	static const uint32_t hints[] = {0, 1, RPC_MAX_STUB};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		struct rig g;
		struct assoc *a;

		rig_init(&g);
		a = rig_assoc(&g);
		say(&g, a, RIG_BIND, RIG_ACK);
		say_call(&g, a, RPC_MAX_STUB, hints[i]);
		check_reply(&g, a, RPC_MAX_STUB, 5808);
		CHECK(!assoc_closing(a));
		say(&g, a, "request call=6 stub=01", "response call=6 stub=01");
		assoc_free(a);
		rig_fini(&g);
	}
}

static void reply_of_4_mib_in_small_fragments_is_sent(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	say(&g, a, "bind frag=2048 context=0:svc:ndr", "bind_ack frag=2048 result=0,0,ndr");
	rig_say(&g, a, "request op=4 stub=00004000");
	check_reply(&g, a, RPC_MAX_STUB, 2016);
	say(&g, a, "request op=4 stub=01004000", "fault status=0x6b9");
	assoc_free(a);
	rig_fini(&g);
}

/* Row 3.9: the fragment that breaks the limit is answered, whether it is the last or not. */
static void stub_of_one_byte_more_is_refused(void)
{
	for (unsigned int flags = 0; flags <= 2; flags += 2) {
		char in[64];
		struct rig g;
		struct assoc *a;

		rig_init(&g);
		a = rig_assoc(&g);
		say(&g, a, RIG_BIND "alter call=2 context=0x1203:svc:ndr",
		    RIG_ACK "alter_resp call=2 result=0,0,ndr");
		rig_say(&g, a, "request call=5 flags=1 ctx=0x1203 hint=0");
		snprintf(in, sizeof(in), "request call=5 flags=0 hint=0 stub=*%d", FRAGMENT);
		for (unsigned int i = 0; i < RPC_MAX_STUB / FRAGMENT; i++)
			rig_say(&g, a, in);
		snprintf(in, sizeof(in), "request call=5 flags=0 hint=0 stub=*%u", RPC_MAX_STUB % FRAGMENT);
		say(&g, a, in, "");
		CHECK(!assoc_closing(a));
		snprintf(in, sizeof(in), "request call=5 flags=%u hint=0 stub=01", flags);
		say(&g, a, in, "fault call=5 ctx=0x1203 status=5");
		CHECK(assoc_closing(a));
		assoc_free(a);
		rig_fini(&g);
	}
}

/* ---- the budget of the process ------------------------------------------------------- */

/* Row 3.17. */
static void collecting_without_memory_is_a_fault(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	say(&g, a, RIG_BIND "alter call=2 context=0x1203:svc:ndr",
	    RIG_ACK "alter_resp call=2 result=0,0,ndr");
	CHECK_INT(g.server.budget.used, 0);
	g.server.budget.limit = 12000;
	say(&g, a, "request call=5 flags=1 ctx=0x1203 stub=*5000", "");
	say(&g, a, "request call=5 flags=0 stub=*5000", "fault call=5 ctx=0x1203 status=0x6b9 dne");
	CHECK(!assoc_closing(a));
	CHECK_INT(g.server.budget.used, 0);
	/* The same on the last fragment: it is not executed. */
	say(&g, a, "request call=5 flags=1 ctx=0x1203 stub=*5000", "");
	say(&g, a, "request call=5 flags=2 stub=*5000", "fault call=5 ctx=0x1203 status=0x6b9 dne");
	CHECK(!assoc_closing(a));
	say(&g, a, "request call=6 stub=01", "response call=6 stub=01");
	say(&g, a, "request call=7 flags=1 stub=01; request call=7 flags=2 stub=02",
	    "response call=7 stub=0102");
	/* Its later fragments belong to nothing any more. */
	say(&g, a, "request call=5 flags=2 stub=01", "fault call=5 status=0x1c01000b");
	CHECK(assoc_closing(a));
	assoc_free(a);
	rig_fini(&g);
}

static void budget_is_shared_and_given_back(void)
{
	struct rig g;
	struct assoc *a, *b;

	rig_init(&g);
	a = rig_assoc(&g);
	b = rig_assoc(&g);
	say(&g, a, RIG_BIND, RIG_ACK);
	say(&g, b, RIG_BIND, RIG_ACK);
	g.server.budget.limit = 10000;
	say(&g, a, "request call=5 flags=1 stub=*5000", "");
	CHECK_INT(g.server.budget.used, 8192);
	say(&g, b, "request call=5 flags=1 stub=*5000", "fault call=5 status=0x6b9 dne");
	assoc_free(a);
	say(&g, b, "request call=6 op=5 flags=1 stub=*5000", "");
	say(&g, b, "request call=6 flags=2", "response call=6 stub=*4");
	assoc_free(b);
	rig_fini(&g);
}

/* Its answers are all that a closing association still needs. */
static void closing_association_gives_memory_back(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	say(&g, a, RIG_BIND, RIG_ACK);
	say(&g, a, "request call=5 flags=1 stub=*5000", "");
	CHECK(g.server.budget.used > 5000);
	rig_say(&g, a, "hex 05000b");
	rig_say(&g, a, "hex 03100000001000000001000000"); /* a bind of 16 bytes */
	CHECK(assoc_closing(a));
	CHECK(g.server.budget.used < 1000);
	rig_hears(&g, a, "second bind: output", "bind_nak");
	CHECK_INT(g.server.budget.used, 0);
	assoc_free(a);
	rig_fini(&g);
}

static void association_without_memory_closes(void)
{
	static const char *const inputs[] = {
		RIG_BIND,			  /* no room for the answer */
		"bind group=1 context=0:svc:ndr", /* nor for a nak */
		"hex 05000b",			  /* nor for what came */
	};

	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		struct rig g;
		struct assoc *a;

		rig_init(&g);
		g.server.budget.limit = 255;
		a = rig_assoc(&g);
		say(&g, a, inputs[i], "");
		CHECK(assoc_closing(a));
		say(&g, a, RIG_BIND, "");
		assoc_free(a);
		rig_fini(&g);
	}
}

/* All of it, or a fault instead. */
static void reply_that_does_not_fit_is_a_fault(void)
{
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	say(&g, a, RIG_BIND, RIG_ACK);
	g.server.budget.limit = 17000;
	say(&g, a, "request op=4 stub=50c30000", "fault status=0x6b9");
	say(&g, a, "request op=4 stub=80160000", "response stub=*5760");
	CHECK(!assoc_closing(a));
	assoc_free(a);
	rig_fini(&g);
}

static void partial_pdu_without_memory_closes(void)
{
	struct pdu_bytes b = pdu_text("request stub=*5000", 0);
	struct rig g;
	struct assoc *a;

	rig_init(&g);
	a = rig_assoc(&g);
	say(&g, a, RIG_BIND, RIG_ACK);
	g.server.budget.limit = 4096;
	rig_feed(&g, a, b.data, 4096, 4096);
	CHECK(!assoc_closing(a));
	rig_feed(&g, a, b.data + 4096, 1, 1);
	CHECK(assoc_closing(a));
	assoc_free(a);
	pdu_bytes_free(&b);
	rig_fini(&g);
}

const struct unit_test suite_assoc_limits[] = {
	{"contexts_are_limited", contexts_are_limited},
	{"contexts_of_one_pdu_are_as_many_as_can_be_counted",
	 contexts_of_one_pdu_are_as_many_as_can_be_counted},
	{"stub_of_4_mib_is_served", stub_of_4_mib_is_served},
	{"reply_of_4_mib_in_small_fragments_is_sent", reply_of_4_mib_in_small_fragments_is_sent},
	{"stub_of_one_byte_more_is_refused", stub_of_one_byte_more_is_refused},
	{"collecting_without_memory_is_a_fault", collecting_without_memory_is_a_fault},
	{"budget_is_shared_and_given_back", budget_is_shared_and_given_back},
	{"closing_association_gives_memory_back", closing_association_gives_memory_back},
	{"association_without_memory_closes", association_without_memory_closes},
	{"reply_that_does_not_fit_is_a_fault", reply_that_does_not_fit_is_a_fault},
	{"partial_pdu_without_memory_closes", partial_pdu_without_memory_closes},
	{NULL, NULL},
};
