/* The association, from outside: association groups, which connections of one client
 * share. Rows are explained in test_assoc_header.c. */
#include <stdio.h>

#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

/* Binds with a group id and checks the answer. */
static struct assoc *join(struct rig *g, struct assoc *a, uint32_t group, const char *answer)
{
	char in[128];

	snprintf(in, sizeof(in), "bind group=%u context=0:svc:ndr", group);
	rig_say(g, a, in);
	rig_hears(g, a, "joining a group: output", answer);
	return a;
}

/* Row 2.32. */
static void group_0_makes_a_new_group_each_time(void)
{
	struct rig g;
	struct assoc *a, *b;

	rig_init(&g);
	a = rig_assoc(&g);
	CHECK_INT(assoc_group_id(a), 0);
	join(&g, a, 0, RIG_ACK);
	b = join(&g, rig_assoc(&g), 0, RIG_ACK);
	CHECK(assoc_group_id(a) != 0);
	CHECK(assoc_group_id(b) != 0);
	CHECK(assoc_group_id(a) != assoc_group_id(b));
	assoc_free(a);
	assoc_free(b);
	rig_fini(&g);
}

/* Row 2.32, for an id that nobody gets by counting. */
static void group_ids_do_not_follow_each_other(void)
{
	enum { N = 64 };
	struct assoc *a[N];
	struct rig g;
	unsigned int neighbours = 0;

	rig_init(&g);
	for (int i = 0; i < N; i++)
		a[i] = join(&g, rig_assoc(&g), 0, RIG_ACK);
	for (int i = 1; i < N; i++)
		neighbours += assoc_group_id(a[i]) - assoc_group_id(a[i - 1]) == 1;
	CHECK_INT(neighbours, 0);
	for (int i = 0; i < N; i++)
		assoc_free(a[i]);
	CHECK(g.server.groups == NULL);
	rig_fini(&g);
}

/* Whatever the order is in which others come and go. */
static void groups_are_found_among_many(void)
{
	enum { N = 200 };
	struct assoc *a[N], *b;
	struct rig g;

	rig_init(&g);
	for (int i = 0; i < N; i++)
		a[i] = join(&g, rig_assoc(&g), 0, RIG_ACK);
	for (int step = 7; step > 0; step--) {
		for (int i = step; i < N; i += step) {
			assoc_free(a[i]);
			a[i] = NULL;
		}
		for (int i = 0; i < N; i++) {
			if (a[i] == NULL)
				continue;
			b = join(&g, rig_assoc(&g), assoc_group_id(a[i]), RIG_ACK);
			CHECK_HEX(assoc_group_id(b), assoc_group_id(a[i]));
			assoc_free(b);
		}
		for (int i = step; i < N; i += step)
			a[i] = step > 1 ? join(&g, rig_assoc(&g), 0, RIG_ACK) : NULL;
	}
	assoc_free(a[0]);
	CHECK(g.server.groups == NULL);
	rig_fini(&g);
}

/* Row 2.33. */
static void live_group_is_joined(void)
{
	struct rig g;
	struct assoc *a, *b;

	rig_init(&g);
	a = join(&g, rig_assoc(&g), 0, RIG_ACK);
	b = join(&g, rig_assoc(&g), assoc_group_id(a), RIG_ACK);
	CHECK_HEX(assoc_group_id(b), assoc_group_id(a));
	assoc_free(a);
	assoc_free(b);
	rig_fini(&g);
}

/* Row 2.33: contexts belong to the connection. */
static void contexts_are_not_shared_in_a_group(void)
{
	struct rig g;
	struct assoc *a, *b;

	rig_init(&g);
	a = join(&g, rig_assoc(&g), 0, RIG_ACK);
	rig_say(&g, a, "alter context=1:other:ndr");
	rig_hears(&g, a, "alter: output", "alter_resp result=0,0,ndr");
	b = join(&g, rig_assoc(&g), assoc_group_id(a), RIG_ACK);
	rig_say(&g, b, "request call=2 ctx=1");
	rig_hears(&g, b, "the other's context: output", "fault call=2 status=0x1c010003 dne");
	rig_say(&g, a, "request call=2 ctx=1");
	rig_hears(&g, a, "its own context: output", "response call=2 ctx=1");
	assoc_free(a);
	assoc_free(b);
	rig_fini(&g);
}

