/* Lookup handles: limits, time-outs, groups. */
#include "epmapd/walks.h"

#include <stdlib.h>

#include "tests/unit/sample.h"
#include "tests/unit/unit.h"

static struct registry *r;
static struct registry_owner o;
static struct walks *ws;
static struct registry_walk pos;

enum { NOW = 5000 };

static void begin(void)
{
	static const struct registry_filter all;

	o = (struct registry_owner){0};
	r = registry_new();
	REQUIRE(r != NULL);
	ws = walks_new(r);
	REQUIRE(ws != NULL);
	sample_insert(r, &o, false, "a svc ncacn_ip_tcp:10.0.0.1[1]; b svc ncacn_ip_tcp:10.0.0.1[2]");
	registry_walk_begin(r, &pos, &all, false);
}

static void end(void)
{
	registry_walk_end(r, &pos);
	walks_free(ws);
	registry_free(r);
}

static struct walk *add(uint32_t group, uint32_t now)
{
	return walks_add(ws, group, WALK_LOOKUP, &pos, now);
}

static bool finds(uint32_t group, const struct ndr_context_handle *handle, uint32_t now)
{
	return walks_find(ws, group, WALK_LOOKUP, handle, now) != NULL;
}

static void handle_finds_its_walk(void)
{
	struct walk *w, *v;

	begin();
	w = add(1, NOW);
	v = walks_add(ws, 1, WALK_MAP, &pos, NOW);
	REQUIRE(w != NULL && v != NULL);
	CHECK_INT(walks_count(ws), 2);
	CHECK_INT(w->handle.attributes, 0);
	CHECK(!uuid_is_nil(&w->handle.uuid));
	CHECK(!uuid_equal(&w->handle.uuid, &v->handle.uuid));
	CHECK(walks_find(ws, 1, WALK_LOOKUP, &w->handle, NOW) == w);
	CHECK(walks_find(ws, 1, WALK_MAP, &v->handle, NOW) == v);
	CHECK(walks_find_any(ws, 1, &w->handle) == w);
	CHECK(walks_find_any(ws, 1, &v->handle) == v);
	end();
}

