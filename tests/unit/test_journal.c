/* The events of all processes in one order. */
#include "epmapd/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define SOURCES 3

struct rig {
	struct journal *j;
	struct journal_source sources[SOURCES];
	struct journal_source *list[SOURCES];
	struct ring *rings[SOURCES];
	int fds[SOURCES];
};

static void begin(struct rig *g)
{
	static const char *const names[SOURCES] = {"mapper", "echo", "calc"};

	g->j = calloc(1, sizeof(*g->j));
	REQUIRE(g->j != NULL);
	for (size_t i = 0; i < SOURCES; i++) {
		g->fds[i] = ring_make();
		g->rings[i] = ring_map(g->fds[i]);
		REQUIRE(g->rings[i] != NULL);
		g->sources[i] = (struct journal_source){.process = names[i], .ring = g->rings[i]};
		g->list[i] = &g->sources[i];
	}
}

static void end(struct rig *g)
{
	for (size_t i = 0; i < SOURCES; i++) {
		ring_unmap(g->rings[i]);
		close(g->fds[i]);
	}
	free(g->j);
}

static void gather(struct rig *g)
{
	journal_gather(g->j, g->list, SOURCES);
}

static void put(struct rig *g, size_t source, int64_t monotonic)
{
	struct record r;

	record_init(&r, RECORD_CALL);
	r.monotonic = monotonic;
	ring_put(g->rings[source], &r);
}

static void put_many(struct rig *g, size_t source, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		put(g, source, i);
}

/* "mapper 5 echo 7 ": who, and when, of all events after that number. */
static const char *told(const struct journal *j, uint64_t after)
{
	static char text[1024];
	const struct journal_event *e;

	text[0] = '\0';
	while ((e = journal_next(j, after)) != NULL) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%s %lld ", e->process, (long long)e->record.monotonic);
		after = e->number;
	}
	return text;
}

static void events_have_numbers_from_one(void)
{
	struct rig g;

	begin(&g);
	CHECK(journal_next(g.j, 0) == NULL);
	put(&g, 0, 5);
	put(&g, 0, 6);
	gather(&g);
	CHECK_INT(g.j->last, 2);
	CHECK_INT(journal_next(g.j, 0)->number, 1);
	CHECK_INT(journal_next(g.j, 1)->number, 2);
	CHECK(journal_next(g.j, 2) == NULL);
	gather(&g); /* nothing twice */
	CHECK_INT(g.j->last, 2);
	end(&g);
}

static void sources_are_merged_by_time(void)
{
	struct rig g;

	begin(&g);
	put(&g, 0, 10);
	put(&g, 0, 40);
	put(&g, 1, 20);
	put(&g, 1, 30);
	put(&g, 1, 50);
	put(&g, 2, 5);
	gather(&g);
	CHECK_STR(told(g.j, 0), "calc 5 mapper 10 echo 20 echo 30 mapper 40 echo 50 ");
	put(&g, 2, 1); /* late: it comes when it is read */
	gather(&g);
	CHECK_STR(told(g.j, 5), "echo 50 calc 1 ");
	end(&g);
}

static void own_events_go_between(void)
{
	struct record r;
	struct rig g;

	begin(&g);
	put(&g, 0, 10);
	gather(&g);
	record_init(&r, RECORD_DIE);
	r.monotonic = 11;
	journal_add(g.j, "a name that is longer than the room for a name", &r);
	CHECK_STR(told(g.j, 0), "mapper 10 a name that is longer than the  11 ");
	end(&g);
}

static void source_without_ring_is_passed_over(void)
{
	struct rig g;

	begin(&g);
	g.sources[1].ring = NULL;
	put(&g, 2, 1);
	gather(&g);
	CHECK_STR(told(g.j, 0), "calc 1 ");
	journal_gather(g.j, NULL, 0);
	CHECK_INT(g.j->last, 1);
	end(&g);
}