/* Row 2.34. */
static void group_is_of_one_transport(void)
{
	struct rig g;
	struct assoc *tcp, *local, *a;

	rig_init(&g);
	tcp = join(&g, rig_assoc(&g), 0, RIG_ACK);
	local = join(&g, rig_assoc_local(&g), 0, RIG_ACK);
	a = join(&g, rig_assoc(&g), assoc_group_id(local), "bind_nak");
	CHECK(assoc_closing(a));
	assoc_free(a);
	a = join(&g, rig_assoc_local(&g), assoc_group_id(tcp), "bind_nak");
	CHECK(assoc_closing(a));
	assoc_free(a);
	a = join(&g, rig_assoc_local(&g), assoc_group_id(local), RIG_ACK);
	assoc_free(a);
	CHECK(rig_group_lives(&g, assoc_group_id(tcp), ASSOC_TCP));
	CHECK(rig_group_lives(&g, assoc_group_id(local), ASSOC_LOCAL));
	CHECK(!rig_group_lives(&g, assoc_group_id(tcp), ASSOC_LOCAL));
	assoc_free(tcp);
	CHECK(rig_group_lives(&g, assoc_group_id(local), ASSOC_LOCAL));
	assoc_free(local);
	CHECK(g.server.groups == NULL);
	rig_fini(&g);
}

/* Rows 2.34 and 2.36. */
static void group_ends_with_its_last_connection(void)
{
	struct rig g;
	struct assoc *a, *b, *c;
	uint32_t id;

	rig_init(&g);
	a = join(&g, rig_assoc(&g), 0, RIG_ACK);
	id = assoc_group_id(a);
	b = join(&g, rig_assoc(&g), id, RIG_ACK);
	assoc_free(a);
	CHECK_INT(g.closed, 1);
	CHECK(rig_group_lives(&g, id, ASSOC_TCP));

	c = join(&g, rig_assoc(&g), id, RIG_ACK);
	assoc_free(b);
	CHECK(rig_group_lives(&g, id, ASSOC_TCP));
	assoc_free(c);
	CHECK_INT(g.closed, 3);
	CHECK(!rig_group_lives(&g, id, ASSOC_TCP));

	a = join(&g, rig_assoc(&g), id, "bind_nak");
	assoc_free(a);
	CHECK(g.server.groups == NULL);
	rig_fini(&g);
}

/* A bind that is refused for another reason after it joined leaves again. */
static void refused_bind_leaves_the_group(void)
{
	struct rig g;
	struct assoc *a, *b;
	char in[128];

	rig_init(&g);
	a = join(&g, rig_assoc(&g), 0, RIG_ACK);
	b = rig_assoc(&g);
	snprintf(in, sizeof(in), "bind group=%u context=0:svc:", assoc_group_id(a));
	rig_say(&g, b, in);
	rig_hears(&g, b, "no syntax: output", "bind_nak");
	assoc_free(b);
	CHECK(rig_group_lives(&g, assoc_group_id(a), ASSOC_TCP));
	assoc_free(a);
	CHECK(g.server.groups == NULL);

	b = join(&g, rig_assoc(&g), 0, RIG_ACK);
	rig_say(&g, b, RIG_BIND);
	rig_hears(&g, b, "second bind: output", "bind_nak");
	assoc_free(b);
	CHECK(g.server.groups == NULL);
	rig_fini(&g);
}

/* A closing association is still a member: its answers are on the way. */
static void group_lives_while_the_last_answer_is_sent(void)
{
	struct rig g;
	struct assoc *a, *b;

	rig_init(&g);
	a = join(&g, rig_assoc(&g), 0, RIG_ACK);
	rig_say(&g, a, RIG_BIND);
	CHECK(assoc_closing(a));
	CHECK(rig_group_lives(&g, assoc_group_id(a), ASSOC_TCP));
	b = join(&g, rig_assoc(&g), assoc_group_id(a), RIG_ACK);
	assoc_free(a);
	CHECK(rig_group_lives(&g, assoc_group_id(b), ASSOC_TCP));
	assoc_free(b);
	CHECK(g.server.groups == NULL);
	rig_fini(&g);
}

static void association_without_a_bind_has_no_group(void)
{
	struct rig g;

	rig_init(&g);
	assoc_free(rig_assoc(&g));
	CHECK_INT(g.closed, 1);
	CHECK(g.server.groups == NULL);
	assoc_free(NULL);
	CHECK_INT(g.closed, 1);
	rig_fini(&g);
}

const struct unit_test suite_assoc_group[] = {
	{"group_0_makes_a_new_group_each_time", group_0_makes_a_new_group_each_time},
	{"group_ids_do_not_follow_each_other", group_ids_do_not_follow_each_other},
	{"groups_are_found_among_many", groups_are_found_among_many},
	{"live_group_is_joined", live_group_is_joined},
	{"contexts_are_not_shared_in_a_group", contexts_are_not_shared_in_a_group},
	{"group_is_of_one_transport", group_is_of_one_transport},
	{"group_ends_with_its_last_connection", group_ends_with_its_last_connection},
	{"refused_bind_leaves_the_group", refused_bind_leaves_the_group},
	{"group_lives_while_the_last_answer_is_sent", group_lives_while_the_last_answer_is_sent},
	{"association_without_a_bind_has_no_group", association_without_a_bind_has_no_group},
	{NULL, NULL},
};