static void handle_that_is_not_exactly_it_finds_nothing(void)
{
	struct ndr_context_handle h;
	struct walk *w;

	begin();
	w = add(1, NOW);
	REQUIRE(w != NULL);
	CHECK(!finds(1, &(struct ndr_context_handle){0}, NOW));
	for (size_t bit = 0; bit < 8 * sizeof(h.uuid); bit++) {
		h = w->handle;
		((uint8_t *)&h.uuid)[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(!finds(1, &h, NOW));
		CHECK(walks_find_any(ws, 1, &h) == NULL);
	}
	h = w->handle;
	h.attributes = 1;
	CHECK(!finds(1, &h, NOW));
	CHECK(walks_find_any(ws, 1, &h) == NULL);
	end();
}

/* Row 5.16. */
static void handle_of_another_group_or_kind_finds_nothing(void)
{
	struct walk *w;

	begin();
	w = add(1, NOW);
	REQUIRE(w != NULL);
	CHECK(!finds(2, &w->handle, NOW));
	CHECK(walks_find_any(ws, 2, &w->handle) == NULL);
	CHECK(!finds(0, &w->handle, NOW));
	CHECK(walks_find(ws, 1, WALK_MAP, &w->handle, NOW) == NULL);
	CHECK(finds(1, &w->handle, NOW));
	end();
}

static void removed_walk_is_gone(void)
{
	struct ndr_context_handle h;
	struct walk *w, *v;

	begin();
	w = add(1, NOW);
	v = add(1, NOW);
	REQUIRE(w != NULL && v != NULL);
	h = w->handle;
	walks_remove(ws, w);
	CHECK_INT(walks_count(ws), 1);
	CHECK(!finds(1, &h, NOW));
	CHECK(finds(1, &v->handle, NOW));
	end();
}

static void walk_keeps_its_position_while_entries_go(void)
{
	const struct registry_entry *e;
	struct walk *w;

	begin();
	w = add(1, NOW);
	REQUIRE(w != NULL);
	e = registry_walk_next(r, &pos); /* the other one */
	REQUIRE(e != NULL);
	CHECK_STR(e->annotation, "a");
	sample_delete(r, &o, "a svc ncacn_ip_tcp:10.0.0.1[1]");
	e = registry_walk_next(r, &w->pos);
	REQUIRE(e != NULL);
	CHECK_STR(e->annotation, "b");
	registry_remove_owner(r, &o);
	CHECK(registry_walk_next(r, &w->pos) == NULL);
	end();
}

static void walks_of_a_group_are_limited(void)
{
	struct walk *w = NULL;

	begin();
	for (unsigned int i = 0; i < EPT_MAX_WALKS_PER_GROUP; i++) {
		w = add(1, NOW);
		CHECK(w != NULL);
	}
	CHECK(add(1, NOW) == NULL);
	CHECK(walks_add(ws, 1, WALK_MAP, &pos, NOW) == NULL);
	CHECK(add(2, NOW) != NULL);
	walks_remove(ws, w);
	CHECK(add(1, NOW) != NULL);
	CHECK(add(1, NOW) == NULL);
	CHECK_INT(walks_count(ws), EPT_MAX_WALKS_PER_GROUP + 1);
	end();
}

static void walks_are_limited_in_all(void)
{
	struct walk *w = NULL;

	begin();
	for (unsigned int i = 0; i < EPT_MAX_WALKS; i++) {
		w = add(i / EPT_MAX_WALKS_PER_GROUP, NOW);
		CHECK(w != NULL);
	}
	CHECK(add(1000000, NOW) == NULL);
	CHECK_INT(walks_count(ws), EPT_MAX_WALKS);
	walks_remove(ws, w);
	CHECK(add(1000000, NOW) != NULL);
	CHECK(add(1000000, NOW) == NULL);
	end();
}

static void walk_that_nobody_continues_expires(void)
{
	struct ndr_context_handle h;
	struct walk *w;

	begin();
	w = add(1, NOW);
	REQUIRE(w != NULL);
	h = w->handle;
	walks_expire(ws, NOW + EPT_WALK_SECONDS - 1);
	CHECK(finds(1, &h, NOW)); /* looked at as if no time had passed */
	walks_expire(ws, NOW + EPT_WALK_SECONDS);
	CHECK(!finds(1, &h, NOW));
	CHECK_INT(walks_count(ws), 0);
	end();
}

static void walk_that_is_continued_stays(void)
{
	uint32_t now = NOW;
	struct walk *w;

	begin();
	w = add(1, now);
	REQUIRE(w != NULL);
	for (int i = 0; i < 10; i++) {
		now += EPT_WALK_SECONDS - 1;
		walks_expire(ws, now);
		CHECK(finds(1, &w->handle, now));
	}
	/* Only its own group continues it, and only as what it is. */
	CHECK(!finds(2, &w->handle, now + 100));
	CHECK(walks_find(ws, 1, WALK_MAP, &w->handle, now + 100) == NULL);
	CHECK(walks_find_any(ws, 1, &w->handle) == w);
	walks_expire(ws, now + EPT_WALK_SECONDS);
	CHECK_INT(walks_count(ws), 0);
	end();
}

/* Nobody needs to tidy up for that. */
static void expired_walk_is_not_found(void)
{
	struct walk *w, *v;

	begin();
	w = add(1, NOW);
	v = add(1, NOW);
	REQUIRE(w != NULL && v != NULL);
	CHECK(finds(1, &v->handle, NOW + EPT_WALK_SECONDS - 1));
	CHECK(!finds(1, &w->handle, NOW + EPT_WALK_SECONDS));
	end();
}

static void expired_walks_make_room(void)
{
	begin();
	for (unsigned int i = 0; i < EPT_MAX_WALKS_PER_GROUP; i++)
		CHECK(add(1, NOW) != NULL);
	CHECK(add(1, NOW + EPT_WALK_SECONDS - 1) == NULL);
	CHECK(add(1, NOW + EPT_WALK_SECONDS) != NULL);
	CHECK_INT(walks_count(ws), 1);
	end();
}

static void times_survive_the_clocks_wrap_around(void)
{
	struct walk *w;

	begin();
	w = add(1, UINT32_MAX - 10);
	REQUIRE(w != NULL);
	walks_expire(ws, UINT32_MAX);
	walks_expire(ws, EPT_WALK_SECONDS - 12);
	CHECK_INT(walks_count(ws), 1);
	walks_expire(ws, EPT_WALK_SECONDS - 11);
	CHECK_INT(walks_count(ws), 0);
	end();
}

static void walks_end_with_their_group(void)
{
	struct walk *w;

	begin();
	for (int i = 0; i < 5; i++)
		CHECK(add(1, NOW) != NULL);
	w = add(2, NOW);
	REQUIRE(w != NULL);
	walks_remove_group(ws, 3);
	CHECK_INT(walks_count(ws), 6);
	walks_remove_group(ws, 1);
	CHECK_INT(walks_count(ws), 1);
	CHECK(finds(2, &w->handle, NOW));
	walks_remove_group(ws, 2);
	CHECK_INT(walks_count(ws), 0);
	walks_free(NULL);
	end();
}

const struct unit_test suite_walks[] = {
	{"handle_finds_its_walk", handle_finds_its_walk},
	{"handle_that_is_not_exactly_it_finds_nothing", handle_that_is_not_exactly_it_finds_nothing},
	{"handle_of_another_group_or_kind_finds_nothing", handle_of_another_group_or_kind_finds_nothing},
	{"removed_walk_is_gone", removed_walk_is_gone},
	{"walk_keeps_its_position_while_entries_go", walk_keeps_its_position_while_entries_go},
	{"walks_of_a_group_are_limited", walks_of_a_group_are_limited},
	{"walks_are_limited_in_all", walks_are_limited_in_all},
	{"walk_that_nobody_continues_expires", walk_that_nobody_continues_expires},
	{"walk_that_is_continued_stays", walk_that_is_continued_stays},
	{"expired_walk_is_not_found", expired_walk_is_not_found},
	{"expired_walks_make_room", expired_walks_make_room},
	{"times_survive_the_clocks_wrap_around", times_survive_the_clocks_wrap_around},
	{"walks_end_with_their_group", walks_end_with_their_group},
	{NULL, NULL},
};
