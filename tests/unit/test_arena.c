/* Memory for one call: aligned, zero, bounded, charged, given back. */
#include <stdalign.h>
#include <string.h>

#include "rpc/arena.h"
#include "tests/unit/unit.h"

static void pieces_are_zero_aligned_and_apart(void)
{
	struct arena a;
	uint8_t *pieces[200];

	arena_init(&a, 1 << 20, NULL);
	for (size_t i = 0; i < 200; i++) {
		pieces[i] = arena_alloc(&a, i * 7);
		REQUIRE(pieces[i] != NULL);
		CHECK_INT((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < i * 7; k++)
			CHECK_INT(pieces[i][k], 0);
		memset(pieces[i], (int)i, i * 7);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t k = 0; k < i * 7; k++)
			CHECK_INT(pieces[i][k], i);
	arena_clear(&a);
	CHECK_INT(a.size, 0);
}

/* Nothing has an address of its own, too. */
static void no_bytes_are_a_piece(void)
{
	struct arena a;
	void *p, *q;

	arena_init(&a, 1 << 20, NULL);
	p = arena_alloc(&a, 0);
	q = arena_alloc(&a, 0);
	CHECK(p != NULL && q != NULL && p != q);
	arena_clear(&a);
}

static void memory_is_reused_zero(void)
{
	struct arena a;
	uint8_t *p;

	arena_init(&a, 1 << 20, NULL);
	for (int round = 0; round < 3; round++) {
		p = arena_alloc(&a, 1000);
		REQUIRE(p != NULL);
		for (size_t i = 0; i < 1000; i++)
			CHECK_INT(p[i], 0);
		memset(p, 0xff, 1000);
		arena_clear(&a);
	}
}

/* N bytes are given, N + 1 are not, in one piece or in many. */
static void ceiling_holds(void)
{
	const size_t limit = 1 << 20;
	struct arena a;
	size_t given = 0;

	arena_init(&a, limit, NULL);
	CHECK(arena_alloc(&a, limit + 1) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX) == NULL);
	CHECK(arena_alloc(&a, limit) != NULL);
	CHECK(arena_alloc(&a, 1) == NULL);
	arena_clear(&a);
	while (arena_alloc(&a, 1000) != NULL)
		given += 1000;
	CHECK(given <= limit && given > limit / 2);
	CHECK(a.size <= limit);
	arena_clear(&a);
	CHECK(arena_alloc(&a, 1000) != NULL);
	arena_clear(&a);
}

static void budget_is_charged_and_given_back(void)
{
	struct buf_budget budget = {.used = 100, .limit = 50000};
	struct arena a;

	arena_init(&a, 1 << 20, &budget);
	CHECK(arena_alloc(&a, 20000) != NULL);
	CHECK_INT(budget.used, 100 + a.size);
	CHECK(arena_alloc(&a, 40000) == NULL);
	CHECK_INT(budget.used, 100 + a.size);
	arena_clear(&a);
	CHECK_INT(budget.used, 100);
	CHECK_INT(a.size, 0);
}

/* Many small pieces take few chunks, and those are not much larger than the pieces. */
static void chunks_grow_with_the_need(void)
{
	struct arena a;
	size_t chunks = 0, before;

	arena_init(&a, 1 << 20, NULL);
	for (size_t i = 0; i < 1000; i++) {
		before = a.size;
		CHECK(arena_alloc(&a, 160) != NULL);
		chunks += a.size != before;
	}
	CHECK(a.size >= 160000 && a.size < 2 * 160000);
	/* With the address sanitizer, each piece is a chunk. */
	CHECK(chunks < 12 || chunks == 1000);
	arena_clear(&a);
}

static void moved_pieces_stay_where_they_are(void)
{
	struct buf_budget budget = {.limit = 50000};
	struct arena from, to;
	char *p;

	arena_init(&from, 1 << 20, &budget);
	p = arena_alloc(&from, 6);
	REQUIRE(p != NULL);
	strcpy(p, "moved");
	arena_move(&to, &from);
	CHECK(from.chunks == NULL);
	CHECK(arena_alloc(&from, 10) != NULL);
	CHECK_STR(p, "moved");
	CHECK_INT(budget.used, from.size + to.size);
	arena_clear(&from);
	CHECK_STR(p, "moved");
	arena_clear(&to);
	CHECK_INT(budget.used, 0);
}

/* What was kept is charged as if it were new, whatever its size. */
static void kept_memory_is_used_again_and_charged_again(void)
{
	struct buf_budget budget = {.limit = 50000};
	struct arena a;
	size_t first;

	arena_init(&a, 1 << 20, &budget);
	CHECK(arena_alloc(&a, 1) != NULL);
	first = a.size;
	arena_reset(&a, 0);
	for (size_t i = 0; i < 3; i++) {
		uint8_t *large = arena_alloc(&a, 20000), *small = arena_alloc(&a, 100);

		REQUIRE(large != NULL && small != NULL);
		CHECK(large[0] == 0 && large[19999] == 0 && small[99] == 0);
		memset(large, 0xff, 20000);
		memset(small, 0xff, 100);
		CHECK_INT(budget.used, a.size);
		arena_reset(&a, 100000);
		CHECK_INT(budget.used, 0);
		/* With the address sanitizer nothing is kept. */
		CHECK((a.spared > 20000 && a.spared < 50000) || a.spared == 0);
		CHECK(arena_alloc(&a, 1) != NULL);
		CHECK_INT(budget.used, first);
		CHECK_INT(a.size, first);
		arena_reset(&a, 100000);
	}
	arena_clear(&a);
	CHECK(a.spare == NULL && a.spared == 0);
}

static void no_more_is_kept_than_was_said(void)
{
	struct arena a;

	arena_init(&a, 1 << 20, NULL);
	for (size_t size = 1000; size < 200000; size *= 2) {
		CHECK(arena_alloc(&a, size) != NULL);
		CHECK(arena_alloc(&a, size) != NULL);
		arena_reset(&a, 10000);
		CHECK(a.spared <= 10000);
	}
	arena_clear(&a);
}

/* The one that is moved leaves what is spare behind. */
static void kept_memory_is_not_moved(void)
{
	struct arena from, to;

	arena_init(&from, 1 << 20, NULL);
	CHECK(arena_alloc(&from, 100) != NULL);
	CHECK(arena_alloc(&from, 5000) != NULL);
	arena_reset(&from, 100000);
	CHECK(arena_alloc(&from, 100) != NULL);
	arena_move(&to, &from);
	CHECK(to.spare == NULL && to.spared == 0);
	CHECK((from.spare != NULL) == (from.spared > 0));
	arena_clear(&to);
	arena_clear(&from);
}

const struct unit_test suite_arena[] = {
	{"pieces_are_zero_aligned_and_apart", pieces_are_zero_aligned_and_apart},
	{"no_bytes_are_a_piece", no_bytes_are_a_piece},
	{"memory_is_reused_zero", memory_is_reused_zero},
	{"ceiling_holds", ceiling_holds},
	{"budget_is_charged_and_given_back", budget_is_charged_and_given_back},
	{"chunks_grow_with_the_need", chunks_grow_with_the_need},
	{"moved_pieces_stay_where_they_are", moved_pieces_stay_where_they_are},
	{"kept_memory_is_used_again_and_charged_again", kept_memory_is_used_again_and_charged_again},
	{"no_more_is_kept_than_was_said", no_more_is_kept_than_was_said},
	{"kept_memory_is_not_moved", kept_memory_is_not_moved},
	{NULL, NULL},
};