static void invalid_records_are_dropped(void)
{
	struct record r;
	struct rig g;

	begin(&g);
	put(&g, 0, 1);
	record_init(&r, RECORD_KINDS);
	ring_put(g.rings[0], &r);
	record_init(&r, RECORD_CALL);
	r.status_is = RECORD_STATUSES;
	ring_put(g.rings[0], &r);
	put(&g, 0, 2);
	gather(&g);
	CHECK_STR(told(g.j, 0), "mapper 1 mapper 2 ");
	CHECK_INT(g.j->last, 2);
	end(&g);
}

static void lost_records_leave_a_gap(void)
{
	struct rig g;

	begin(&g);
	put(&g, 0, 1);
	gather(&g);
	put_many(&g, 0, RING_RECORDS + 9); /* ten are lost, see ring.h */
	gather(&g);
	CHECK_INT(g.j->last, 1 + RING_RECORDS + 9);
	CHECK_INT(journal_next(g.j, 1)->number, 12);
	CHECK_INT(journal_next(g.j, 1)->record.monotonic, 10);
	CHECK_INT(journal_next(g.j, 0)->number, 1);
	end(&g);
}

static void old_events_are_forgotten(void)
{
	const unsigned n = RING_RECORDS - 1;
	struct rig g;

	begin(&g);
	for (int i = 0; i < 3; i++) {
		put_many(&g, 0, n);
		gather(&g);
	}
	CHECK_INT(g.j->last, 3 * n);
	CHECK_INT(journal_next(g.j, 0)->number, 3 * n - JOURNAL_EVENTS + 1);
	CHECK_INT(journal_next(g.j, 3 * n - JOURNAL_EVENTS - 1)->number, 3 * n - JOURNAL_EVENTS + 1);
	CHECK_INT(journal_next(g.j, 3 * n - JOURNAL_EVENTS)->number, 3 * n - JOURNAL_EVENTS + 1);
	CHECK_INT(journal_next(g.j, 3 * n - JOURNAL_EVENTS + 1)->number, 3 * n - JOURNAL_EVENTS + 2);
	CHECK_INT(journal_next(g.j, 3 * n - 1)->number, 3 * n);
	CHECK(journal_next(g.j, 3 * n) == NULL);
	end(&g);
}

static void numbers_from_the_future_have_no_next(void)
{
	struct rig g;

	begin(&g);
	put(&g, 0, 1);
	gather(&g);
	CHECK(journal_next(g.j, 2) == NULL);
	CHECK(journal_next(g.j, UINT64_MAX - 1) == NULL);
	CHECK(journal_next(g.j, UINT64_MAX) == NULL);
	end(&g);
}

/* A process that lies about how much it wrote: the numbers still grow, and the others are
 * heard. */
static void liar_does_not_turn_the_numbers_round(void)
{
	uint64_t last = 0;
	struct rig g;

	begin(&g);
	for (unsigned i = 0; i < 10; i++) {
		atomic_store(&g.rings[1]->head, UINT64_MAX - (i % 2));
		g.sources[1].tail = 0;
		put(&g, 0, i);
		gather(&g);
		CHECK(g.j->last > last && g.j->last < (uint64_t)1 << 40);
		last = g.j->last;
	}
	end(&g);
}

const struct unit_test suite_journal[] = {
	{"events_have_numbers_from_one", events_have_numbers_from_one},
	{"sources_are_merged_by_time", sources_are_merged_by_time},
	{"own_events_go_between", own_events_go_between},
	{"source_without_ring_is_passed_over", source_without_ring_is_passed_over},
	{"invalid_records_are_dropped", invalid_records_are_dropped},
	{"lost_records_leave_a_gap", lost_records_leave_a_gap},
	{"old_events_are_forgotten", old_events_are_forgotten},
	{"numbers_from_the_future_have_no_next", numbers_from_the_future_have_no_next},
	{"liar_does_not_turn_the_numbers_round", liar_does_not_turn_the_numbers_round},
	{NULL, NULL},
};
